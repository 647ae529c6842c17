import { describe, expect, test } from "vitest";
import type { Event } from "../generated/events";
import { runAt } from "./moment";
import { reduce } from "./reduce";
import { newRun, type Run } from "./run";

const submitted = (task: number, at: number): Event => ({
  type: "task_submitted",
  at,
  pool: 1,
  task,
  name: "f",
  by: null,
});

const EVENTS: readonly Event[] = [
  { type: "run_started", example: "e", backend: "browser" },
  { type: "pool_started", at: 1, pool: 1, kind: "ThreadPoolExecutor", max_workers: 1 },
  { type: "worker_started", at: 2, pool: 1, worker: 0, name: "pool_0" },
  submitted(1, 3),
  { type: "wait_started", at: 4, wait: 1, call: "result", task: 1 },
  { type: "task_started", at: 5, task: 1, worker: 0 },
  { type: "text", at: 6, stream: "stdout", text: "half\n", task: 1, pool: 1, worker: 0 },
  { type: "task_failed", at: 9, task: 1, error: "no", cause: "timeout" },
  { type: "callback_called", at: 10, task: 1 },
  { type: "wait_ended", at: 11, wait: 1, timed_out: true },
  { type: "worker_lost", at: 12, pool: 1, worker: 0, cause: "trap" },
  { type: "run_ended", at: 13, outcome: { kind: "finished" } },
];
const run = reduce(newRun(1, "e"), EVENTS, 0);

describe("a run at a moment", () => {
  test.each([0, 1.5, 3.5, 4.5, 5.5, 6.5, 9.5, 10.5, 11.5, 12.5])(
    "of %d ms is what its events until then told",
    (time) => {
      const before = reduce(
        newRun(1, "e"),
        EVENTS.filter((event) => !("at" in event) || event.at <= time),
        0,
      );
      const shown = runAt(run, time);
      expect([...all(shown)]).toEqual([...all(before)]);
      expect(shown.tasks.counts).toEqual(before.tasks.counts);
      expect(shown.waits).toEqual(before.waits);
      expect(shown.lines).toEqual(before.lines);
      expect(shown.pools.flatMap(({ workers }) => workers.map(({ lost, ended }) => [lost, ended]))).toEqual(
        before.pools.flatMap(({ workers }) => workers.map(({ lost, ended }) => [lost, ended])),
      );
    },
  );

  test("at its end is the run itself", () => expect(runAt(run, 13)).toBe(run));
});

test("ten thousand tasks are cheap to show at any moment", () => {
  const events = Array.from({ length: 10_000 }, (_, index): Event[] => [
    submitted(index + 1, index),
    { type: "task_started", at: index, task: index + 1, worker: 0 },
    { type: "task_finished", at: index + 1, task: index + 1 },
  ]);
  const end: Event = { type: "run_ended", at: 10_001, outcome: { kind: "finished" } };
  const long = reduce(newRun(1, "e"), [...EVENTS.slice(0, 3), ...events.flat(), end], 0);
  const shown = runAt(long, 5_000.5);
  expect(shown.tasks.counts).toMatchObject({ done: 5_000, running: 1, queued: 0 });
  // What was over by then is shared, so a frame of a replay touches a page or two.
  expect(shown.tasks.get(1)).toBe(long.tasks.get(1));
  const began = performance.now();
  for (let frame = 0; frame < 100; frame += 1) runAt(long, frame * 100);
  expect((performance.now() - began) / 100).toBeLessThan(4);
});

function* all({ tasks }: Run): Iterable<unknown> {
  for (let place = 0; place < tasks.length; place += 1) yield tasks.at(place);
}
