// How one bar looks in each state. The legend draws its samples with the same functions, so it cannot disagree.
import type { TaskState } from "../state/run";
import { drawFace } from "./face";
import type { Palette } from "./palette";
import { hatch } from "./patterns";
import { fitEnd } from "./text";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The states that have a bar; a queued task has only its line. */
export type BarState = Exclude<TaskState, "queued">;

/** The thin line of queue time, hollow and hatched. */
export function drawWait(context: CanvasRenderingContext2D, palette: Palette, { x, y, width, height }: Box): void {
  context.fillStyle = hatch(context, palette, "single", palette.colours.faint);
  context.fillRect(x, y, width, height);
  context.strokeStyle = palette.colours.queued;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, Math.max(0, width - 1), height - 1);
}

/** `pulse` runs from 0 to 1 and back while a task runs; it stays 1 where the reader asked for less motion. */
export function drawBody(
  context: CanvasRenderingContext2D,
  palette: Palette,
  state: BarState,
  box: Box,
  label: string,
  pulse: number,
): void {
  context.save();
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, Math.max(1, box.width - 1), box.height - 1, Math.min(4, box.width / 2));
  FILLS[state](context, palette);
  if (state === "running") {
    context.clip();
    context.globalAlpha = 0.3 + 0.7 * pulse;
    context.fillStyle = palette.colours["running-ink"];
    context.fillRect(box.x + box.width - 3, box.y, 3, box.height);
  }
  context.restore();
  drawFace(context, palette, state, box, label);
}

/** What the program's own thread waits for: a low box with the call in it; one that goes on is open at its end. */
export function drawPause(
  context: CanvasRenderingContext2D,
  { colours, font }: Palette,
  { x, y, width, height }: Box,
  label: string,
  open: boolean,
): void {
  context.fillStyle = colours.waiting;
  context.fillRect(x, y, width, height);
  context.fillStyle = colours["waiting-edge"];
  context.fillRect(x, y, 2, height);
  if (!open && width > 4) context.fillRect(x + width - 2, y, 2, height);
  context.font = `12px ${font}`;
  const text = width < 26 ? "" : fitEnd(context, label, width - 14);
  context.fillStyle = colours["waiting-ink"];
  context.textBaseline = "middle";
  context.fillText(text, x + 8, y + height / 2 + 0.5);
}

/** Tasks too short to be told apart: a tooth of a comb, as wide as their time but for the gap to the next. */
export function drawCrowd(
  context: CanvasRenderingContext2D,
  palette: Palette,
  state: BarState,
  box: Box,
  several: boolean,
): void {
  const x = Math.round(box.x);
  const width = Math.max(1, Math.round(box.x + box.width) - x - 1);
  context.fillStyle = palette.colours[state];
  context.fillRect(x, box.y, width, box.height);
  // Notched at the foot where it stands for several.
  if (several) context.clearRect(x, box.y + box.height - 2, width, 1);
}

const FILLS: Readonly<Record<BarState, (context: CanvasRenderingContext2D, palette: Palette) => void>> = {
  running: (context, { colours }) => fill(context, colours.running),
  done: (context, { colours }) => fill(context, colours.done),
  failed(context, palette) {
    fill(context, palette.colours.panel);
    fill(context, hatch(context, palette, "double", palette.colours.failed));
    outline(context, palette.colours.failed, []);
  },
  cancelled(context, { colours }) {
    fill(context, colours.panel);
    outline(context, colours.cancelled, [4, 3]);
  },
  lost(context, palette) {
    fill(context, palette.colours.panel);
    fill(context, hatch(context, palette, "single", palette.colours.lost));
    outline(context, palette.colours.lost, []);
  },
};

function fill(context: CanvasRenderingContext2D, style: string | CanvasPattern): void {
  context.fillStyle = style;
  context.fill();
}

function outline(context: CanvasRenderingContext2D, colour: string, dashes: number[]): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.setLineDash(dashes);
  context.stroke();
}
