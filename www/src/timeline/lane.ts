// The bars of one worker's lane. A task has a bar of its own as long as it is wide enough to be seen; shorter ones that
// begin within a few pixels are drawn as a crowd, so that a hundred thousand cost no more than the lane has room for.
import type { Task, TaskState } from "../state/run";
import type { Bar, Place, Window } from "./layout";

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
  readonly #window: Window;
  /** Time that a crowd spans. */
  readonly #cell: number;
  /** Crowds by their depth, then by their cell of the width. */
  readonly #crowds: (Building | undefined)[][] = [];
  /** The line of the queue times of short tasks, which overlap. */
  #line: Building | null = null;

  constructor(now: number, top: number, height: number, window: Window) {
    this.#now = now;
    this.#top = top;
    this.#height = height;
    this.#window = window;
    this.#cell = CROWD * window.grain;
  }

  /** Bodies first and lines of queue time over them. */
  get bars(): readonly Bar[] {
    return [...this.#bodies, ...this.#waits];
  }

  /** Adds a task; they come in the order of their submission. */
  add(task: Task, started: number): void {
    const { from, to } = this.#window;
    const ended = task.ended ?? this.#now;
    if (ended < from || task.submitted > to) return;
    const short = ended - started < this.#cell;
    if (started <= to) {
      if (short) this.#crowd(task, started, ended);
      else this.#bodies.push(this.#body(task, started, ended));
    }
    if (started > task.submitted && started >= from) this.#wait(task, started, short);
  }

  placeOf(task: Task, from: number): Place {
    return { from, to: task.ended ?? this.#now, ...this.#rowOf(task) };
  }

  #crowd(task: Task, started: number, ended: number): void {
    const crowds = (this.#crowds[task.depth] ??= []);
    // The first task may have begun before the window, by less than the time of a crowd.
    const cell = Math.floor(started / this.#cell) - Math.floor(this.#window.from / this.#cell) + 1;
    const crowd = crowds[cell];
    if (crowd !== undefined) return join(crowd, task, ended);
    const body = this.#body(task, started, ended);
    crowds[cell] = body;
    this.#bodies.push(body);
  }

  #body(task: Task, from: number, to: number): Building {
    return { task, count: 1, state: task.state, part: "body", from, to, ...this.#rowOf(task) };
  }

  /** A nested task stands inside the bar of the task that waits for it. */
  #rowOf({ depth }: Task): { y: number; height: number } {
    const height = this.#height - WAIT - 9;
    const inset = Math.min(depth * 5, height / 2 - 4);
    return { y: this.#top + WAIT + 4 + inset, height: height - inset * 2 };
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
