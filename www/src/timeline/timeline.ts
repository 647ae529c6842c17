// The timeline's view: a canvas that is drawn only while something on it changes. Its content is also in the table
// of futures and in that of events, which are the way in for anybody who cannot see or point at a canvas.
import { timeOf, type Run, type Task } from "../state/run";
import { element, setAttribute, setText } from "../view/element";
import { Camera } from "./camera";
import { factsOf, factsOfTask, type Facts } from "./facts";
import { onGestures } from "./gestures";
import { AXIS } from "./grid";
import { hitAt } from "./hit";
import { KEY_WORDS, onKeys } from "./keys";
import { EMPTY, fixedHeight, LANE, laneCount, layoutOf, type Layout } from "./layout";
import { Sliding, wantsStillness } from "./motion";
import { paint } from "./paint";
import { paletteOf, type Palette } from "./palette";
import { followPointer, type Point } from "./pointer";
import { endFor, rangeOf, timeAt, timePerPixel, xOf, type Scale } from "./scale";
import { summaryOf } from "./summary";
import { Tooltip } from "./tooltip";

const WIDE = 560;
/** Milliseconds of work after which a frame has used up its share; what is longer is rested for, so the page answers. */
const SHARE = 10;
const REST = 4;
/**
 * Milliseconds between two frames of a run whose tasks have all the processors: what a frame takes, in this thread and in those of the
 * browser that put it on the screen, is taken from them.
 */
const PACE = 50;
/** Frames of a run whose work is kept for whoever measures the page. */
const MEASURED = 2_000;

export interface TimelineListener {
  choose(task: number | null): void;
  /** Start or halt the replay. */
  play(): void;
  /** Whether the view follows the run, whenever that changes. */
  follows(yes: boolean): void;
}

export class Timeline {
  readonly node: HTMLElement;
  readonly #canvas = element("canvas", { role: "application", tabindex: "0", "aria-describedby": "timeline-keys" });
  readonly #rest = element("div");
  readonly #hint = element("p", { class: "timeline-hint" });
  readonly #said = element("p", { class: "unseen", role: "status" });
  readonly #scroller = element("div", { class: "timeline-scroller" }, this.#canvas, this.#rest);
  readonly #tooltip = new Tooltip();
  readonly #camera = new Camera();
  readonly #lane = new Sliding();
  readonly #listener: TimelineListener;
  #palette: Palette | null = null;
  #run: Run | undefined;
  /** The run as it is now, whose end the axis has also while an earlier moment is shown. */
  #whole: Run | undefined;
  #selected: number | null = null;
  #stepped: number | null = null;
  #pointer: Point | null = null;
  #measured = 0;
  #scheduled = false;
  /** The timer of a frame that need not come yet. */
  #later: number | undefined;
  #drawnAt = 0;
  /** When the next frame may be drawn. */
  #rested = 0;
  #shown: { layout: Layout; scale: Scale } | null = null;

