// Time to pixels and back, and the marks of the axis.
import type { Range } from "./range";

export interface Scale {
  /** Left and right edge of the drawing, in pixels. */
  readonly left: number;
  readonly right: number;
  /** Times at these edges, in milliseconds. */
  readonly start: number;
  readonly end: number;
}

export function xOf({ left, right, start, end }: Scale, time: number): number {
  return left + ((time - start) / (end - start)) * (right - left);
}

export function timeAt(scale: Scale, x: number): number {
  return scale.start + (x - scale.left) * timePerPixel(scale);
}

export function timePerPixel({ left, right, start, end }: Scale): number {
  return (end - start) / Math.max(1, right - left);
}

export function rangeOf({ start, end }: Scale): Range {
  return { from: start, to: end };
}

export interface Tick {
  readonly time: number;
  readonly label: string;
}

/** Marks at 1, 2 or 5 times a power of ten, at least `gap` pixels apart. */
export function ticksOf(scale: Scale, gap: number): Tick[] {
  const step = niceAbove(gap * timePerPixel(scale));
  // Short times are told in milliseconds, or the labels would be mostly zeros.
  const [unit, size] = scale.end < 100 || step < 1 ? (["ms", 1] as const) : (["s", 1000] as const);
  const places = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  const ticks: Tick[] = [];
  for (let mark = Math.ceil(scale.start / step - 1e-9); mark * step <= scale.end; mark += 1) {
    const time = mark * step;
    ticks.push({ time, label: `${(time / size).toFixed(time === 0 ? 0 : places)} ${unit}` });
  }
  return ticks;
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

/**
 * Time that the axis should reach. While a run goes on it leaves room, so that bars grow instead of everything shrinking
 * all the time; a run that is over fills the width.
 */
export function endFor(now: number, over: boolean): number {
  if (over) return Math.max(now * 1.015, 0.05);
  let end = 1000;
  while (now > end * 0.94) end *= 1.5;
  return end;
}
