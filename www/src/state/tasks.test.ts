import { expect, test } from "vitest";
import type { Task } from "./run";
import { KEPT_PAGES, PAGE, Tasks } from "./tasks";

const task = (number: number, ended: number | null = null): Task => ({
  number,
  name: "f",
  pool: 1,
  state: ended === null ? "queued" : "done",
  submitted: 0,
  started: null,
  ended,
  worker: null,
  depth: 0,
  error: null,
  cause: null,
  by: null,
  callbacks: [],
});

/** The tasks from one number to another, added to others. */
function added(before: Tasks, from: number, to: number, ended: number | null = 1): Tasks {
  const draft = before.draft();
  for (let number = from; number <= to; number += 1) draft.add(task(number, ended));
  return draft.finish();
}

test("tasks are found by their numbers, across pages", () => {
  const tasks = added(Tasks.none, 1, 2 * PAGE + 1);
  expect(tasks).toHaveLength(2 * PAGE + 1);
  for (const number of [1, PAGE, PAGE + 1, 2 * PAGE + 1]) {
    expect(tasks.get(number)?.number).toBe(number);
    expect(tasks.at(number - 1)?.number).toBe(number);
  }
  expect([0, -1, 2 * PAGE + 2].map((number) => tasks.get(number))).toEqual([undefined, undefined, undefined]);
});

test("a number out of turn is refused", () => {
  const draft = Tasks.none.draft();
  expect([2, 1, 1, 3, 2].map((number) => draft.add(task(number)))).toEqual([false, true, false, false, true]);
});

test("a snapshot stays as it was and shares what did not change", () => {
  const before = added(Tasks.none, 1, 2 * PAGE, null);
  const draft = before.draft();
  draft.change(1, { state: "done", ended: 5 });
  const after = draft.finish();
  expect([before.get(1)?.state, after.get(1)?.state]).toEqual(["queued", "done"]);
  expect(after.get(2 * PAGE)).toBe(before.get(2 * PAGE));
  expect([before.counts.queued, after.counts.queued, after.counts.done]).toEqual([2 * PAGE, 2 * PAGE - 1, 1]);
});

test("what is long over is forgotten, but nothing that goes on", () => {
  let tasks = added(Tasks.none, 1, PAGE, null);
  for (let page = 1; page <= KEPT_PAGES + 2; page += 1) tasks = added(tasks, page * PAGE + 1, (page + 1) * PAGE);
  expect(tasks).toHaveLength(KEPT_PAGES * PAGE);
  expect(tasks.forgotten).toBe(3 * PAGE);
  expect(tasks.get(1)?.number).toBe(1);
  expect(tasks.get(PAGE + 1)).toBeUndefined();
  expect(tasks.at(PAGE)?.number).toBe(4 * PAGE + 1);
  expect(tasks.counts.done).toBe((KEPT_PAGES + 2) * PAGE);
});
