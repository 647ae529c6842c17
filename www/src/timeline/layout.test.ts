import { describe, expect, test } from "vitest";
import type { Event } from "../generated/events";
import { reduce } from "../state/reduce";
import { newRun, type Run } from "../state/run";
import { hitAt } from "./hit";
import { CROWD } from "./lane";
import { layoutOf, type Bar } from "./layout";
import { MARK_CELL } from "./marks";

const pool: Event = { type: "pool_started", at: 0, pool: 1, kind: "ThreadPoolExecutor", max_workers: 1 };
const worker: Event = { type: "worker_started", at: 0, pool: 1, worker: 0, name: "pool_0" };
const submitted = (task: number, at = 0): Event => ({ type: "task_submitted", at, pool: 1, task, name: "f", by: null });
const begun = (task: number, at: number): Event => ({ type: "task_started", at, task, worker: 0 });
const finished = (task: number, at: number): Event => ({ type: "task_finished", at, task });

/** Milliseconds that a pixel stands for. */
const GRAIN = 0.1;
/** A drawing of a thousand pixels. */
const WINDOW = { from: 0, to: 100, grain: GRAIN };

const runOf = (...events: Event[]): Run => reduce(newRun(1, "e"), [pool, worker, ...events], 0);
const spans = (bars: readonly Bar[]) => bars.map(({ task, part, from, to }) => [task.number, part, from, to]);

describe("lanes", () => {
  test("are the program's own thread, a heading, a queue and one for each worker", () => {
    expect(layoutOf(runOf(), 0, 40, WINDOW).lanes.map(({ kind, label }) => [kind, label])).toEqual([
      ["main", "main"],
      ["pool", "ThreadPoolExecutor"],
      ["queue", "queue"],
      ["worker", "pool_0"],
    ]);
  });

  test("of workers that may still start keep their room", () => {
    const wider: Event = { ...pool, max_workers: 3 };
    const before = reduce(newRun(1, "e"), [wider], 0);
    expect(layoutOf(before, 0, 40, WINDOW).height).toBe(layoutOf(reduce(before, [worker], 0), 0, 40, WINDOW).height);
  });
});

describe("bars", () => {
  test("of a waiting task stand in the queue and grow", () => {
    const { bars, lanes } = layoutOf(runOf(submitted(1, 5)), 30, 40, WINDOW);
    expect(spans(bars)).toEqual([[1, "wait", 5, 30]]);
    expect(bars[0]?.y).toBeLessThan(lanes[3]?.y ?? 0);
  });

  test("of a task that waited show both its times in its worker's lane", () => {
    const run = runOf(submitted(1), begun(1, 10), finished(1, 25));
    expect(spans(layoutOf(run, 99, 40, WINDOW).bars)).toEqual([
      [1, "body", 10, 25],
      [1, "wait", 0, 10],
    ]);
  });

  test("of a nested task lie inside the outer one's", () => {
    const run = runOf(submitted(1), begun(1, 0), submitted(2, 1), begun(2, 1));
    const [outer, inner] = layoutOf(run, 9, 40, WINDOW).bars;
    expect(inner?.y).toBeGreaterThan(outer?.y ?? 0);
    expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThan((outer?.y ?? 0) + (outer?.height ?? 0));
  });

  test("of tasks too short to be told apart are gathered, and the failed one is seen", () => {
    const count = 1_000;
    const events = Array.from({ length: count }, (_, index): Event[] => {
      const [task, at] = [index + 1, index / 100];
      const end: Event =
        task === 500 ? { type: "task_failed", at, task, error: "no", cause: "error" } : finished(task, at);
      return [submitted(task), begun(task, at), end];
    });
    const bodies = layoutOf(runOf(...events.flat()), 10, 40, WINDOW).bars.filter(({ part }) => part === "body");
    expect(bodies.length).toBeLessThan(50);
    expect(bodies.reduce((sum, bar) => sum + bar.count, 0)).toBe(count);
    expect(bodies.filter(({ state }) => state === "failed")).toHaveLength(1);
  });

  test("of a long queue are counted where they are not drawn", () => {
    const layout = layoutOf(runOf(...[1, 2, 3, 4, 5].map((task) => submitted(task))), 9, 40, WINDOW);
    expect(layout.bars).toHaveLength(3);
    expect(layout.lanes[2]?.note).toBe("and 2 more");
  });
});

