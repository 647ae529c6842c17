import { expect, test } from "vitest";
import { parseBatch } from "./batch";

const text = (event: unknown): string => JSON.stringify({ run: 7, events: [event] });

test("a batch of events is read", () => {
  const event = { type: "task_started", at: 1.5, task: 3, worker: 0 };
  expect(parseBatch(text(event))).toEqual({ run: 7, events: [event] });
});

test.each([
  ["an object", { run: 1, events: [] }],
  ["text that is no JSON", "{"],
  ["a batch without a run", JSON.stringify({ events: [] })],
  ["a batch without events", JSON.stringify({ run: 1 })],
  ["an unknown event", text({ type: "task_vanished", at: 1 })],
  ["an inherited name as a type", text({ type: "toString" })],
  ["an event without its time", text({ type: "task_finished", task: 1 })],
  ["a number as text", text({ type: "task_finished", at: "1", task: 1 })],
  [
    "an unknown stream",
    text({ type: "text", at: 1, stream: "stdlog", text: "", task: null, pool: null, worker: null }),
  ],
  ["a failure without a cause", text({ type: "run_ended", at: 1, outcome: { kind: "failed" } })],
])("%s is refused", (_, message) => {
  expect(() => parseBatch(message)).toThrow();
});
