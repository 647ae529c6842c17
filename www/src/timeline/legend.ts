// The legend: one sample a state, drawn by the functions that draw the bars.
import type { TaskState } from "../state/run";
import { STATE_WORDS } from "../state/futures";
import { element } from "../view/element";
import { drawBody, drawWait } from "./bar";
import { paletteOf } from "./palette";

const STATES: readonly TaskState[] = ["queued", "running", "done", "failed", "cancelled", "lost"];
const WIDTH = 34;
const HEIGHT = 16;

export class Legend {
  readonly node: HTMLElement;
  readonly #samples = STATES.map((state) => ({ state, canvas: element("canvas", { "aria-hidden": "true" }) }));

  constructor() {
    const items = this.#samples.map(({ state, canvas }) => element("li", {}, canvas, STATE_WORDS[state]));
    this.node = element("ul", { class: "legend", "aria-label": "How a task is drawn" }, ...items);
  }

  /** Draws the samples; called when the node is in the page and whenever the colours change. */
  recolour(): void {
    const palette = paletteOf(this.node);
    for (const { state, canvas } of this.#samples) {
      const context = canvas.getContext("2d");
      if (context === null) return;
      const ratio = devicePixelRatio;
      canvas.width = WIDTH * ratio;
      canvas.height = HEIGHT * ratio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      palette.patterns.clear();
      if (state === "queued") drawWait(context, palette, { x: 0, y: 5, width: WIDTH, height: 6 });
      else drawBody(context, palette, state, { x: 0, y: 0, width: WIDTH, height: HEIGHT }, "", 1);
    }
  }
}
