import { expect, test } from "vitest";
import type { Event } from "../generated/events";
import { reduce } from "./reduce";
import { newRun } from "./run";
import { traceOf } from "./trace";

const EVENTS: readonly Event[] = [
  { type: "run_started", example: "e", backend: "browser" },
  { type: "pool_started", at: 0, pool: 1, kind: "ProcessPoolExecutor", max_workers: 1 },
  { type: "worker_started", at: 0, pool: 1, worker: 0, name: "pool_0" },
  { type: "task_submitted", at: 1, pool: 1, task: 1, name: "outer", by: null },
  { type: "wait_started", at: 1.5, wait: 1, call: "result", task: 1 },
  { type: "task_started", at: 2, task: 1, worker: 0 },
  { type: "task_submitted", at: 3, pool: 1, task: 2, name: "inner", by: 1 },
  { type: "task_cancelled", at: 4, task: 2 },
  { type: "task_failed", at: 5.25, task: 1, error: "too slow", cause: "timeout" },
  { type: "callback_called", at: 6, task: 1 },
  { type: "wait_ended", at: 7, wait: 1, timed_out: true },
  { type: "worker_lost", at: 8, pool: 1, worker: 0, cause: "trap" },
  { type: "worker_started", at: 9, pool: 1, worker: 1, name: "pool_1" },
  { type: "run_ended", at: 10, outcome: { kind: "finished" } },
];
const { traceEvents } = traceOf(reduce(newRun(1, "e"), EVENTS, 0));
const named = (name: string) => traceEvents.find((event) => event.name === name);

test("threads have the names of the lanes", () => {
  const names = traceEvents.filter(({ name }) => name === "thread_name").map(({ args }) => args?.name);
  expect(names).toEqual(["main", "queue", "pool_0", "pool_1"]);
});

test("a task is a span of its worker in microseconds", () => {
  const span = traceEvents.find(({ ph, cat }) => ph === "X" && cat === "run");
  expect(span).toMatchObject({ name: "#1 outer", pid: 1, tid: 1, ts: 2_000, dur: 3_250, args: { cause: "timeout" } });
});

test("a wait is a span of the main thread", () => {
  expect(named("result()")).toMatchObject({ ph: "X", pid: 0, tid: 0, ts: 1_500, dur: 5_500 });
  expect(named("wait timed out")).toMatchObject({ ph: "i", ts: 7_000 });
});

test("what happened at once is an instant where it happened", () => {
  expect(named("submit #1 outer")).toMatchObject({ pid: 0, tid: 0, ts: 1_000 });
  expect(named("submit #2 inner")).toMatchObject({ pid: 1, tid: 1, ts: 3_000 });
  expect(named("cancel #2 inner")).toMatchObject({ pid: 1, tid: 0, ts: 4_000 });
  expect(named("callback of #1 outer")).toMatchObject({ ts: 6_000 });
  expect(named("worker lost")).toMatchObject({ tid: 1, ts: 8_000, args: { cause: "trap" } });
  expect(named("replacement started")).toMatchObject({ tid: 2 });
});

test("both ends of every arrow are there", () => {
  const ends = (ph: string) => traceEvents.filter((event) => event.ph === ph).map(({ id }) => id);
  expect(ends("s")).toEqual(ends("f"));
  expect(ends("b")).toEqual(ends("e"));
});
