// Values that slide to where they should be, so that a change of scale is seen as one and does not jump.

/** Milliseconds after which about two thirds of the way are covered. */
const PACE = 80;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export function wantsStillness(): boolean {
  return stillness.matches;
}

export class Sliding {
  #value: number | null = null;

  /** Moves towards `target`, which is above 0, and returns where the value is after `passed` milliseconds. */
  towards(target: number, passed: number): number {
    const from = this.#value;
    if (from === null || wantsStillness()) return (this.#value = target);
    // By ratios and not by differences, as a change of scale from a second to a millisecond is a zoom.
    const rest = Math.log(from / target) * Math.exp(-passed / PACE);
    return (this.#value = Math.abs(rest) < 0.002 ? target : target * Math.exp(rest));
  }

  /** Whether the value stands at `target`, so that no further frame is needed for it. */
  restsAt(target: number): boolean {
    return this.#value === target;
  }

  /** Lets the next target be taken at once. */
  jump(): void {
    this.#value = null;
  }
}
