// Times as text. A run takes microseconds or minutes, and both have to be readable.

/** Seconds, as the tutorial prints them; used where the value ticks or stands beside others of its kind. */
export function seconds(milliseconds: number, places = 2): string {
  return `${(milliseconds / 1000).toFixed(places)} s`;
}

/** A time in the unit that suits it, with three figures that count. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 100) return seconds(milliseconds, 3);
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`;
}
