// The signs of what happened at a moment: a shape each, so that none is told apart by colour alone. The legend draws
// its samples with the same function.
import type { MarkKind } from "./marks";
import type { ColourName, Palette } from "./palette";

export const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  submit: "submitted",
  callback: "callback",
  start: "worker started",
  replacement: "replacement started",
  cancel: "cancelled",
  timeout: "timed out",
  kill: "killed",
  loss: "worker lost",
};

const COLOURS: Readonly<Record<MarkKind, ColourName>> = {
  submit: "ink",
  callback: "ink",
  start: "ink",
  replacement: "ink",
  cancel: "ink",
  timeout: "failed-ink",
  kill: "failed-ink",
  loss: "failed-ink",
};

type Draw = (context: OffscreenCanvasRenderingContext2D) => void;

/** Side of the square that a sign fits in with its rim. */
const SIDE = 20;

/** Draws a sign about a centre, on a rim of the ground's colour that sets it off from bars; several get a line below. */
export function drawSign(
  context: CanvasRenderingContext2D,
  palette: Palette,
  kind: MarkKind,
  x: number,
  y: number,
  several = false,
): void {
  const ratio = context.getTransform().a;
  const key = `${kind} ${several} ${ratio}`;
  let sprite = palette.sprites.get(key);
  if (sprite === undefined) {
    sprite = new OffscreenCanvas(SIDE * ratio, SIDE * ratio);
    const brush = sprite.getContext("2d");
    if (brush === null) return;
    brush.scale(ratio, ratio);
    brush.translate(SIDE / 2 + 0.5, SIDE / 2);
    drawShape(brush, palette, kind, several);
    palette.sprites.set(key, sprite);
  }
  context.drawImage(sprite, Math.round(x) - SIDE / 2, Math.round(y) - SIDE / 2, SIDE, SIDE);
}

function drawShape(
  context: OffscreenCanvasRenderingContext2D,
  { colours }: Palette,
  kind: MarkKind,
  several: boolean,
): void {
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  SHAPES[kind](context);
  context.strokeStyle = colours.panel;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = context.fillStyle = colours[COLOURS[kind]];
  context.lineWidth = 1.5;
  if (FILLED.has(kind)) context.fill();
  context.stroke();
  if (several) context.fillRect(-4, 5.5, 8, 1.5);
}

const FILLED: ReadonlySet<MarkKind> = new Set(["submit", "kill", "start"]);

const SHAPES: Readonly<Record<MarkKind, Draw>> = {
  /** A tick with a head that points at the workers below. */
  submit(context) {
    context.moveTo(0, -4.5);
    context.lineTo(0, 0);
    context.moveTo(-2.5, 0);
    context.lineTo(2.5, 0);
    context.lineTo(0, 4);
    context.closePath();
  },
  /** A ring that somebody rang. */
  callback(context) {
    context.arc(0, 0, 3.2, 0, Math.PI * 2);
  },
  /** A head that points along the time that begins. */
  start(context) {
    context.moveTo(-2, -4);
    context.lineTo(3.5, 0);
    context.lineTo(-2, 4);
    context.closePath();
  },
  /** A circle that begins anew. */
  replacement(context) {
    context.arc(0, 0, 4, -Math.PI * 0.25, Math.PI * 1.3);
    context.moveTo(-2.4, -6);
    context.lineTo(-2.2, -3.2);
    context.lineTo(-5.2, -2.8);
  },
  cancel(context) {
    context.arc(0, 0, 4, 0, Math.PI * 2);
    context.moveTo(-2.8, 2.8);
    context.lineTo(2.8, -2.8);
  },
  /** An hourglass. */
  timeout(context) {
    context.moveTo(-3.5, -4.5);
    context.lineTo(3.5, -4.5);
    context.lineTo(-3.5, 4.5);
    context.lineTo(3.5, 4.5);
    context.closePath();
  },
  /** A flash. */
  kill(context) {
    context.moveTo(1.5, -5);
    context.lineTo(-3.5, 0.8);
    context.lineTo(-0.3, 0.8);
    context.lineTo(-1.5, 5);
    context.lineTo(3.5, -0.8);
    context.lineTo(0.3, -0.8);
    context.closePath();
  },
  /** A cross in a square: this worker is gone. */
  loss(context) {
    context.rect(-4.5, -4.5, 9, 9);
    context.moveTo(-2, -2);
    context.lineTo(2, 2);
    context.moveTo(2, -2);
    context.lineTo(-2, 2);
  },
};
