// Ends a wait that nobody would end otherwise. It guards every run, more closely once the runner has heard of something
// that may leave it without an end, and every sign of life starts its time again.

export class Watchdog {
  readonly #bark: (cause: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cause: string | null = null;
  /** Whether the cause is a guess that a real one replaces. */
  #guessed = false;
  #patience = 0;

  constructor(bark: (cause: string) => void) {
    this.#bark = bark;
  }

  /** Waits for `patience` milliseconds of silence with no cause known yet but `guess`. */
  guard(guess: string, patience: number): void {
    this.#cause = guess;
    this.#guessed = true;
    this.#patience = patience;
    this.signOfLife();
  }

  /** Waits for `patience` milliseconds of silence. A first cause is kept, as later ones follow from it. */
  set(cause: string, patience: number): void {
    if (this.#cause === null || this.#guessed) this.#cause = cause;
    this.#guessed = false;
    this.#patience = patience;
    this.signOfLife();
  }

  signOfLife(): void {
    const cause = this.#cause;
    if (cause === null) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.clear();
      this.#bark(cause);
    }, this.#patience);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#cause = null;
  }
}
