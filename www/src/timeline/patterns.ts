// Fills that tell states apart without colour: strokes in one direction, or crossing ones.
import type { Palette } from "./palette";

export type Hatch = "single" | "double";

/** Distance between two strokes, in pixels. */
const PITCH = 6;

/** A hatching that repeats without a seam. The tile is made at the screen's own resolution and scaled back. */
export function hatch(
  context: CanvasRenderingContext2D,
  palette: Palette,
  kind: Hatch,
  colour: string,
): CanvasPattern | string {
  const ratio = context.getTransform().a;
  const key = `${kind} ${colour} ${ratio}`;
  const known = palette.patterns.get(key);
  if (known !== undefined) return known;
  const size = Math.round(PITCH * ratio);
  const tile = new OffscreenCanvas(size, size);
  const brush = tile.getContext("2d");
  if (brush === null) return colour;
  brush.strokeStyle = colour;
  brush.lineWidth = 1.25 * ratio;
  brush.beginPath();
  // Three parallel strokes, so that the corners of the tile are covered from both sides.
  for (const shift of [-size, 0, size]) {
    brush.moveTo(shift - 1, size + 1);
    brush.lineTo(shift + size + 1, -1);
    if (kind === "double") {
      brush.moveTo(shift - 1, -1);
      brush.lineTo(shift + size + 1, size + 1);
    }
  }
  brush.stroke();
  const pattern = context.createPattern(tile, "repeat");
  if (pattern === null) return colour;
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  palette.patterns.set(key, pattern);
  return pattern;
}
