// The axis of time and the lines below its marks.
import type { Palette } from "./palette";
import type { Frame } from "./paint";
import { ticksOf, xOf } from "./scale";

/** Height of the axis, which stays while the lanes below it scroll. */
export const AXIS = 28;

/** Vertical lines at the marks of the axis, down the whole height, so that times can be compared across lanes. */
export function paintGrid(context: CanvasRenderingContext2D, { colours, font }: Palette, frame: Frame): void {
  const { scale, height, ended } = frame;
  context.font = `11px ${font}`;
  context.textBaseline = "middle";
  let free = 0;
  for (const { time, label } of ticksOf(scale, 72)) {
    const x = Math.round(xOf(scale, time)) + 0.5;
    line(context, colours.line, x, AXIS - 5, x, height);
    const half = context.measureText(label).width / 2;
    context.fillStyle = colours.muted;
    const left = Math.max(2, Math.min(x - half, frame.width - half * 2 - 2));
    // At the right edge a label is moved inwards, and must not meet the one before it.
    if (left < free) continue;
    context.fillText(label, left, 11);
    free = left + half * 2 + 8;
  }
  line(context, colours.line, 0, AXIS - 0.5, frame.width, AXIS - 0.5);
  if (ended === null || ended < scale.start || ended > scale.end) return;
  const x = Math.round(xOf(scale, ended)) + 0.5;
  context.setLineDash([2, 3]);
  line(context, colours.muted, x, AXIS, x, height);
  context.setLineDash([]);
}

export function line(
  context: CanvasRenderingContext2D,
  colour: string,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
