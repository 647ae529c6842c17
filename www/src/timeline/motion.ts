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

/** A range of time that slides: its length by ratios, its middle straight on. */
export class SlidingRange {
  readonly #span = new Sliding();
  #middle: number | null = null;

  towards({ from, to }: Range, passed: number): Range {
    const span = this.#span.towards(to - from, passed);
    const target = (from + to) / 2;
    const rest = this.#middle === null || wantsStillness() ? 0 : (this.#middle - target) * Math.exp(-passed / PACE);
    this.#middle = Math.abs(rest) < span * 0.001 ? target : target + rest;
    return { from: this.#middle - span / 2, to: this.#middle + span / 2 };
  }

  restsAt({ from, to }: Range): boolean {
    return this.#span.restsAt(to - from) && this.#middle === (from + to) / 2;
  }

  jump(): void {
    this.#span.jump();
    this.#middle = null;
  }
}
