// The bars of a pool's queue: tasks that no worker has begun, waiting ones and those cancelled while they waited, one
// row each. The rows read like the queue itself, and move up as it empties.
import type { Task } from "../state/run";
import type { Bar } from "./layout";

export const QUEUE_ROW = 13;
/** Waiting tasks drawn one below the other; more are counted in words. */
export const QUEUE_ROWS = 3;

export class QueueBars {
  readonly bars: Bar[] = [];
  /** Tasks for which there is no row. */
  hidden = 0;
  readonly #now: number;
  readonly #top: number;

  constructor(now: number, top: number) {
    this.#now = now;
    this.#top = top;
  }

  add(task: Task): void {
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
      to: task.ended ?? this.#now,
      y: this.#top + this.bars.length * QUEUE_ROW,
      height: QUEUE_ROW - 2,
    });
  }
}
