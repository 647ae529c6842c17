// The whole timeline as a picture: every lane at its full height and the whole run, with a title and the signs, drawn
// on a canvas of its own at twice the resolution.
import { duration } from "../state/duration";
import { STATE_WORDS } from "../state/futures";
import { timeOf, type Run, type TaskState } from "../state/run";
import { drawBody, drawWait } from "./bar";
import { AXIS } from "./grid";
import { LANE, layoutOf } from "./layout";
import { paint } from "./paint";
import { paletteOf, type Palette } from "./palette";
import { endFor, timePerPixel } from "./scale";

const WIDTH = 1_200;
const RATIO = 2;
const TITLE = 52;
const LEGEND = 44;
const MARGIN = 20;
const STATES: readonly TaskState[] = ["queued", "running", "done", "failed", "cancelled", "lost"];

/** `theme` is an element whose colours are taken. */
export async function pictureOf(run: Run, title: string, theme: HTMLElement): Promise<Blob | null> {
  const palette = paletteOf(theme);
  const now = timeOf(run, performance.now());
  const end = endFor(now, run.ended !== null);
  const width = WIDTH - MARGIN * 2;
  const scale = { left: 176, right: width - 12, start: 0, end };
  const layout = layoutOf(run, now, LANE.least + 10, { from: 0, to: end, grain: timePerPixel(scale) });
  const height = AXIS + layout.height + 4;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * RATIO;
  canvas.height = (TITLE + height + LEGEND) * RATIO;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  // The timeline clears what it draws on, so it comes first and the ground is put behind everything.
  context.setTransform(RATIO, 0, 0, RATIO, MARGIN * RATIO, TITLE * RATIO);
  const frame = { width, height, scrolled: 0, scale, layout, now, ended: run.ended, pulse: 1 };
  paint(context, palette, { ...frame, selected: undefined, stepped: undefined });
  context.setTransform(RATIO, 0, 0, RATIO, 0, 0);
  paintTitle(context, palette, title, `${run.tasks.length} tasks, ${duration(now)}`);
  paintLegend(context, palette, TITLE + height + 14);
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = palette.colours.panel;
  context.fillRect(0, 0, WIDTH, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function paintTitle(context: CanvasRenderingContext2D, { colours, font }: Palette, title: string, note: string): void {
  context.textBaseline = "middle";
  context.font = `600 17px ${font}`;
  context.fillStyle = colours.ink;
  context.fillText(title, MARGIN, 27);
  const after = MARGIN + context.measureText(title).width + 14;
  context.font = `13px ${font}`;
  context.fillStyle = colours.muted;
  context.fillText(note, after, 28);
}

function paintLegend(context: CanvasRenderingContext2D, palette: Palette, y: number): void {
  let x = MARGIN;
  for (const state of STATES) {
    if (state === "queued") drawWait(context, palette, { x, y: y + 5, width: 34, height: 6 });
    else drawBody(context, palette, state, { x, y, width: 34, height: 16 }, "", 1);
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette.colours.muted;
    context.textBaseline = "middle";
    context.fillText(STATE_WORDS[state], x + 41, y + 8.5);
    x += 41 + context.measureText(STATE_WORDS[state]).width + 20;
  }
}
