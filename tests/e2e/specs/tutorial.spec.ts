// Every section of the tutorial runs and prints what the tutorial says: in its order where it promises one, at its times
// within margins that a busy machine needs.
import { expect, span, test } from "../playground.ts";

/** The lines' seconds, by the word before the colon. */
function times(lines: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    lines.map((line) => line.split(": ")).map(([name = "", time = ""]) => [name, Number.parseFloat(time)]),
  );
}

test("thread pool basics: three lanes overlap and save two thirds of the time", async ({ playground }) => {
  await playground.open("thread-pool-basics");
  await playground.finish();
  const { Sequential: sequential = 0, Concurrent: concurrent = 0 } = times(await playground.lines());
  expect(sequential).toBeGreaterThan(2.9);
  expect(sequential / concurrent).toBeGreaterThan(2.3);
  expect(sequential / concurrent).toBeLessThan(3.3);

  const futures = await playground.futures();
  expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done"]);
  expect(new Set(futures.map(({ worker }) => worker)).size).toBe(3);
  const spans = futures.map(span);
  const lastBegin = Math.max(...spans.map(([began]) => began));
  const firstEnd = Math.min(...spans.map(([, ended]) => ended));
  expect(firstEnd - lastBegin, "time during which all three ran").toBeGreaterThan(500);
});

test("submit and futures: results come in the order in which they are asked for", async ({ playground }) => {
  await playground.open("submit-and-futures");
  await playground.finish();
  expect(await playground.lines()).toEqual([
    "Task A done: False",
    "Task B completed in 1s",
    "Task A completed in 2s",
    "Task C completed in 3s",
  ]);
});

test("as completed: the fastest source comes first", async ({ playground }) => {
  await playground.open("as-completed");
  await playground.finish();
  const found = (await playground.lines()).map((line) =>
    /^Source (\d): Data from source \1 \(took (.*)s\)$/.exec(line),
  );
  expect(found.map((match) => match?.[1]).sort()).toEqual(["0", "1", "2", "3", "4"]);
  const took = found.map((match) => Number(match?.[2]));
  took.slice(1).forEach((time, index) => expect(time).toBeGreaterThan((took[index] ?? 0) - 0.2));
});

test("wait: the first, then the rest", async ({ playground }) => {
  await playground.open("wait");
  await playground.finish();
  const [first, running, ...rest] = await playground.lines();
  expect(first).toBe("First completed: Task 2 done");
  expect(running).toBe("Still running: 2");
  expect(rest.sort()).toEqual(["Completed: Task 1 done", "Completed: Task 3 done"]);
});

test("callbacks: the main thread goes on while they fire", async ({ playground }) => {
  await playground.open("callbacks");
  await playground.finish();
  const lines = await playground.lines();
  expect(lines[0]).toBe("Main thread: tasks submitted");
  expect(lines).toContain("Main thread: done waiting");
  const results = lines
    .filter((line) => line.startsWith("Callback: result is"))
    .map((line) => Number(line.split(" ").at(-1)));
  expect(results.sort((one, other) => one - other)).toEqual([0, 1, 4, 9, 16]);
});

test("exceptions: the error of one task stays its own", async ({ playground }) => {
  await playground.open("exceptions");
  await playground.finish();
  const lines = await playground.lines();
  expect(lines.slice(0, 5).sort()).toEqual([
    "Task 0: 0",
    "Task 1: 2",
    "Task 2: 4",
    "Task 3 failed: Bad value: 3",
    "Task 4: 8",
  ]);
  expect(lines.slice(5)).toEqual(["Exception occurred: Bad value: 3"]);
  const failed = (await playground.futures()).filter(({ state }) => state === "failed");
  expect(failed.map(({ error }) => error)).toEqual(["Bad value: 3", "Bad value: 3"]);
});

test("timeouts: the waiting ends, the task goes on", async ({ playground }) => {
  await playground.open("timeouts");
  await playground.finish();
  expect(await playground.lines()).toEqual([
    "Task timed out!",
    "Completed after 1s",
    "Some tasks didn't complete in time",
  ]);
  const futures = await playground.futures();
  expect(futures.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  expect(futures[0]?.ranFor).toBeGreaterThan(4_900);
});

test("cancelling: queued tasks can be, a running one cannot", async ({ playground }) => {
  await playground.open("cancelling");
  await playground.finish();
  expect(await playground.lines()).toEqual([
    "Future 2 cancelled: True",
    "Future 3 cancelled: True",
    "Future 1 cancelled: False",
  ]);
  const futures = await playground.futures();
  expect(futures.map(({ state }) => state)).toEqual(["done", "cancelled", "cancelled"]);
  expect(futures[1]?.ranFor).toBe(-1);
});

test("context manager: the end of the block waits for every task", async ({ playground }) => {
  await playground.open("context-manager");
  await playground.finish();
  expect(await playground.lines()).toEqual(["All tasks completed"]);
  const futures = await playground.futures();
  expect(futures).toHaveLength(10);
  expect(new Set(futures.map(({ worker }) => worker)).size).toBe(6);
  const firstPool = Math.max(...futures.slice(0, 5).map((row) => span(row)[1]));
  expect(futures[5]?.submitted).toBeGreaterThan(firstPool - 1);
});
