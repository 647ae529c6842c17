// The bars of one worker's lane. A task has a bar of its own as long as it is wide enough to be seen; shorter ones that
// begin within a few pixels are drawn as a crowd, so that a hundred thousand cost no more than the lane has room for.
import type { Task, TaskState } from "../state/run";
import type { Bar } from "./layout";

/** Pixels that a crowd is wide. */
export const CROWD = 3;
const WAIT = 5;

/** What a crowd shows, the first of these that is in it. */
const TELLING: readonly TaskState[] = ["failed", "lost", "running", "cancelled", "done", "queued"];

type Building = { -readonly [Key in keyof Bar]: Bar[Key] };

export class LaneBars {
  readonly #bodies: Building[] = [];
  readonly #waits: Building[] = [];
  readonly #now: number;
  readonly #top: number;
  readonly #height: number;
  /** Time that a crowd spans. */
  readonly #cell: number;
  /** The crowd that is being gathered, and its place. */
  #crowd: Building | null = null;
  #place = -1;
  /** The line of the queue times of short tasks, which overlap. */
  #line: Building | null = null;

  constructor(now: number, top: number, height: number, grain: number) {
    this.#now = now;
    this.#top = top;
    this.#height = height;
    this.#cell = CROWD * grain;
  }

  /** Bodies first and lines of queue time over them. */
  get bars(): readonly Bar[] {
    return [...this.#bodies, ...this.#waits];
  }

  /** Adds a task; they come in the order of their submission. */
  add(task: Task, started: number): void {
    const ended = task.ended ?? this.#now;
    const short = ended - started < this.#cell && task.depth === 0;
    const place = short ? Math.floor(started / this.#cell) : -1;
    if (short && this.#crowd !== null && place === this.#place) join(this.#crowd, task, ended);
    else {
      const body = this.#body(task, started, ended);
      this.#bodies.push(body);
      this.#crowd = short ? body : null;
      this.#place = place;
    }
    if (started > task.submitted) this.#wait(task, started, short);
  }

  #body(task: Task, from: number, to: number): Building {
    const height = this.#height - WAIT - 9;
    // A nested task stands inside the bar of the task that waits for it.
    const inset = Math.min(task.depth * 5, height / 2 - 4);
    const y = this.#top + WAIT + 4 + inset;
    return { task, count: 1, state: task.state, part: "body", from, to, y, height: height - inset * 2 };
  }

  /** The queue time of a task as a thin line above its bar. */
  #wait(task: Task, to: number, short: boolean): void {
    const line = this.#line;
    if (short && line !== null && task.submitted <= line.to + this.#cell) {
      line.from = Math.min(line.from, task.submitted);
      line.to = Math.max(line.to, to);
      line.count += 1;
      return;
    }
    const [from, y] = [task.submitted, this.#top + 2];
    const wait: Building = { task, count: 1, state: task.state, part: "wait", from, to, y, height: WAIT };
    this.#waits.push(wait);
    this.#line = short ? wait : null;
  }
}

function join(crowd: Building, task: Task, ended: number): void {
  crowd.count += 1;
  crowd.to = Math.max(crowd.to, ended);
  if (TELLING.indexOf(task.state) < TELLING.indexOf(crowd.state)) crowd.state = task.state;
}
