// The lanes of one pool: its heading, its queue, and its workers in the order of their numbers.
import { grouped } from "../state/grouped";
import type { Pool, Task, Worker } from "../state/run";
import { LaneBars } from "./lane";
import type { Bar, Lane, Place, Window } from "./layout";
import { LaneMarks, type Mark } from "./marks";
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
  readonly #marks: readonly LaneMarks[];
  readonly #queueMarks: LaneMarks;

  constructor(pool: Pool, top: number, now: number, laneHeight: number, window: Window) {
    this.#pool = pool;
    this.#top = top;
    this.#laneHeight = laneHeight;
    this.#queue = new QueueBars(now, top + HEADER + PADDING, window);
    this.#queueMarks = new LaneMarks(window, top + HEADER, QUEUE);
    const workers: LaneBars[] = [];
    const marks: LaneMarks[] = [];
    pool.workers.forEach((worker, place) => {
      const y = this.#topOf(place);
      workers[worker.index] = new LaneBars(now, y, laneHeight, window);
      marks[worker.index] = marksOf(pool, worker, new LaneMarks(window, y, laneHeight));
    });
    this.#workers = workers;
    this.#marks = marks;
  }

  /** Adds a task; they come in the order of their submission. */
  add(task: Task): void {
    if (task.started === null) this.#queue.add(task);
    else if (task.worker !== null) this.#workers[task.worker]?.add(task, task.started);
    if (task.ended !== null) (this.marksOf(task.worker) ?? this.#queueMarks).addEnd(task);
  }

  /** Where marks of a worker's doing go. */
  marksOf(worker: number | null): LaneMarks | undefined {
    return worker === null ? undefined : this.#marks[worker];
  }

  placeOf(task: Task): Place | undefined {
    if (task.started === null) return this.#queue.placeOf(task);
    return task.worker === null ? undefined : this.#workers[task.worker]?.placeOf(task, task.started);
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

  marks(): Mark[] {
    return [...this.#queueMarks.marks, ...this.#marks.flatMap(({ marks }) => marks)];
  }

  #topOf(place: number): number {
    return this.#top + HEADER + QUEUE + place * this.#laneHeight;
  }
}

/** When a worker came and, if it was lost, when it went. */
function marksOf(pool: Pool, { started, lost, ended, name, replaces }: Worker, marks: LaneMarks): LaneMarks {
  const replaced = pool.workers.find(({ index }) => index === replaces)?.name;
  if (replaced === undefined) marks.add("start", started, null, name);
  else marks.add("replacement", started, null, `${name} for ${replaced}`);
  if (lost !== null && ended !== null) marks.add("loss", ended, null, `${name}: ${lost}`);
  return marks;
}

function capacity({ maxWorkers }: Pool): string {
  return `at most ${maxWorkers} ${maxWorkers === 1 ? "worker" : "workers"}`;
}
