// A run that is being changed: what the reducer works on between two snapshots.
import type { Line, Pool, Run, Wait, Worker } from "./run";
import type { TasksDraft } from "./tasks";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A copy made once a batch, not once an event, which keeps a batch of thousands of events linear. */
export interface Draft extends Writable<Omit<Run, "pools" | "tasks" | "waits" | "lines">> {
  pools: Pool[];
  waits: Wait[];
  tasks: TasksDraft;
  lines: Line[];
}

export function draftOf(run: Run): Draft {
  return { ...run, pools: [...run.pools], tasks: run.tasks.draft(), waits: [...run.waits], lines: [...run.lines] };
}

/** The snapshot that a draft has become. */
export function runOf(draft: Draft): Run {
  return { ...draft, tasks: draft.tasks.finish() };
}

export function changePool(run: Draft, id: number, change: (pool: Pool) => Pool): void {
  run.pools = run.pools.map((pool) => (pool.id === id ? change(pool) : pool));
}

export function changeWorker(run: Draft, pool: number, index: number, change: Partial<Worker>): void {
  changePool(run, pool, (current) => ({
    ...current,
    workers: current.workers.map((worker) => (worker.index === index ? { ...worker, ...change } : worker)),
  }));
}
