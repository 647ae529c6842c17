// The tasks of a run, by their numbers. A program may submit a hundred thousand in a second, and each batch of events
// makes a new snapshot of the run, so the list is kept in pages: a snapshot shares those in which nothing has changed.
// Pages that are long over are forgotten, so that a program that goes on for ever fills no memory.
import type { Task, TaskState } from "./run";

/** Tasks of a page. */
export const PAGE = 1_024;
/** Pages kept, unless too few have come to an end: some 20 MB, and a few milliseconds of each frame of the timeline. */
export const KEPT_PAGES = 128;

export type Page = readonly Task[];
type Counts = Readonly<Record<TaskState, number>>;

/** A snapshot. A forgotten page is null, and every page but the last is full. */
export class Tasks {
  static readonly none = new Tasks([], { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, lost: 0 });

  /** How many are in each state, forgotten ones included. */
  readonly counts: Counts;
  readonly #pages: readonly (Page | null)[];
  readonly #kept: readonly Page[];

  constructor(pages: readonly (Page | null)[], counts: Counts) {
    this.counts = counts;
    this.#pages = pages;
    this.#kept = pages.filter((page) => page !== null);
  }

  /** Those that are kept. */
  get length(): number {
    return this.#kept.length === 0 ? 0 : (this.#kept.length - 1) * PAGE + (this.#kept.at(-1)?.length ?? 0);
  }

  get forgotten(): number {
    return (this.#pages.length - this.#kept.length) * PAGE;
  }

  /** The task of this number; they are counted from 1. */
  get(number: number): Task | undefined {
    return this.#pages[pageOf(number)]?.[placeOf(number)];
  }

  /** The task that stands here among those that are kept, in order of submission. */
  at(place: number): Task | undefined {
    return this.#kept[Math.floor(place / PAGE)]?.[place % PAGE];
  }

  /** Calls `visit` with each task that is kept, in order of submission. */
  each(visit: (task: Task) => void): void {
    // A generator would take several times as long, and the timeline asks in every frame.
    for (const page of this.#kept) page.forEach(visit);
  }

  /** The pages as they are kept; snapshots share those in which nothing has changed. */
  get pages(): readonly (Page | null)[] {
    return this.#pages;
  }

  draft(): TasksDraft {
    return new TasksDraft([...this.#pages], { ...this.counts });
  }
}

/** Makes the next snapshot. A page is copied with its first change. */
export class TasksDraft {
  readonly #pages: (Page | null)[];
  readonly #counts: Record<TaskState, number>;
  /** The copies, by their indices. */
  readonly #copies = new Map<number, Task[]>();

  constructor(pages: (Page | null)[], counts: Record<TaskState, number>) {
    this.#pages = pages;
    this.#counts = counts;
  }

  get(number: number): Task | undefined {
    return this.#pages[pageOf(number)]?.[placeOf(number)];
  }

  /** Adds a task; false if its number is not the next one. */
  add(task: Task): boolean {
    const index = pageOf(task.number);
    const place = placeOf(task.number);
    const last = this.#pages.length - 1;
    const isNext = place === 0 ? index === last + 1 : index === last && this.#pages[last]?.length === place;
    if (!isNext) return false;
    if (place === 0) this.#pages.push([]);
    this.#copy(index)?.push(task);
    this.#counts[task.state] += 1;
    return true;
  }

  change(number: number, change: Partial<Task>): void {
    const page = this.#copy(pageOf(number));
    const task = page?.[placeOf(number)];
    if (page === undefined || task === undefined) return;
    const changed = { ...task, ...change };
    page[placeOf(number)] = changed;
    this.#counts[task.state] -= 1;
    this.#counts[changed.state] += 1;
  }

  /** Marks whatever has not ended. */
  changeUnfinished(change: Partial<Task>): void {
    for (const page of this.#pages.keys()) {
      for (const task of this.#pages[page] ?? []) if (task.ended === null) this.change(task.number, change);
    }
  }

  finish(): Tasks {
    this.#forget();
    return new Tasks(this.#pages, this.#counts);
  }

  /** Forgets the oldest pages whose tasks are all over, down to what is kept. */
  #forget(): void {
    let kept = this.#pages.filter((page) => page !== null).length;
    for (let index = 0; kept > KEPT_PAGES && index < this.#pages.length - 1; index += 1) {
      const page = this.#pages[index];
      if (page === null || page === undefined || page.some((task) => task.ended === null)) continue;
      this.#pages[index] = null;
      kept -= 1;
    }
  }

  #copy(index: number): Task[] | undefined {
    const known = this.#copies.get(index);
    if (known !== undefined) return known;
    const page = this.#pages[index];
    if (page === null || page === undefined) return undefined;
    const copy = [...page];
    this.#copies.set(index, copy);
    this.#pages[index] = copy;
    return copy;
  }
}

function pageOf(number: number): number {
  return Math.floor((number - 1) / PAGE);
}

function placeOf(number: number): number {
  return (number - 1) % PAGE;
}
