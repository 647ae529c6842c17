// The timeline's view: a canvas that is drawn only while something on it changes. Its content is also in the table
// of futures, which is the way in for anybody who cannot see or point at a canvas.
import { isOver, timeOf, type Run } from "../state/run";
import { element } from "../view/element";
import { AXIS } from "./grid";
import { hitAt } from "./hit";
import { followPointer, type Point } from "./pointer";
import { fixedHeight, LANE, laneCount, layoutOf, type Layout } from "./layout";
import { Sliding, wantsStillness } from "./motion";
import { paint } from "./paint";
import { paletteOf, type Palette } from "./palette";
import { endFor, timePerPixel, type Scale } from "./scale";
import { summaryOf } from "./summary";
import { Tooltip } from "./tooltip";

const WIDE = 560;
/** How many times as long as a frame took to draw the next one waits, so that a long run leaves the page responsive. */
const REST = 4;
/** Milliseconds of waiting that are not worth a timer. */
const SHORT = 12;

export class Timeline {
  readonly node: HTMLElement;
  readonly #canvas = element("canvas", { role: "img", "aria-label": summaryOf(undefined) });
  readonly #rest = element("div");
  readonly #hint = element("p", { class: "timeline-hint" });
  readonly #scroller = element("div", { class: "timeline-scroller" }, this.#canvas, this.#rest);
  readonly #tooltip = new Tooltip();
  readonly #end = new Sliding();
  readonly #lane = new Sliding();
  #palette: Palette | null = null;
  #run: Run | undefined;
  #pointer: Point | null = null;
  #scheduled = false;
  #drawnAt = 0;
  /** When the next frame may be drawn. */
  #rested = 0;
  #shown: { layout: Layout; scale: Scale } | null = null;

  constructor() {
    this.node = element("div", { class: "timeline" }, this.#scroller, this.#hint, this.#tooltip.node);
    new ResizeObserver(() => this.#redraw()).observe(this.#scroller);
    this.#scroller.addEventListener("scroll", () => this.#redraw());
    followPointer(this.#canvas, (point) => {
      this.#pointer = point;
      this.#point();
    });
  }

  update(run: Run | undefined): void {
    if (run === this.#run) return;
    if (run?.id !== this.#run?.id) {
      this.#end.jump();
      this.#lane.jump();
      this.#tooltip.hide();
      this.#scroller.scrollTop = 0;
    }
    this.#run = run;
    this.#hint.textContent = hintOf(run);
    this.#canvas.setAttribute("aria-label", summaryOf(run));
    this.#redraw();
  }

  /** Colours changed: the theme, or the system's. */
  recolour(): void {
    this.#palette = null;
    this.#redraw();
  }

  #redraw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const draw = (): unknown => requestAnimationFrame((now) => this.#draw(now));
    const wait = this.#rested - performance.now();
    if (wait > SHORT) setTimeout(draw, wait);
    else draw();
  }

  #draw(frameTime: number): void {
    this.#scheduled = false;
    const began = performance.now();
    const run = this.#run;
    const context = this.#canvas.getContext("2d");
    const { clientWidth: width, clientHeight: height } = this.#scroller;
    if (context === null || width === 0) return;
    const passed = Math.min(100, frameTime - this.#drawnAt);
    this.#drawnAt = frameTime;
    this.#fitCanvas(context, width, height);
    this.#palette ??= paletteOf(this.node);

    const over = run === undefined || isOver(run);
    const now = run === undefined ? 0 : timeOf(run, performance.now());
    const endTarget = run === undefined ? 1000 : endFor(now, over);
    const laneTarget = run === undefined ? LANE.most : laneHeightFor(run, height);
    const scale = { left: width < WIDE ? 60 : 176, right: width - 12, end: this.#end.towards(endTarget, passed) };
    const laneHeight = this.#lane.towards(laneTarget, passed);
    const layout = run === undefined ? EMPTY : layoutOf(run, now, laneHeight, timePerPixel(scale));
    this.#shown = { layout, scale };
    this.#rest.style.height = `${Math.max(0, Math.ceil(AXIS + layout.height - height))}px`;

    const pulse = wantsStillness() ? 1 : 0.5 + 0.5 * Math.cos(frameTime / 220);
    const ended = run?.ended ?? null;
    paint(context, this.#palette, {
      width,
      height,
      scrolled: this.#scroller.scrollTop,
      scale,
      layout,
      now,
      ended,
      pulse,
    });
    this.#point();
    const done = performance.now();
    this.#rested = done + (done - began) * REST;
    if (!over || !this.#end.restsAt(endTarget) || !this.#lane.restsAt(laneTarget)) this.#redraw();
  }

  /** Gives the canvas one pixel of its own for each of the screen's. */
  #fitCanvas(context: CanvasRenderingContext2D, width: number, height: number): void {
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== wide || this.#canvas.height !== high) {
      this.#canvas.width = wide;
      this.#canvas.height = high;
      this.#canvas.style.height = `${height}px`;
      this.#palette?.patterns.clear();
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** Tells of the task under the pointer, or of none. */
  #point(): void {
    const [run, shown, point] = [this.#run, this.#shown, this.#pointer];
    if (run === undefined || shown === null || point === null || point.y < AXIS) return this.#tooltip.hide();
    const bar = hitAt(shown.layout, shown.scale, point.x, point.y - AXIS + this.#scroller.scrollTop);
    if (bar === undefined) this.#tooltip.hide();
    else this.#tooltip.show(run, bar, point, this.node);
  }
}

const EMPTY: Layout = { lanes: [], bars: [], height: 0 };

function laneHeightFor(run: Run, height: number): number {
  const room = (height - AXIS - fixedHeight(run)) / Math.max(1, laneCount(run));
  return Math.max(LANE.least, Math.min(LANE.most, Math.floor(room)));
}

function hintOf(run: Run | undefined): string {
  if (run === undefined) return "Press Run: each worker gets a lane, each task a bar.";
  if (run.pools.length > 0) return "";
  return isOver(run) ? "This run started no pool." : "No pool yet: the program is working on its own thread.";
}
