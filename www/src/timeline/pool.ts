// The lanes of one pool: its heading, its queue, and its workers in the order of their numbers.
import { grouped } from "../state/grouped";
import type { Pool, Task } from "../state/run";
import { LaneBars } from "./lane";
import type { Bar, Lane } from "./layout";
import { QUEUE_ROW, QUEUE_ROWS, QueueBars } from "./queue";

export const HEADER = 22;
const PADDING = 5;
export const QUEUE = PADDING * 2 + QUEUE_ROW * QUEUE_ROWS;

export class PoolLanes {
  readonly #pool: Pool;
  readonly #top: number;
  readonly #laneHeight: number;
  readonly #queue: QueueBars;
  /** By the workers' numbers. */
  readonly #workers: readonly LaneBars[];

  constructor(pool: Pool, top: number, now: number, laneHeight: number, grain: number) {
    this.#pool = pool;
    this.#top = top;
    this.#laneHeight = laneHeight;
    this.#queue = new QueueBars(now, top + HEADER + PADDING);
    const workers: LaneBars[] = [];
    pool.workers.forEach(({ index }, place) => {
      workers[index] = new LaneBars(now, this.#topOf(place), laneHeight, grain);
    });
    this.#workers = workers;
  }

  /** Adds a task; they come in the order of their submission. */
  add(task: Task): void {
    if (task.started === null) this.#queue.add(task);
    else if (task.worker !== null) this.#workers[task.worker]?.add(task, task.started);
  }

  lanes(): Lane[] {
    const { kind, workers } = this.#pool;
    const { hidden } = this.#queue;
    const rest = hidden > 0 ? `and ${grouped(hidden)} more` : "";
    return [
      { kind: "pool", label: kind, note: capacity(this.#pool), lost: null, y: this.#top, height: HEADER },
      { kind: "queue", label: "queue", note: rest, lost: null, y: this.#top + HEADER, height: QUEUE },
      ...workers.map(({ name, lost, ended }, place): Lane => {
        const note = lost === null ? "" : `lost: ${lost}`;
        const when = lost === null ? null : ended;
        return { kind: "worker", label: name, note, lost: when, y: this.#topOf(place), height: this.#laneHeight };
      }),
    ];
  }

  bars(): Bar[] {
    // A worker's number may be missing as long as its start has not been told.
    return [...this.#queue.bars, ...this.#workers.flatMap((worker) => worker.bars)];
  }

  #topOf(place: number): number {
    return this.#top + HEADER + QUEUE + place * this.#laneHeight;
  }
}

function capacity({ maxWorkers }: Pool): string {
  return `at most ${maxWorkers} ${maxWorkers === 1 ? "worker" : "workers"}`;
}
