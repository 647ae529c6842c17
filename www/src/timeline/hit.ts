// What is under a point.
import type { Bar, Layout, Pause } from "./layout";
import type { Mark } from "./marks";
import { xOf, type Scale } from "./scale";

/** Pixels around a bar that count as on it, as lines of queue time are thin. */
const SLOP = 3;
/** Pixels around the middle of a mark that count as on it. */
const SIGN = 7;

export type Hit =
  | { readonly kind: "bar"; readonly bar: Bar }
  | { readonly kind: "mark"; readonly mark: Mark }
  | { readonly kind: "pause"; readonly pause: Pause };

/** What is at a point of the lanes; of several it is what is drawn last, so a nested task wins over the outer one. */
export function hitAt({ marks, bars, pauses }: Layout, scale: Scale, x: number, y: number): Hit | undefined {
  const mark = marks.findLast((each) => Math.abs(xOf(scale, each.time) - x) <= SIGN && Math.abs(each.y - y) <= SIGN);
  if (mark !== undefined) return { kind: "mark", mark };
  const bar =
    bars.findLast((each) => each.part === "body" && covers(each, scale, x, y, 0)) ??
    bars.findLast((each) => covers(each, scale, x, y, SLOP));
  if (bar !== undefined) return { kind: "bar", bar };
  const pause = pauses.findLast((each) => covers(each, scale, x, y, 0));
  return pause === undefined ? undefined : { kind: "pause", pause };
}

function covers(
  bar: Pick<Bar, "from" | "to" | "y" | "height">,
  scale: Scale,
  x: number,
  y: number,
  slop: number,
): boolean {
  const left = xOf(scale, bar.from);
  const right = Math.max(left + 2, xOf(scale, bar.to));
  return x >= left - slop && x <= right + slop && y >= bar.y - slop && y <= bar.y + bar.height + slop;
}
