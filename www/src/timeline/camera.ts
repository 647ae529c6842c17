// Which stretch of time is on show. While nobody has zoomed it is the whole run, and follows a run that goes on; once
// somebody has, it stays where it is until they ask for the whole again.
import { SlidingRange } from "./motion";
import { including, isWhole, panned, zoomed, type Range } from "./range";

export class Camera {
  /** Where the reader has gone; null while everything is followed. */
  #chosen: Range | null = null;
  #shown: Range = { from: 0, to: 1_000 };
  #end = 1_000;
  readonly #sliding = new SlidingRange();

  get follows(): boolean {
    return this.#chosen === null;
  }

  /** The range to draw, `passed` milliseconds after the last; `end` is the end of the axis of the whole run. */
  frame(end: number, passed: number): Range {
    this.#end = end;
    return (this.#shown = this.#sliding.towards(this.#target, passed));
  }

  get rests(): boolean {
    return this.#sliding.restsAt(this.#target);
  }

  /** What follows a pointer does so at once; what a key or a button asks for slides. */
  zoom(factor: number, at: number | null, atOnce: boolean): void {
    const range = atOnce ? this.#shown : this.#target;
    this.#go(zoomed(range, factor, at ?? (range.from + range.to) / 2, this.#end), atOnce);
  }

  pan(by: number, atOnce: boolean): void {
    // The whole has nowhere to go, and being dragged must not end the following.
    if (this.follows) return;
    this.#go(panned(atOnce ? this.#shown : this.#target, by, this.#end), atOnce);
  }

  fit(): void {
    this.#chosen = null;
  }

  /** Brings what happened from one time to another into view. */
  include(from: number, to: number): void {
    const before = this.#target;
    const range = including(before, from, to, this.#end);
    if (range !== before) this.#go(range, false);
  }

  /** For another run: everything, at once. */
  reset(): void {
    this.#chosen = null;
    this.#sliding.jump();
  }

  get #target(): Range {
    return this.#chosen ?? { from: 0, to: this.#end };
  }

  #go(range: Range, atOnce: boolean): void {
    this.#chosen = isWhole(range, this.#end) ? null : range;
    if (atOnce) this.#sliding.jump();
  }
}
