// What a mouse, a pen or fingers do on the canvas, told as zooming, panning and clicking. Written on pointer events and
// `touch-action: pan-y` rather than with d3-zoom, which takes every touch for itself: here one finger still scrolls the
// page up and down, and a plain wheel over the lanes always does.
import type { Point } from "./pointer";

export interface GestureListener {
  /** Show `factor` times as much time, with what is at `x` staying there. */
  zoom(factor: number, x: number): void;
  /** Move the content by so many pixels. */
  pan(by: number): void;
  click(point: Point): void;
  /** Whether a point is on the axis, over which a plain wheel zooms. */
  onAxis(point: Point): boolean;
}

/** Pixels that a press may move and still be a click. */
const STILL = 4;
/** Pixels of a line and of a page, for wheels that count in those. */
const UNITS = [1, 16, 400] as const;

export function onGestures(node: HTMLElement, listener: GestureListener): void {
  node.addEventListener("wheel", (event) => wheel(event, listener), { passive: false });
  const drag = new Drag(node, listener);
  node.addEventListener("pointerdown", (event) => drag.begin(event));
  node.addEventListener("pointermove", (event) => drag.move(event));
  node.addEventListener("pointerup", (event) => drag.end(event));
  node.addEventListener("pointercancel", (event) => drag.cancel(event));
}

/** Ctrl, as a pinch on a touchpad is told, or the axis: zoom. Shift or sideways: pan. All else is the page's to scroll. */
function wheel(event: WheelEvent, listener: GestureListener): void {
  const unit = UNITS[event.deltaMode] ?? 1;
  const [across, down] = [event.deltaX * unit, event.deltaY * unit];
  const point = { x: event.offsetX, y: event.offsetY };
  if (event.ctrlKey || event.metaKey || listener.onAxis(point)) listener.zoom(Math.exp(down * speedOf(event)), point.x);
  else if (event.shiftKey) listener.pan(-(across === 0 ? down : across));
  else if (Math.abs(across) > Math.abs(down)) listener.pan(-across);
  else return;
  event.preventDefault();
}

/** A pinch on a touchpad tells small steps, a wheel large ones. */
function speedOf({ ctrlKey, deltaY }: WheelEvent): number {
  return ctrlKey && Math.abs(deltaY) < 20 ? 0.01 : 0.002;
}

class Drag {
  readonly #node: HTMLElement;
  readonly #listener: GestureListener;
  /** Where each pressed pointer was last. */
  readonly #points = new Map<number, Point>();
  #moved = 0;

  constructor(node: HTMLElement, listener: GestureListener) {
    this.#node = node;
    this.#listener = listener;
  }

  begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.#points.size === 0) this.#moved = 0;
    this.#points.set(event.pointerId, pointOf(event));
    this.#node.setPointerCapture(event.pointerId);
  }

  move(event: PointerEvent): void {
    const before = this.#points.get(event.pointerId);
    if (before === undefined) return;
    const point = pointOf(event);
    const other = [...this.#points].find(([id]) => id !== event.pointerId)?.[1];
    this.#points.set(event.pointerId, point);
    this.#moved += Math.hypot(point.x - before.x, point.y - before.y);
    if (other !== undefined) this.#pinch(before, point, other);
    else if (this.#moved > STILL) this.#listener.pan(point.x - before.x);
    if (this.#moved > STILL) this.#node.dataset.dragging = "";
  }

  end(event: PointerEvent): void {
    const pressed = this.#points.has(event.pointerId);
    this.cancel(event);
    if (pressed && this.#points.size === 0 && this.#moved <= STILL) this.#listener.click(pointOf(event));
  }

  cancel(event: PointerEvent): void {
    this.#points.delete(event.pointerId);
    delete this.#node.dataset.dragging;
  }

  /** One finger of two moved: what is between them stays there, at the new distance. */
  #pinch(before: Point, point: Point, other: Point): void {
    const distance = (from: Point): number => Math.max(24, Math.hypot(from.x - other.x, from.y - other.y));
    const middle = (point.x + other.x) / 2;
    this.#listener.pan((point.x - before.x) / 2);
    this.#listener.zoom(distance(before) / distance(point), middle);
  }
}

function pointOf(event: PointerEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}
