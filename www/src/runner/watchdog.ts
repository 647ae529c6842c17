// Ends a wait that nobody would end otherwise. It is set when the runner has heard of something that may leave a run
// without an end, and every sign of life starts its time again.

export class Watchdog {
  readonly #bark: (cause: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cause: string | null = null;
  #patience = 0;

  constructor(bark: (cause: string) => void) {
    this.#bark = bark;
  }

  /** Waits for `patience` milliseconds of silence. A first cause is kept, as later ones follow from it. */
  set(cause: string, patience: number): void {
    this.#cause ??= cause;
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
