// The sign and the name on a bar, as far as there is room for them.
import type { BarState, Box } from "./bar";
import { drawIcon, type Icon } from "./icons";
import type { Palette } from "./palette";
import { fitEnd } from "./text";

const ICONS: Readonly<Record<BarState, Icon | null>> = {
  running: null,
  done: "check",
  failed: "cross",
  cancelled: "slash",
  lost: "square",
};

const INKS = {
  running: "running-ink",
  done: "done-ink",
  failed: "failed-ink",
  cancelled: "muted",
  lost: "ink",
} as const satisfies Record<BarState, keyof Palette["colours"]>;

const ICON_WIDTH = 15;

export function drawFace(
  context: CanvasRenderingContext2D,
  { colours, font }: Palette,
  state: BarState,
  box: Box,
  label: string,
): void {
  if (box.height < 10 || box.width < 14) return;
  const ink = colours[INKS[state]];
  const icon = ICONS[state];
  const iconWidth = icon === null ? 0 : ICON_WIDTH;
  const middle = box.y + box.height / 2;
  const start = box.width < 24 ? box.x + box.width / 2 - 5 : box.x + 7;
  context.font = `12px ${font}`;
  const room = box.width - 16 - iconWidth;
  const text = room < 14 || box.height < 12 ? "" : fitEnd(context, label, room);
  // On a hatching nobody could read them, so they get a plain patch.
  if (state === "failed" || state === "lost") {
    const width = iconWidth + (text === "" ? -2 : context.measureText(text).width + 3);
    context.fillStyle = colours.panel;
    context.fillRect(box.x + 2, middle - 7.5, Math.min(start - box.x + width - 1, box.width - 4), 15);
  }
  if (icon !== null) drawIcon(context, icon, start + 5, middle, ink);
  context.fillStyle = ink;
  context.textBaseline = "middle";
  context.fillText(text, start + iconWidth, middle + 0.5);
}
