import { describe, expect, test } from "vitest";
import type { Event } from "../generated/events";
import { endRun, KEPT_LINES, reduce } from "./reduce";
import { newRun, timeOf, type Run, type Task } from "./run";

const started: Event = { type: "run_started", example: "wait", backend: "browser" };
const pool: Event = { type: "pool_started", at: 1, pool: 1, kind: "ThreadPoolExecutor", max_workers: 2 };
const worker = (index: number, at = 2): Event => ({
  type: "worker_started",
  at,
  pool: 1,
  worker: index,
  name: `pool_${index}`,
});
const submitted = (task: number, at = 3): Event => ({ type: "task_submitted", at, pool: 1, task, name: "f", by: null });
const begun = (task: number, worker: number, at = 4): Event => ({ type: "task_started", at, task, worker });

const taskOf = (run: Run, number: number): Task | undefined => run.tasks.get(number);

function runOf(...events: Event[]): Run {
  return reduce(newRun(1, "wait"), [started, ...events], 1000);
}

describe("a task", () => {
  test("goes from queued to running to done", () => {
    const queued = runOf(pool, worker(0), submitted(1));
    expect(taskOf(queued, 1)).toMatchObject({ state: "queued", submitted: 3, worker: null });
    const running = reduce(queued, [begun(1, 0, 10)], 1010);
    expect(taskOf(running, 1)).toMatchObject({ state: "running", started: 10, worker: 0 });
    const done = reduce(running, [{ type: "task_finished", at: 20, task: 1 }], 1020);
    expect(taskOf(done, 1)).toMatchObject({ state: "done", ended: 20 });
    expect(done.pools[0]?.workers[0]?.open).toEqual([]);
  });

  test("keeps its error", () => {
    const run = runOf(pool, worker(0), submitted(1), begun(1, 0), {
      type: "task_failed",
      at: 5,
      task: 1,
      error: "Bad value: 3",
      cause: "error",
    });
    expect(taskOf(run, 1)).toMatchObject({ state: "failed", error: "Bad value: 3" });
  });

  test("cancelled in the queue has no worker", () => {
    const run = runOf(pool, submitted(1), { type: "task_cancelled", at: 9, task: 1 });
    expect(taskOf(run, 1)).toMatchObject({ state: "cancelled", started: null, ended: 9, worker: null });
  });

  test("begun inside another is nested", () => {
    const run = runOf(pool, worker(0), submitted(1), begun(1, 0), submitted(2), begun(2, 0));
    expect(taskOf(run, 2)?.depth).toBe(1);
    const inner = reduce(run, [{ type: "task_finished", at: 6, task: 2 }], 1006);
    expect(inner.pools[0]?.workers[0]?.open).toEqual([1]);
  });

  test("of a process is never nested", () => {
    const processes: Event = { type: "pool_started", at: 1, pool: 1, kind: "ProcessPoolExecutor", max_workers: 1 };
    const run = runOf(processes, worker(0), submitted(1), begun(1, 0), submitted(2), begun(2, 0));
    expect(taskOf(run, 2)?.depth).toBe(0);
  });

  test("of which nothing is known is left alone", () => {
    expect(runOf(begun(99, 0), { type: "task_finished", at: 5, task: 99 }).tasks).toHaveLength(0);
  });
});

describe("workers", () => {
  test("stand in the order of their numbers", () => {
    const run = runOf(pool, worker(2), worker(0), worker(1));
    expect(run.pools[0]?.workers.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test("that are lost say why", () => {
    const run = runOf(pool, worker(0), { type: "worker_lost", at: 9, pool: 1, worker: 0, cause: "unreachable" });
    expect(run.pools[0]?.workers[0]).toMatchObject({ lost: "unreachable", ended: 9 });
  });
});

describe("output", () => {
  const text = (value: string): Event => ({
    type: "text",
    at: 5,
    stream: "stdout",
    text: value,
    task: null,
    pool: 1,
    worker: 0,
  });

  test("names the worker that wrote it and loses only the last line end", () => {
    const run = runOf(pool, worker(0), text("one\n"), text("two\n\n"));
    expect(run.lines.map((line) => line.text)).toEqual(["one", "two", ""]);
    expect(run.lines[0]?.worker).toBe("pool_0");
  });

  test("beyond what is kept drops its oldest lines", () => {
    const run = runOf(...Array.from({ length: KEPT_LINES + 3 }, (_, index) => text(`${index}\n`)));
    expect(run.lines).toHaveLength(KEPT_LINES);
    expect(run.dropped).toBe(3);
    expect(run.lines[0]?.text).toBe("3");
  });
});

describe("the end", () => {
  test("of a stopped run leaves no task unfinished", () => {
    const run = endRun(runOf(pool, worker(0), submitted(1), begun(1, 0), submitted(2)), 50, { kind: "stopped" });
    expect(run.phase).toBe("stopped");
    expect([1, 2].map((number) => taskOf(run, number))).toMatchObject([
      { state: "lost", ended: 50 },
      { state: "lost", ended: 50 },
    ]);
  });

  test("of a failed run keeps the cause", () => {
    const ended: Event = { type: "run_ended", at: 8, outcome: { kind: "failed", error: "no such example", line: null } };
    expect(runOf(ended)).toMatchObject({ phase: "failed", error: "no such example", ended: 8 });
  });

  test("stops the run's clock", () => {
    const run = runOf({ type: "run_ended", at: 8, outcome: { kind: "finished" } });
    expect(timeOf(run, 99_999)).toBe(8);
  });
});

test("the clock's offset is that of the promptest message", () => {
  const late = runOf(pool);
  expect(late.origin).toBe(999);
  expect(reduce(late, [worker(0, 500)], 1400).origin).toBe(900);
  expect(timeOf(late, 1100)).toBe(101);
});

test("snapshots share what did not change", () => {
  const before = runOf(pool, worker(0), submitted(1), submitted(2));
  const after = reduce(before, [begun(1, 0)], 1010);
  expect(taskOf(after, 2)).toBe(taskOf(before, 2));
  expect(taskOf(before, 1)?.state).toBe("queued");
});
