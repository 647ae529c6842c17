// Time to pixels and back, and the marks of the axis.

export interface Scale {
  /** Left edge of time 0 and right edge of the drawing, in pixels. */
  readonly left: number;
  readonly right: number;
  /** Time at the right edge, in milliseconds. */
  readonly end: number;
}

export function xOf(scale: Scale, time: number): number {
  return scale.left + (time / scale.end) * (scale.right - scale.left);
}

export function timePerPixel(scale: Scale): number {
  return scale.end / Math.max(1, scale.right - scale.left);
}

export interface Tick {
  readonly time: number;
  readonly label: string;
}

/** Marks at 1, 2 or 5 times a power of ten, at least `gap` pixels apart. */
export function ticksOf(scale: Scale, gap: number): Tick[] {
  const step = niceAbove(gap * timePerPixel(scale));
  // Short runs are told in milliseconds, or the labels would be mostly zeros.
  const [unit, size] = scale.end < 100 ? (["ms", 1] as const) : (["s", 1000] as const);
  const places = Math.max(0, -Math.floor(Math.log10(step / size)));
  const ticks: Tick[] = [];
  for (let mark = 0; mark * step <= scale.end; mark += 1) {
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
