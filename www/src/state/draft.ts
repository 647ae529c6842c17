// A run that is being changed: what the reducer works on between two snapshots.
import type { Line, Pool, Run, Task, Worker } from "./run";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A copy made once a batch, not once an event, which keeps a batch of thousands of events linear. */
export interface Draft extends Writable<Omit<Run, "pools" | "tasks" | "places" | "lines">> {
  pools: Pool[];
  tasks: Task[];
  places: Map<number, number>;
  lines: Line[];
}

export function draftOf(run: Run): Draft {
  return {
    ...run,
    pools: [...run.pools],
    tasks: [...run.tasks],
    places: new Map(run.places),
    lines: [...run.lines],
  };
}

export function changeTask(run: Draft, id: number, change: Partial<Task>): void {
  const place = run.places.get(id);
  const task = place === undefined ? undefined : run.tasks[place];
  if (place !== undefined && task !== undefined) run.tasks[place] = { ...task, ...change };
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
