// The numbers of runs, which name them in every message. Runners share one row, so that no two runs of a page are alike.

/** Gives the next number at each call, from 1 on. */
export function runNumbers(): () => number {
  let last = 0;
  return () => (last += 1);
}
