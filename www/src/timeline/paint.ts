// Draws one frame of the timeline: lanes, axis and bars of a layout that has already been worked out.
import type { Task } from "../state/run";
import { drawBody, drawCrowd, drawPause, drawWait } from "./bar";
import { AXIS, paintGrid } from "./grid";
import { paintLane, paintRest } from "./labels";
import type { Bar, Layout, Pause, Place } from "./layout";
import { callOf } from "./main-lane";
import type { Palette } from "./palette";
import { xOf, type Scale } from "./scale";
import { drawSign } from "./signs";

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Pixels of the lanes that are scrolled away at the top; the axis stays. */
  readonly scrolled: number;
  readonly scale: Scale;
  readonly layout: Layout;
  /** The run's own time. */
  readonly now: number;
  /** A mark at the end of a run that is over, or at the moment of its replay. */
  readonly ended: number | null;
  readonly pulse: number;
  readonly selected: Task | undefined;
  /** The task that the keys have come to. */
  readonly stepped: Task | undefined;
}

export function paint(context: CanvasRenderingContext2D, palette: Palette, frame: Frame): void {
  const { width, height, scrolled, layout, scale, selected, stepped } = frame;
  context.clearRect(0, 0, width, height);
  paintGrid(context, palette, frame);
  context.save();
  clip(context, 0, AXIS, width, height - AXIS);
  context.translate(0, AXIS - scrolled);
  for (const lane of layout.lanes) paintLane(context, palette, lane, frame);
  context.save();
  // What is zoomed out of view at the left must not run through the names of the lanes.
  clip(context, scale.left - 6, 0, width - scale.left + 6, Math.max(height, layout.height));
  const seen = (y: number, high: number): boolean => y + high >= scrolled && y <= scrolled + height - AXIS;
  if (layout.lanes.length > 0) paintWork(context, palette, frame);
  for (const pause of layout.pauses) paintPause(context, palette, pause, frame);
  for (const bar of layout.bars) if (seen(bar.y, bar.height)) paintBar(context, palette, bar, frame);
  for (const { kind, time, y, count } of layout.marks) {
    if (seen(y - 8, 16)) drawSign(context, palette, kind, xOf(scale, time), y, count > 1);
  }
  if (stepped !== undefined) paintOutline(context, palette, layout.placeOf(stepped), scale, [3, 3]);
  if (selected !== undefined) paintOutline(context, palette, layout.placeOf(selected), scale, []);
  context.restore();
  for (const lane of layout.lanes) paintRest(context, palette, lane, width);
  context.restore();
}

function clip(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void {
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
}

/** The program's own thread works whenever it does not wait. */
function paintWork(context: CanvasRenderingContext2D, { colours }: Palette, { scale, now, layout }: Frame): void {
  const pause = layout.pauses[0];
  const y = pause === undefined ? 14 : pause.y + pause.height / 2;
  const [from, to] = [Math.max(scale.left - 6, xOf(scale, 0)), Math.min(scale.right + 12, xOf(scale, now))];
  if (to <= from) return;
  context.fillStyle = colours.muted;
  context.fillRect(from, y - 1, to - from, 2);
}

function paintPause(context: CanvasRenderingContext2D, palette: Palette, pause: Pause, { scale }: Frame): void {
  const { x, width } = extent(pause, scale);
  const name = pause.count > 1 ? `${pause.count} waits` : callOf(pause.wait);
  drawPause(context, palette, { x, y: pause.y, width, height: pause.height }, name, pause.wait.to === null);
}

function paintBar(context: CanvasRenderingContext2D, palette: Palette, bar: Bar, { scale, pulse }: Frame): void {
  // A wait that is over and shorter than a pixel would only be a speck beside every bar.
  if (bar.part === "wait" && bar.task.started !== null && xOf(scale, bar.to) - xOf(scale, bar.from) < 1.5) return;
  const { x, width } = extent(bar, scale);
  const box = { x, y: bar.y, width, height: bar.height };
  if (bar.part === "wait" || bar.state === "queued") drawWait(context, palette, box);
  else if (bar.count > 1 || width < 4) drawCrowd(context, palette, bar.state, box, bar.count > 1);
  else drawBody(context, palette, bar.state, box, nameOf(bar), pulse);
  if (bar.part === "body" && bar.task.started === null) paintNameBeside(context, palette, bar, box.x + box.width + 6);
}

/** Left edge and width on the drawing, cut a little outside it: far zoomed in, a bar is millions of pixels wide. */
function extent({ from, to }: { from: number; to: number }, scale: Scale): { x: number; width: number } {
  const x = Math.max(xOf(scale, from), scale.left - 12);
  const right = Math.min(xOf(scale, to), scale.right + 24);
  return { x, width: Math.max(2, right - x) };
}

function paintOutline(
  context: CanvasRenderingContext2D,
  { colours }: Palette,
  place: Place | undefined,
  scale: Scale,
  dashes: number[],
): void {
  if (place === undefined || place.to < scale.start || place.from > scale.end) return;
  const { x, width } = extent(place, scale);
  const box = [x - 2, place.y - 2, Math.max(6, width + 4), place.height + 4, 5] as const;
  context.beginPath();
  context.roundRect(...box);
  context.strokeStyle = colours.panel;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = colours.ink;
  context.lineWidth = 2.5;
  context.setLineDash(dashes);
  context.stroke();
  context.setLineDash([]);
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
