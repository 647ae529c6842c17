// The reducer: a run and a batch of its events give the next run. It is the only place that knows what an event
// means; it has no clock and touches no page, so every rule here has a unit test.
import type { Event, Outcome } from "../generated/events";
import { changePool, changeWorker, draftOf, runOf, type Draft } from "./draft";
import { isIsolated, poolOf, workerOf, type Run, type Task, type Worker } from "./run";

/** More lines than a reader scrolls through; beyond it the oldest go, so that an endless print fills no memory. */
export const KEPT_LINES = 5_000;

/** Applies events that the page received at `receivedAt` on its own clock. */
export function reduce(run: Run, events: readonly Event[], receivedAt: number): Run {
  const draft = draftOf(run);
  for (const event of events) {
    apply(draft, event);
    // A message can only be late, so the smallest difference seen is the best estimate of the clocks' offset.
    const origin = receivedAt - ("at" in event ? event.at : 0);
    draft.origin = draft.origin === null ? origin : Math.min(draft.origin, origin);
  }
  const surplus = draft.lines.length - KEPT_LINES;
  if (surplus > 0) {
    draft.lines.splice(0, surplus);
    draft.dropped += surplus;
  }
  return runOf(draft);
}

/** Ends a run whose program can no longer tell: it was stopped, or its memory is gone. */
export function endRun(run: Run, at: number, outcome: Outcome): Run {
  const draft = draftOf(run);
  finish(draft, at, outcome);
  return runOf(draft);
}

function apply(run: Draft, event: Event): void {
  switch (event.type) {
    case "run_started":
      run.phase = "running";
      run.backend = event.backend;
      return;
    case "text":
      return write(run, event);
    case "pool_started":
      run.pools.push({
        id: event.pool,
        kind: event.kind,
        maxWorkers: event.max_workers,
        started: event.at,
        shutdown: null,
        workers: [],
      });
      return;
    case "pool_shutdown":
      // Shutting down twice is allowed, and the first time is the one that counts.
      return changePool(run, event.pool, (pool) => (pool.shutdown === null ? { ...pool, shutdown: event.at } : pool));
    case "worker_started":
      return changePool(run, event.pool, (pool) => ({ ...pool, workers: withWorker(pool.workers, event) }));
    case "worker_idle":
      // Lanes show idleness as empty space, so nothing has to be remembered.
      return;
    case "worker_ended":
      return changeWorker(run, event.pool, event.worker, { ended: event.at });
    case "worker_lost":
      return changeWorker(run, event.pool, event.worker, { ended: event.at, lost: event.cause, open: [] });
    case "task_submitted":
      return submit(run, event);
    case "task_started":
      return start(run, event);
    case "task_finished":
      return settle(run, event.task, { state: "done", ended: event.at });
    case "task_failed":
      return settle(run, event.task, { state: "failed", ended: event.at, error: event.error, cause: event.cause });
    case "task_cancelled":
      return settle(run, event.task, { state: "cancelled", ended: event.at });
    case "callback_called":
      return call(run, event.task, event.at);
    case "input_asked":
      run.asks = event.prompt;
      return;
    case "wait_started":
      run.waits.push({
        number: event.wait,
        call: event.call,
        task: event.task,
        from: event.at,
        to: null,
        timedOut: false,
      });
      return;
    case "wait_ended":
      return goOn(run, event);
    case "run_ended":
      return finish(run, event.at, event.outcome);
  }
}

/** Workers start side by side and report in any order; lanes stand in the order of their numbers. */
function withWorker(
  workers: readonly Worker[],
  { at, worker: index, name }: Extract<Event, { type: "worker_started" }>,
): readonly Worker[] {
  const replaced = new Set(workers.map(({ replaces }) => replaces));
  // Whoever starts after a loss takes the place of the first that has no successor.
  const replaces = workers.find((worker) => worker.lost !== null && !replaced.has(worker.index))?.index ?? null;
  const worker: Worker = { index, name, started: at, ended: null, lost: null, replaces, open: [] };
  return [...workers, worker].sort((one, other) => one.index - other.index);
}

function write(run: Draft, { at, stream, text, task, pool, worker }: Extract<Event, { type: "text" }>): void {
  const name = workerOf(run, pool, worker)?.name ?? null;
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  for (const line of body.split("\n")) run.lines.push({ at, stream, text: line, worker: name, task });
}

function submit(run: Draft, { at, pool, task: number, name, by }: Extract<Event, { type: "task_submitted" }>): void {
  run.tasks.add({
    number,
    name,
    pool,
    state: "queued",
    submitted: at,
    started: null,
    ended: null,
    worker: null,
    depth: 0,
    error: null,
    cause: null,
    by,
    callbacks: [],
  });
}

function start(run: Draft, { at, task: number, worker }: Extract<Event, { type: "task_started" }>): void {
  const task = run.tasks.get(number);
  if (task === undefined) return;
  const open = workerOf(run, task.pool, worker)?.open ?? [];
  // A process runs one task after the other; that it has begun the next may be known before the result of the last.
  const depth = isIsolated(poolOf(run, task.pool)?.kind ?? "") ? 0 : open.length;
  run.tasks.change(number, { state: "running", started: at, worker, depth });
  changeWorker(run, task.pool, worker, { open: [...open, number] });
}

function settle(run: Draft, number: number, change: Partial<Task>): void {
  const task = run.tasks.get(number);
  if (task === undefined) return;
  run.tasks.change(number, change);
  const worker = workerOf(run, task.pool, task.worker);
  if (worker === undefined) return;
  changeWorker(run, task.pool, worker.index, { open: worker.open.filter((open) => open !== number) });
}

function call(run: Draft, number: number, at: number): void {
  const task = run.tasks.get(number);
  if (task !== undefined) run.tasks.change(number, { callbacks: [...task.callbacks, at] });
}

function goOn(run: Draft, { at: to, wait: number, timed_out: timedOut }: Extract<Event, { type: "wait_ended" }>): void {
  const place = run.waits.findLastIndex((wait) => wait.number === number);
  const wait = run.waits[place];
  if (wait !== undefined) run.waits[place] = { ...wait, to, timedOut };
}

function finish(run: Draft, at: number, outcome: Outcome): void {
  run.phase = outcome.kind;
  run.ended = at;
  run.error = outcome.kind === "failed" ? outcome.error : null;
  run.asks = null;
  run.stopping = false;
  run.failedLine = outcome.kind === "failed" ? outcome.line : null;
  run.waits = run.waits.map((wait) => (wait.to === null ? { ...wait, to: at } : wait));
  // A finished program may have left tasks behind that still report; after any other end nobody is left to do so.
  if (outcome.kind !== "finished") run.tasks.changeUnfinished({ state: "lost", ended: at });
}
