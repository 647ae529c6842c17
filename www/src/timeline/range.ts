// The stretch of time on show, and what zooming and panning make of it. Pure; the whole is from 0 to `end`.

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ten microseconds: no clock of a browser tells less. */
const LEAST = 0.01;

/** The range that shows `factor` times as much, with the time `at` staying where it is. */
export function zoomed({ from, to }: Range, factor: number, at: number, end: number): Range {
  const span = Math.max(Math.min(LEAST, end), Math.min(end, (to - from) * factor));
  const part = (at - from) / (to - from);
  return clamped({ from: at - part * span, to: at + (1 - part) * span }, end);
}

export function panned({ from, to }: Range, by: number, end: number): Range {
  return clamped({ from: from + by, to: to + by }, end);
}

/** The range moved, and widened if need be, so that what happens from one time to another is in it. */
export function including(range: Range, from: number, to: number, end: number): Range {
  const span = range.to - range.from;
  if (from >= range.from && to <= range.to) return range;
  // A long task fills the view, a short one stands in its middle.
  const shown = Math.max(span, (to - from) * 1.2);
  const middle = (from + to) / 2;
  return clamped({ from: middle - shown / 2, to: middle + shown / 2 }, end);
}

/** Whether everything is on show, so that nothing is left to zoom out of. */
export function isWhole({ from, to }: Range, end: number): boolean {
  return from <= 0 && to >= end * 0.9999;
}

function clamped({ from, to }: Range, end: number): Range {
  const span = Math.min(to - from, end);
  const start = Math.max(0, Math.min(from, end - span));
  return { from: start, to: start + span };
}
