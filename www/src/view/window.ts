// Which rows of a long table are in the page: those in sight and some around them, moved by whole steps so that a
// little scrolling changes nothing.

/** Rows in the page at once; a table of no more than these is there as a whole. */
export const ROWS = 120;
const STEP = 40;

/** The first row of the window over a table of `count` rows that is scrolled by so many of them. */
export function firstRow(scrolled: number, count: number): number {
  const step = Math.floor(scrolled / STEP) * STEP;
  return Math.max(0, Math.min(step - STEP, count - ROWS));
}