  constructor(listener: TimelineListener) {
    this.#listener = listener;
    const keys = KEY_WORDS.map(([key, what]) => `${key}: ${what}`).join("; ");
    const help = element("p", { class: "unseen", id: "timeline-keys" }, keys);
    this.node = element("div", { class: "timeline" }, this.#scroller, this.#hint, this.#tooltip.node, this.#said, help);
    new ResizeObserver(() => this.#redraw()).observe(this.#scroller);
    this.#scroller.addEventListener("scroll", () => this.#redraw());
    followPointer(this.#canvas, (point) => this.#follow(point));
    this.#canvas.addEventListener("dblclick", () => this.fit());
    this.#canvas.addEventListener("blur", () => this.#stepTo(null));
    onGestures(this.#canvas, {
      zoom: (factor, x) => this.#move(() => this.#camera.zoom(factor, this.#timeAt(x), true)),
      pan: (by) => this.#move(() => this.#camera.pan(-by * this.#grain, true)),
      click: (point) => this.#click(point),
      onAxis: ({ y }) => y < AXIS,
    });
    onKeys(this.#canvas, {
      zoom: (factor) => this.zoom(factor),
      pan: (part) => this.#move(() => this.#camera.pan(part * this.#span, false)),
      fit: () => this.fit(),
      step: (to) => this.#step(to),
      choose: () => this.#listener.choose(this.#stepped),
      play: () => this.#listener.play(),
    });
  }

  /** Shows `run`, which is `whole` or an earlier moment of it. */
  update(run: Run | undefined, whole: Run | undefined, selected: number | null): void {
    if (run === this.#run && selected === this.#selected) return;
    if (run?.id !== this.#run?.id) {
      this.#camera.reset();
      this.#measured = 0;
      performance.clearMeasures("timeline");
      this.#lane.jump();
      this.#tooltip.hide();
      this.#scroller.scrollTop = 0;
      this.#stepped = null;
    }
    const goesOn = run?.id === this.#run?.id && run?.ended === null;
    this.#run = run;
    this.#whole = whole;
    setText(this.#hint, hintOf(run));
    setAttribute(this.#canvas, "aria-label", summaryOf(run));
    if (selected !== this.#selected) {
      this.#selected = selected;
      if (selected !== null) this.#bring(run?.tasks.get(selected));
      this.#redraw();
    } else if (goesOn) {
      this.#redrawInTime();
    } else {
      this.#redraw();
    }
  }

  zoom(factor: number): void {
    this.#move(() => this.#camera.zoom(factor, null, false));
  }

  fit(): void {
    this.#move(() => this.#camera.fit());
  }

  /** Colours changed: the theme, or the system's. */
  recolour(): void {
    this.#palette = null;
    this.#redraw();
  }

  get #grain(): number {
    return this.#shown === null ? 1 : timePerPixel(this.#shown.scale);
  }

  get #span(): number {
    const { from, to } = this.#shown === null ? { from: 0, to: 0 } : rangeOf(this.#shown.scale);
    return to - from;
  }

  #timeAt(x: number): number {
    return this.#shown === null ? 0 : timeAt(this.#shown.scale, x);
  }

  #move(change: () => void): void {
    if (this.#run === undefined) return;
    const before = this.#camera.follows;
    change();
    if (this.#camera.follows !== before) this.#listener.follows(!before);
    this.#redraw();
  }

  /** Draws what the run itself has changed. */
  #redrawInTime(): void {
    if (this.#scheduled || this.#later !== undefined) return;
    const isBusy = (this.#run?.tasks.counts.running ?? 0) >= navigator.hardwareConcurrency;
    const wait = isBusy ? this.#drawnAt + PACE - performance.now() : 0;
    if (wait > 0) this.#later = window.setTimeout(() => this.#redraw(), wait);
    else this.#redraw();
  }

  /** Draws what the reader has changed, at once. */
  #redraw(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#scheduled) return;
    this.#scheduled = true;
    const draw = (): unknown => requestAnimationFrame((now) => this.#draw(now));
    const wait = this.#rested - performance.now();
    if (wait > SHARE) setTimeout(draw, wait);
    else draw();
  }

  #draw(frameTime: number): void {
    this.#scheduled = false;
    const began = performance.now();
    const [run, whole] = [this.#run, this.#whole];
    const context = this.#canvas.getContext("2d");
    const { clientWidth: width, clientHeight: height } = this.#scroller;
    if (context === null || width === 0) return;
    const passed = Math.min(100, frameTime - this.#drawnAt);
    this.#drawnAt = frameTime;
    this.#fitCanvas(context, width, height);
    this.#palette ??= paletteOf(this.node);

    const still = run === undefined || run.ended !== null;
    const now = run === undefined ? 0 : timeOf(run, began);
    const end = whole === undefined ? 1_000 : endFor(timeOf(whole, began), whole.ended !== null);
    const range = this.#camera.frame(end, passed);
    const scale = { left: width < WIDE ? 60 : 176, right: width - 12, start: range.from, end: range.to };
    const laneTarget = whole === undefined ? LANE.most : laneHeightFor(whole, height);
    const laneHeight = this.#lane.towards(laneTarget, passed);
    const layout = run === undefined ? EMPTY : layoutOf(run, now, laneHeight, { ...range, grain: timePerPixel(scale) });
    this.#shown = { layout, scale };
    // In milliseconds and pixels, for whoever asks what the canvas shows, as the browser's tests do.
    setAttribute(this.#canvas, "data-range", `${range.from.toFixed(3)} ${range.to.toFixed(3)}`);
    setAttribute(this.#canvas, "data-lane", laneHeight.toFixed(3));
    this.#rest.style.height = `${Math.max(0, Math.ceil(AXIS + layout.height - height))}px`;

    paint(context, this.#palette, {
      width,
      height,
      scrolled: this.#scroller.scrollTop,
      scale,
      layout,
      now,
      ended: run?.ended ?? null,
      pulse: wantsStillness() ? 1 : 0.5 + 0.5 * Math.cos(frameTime / 220),
      selected: this.#taskOf(this.#selected),
      stepped: this.#taskOf(this.#stepped),
    });
    this.#tell();
    const work = performance.now() - began;
    this.#rested = began + work + Math.max(0, work - SHARE) * REST;
    // The browser keeps these for ever, and a program may run for ever.
    if ((this.#measured += 1) <= MEASURED) performance.measure("timeline", { start: began, duration: work });
    if (!this.#camera.rests || !this.#lane.restsAt(laneTarget)) this.#redraw();
    else if (!still) this.#redrawInTime();
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

  #follow(point: Point | null): void {
    this.#pointer = point;
    if (point !== null) this.#stepped = null;
    this.#tell();
  }

  #click(point: Point): void {
    const task = this.#taskAt(point);
    this.#listener.choose(task?.number === this.#selected ? null : (task?.number ?? null));
  }

  #taskAt(point: Point): Task | null {
    const hit = this.#hitAt(point);
    if (hit?.kind === "bar") return hit.bar.task;
    if (hit?.kind === "mark") return hit.mark.task;
    return hit === undefined ? null : (this.#taskOf(hit.pause.wait.task) ?? null);
  }

  #hitAt({ x, y }: Point): ReturnType<typeof hitAt> {
    const shown = this.#shown;
    if (shown === null || y < AXIS || x < shown.scale.left - 6) return undefined;
    return hitAt(shown.layout, shown.scale, x, y - AXIS + this.#scroller.scrollTop);
  }

  #taskOf(number: number | null): Task | undefined {
    return number === null ? undefined : this.#run?.tasks.get(number);
  }

  #step(to: 1 | -1 | "first" | "last"): void {
    const tasks = this.#run?.tasks;
    if (tasks === undefined || tasks.length === 0) return;
    const last = tasks.length + tasks.forgotten;
    const from = this.#stepped ?? this.#selected ?? 0;
    const number = to === "first" ? 1 : to === "last" ? last : Math.max(1, Math.min(last, from + to));
    this.#stepTo(tasks.get(number) ?? tasks.at(0) ?? null);
  }

  #stepTo(task: Task | null): void {
    if (task === null && this.#stepped === null) return;
    this.#stepped = task?.number ?? null;
    this.#pointer = null;
    if (task !== null && this.#run !== undefined) {
      this.#bring(task);
      setText(this.#said, sentenceOf(factsOfTask(this.#run, task)));
    }
    this.#redraw();
  }

  /** Brings a task into view, in time and among the lanes. */
  #bring(task: Task | undefined): void {
    if (task === undefined) return;
    this.#move(() =>
      this.#camera.include(task.started ?? task.submitted, task.ended ?? task.started ?? task.submitted),
    );
    const place = this.#shown?.layout.placeOf(task);
    const room = this.#scroller.clientHeight - AXIS;
    const top = this.#scroller.scrollTop;
    if (place === undefined) return;
    if (place.y < top) this.#scroller.scrollTop = place.y - 8;
    else if (place.y + place.height > top + room) this.#scroller.scrollTop = place.y + place.height - room + 8;
  }

  /** Tells of what is under the pointer or was stepped to, or of nothing. */
  #tell(): void {
    const [run, shown] = [this.#run, this.#shown];
    if (run === undefined || shown === null) return this.#tooltip.hide();
    const stepped = this.#taskOf(this.#stepped);
    const place = stepped === undefined ? undefined : shown.layout.placeOf(stepped);
    if (stepped !== undefined && place !== undefined) {
      const x = Math.max(shown.scale.left, Math.min(shown.scale.right, xOf(shown.scale, place.from)));
      const y = AXIS + place.y + place.height - this.#scroller.scrollTop;
      return this.#tooltip.show(factsOfTask(run, stepped), { x, y }, this.node);
    }
    const hit = this.#pointer === null ? undefined : this.#hitAt(this.#pointer);
    setAttribute(this.#canvas, "data-over", hit === undefined ? null : "");
    if (hit === undefined || this.#pointer === null) this.#tooltip.hide();
    else this.#tooltip.show(factsOf(run, hit), this.#pointer, this.node);
  }
}

function sentenceOf({ title, list }: Facts): string {
  return `${title}: ${list.map(([name, value]) => `${name} ${value}`).join(", ")}`;
}

function laneHeightFor(run: Run, height: number): number {
  const room = (height - AXIS - fixedHeight(run)) / Math.max(1, laneCount(run));
  return Math.max(LANE.least, Math.min(LANE.most, Math.floor(room)));
}

function hintOf(run: Run | undefined): string {
  if (run === undefined) return "Press Run: each worker gets a lane, each task a bar.";
  if (run.pools.length > 0) return "";
  if (run.phase === "waiting") return "The program has not begun yet.";
  return run.phase === "running"
    ? "No pool yet: the program is working on its own thread."
    : "This run started no pool.";
}
