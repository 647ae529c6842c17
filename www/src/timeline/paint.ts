// Draws one frame of the timeline: lanes, axis and bars of a layout that has already been worked out.
import { drawBody, drawCrowd, drawWait } from "./bar";
import { AXIS, paintGrid } from "./grid";
import { paintLane, paintRest } from "./labels";
import type { Bar, Layout } from "./layout";
import type { Palette } from "./palette";
import { xOf, type Scale } from "./scale";

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Pixels of the lanes that are scrolled away at the top; the axis stays. */
  readonly scrolled: number;
  readonly scale: Scale;
  readonly layout: Layout;
  /** The run's own time. */
  readonly now: number;
  /** A mark at the end of a run that is over. */
  readonly ended: number | null;
  readonly pulse: number;
}

export function paint(context: CanvasRenderingContext2D, palette: Palette, frame: Frame): void {
  const { width, height, scrolled, layout } = frame;
  context.clearRect(0, 0, width, height);
  paintGrid(context, palette, frame);
  context.save();
  context.beginPath();
  context.rect(0, AXIS, width, height - AXIS);
  context.clip();
  context.translate(0, AXIS - scrolled);
  for (const lane of layout.lanes) paintLane(context, palette, lane, frame);
  for (const bar of layout.bars) paintBar(context, palette, bar, frame);
  for (const lane of layout.lanes) paintRest(context, palette, lane, width);
  context.restore();
}

function paintBar(context: CanvasRenderingContext2D, palette: Palette, bar: Bar, { scale, pulse }: Frame): void {
  const x = xOf(scale, bar.from);
  // A wait that is over and shorter than a pixel would only be a speck beside every bar.
  if (bar.part === "wait" && bar.task.started !== null && xOf(scale, bar.to) - x < 1.5) return;
  const box = { x, y: bar.y, width: Math.max(2, xOf(scale, bar.to) - x), height: bar.height };
  if (bar.part === "wait" || bar.state === "queued") drawWait(context, palette, box);
  else if (bar.count > 1) drawCrowd(context, palette, bar.state, box);
  else drawBody(context, palette, bar.state, box, nameOf(bar), pulse);
  if (bar.part === "body" && bar.task.started === null) paintNameBeside(context, palette, bar, box.x + box.width + 6);
}

/** Names repeat, as tasks are named for their functions; the number is the row of the table. */
function nameOf({ task }: Bar): string {
  return `#${task.number} ${task.name}`;
}

/** A bar in the queue is too low for its name. */
function paintNameBeside(context: CanvasRenderingContext2D, { colours, font }: Palette, bar: Bar, x: number): void {
  context.font = `11px ${font}`;
  context.fillStyle = colours.muted;
  context.textBaseline = "middle";
  context.fillText(nameOf(bar), x, bar.y + bar.height / 2 + 0.5);
}
