import { expect, test } from "vitest";
import { adviceFor } from "./advice";
import { endRun, reduce } from "./reduce";
import { newRun, type Run } from "./run";

function failed(backend: "browser" | "native", error: string): Run {
  const run = reduce(
    newRun(1, "trap"),
    [
      { type: "run_started", example: "trap", backend },
      { type: "pool_started", at: 1, pool: 1, kind: "ThreadPoolExecutor", max_workers: 1 },
      { type: "task_submitted", at: 2, pool: 1, task: 1, name: "abort", by: null },
      { type: "task_started", at: 3, task: 1, worker: 0 },
    ],
    1000,
  );
  return endRun(run, 1010, { kind: "failed", error, line: null });
}

test("a native fault names the task that was running, and where it would fail alone", () => {
  const advice = adviceFor(failed("native", "the program was ended by SIGSEGV: it used memory that is not its own"));
  expect(advice).toContain("Task #1, abort, was running then.");
  expect(advice).toContain("ProcessPoolExecutor");
});

test("a lost memory is run again in a fresh one", () => {
  expect(adviceFor(failed("browser", "a worker was lost: stack overflow"))).toContain("Run it again");
});

test("a cause that says it all is left alone", () => {
  expect(adviceFor(failed("native", "the run was ended after 60 seconds, which is the limit"))).toBeNull();
  expect(adviceFor(failed("browser", "Bad value: 3"))).toBeNull();
  expect(adviceFor(newRun(1, "trap"))).toBeNull();
});
