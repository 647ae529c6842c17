// The bars of a pool's queue: tasks that no worker has begun, waiting ones and those cancelled while they waited, one
// row each. The rows read like the queue itself, and move up as it empties.
import type { Task } from "../state/run";
import type { Bar, Place, Window } from "./layout";

export const QUEUE_ROW = 13;
/** Waiting tasks drawn one below the other; more are counted in words. */
export const QUEUE_ROWS = 3;

export class QueueBars {
  readonly bars: Bar[] = [];
  /** Tasks for which there is no row. */
  hidden = 0;
  readonly #now: number;
  readonly #top: number;
  readonly #window: Window;

  constructor(now: number, top: number, window: Window) {
    this.#now = now;
    this.#top = top;
    this.#window = window;
  }

  add(task: Task): void {
    const to = task.ended ?? this.#now;
    if (to < this.#window.from || task.submitted > this.#window.to) return;
    if (this.bars.length === QUEUE_ROWS) {
      this.hidden += 1;
      return;
    }
    this.bars.push({
      task,
      count: 1,
      state: task.state,
      part: task.state === "cancelled" ? "body" : "wait",
      from: task.submitted,
      to,
      y: this.#top + this.bars.length * QUEUE_ROW,
      height: QUEUE_ROW - 2,
    });
  }

  /** A task without a row of its own stands somewhere in the queue. */
  placeOf(task: Task): Place {
    const row = this.bars.find((bar) => bar.task.number === task.number);
    const whole = { y: this.#top, height: QUEUE_ROW * QUEUE_ROWS - 2 };
    return {
      from: task.submitted,
      to: task.ended ?? this.#now,
      y: row?.y ?? whole.y,
      height: row?.height ?? whole.height,
    };
  }
}