describe("the main lane", () => {
  const wait = (number: number, from: number, to: number, timedOut = false): Event[] => [
    { type: "wait_started", at: from, wait: number, call: "result", task: 1 },
    { type: "wait_ended", at: to, wait: number, timed_out: timedOut },
  ];

  test("shows what the program's own thread waited for", () => {
    const { pauses, marks } = layoutOf(
      runOf(submitted(1), ...wait(1, 2, 20), ...wait(2, 25, 40, true)),
      50,
      40,
      WINDOW,
    );
    expect(pauses.map(({ wait: { number }, from, to }) => [number, from, to])).toEqual([
      [1, 2, 20],
      [2, 25, 40],
    ]);
    expect(marks.filter(({ kind }) => kind === "timeout").map(({ time }) => time)).toEqual([40]);
  });

  test("gathers waits too short to be told apart", () => {
    const waits = Array.from({ length: 1_000 }, (_, index) => wait(index + 1, index / 100, index / 100 + 0.005));
    const { pauses } = layoutOf(runOf(...waits.flat()), 10, 40, WINDOW);
    expect(pauses.length).toBeLessThan(60);
    expect(pauses.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });
});

describe("marks", () => {
  test("of a submission stand in the lane of whoever submitted", () => {
    const inner: Event = { type: "task_submitted", at: 3, pool: 1, task: 2, name: "g", by: 1 };
    const { marks, lanes } = layoutOf(runOf(submitted(1, 1), begun(1, 2), inner), 9, 40, WINDOW);
    const [outer, nested] = marks.filter(({ kind }) => kind === "submit");
    expect([outer?.task?.number, nested?.task?.number]).toEqual([1, 2]);
    expect(outer?.y).toBeLessThan(lanes[1]?.y ?? 0);
    expect(nested?.y).toBeGreaterThan(lanes[3]?.y ?? 0);
  });

  test("of a lost worker and its replacement name both", () => {
    const lost: Event = { type: "worker_lost", at: 20, pool: 1, worker: 0, cause: "trap" };
    const next: Event = { type: "worker_started", at: 30, pool: 1, worker: 1, name: "pool_1" };
    const { marks } = layoutOf(runOf(lost, next), 40, 40, WINDOW);
    expect(marks.map(({ kind, note }) => [kind, note])).toEqual([
      ["start", "pool_0"],
      ["loss", "pool_0: trap"],
      ["replacement", "pool_1 for pool_0"],
    ]);
  });
});

describe("ten thousand tasks", () => {
  const workers = 4;
  const events = Array.from({ length: 10_000 }, (_, index): Event[] => {
    const [task, at] = [index + 1, index / 100];
    return [
      submitted(task, at / 2),
      { type: "task_started", at, task, worker: index % workers },
      finished(task, at + 0.03),
      { type: "callback_called", at: at + 0.03, task },
    ];
  });
  const names = [1, 2, 3].map((index): Event => ({
    type: "worker_started",
    at: 0,
    pool: 1,
    worker: index,
    name: `${index}`,
  }));
  const run = runOf(...names, ...events.flat());

  test("make no more bars and marks than the width has room for", () => {
    const width = 1_000;
    const { bars, marks } = layoutOf(run, 100, 40, { from: 0, to: 100, grain: 100 / width });
    expect(bars.length).toBeLessThan((width / CROWD + 2) * workers + workers);
    expect(marks.length).toBeLessThan((width / MARK_CELL + 2) * (workers + 1));
  });

  test("are left out where they are not in view", () => {
    const { bars } = layoutOf(run, 100, 40, { from: 50, to: 50.1, grain: 0.0001 });
    expect(bars.filter(({ part }) => part === "body").length).toBeLessThan(20);
  });
});

test("a point finds the innermost bar", () => {
  const layout = layoutOf(runOf(submitted(1), begun(1, 0), submitted(2, 1), begun(2, 1)), 10, 40, WINDOW);
  const inner = layout.bars.find((bar) => bar.task.number === 2);
  const scale = { left: 0, right: 1_000, start: 0, end: 10 };
  const numberAt = (x: number): number | undefined => {
    const hit = hitAt(layout, scale, x, (inner?.y ?? 0) + 2);
    return hit?.kind === "bar" ? hit.bar.task.number : undefined;
  };
  expect([numberAt(500), numberAt(50)]).toEqual([2, 1]);
  expect(hitAt(layout, scale, 500, 1)).toBeUndefined();
});
