// Which bar is under a point.
import type { Bar, Layout } from "./layout";
import { xOf, type Scale } from "./scale";

/** Pixels around a bar that count as on it, as lines of queue time are thin. */
const SLOP = 3;

/** The bar at a point of the lanes; of several it is the one drawn last, so a nested task wins over the outer one. */
export function hitAt(layout: Layout, scale: Scale, x: number, y: number): Bar | undefined {
  return (
    layout.bars.findLast((bar) => bar.part === "body" && covers(bar, scale, x, y, 0)) ??
    layout.bars.findLast((bar) => covers(bar, scale, x, y, SLOP))
  );
}

function covers(bar: Bar, scale: Scale, x: number, y: number, slop: number): boolean {
  const left = xOf(scale, bar.from);
  const right = Math.max(left + 2, xOf(scale, bar.to));
  return x >= left - slop && x <= right + slop && y >= bar.y - slop && y <= bar.y + bar.height + slop;
}
