// Texts cut to the room they have on the canvas.

/** Shortens a text at its end. */
export function fitEnd(context: CanvasRenderingContext2D, text: string, room: number): string {
  return fit(context, text, room, (length) => `${text.slice(0, length)}…`);
}

/** Shortens a worker's name at its start, as those of one pool differ at the end; by whole words, if that is enough. */
export function fitName(context: CanvasRenderingContext2D, name: string, room: number): string {
  const words = name.split(/(?<=[- ])/);
  const ends = words.map((_, start) => words.slice(start).join(""));
  const whole = ends.find((end) => context.measureText(end).width <= room);
  if (whole !== undefined) return whole;
  const own = ends.at(-1) ?? name;
  return fit(context, own, room, (length) => `…${own.slice(-length)}`);
}

function fit(context: CanvasRenderingContext2D, text: string, room: number, cut: (length: number) => string): string {
  const fits = (candidate: string): boolean => context.measureText(candidate).width <= room;
  if (fits(text)) return text;
  for (let length = text.length - 1; length > 0; length -= 1) {
    if (fits(cut(length))) return cut(length);
  }
  return "";
}
