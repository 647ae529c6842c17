// Draws one frame of the timeline: lanes, axis and bars of a layout that has already been worked out.
import { drawBody, drawWait } from "./bar";
import { AXIS, line, paintGrid } from "./grid";
import type { Bar, Lane, Layout } from "./layout";
import type { Palette } from "./palette";
import { xOf, type Scale } from "./scale";
import { fitEnd, fitName } from "./text";

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
  context.restore();
}

function paintLane(context: CanvasRenderingContext2D, { colours, font }: Palette, lane: Lane, frame: Frame): void {
  const { left } = frame.scale;
  const middle = lane.y + lane.height / 2 + 0.5;
  context.textBaseline = "middle";
  if (lane.kind === "pool") {
    context.font = `600 12px ${font}`;
    const after = context.measureText(lane.label).width + 12;
    context.font = `12px ${font}`;
    const note = fitEnd(context, lane.note, frame.width - after);
    // The lines of the grid would run through the words.
    context.fillStyle = colours.panel;
    context.fillRect(0, lane.y + 1, after + context.measureText(note).width + 6, lane.height - 1);
    context.fillStyle = colours.muted;
    context.fillText(note, after, middle + 2);
    context.font = `600 12px ${font}`;
    context.fillStyle = colours.ink;
    context.fillText(lane.label, 2, middle + 2);
    return;
  }
  context.font = `11.5px ${font}`;
  context.fillStyle = colours.muted;
  const below = lane.kind === "worker" && lane.note !== "";
  context.fillText(fitName(context, lane.label, left - 10), 2, below ? middle - 7 : middle);
  if (below) {
    context.fillStyle = colours["failed-ink"];
    context.fillText(fitEnd(context, lane.note, left - 10), 2, middle + 7);
  } else {
    context.fillText(lane.note, frame.width - context.measureText(lane.note).width - 4, middle);
  }
  line(context, colours.line, 0, lane.y + lane.height - 0.5, frame.width, lane.y + lane.height - 0.5);
}

function paintBar(context: CanvasRenderingContext2D, palette: Palette, bar: Bar, { scale, pulse }: Frame): void {
  const x = xOf(scale, bar.from);
  // A wait that is over and shorter than a pixel would only be a speck beside every bar.
  if (bar.part === "wait" && bar.task.started !== null && xOf(scale, bar.to) - x < 1.5) return;
  const box = { x, y: bar.y, width: Math.max(2, xOf(scale, bar.to) - x), height: bar.height };
  if (bar.part === "wait" || bar.task.state === "queued") drawWait(context, palette, box);
  else drawBody(context, palette, bar.task.state, box, nameOf(bar), pulse);
  if (bar.part === "body" && bar.task.started === null) paintNameBeside(context, palette, bar, box.x + box.width + 6);
}

/** Names repeat, as tasks are named for their functions; the number is the row of the table. */
function nameOf({ task }: Bar): string {
  return `#${task.ordinal} ${task.name}`;
}

/** A bar in the queue is too low for its name. */
function paintNameBeside(context: CanvasRenderingContext2D, { colours, font }: Palette, bar: Bar, x: number): void {
  context.font = `11px ${font}`;
  context.fillStyle = colours.muted;
  context.textBaseline = "middle";
  context.fillText(nameOf(bar), x, bar.y + bar.height / 2 + 0.5);
}
