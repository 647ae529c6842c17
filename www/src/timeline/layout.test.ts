import { describe, expect, test } from "vitest";
import type { Event } from "../generated/events";
import { reduce } from "../state/reduce";
import { newRun, type Run } from "../state/run";
import { hitAt } from "./hit";
import { layoutOf, type Bar } from "./layout";

const pool: Event = { type: "pool_started", at: 0, pool: 1, kind: "ThreadPoolExecutor", max_workers: 1 };
const worker: Event = { type: "worker_started", at: 0, pool: 1, worker: 0, name: "pool_0" };
const submitted = (task: number, at = 0): Event => ({ type: "task_submitted", at, pool: 1, task, name: "f", by: null });
const begun = (task: number, at: number): Event => ({ type: "task_started", at, task, worker: 0 });
const finished = (task: number, at: number): Event => ({ type: "task_finished", at, task });

/** Milliseconds that a pixel stands for. */
const GRAIN = 0.1;

const runOf = (...events: Event[]): Run => reduce(newRun(1, "e"), [pool, worker, ...events], 0);
const spans = (bars: readonly Bar[]) => bars.map(({ task, part, from, to }) => [task.number, part, from, to]);

describe("lanes", () => {
  test("are a heading, a queue and one for each worker", () => {
    expect(layoutOf(runOf(), 0, 40, GRAIN).lanes.map(({ kind, label }) => [kind, label])).toEqual([
      ["pool", "ThreadPoolExecutor"],
      ["queue", "queue"],
      ["worker", "pool_0"],
    ]);
  });

  test("of workers that may still start keep their room", () => {
    const wider: Event = { ...pool, max_workers: 3 };
    const before = reduce(newRun(1, "e"), [wider], 0);
    expect(layoutOf(before, 0, 40, GRAIN).height).toBe(layoutOf(reduce(before, [worker], 0), 0, 40, GRAIN).height);
  });
});

describe("bars", () => {
  test("of a waiting task stand in the queue and grow", () => {
    const { bars, lanes } = layoutOf(runOf(submitted(1, 5)), 30, 40, GRAIN);
    expect(spans(bars)).toEqual([[1, "wait", 5, 30]]);
    expect(bars[0]?.y).toBeLessThan(lanes[2]?.y ?? 0);
  });

  test("of a task that waited show both its times in its worker's lane", () => {
    const run = runOf(submitted(1), begun(1, 10), finished(1, 25));
    expect(spans(layoutOf(run, 99, 40, GRAIN).bars)).toEqual([
      [1, "body", 10, 25],
      [1, "wait", 0, 10],
    ]);
  });

  test("of a nested task lie inside the outer one's", () => {
    const run = runOf(submitted(1), begun(1, 0), submitted(2, 1), begun(2, 1));
    const [outer, inner] = layoutOf(run, 9, 40, GRAIN).bars;
    expect(inner?.y).toBeGreaterThan(outer?.y ?? 0);
    expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThan((outer?.y ?? 0) + (outer?.height ?? 0));
  });

  test("of tasks too short to be told apart are gathered, and the failed one is seen", () => {
    const count = 1_000;
    const events = Array.from({ length: count }, (_, index): Event[] => {
      const [task, at] = [index + 1, index / 100];
      const end: Event = task === 500 ? { type: "task_failed", at, task, error: "no", cause: "error" } : finished(task, at);
      return [submitted(task), begun(task, at), end];
    });
    const bodies = layoutOf(runOf(...events.flat()), 10, 40, GRAIN).bars.filter(({ part }) => part === "body");
    expect(bodies.length).toBeLessThan(50);
    expect(bodies.reduce((sum, bar) => sum + bar.count, 0)).toBe(count);
    expect(bodies.filter(({ state }) => state === "failed")).toHaveLength(1);
  });

  test("of a long queue are counted where they are not drawn", () => {
    const layout = layoutOf(runOf(...[1, 2, 3, 4, 5].map((task) => submitted(task))), 9, 40, GRAIN);
    expect(layout.bars).toHaveLength(3);
    expect(layout.lanes[1]?.note).toBe("and 2 more");
  });
});

test("a point finds the innermost bar", () => {
  const layout = layoutOf(runOf(submitted(1), begun(1, 0), submitted(2, 1), begun(2, 1)), 10, 40, GRAIN);
  const inner = layout.bars.find((bar) => bar.task.number === 2);
  const scale = { left: 0, right: 100, end: 10 };
  expect(hitAt(layout, scale, 50, (inner?.y ?? 0) + 2)?.task.number).toBe(2);
  expect(hitAt(layout, scale, 5, (inner?.y ?? 0) + 2)?.task.number).toBe(1);
  expect(hitAt(layout, scale, 50, 1)).toBeUndefined();
});
