// The words of the lanes: what each is, and what is worth knowing of it and not drawn.
import { line } from "./grid";
import type { Lane } from "./layout";
import type { Frame } from "./paint";
import type { Palette } from "./palette";
import { xOf } from "./scale";
import { fitEnd, fitName } from "./text";

export function paintLane(context: CanvasRenderingContext2D, palette: Palette, lane: Lane, frame: Frame): void {
  context.textBaseline = "middle";
  if (lane.kind === "pool") return paintPool(context, palette, lane, frame);
  if (lane.lost === null) paintName(context, palette, lane, frame.scale.left - 10, 0);
  else paintLoss(context, palette, lane, lane.lost, frame);
  const bottom = lane.y + lane.height - 0.5;
  line(context, palette.colours.line, 0, bottom, frame.width, bottom);
}

/** How many more wait, over the ends of the bars of those that are drawn. */
export function paintRest(
  context: CanvasRenderingContext2D,
  { colours, font }: Palette,
  lane: Lane,
  right: number,
): void {
  if (lane.kind !== "queue" || lane.note === "") return;
  context.font = `11.5px ${font}`;
  context.textBaseline = "middle";
  const x = right - context.measureText(lane.note).width - 4;
  context.fillStyle = colours.panel;
  context.fillRect(x - 6, middleOf(lane) - 8, right - x + 6, 16);
  context.fillStyle = colours.muted;
  context.fillText(lane.note, x, middleOf(lane));
}

function paintPool(context: CanvasRenderingContext2D, { colours, font }: Palette, lane: Lane, frame: Frame): void {
  const middle = middleOf(lane) + 2;
  context.font = `600 12px ${font}`;
  const after = context.measureText(lane.label).width + 12;
  context.font = `12px ${font}`;
  const note = fitEnd(context, lane.note, frame.width - after);
  // The lines of the grid would run through the words.
  context.fillStyle = colours.panel;
  context.fillRect(0, lane.y + 1, after + context.measureText(note).width + 6, lane.height - 1);
  context.fillStyle = colours.muted;
  context.fillText(note, after, middle);
  context.font = `600 12px ${font}`;
  context.fillStyle = colours.ink;
  context.fillText(lane.label, 2, middle);
}

function paintName(
  context: CanvasRenderingContext2D,
  { colours, font }: Palette,
  lane: Lane,
  room: number,
  shift: number,
): void {
  context.font = `11.5px ${font}`;
  context.fillStyle = colours.muted;
  context.fillText(fitName(context, lane.label, room), 2, middleOf(lane) + shift);
}

/** The cause of a loss stands where the worker's time ends, or below its name if there is more room. */
function paintLoss(
  context: CanvasRenderingContext2D,
  palette: Palette,
  lane: Lane,
  lost: number,
  { scale, width }: Frame,
): void {
  const end = Math.round(xOf(scale, lost));
  const room = scale.left - 10;
  // Beside its mark, as long as both are in view.
  const beside = end < scale.left ? 0 : width - end - 18;
  paintName(context, palette, lane, room, beside > room ? 0 : -7);
  context.fillStyle = palette.colours["failed-ink"];
  if (end >= scale.left && end <= width) context.fillRect(end - 1, lane.y + 3, 2, lane.height - 6);
  if (beside > room) context.fillText(fitEnd(context, lane.note, beside), end + 12, middleOf(lane) + 2);
  else context.fillText(fitEnd(context, lane.note, room), 2, middleOf(lane) + 7);
}

function middleOf(lane: Lane): number {
  return lane.y + lane.height / 2 + 0.5;
}
