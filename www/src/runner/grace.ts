// The moment that an interrupted program has for cleaning up before it is ended.

/** Milliseconds; with what the end of the workers takes, a stop is over within a second. */
export const GRACE = 700;

export class Grace {
  readonly #end: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(end: () => void) {
    this.#end = end;
  }

  /** Whether the moment has begun and is not over. */
  get lasts(): boolean {
    return this.#timer !== undefined;
  }

  begin(): void {
    this.#timer = setTimeout(() => this.#end(), GRACE);
  }

  /** The program has ended, by itself or not. */
  over(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
