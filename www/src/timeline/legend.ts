// The legend: one sample a state, and a fold-out with the signs and the keys, drawn by the functions that draw the bars.
import type { TaskState } from "../state/run";
import { STATE_WORDS } from "../state/futures";
import { element } from "../view/element";
import { drawBody, drawPause, drawWait } from "./bar";
import { KEY_WORDS } from "./keys";
import { MARKS } from "./marks";
import { paletteOf, type Palette } from "./palette";
import { drawSign, MARK_WORDS } from "./signs";

const STATES: readonly TaskState[] = ["queued", "running", "done", "failed", "cancelled", "lost"];
const HEIGHT = 16;

interface Sample {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly word: string;
  draw(context: CanvasRenderingContext2D, palette: Palette, width: number): void;
}

export class Legend {
  readonly node: HTMLElement;
  readonly #states: readonly Sample[] = STATES.map((state) => sample(34, STATE_WORDS[state], stateOf(state)));
  readonly #signs: readonly Sample[] = [
    sample(34, "main waits", (context, palette, width) =>
      drawPause(context, palette, { x: 0, y: 0, width, height: HEIGHT }, "", false),
    ),
    sample(34, "main works", (context, { colours }, width) => {
      context.fillStyle = colours.muted;
      context.fillRect(0, HEIGHT / 2 - 1, width, 2);
    }),
    ...MARKS.map((kind) =>
      sample(16, MARK_WORDS[kind], (context, palette, width) =>
        drawSign(context, palette, kind, width / 2, HEIGHT / 2),
      ),
    ),
  ];

  constructor() {
    const keys = KEY_WORDS.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)]);
    const many = "A short line under a sign: several so close together that they are one.";
    const more = element(
      "details",
      { class: "signs" },
      element("summary", {}, "What the signs mean"),
      list("What happened at a moment", this.#signs),
      element("p", { class: "note" }, many),
      element("dl", { class: "keys", "aria-label": "Keys of the timeline" }, ...keys),
    );
    this.node = element("div", { class: "legends" }, list("How a task is drawn", this.#states), more);
  }

  /** Draws the samples; called when the node is in the page and whenever the colours change. */
  recolour(): void {
    const palette = paletteOf(this.node);
    for (const { canvas, width, draw } of [...this.#states, ...this.#signs]) {
      const context = canvas.getContext("2d");
      if (context === null) return;
      const ratio = devicePixelRatio;
      canvas.width = width * ratio;
      canvas.height = HEIGHT * ratio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      palette.patterns.clear();
      draw(context, palette, width);
    }
  }
}

function stateOf(state: TaskState): Sample["draw"] {
  return (context, palette, width) => {
    if (state === "queued") drawWait(context, palette, { x: 0, y: 5, width, height: 6 });
    else drawBody(context, palette, state, { x: 0, y: 0, width, height: HEIGHT }, "", 1);
  };
}

function sample(width: number, word: string, draw: Sample["draw"]): Sample {
  const canvas = element("canvas", { "aria-hidden": "true", style: `width: ${width}px; height: ${HEIGHT}px` });
  return { canvas, width, word, draw };
}

function list(label: string, samples: readonly Sample[]): HTMLElement {
  const items = samples.map(({ canvas, word }) => element("li", {}, canvas, word));
  return element("ul", { class: "legend", "aria-label": label }, ...items);
}
