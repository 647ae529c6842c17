// A run as it was at a moment of its own time, for the replay: the same value that the page held then, worked out from
// what is known at the end. Whatever came to an end before that moment is shared and not copied.
import type { Line, Pool, Run, Task, TaskState, Wait, Worker } from "./run";
import { Tasks, type Page } from "./tasks";

/** `ended` of the result is the moment, at which its clock stands still. */
export function runAt(run: Run, time: number): Run {
  if (run.ended === null || time >= run.ended) return run;
  return {
    ...run,
    phase: "running",
    ended: time,
    error: null,
    asks: null,
    failedLine: null,
    pools: run.pools.filter(({ started }) => started <= time).map((pool) => poolAt(pool, time)),
    tasks: tasksAt(run.tasks, time),
    waits: run.waits.filter(({ from }) => from <= time).map((wait) => waitAt(wait, time)),
    lines: run.lines.slice(0, linesBefore(run.lines, time)),
  };
}

function poolAt(pool: Pool, time: number): Pool {
  const shutdown = pool.shutdown !== null && pool.shutdown <= time ? pool.shutdown : null;
  const workers = pool.workers.filter(({ started }) => started <= time).map((worker) => workerAt(worker, time));
  return { ...pool, shutdown, workers };
}

function workerAt(worker: Worker, time: number): Worker {
  return worker.ended === null || worker.ended <= time ? worker : { ...worker, ended: null, lost: null };
}

function waitAt(wait: Wait, time: number): Wait {
  return wait.to === null || wait.to <= time ? wait : { ...wait, to: null, timedOut: false };
}

/** Lines stand in the order in which they arrived, which is that of their times but for a few of other threads. */
function linesBefore(lines: readonly Line[], time: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.at ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Counts = Record<TaskState, number>;

/** What is asked of a page at every frame of a replay, counted once. */
interface Digest {
  /** When the last thing happened in it; infinite while something goes on. */
  readonly settled: number;
  readonly counts: Counts;
}

const digests = new WeakMap<Page, Digest>();

function tasksAt(tasks: Tasks, time: number): Tasks {
  // Of forgotten tasks only the counts are known.
  const counts: Counts = { ...tasks.counts };
  for (const page of tasks.pages) if (page !== null) add(counts, digestOf(page).counts, -1);
  const pages: (Page | null)[] = [];
  for (const page of tasks.pages) {
    const shown = page === null ? null : pageAt(page, time);
    if (shown !== null && shown.length === 0) break;
    pages.push(shown);
    if (shown !== null) add(counts, digestOf(shown).counts, 1);
    if (shown !== null && shown.length < (page?.length ?? 0)) break;
  }
  return new Tasks(pages, counts);
}

function pageAt(page: Page, time: number): Page {
  if (digestOf(page).settled <= time) return page;
  const end = page.findIndex(({ submitted }) => submitted > time);
  return (end < 0 ? page : page.slice(0, end)).map((task) => taskAt(task, time));
}

export function taskAt(task: Task, time: number): Task {
  const callbacks = task.callbacks.some((at) => at > time) ? task.callbacks.filter((at) => at <= time) : task.callbacks;
  if (task.ended !== null && task.ended <= time) return callbacks === task.callbacks ? task : { ...task, callbacks };
  const open = { ...task, callbacks, ended: null, error: null, cause: null };
  if (task.started !== null && task.started <= time) return { ...open, state: "running" };
  return { ...open, state: "queued", started: null, worker: null, depth: 0 };
}

function digestOf(page: Page): Digest {
  const known = digests.get(page);
  if (known !== undefined) return known;
  const counts: Counts = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, lost: 0 };
  let settled = 0;
  for (const task of page) {
    counts[task.state] += 1;
    settled = Math.max(settled, task.submitted, task.ended ?? Infinity, ...task.callbacks);
  }
  const digest = { settled, counts };
  digests.set(page, digest);
  return digest;
}

function add(counts: Counts, others: Readonly<Counts>, sign: 1 | -1): void {
  for (const state of Object.keys(others) as TaskState[]) counts[state] += sign * others[state];
}
