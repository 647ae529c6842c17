// Values that slide to where they should be, so that a change of scale is seen as one and does not jump.
import type { Range } from "./range";

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

/** A range of time that slides: its length by ratios, its beginning straight on, so that 0 stays where it is. */
export class SlidingRange {
  readonly #span = new Sliding();
  #from: number | null = null;

  towards({ from, to }: Range, passed: number): Range {
    const span = this.#span.towards(to - from, passed);
    const rest = this.#from === null || wantsStillness() ? 0 : (this.#from - from) * Math.exp(-passed / PACE);
    this.#from = Math.abs(rest) < span * 0.001 ? from : from + rest;
    return { from: this.#from, to: this.#from + span };
  }

  restsAt({ from, to }: Range): boolean {
    return this.#span.restsAt(to - from) && this.#from === from;
  }

  jump(): void {
    this.#span.jump();
    this.#from = null;
  }
}
