import { expect, test } from "vitest";
import type { Catalog } from "../catalog";
import type { Event } from "../generated/events";
import { newApp, next, shownRun, type Action, type App } from "./app";
import { statusOf } from "./status";

const section = (id: string, title: string): Catalog[number] => ({
  id,
  title,
  section: "tutorial",
  text: "",
  python: "",
  rust: "",
  parameters: [{ name: "tasks", label: "Tasks", unit: "", default: 5, min: 1, max: 9, step: 1 }],
});
const catalog: Catalog = [section("wait", "Waiting"), section("callbacks", "Callbacks")];
const started: Event = { type: "run_started", example: "wait", backend: "browser" };
const ready: Action = { type: "readiness", backend: "browser", readiness: { kind: "ready" } };

function appAfter(...actions: Action[]): App {
  return actions.reduce(next, newApp(catalog, "wait"));
}

test("a run is waiting, running, finished", () => {
  const waiting = appAfter(ready, { type: "run", run: 1, example: "wait" });
  expect(statusOf(waiting)).toMatchObject({ text: "Starting…", ticking: false });
  const running = next(waiting, { type: "events", run: 1, events: [started], now: 100 });
  expect(statusOf(running)).toMatchObject({ text: "Running…", ticking: true });
  const ended: Event = { type: "run_ended", at: 3012, outcome: { kind: "finished" } };
  const finished = next(running, { type: "events", run: 1, events: [ended], now: 3112 });
  expect(statusOf(finished).text).toBe("Finished in 3.01 s");
  expect(finished.active).toBeNull();
});

test("a run with several tasks says how far it has come", () => {
  const events: Event[] = [
    started,
    { type: "pool_started", at: 1, pool: 1, kind: "ThreadPoolExecutor", max_workers: 2 },
    ...[1, 2, 3].map((task): Event => ({ type: "task_submitted", at: 1, pool: 1, task, name: "f", by: null })),
    { type: "task_cancelled", at: 2, task: 2 },
  ];
  const app = appAfter(ready, { type: "run", run: 1, example: "wait" }, { type: "events", run: 1, events, now: 9 });
  expect(statusOf(app).progress).toBe("1 of 3 tasks done");
});

test("a stopped run ends at the moment it was stopped", () => {
  const run: Action[] = [
    { type: "run", run: 1, example: "wait" },
    { type: "events", run: 1, events: [started], now: 100 },
    { type: "ended", run: 1, outcome: { kind: "stopped" }, now: 1350 },
  ];
  const app = appAfter(ready, ...run);
  expect(statusOf(app).text).toBe("Stopped after 1.25 s");
  expect(app.active).toBeNull();
});

test("events of a replaced run change nothing", () => {
  const app = appAfter({ type: "run", run: 1, example: "wait" }, { type: "run", run: 2, example: "wait" });
  expect(next(app, { type: "events", run: 1, events: [started], now: 1 })).toBe(app);
});

test("each section keeps its run while another is read", () => {
  const app = appAfter(ready, { type: "run", run: 1, example: "wait" }, { type: "selected", example: "callbacks" });
  expect(shownRun(app)).toBeUndefined();
  expect(statusOf(app).text).toBe("“Waiting” is running");
  expect(shownRun(next(app, { type: "selected", example: "wait" }))?.id).toBe(1);
});

test("a refusal lasts until something is changed", () => {
  const refused = appAfter(ready, { type: "refused", problem: "Tasks must be from 1 to 9." });
  expect(statusOf(refused).text).toBe("Not run: Tasks must be from 1 to 9.");
  expect(statusOf(next(refused, { type: "typed", example: "wait", name: "tasks", text: "4" })).text).toBe("Ready");
});

test("reset brings the defaults back", () => {
  const app = appAfter(
    { type: "typed", example: "wait", name: "tasks", text: "4" },
    { type: "reset", example: "wait" },
  );
  expect(app.typed.wait).toEqual({ tasks: "5" });
});

test("where nothing can run, the reason is the status", () => {
  const readiness = { kind: "unavailable", reason: "No threads here." } as const;
  const app = appAfter({ type: "readiness", backend: "browser", readiness });
  expect(statusOf(app).text).toBe("No threads here.");
  expect(statusOf(next(app, { type: "backend", backend: "native" })).text).toBe("Connecting to the local server…");
});
