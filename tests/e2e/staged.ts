// A program that tells a run thought out beforehand, in place of the compiled one: for what of the timeline a real run
// would show too seldom, too slowly or not the same each time. The events take the real way through worker and port.
import type { Page } from "@playwright/test";

/** One event as the program tells it; the page checks every one of them. */
export type Staged = Readonly<Record<string, unknown>> & { readonly type: string };

/** Answers for the program's glue. With `live`, events come at their times as they would from a program. */
export async function stage(page: Page, events: readonly Staged[], live = false): Promise<void> {
  const body = `
    const EVENTS = ${JSON.stringify(events)};
    let port;
    export default async function () {}
    export async function start(events) { port = events; }
    export function set_site() {}
    export function run(number) {
      const began = performance.now();
      const nap = new Int32Array(new SharedArrayBuffer(4));
      const send = (events) => port.postMessage(JSON.stringify({ run: number, events }));
      if (!${live}) return send(EVENTS);
      // As the compiled program does, it tells a batch every few milliseconds.
      for (let next = 0; next < EVENTS.length; Atomics.wait(nap, 0, 0, 8)) {
        const now = performance.now() - began;
        const first = next;
        while (next < EVENTS.length && (EVENTS[next].at ?? 0) <= now) next += 1;
        if (next > first) send(EVENTS.slice(first, next));
      }
    }`;
  await page.route("**/pkg/playground.js", (route) =>
    route.fulfill({
      body,
      contentType: "text/javascript",
      headers: {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
      },
    }),
  );
}

const pool = (kind: string, workers: number): Staged[] => [
  { type: "run_started", example: "staged", backend: "browser" },
  { type: "pool_started", at: 1, pool: 1, kind, max_workers: workers },
];
const worker = (index: number, at: number): Staged => ({
  type: "worker_started",
  at,
  pool: 1,
  worker: index,
  name: `staged-${index}`,
});
const submitted = (task: number, at: number, name: string, by: number | null = null): Staged => ({
  type: "task_submitted",
  at,
  pool: 1,
  task,
  name,
  by,
});
const text = (at: number, words: string, task: number | null, by = 0): Staged => ({
  type: "text",
  at,
  stream: "stdout",
  text: `${words}\n`,
  task,
  pool: task === null ? null : 1,
  worker: task === null ? null : by,
});

/** Everything that the timeline can show, in one second. */
export const EVENTFUL: readonly Staged[] = [
  ...pool("ProcessPoolExecutor", 3),
  worker(0, 20),
  worker(1, 30),
  submitted(1, 40, "fetch"),
  submitted(2, 50, "parse"),
  submitted(3, 60, "spin"),
  submitted(4, 70, "late"),
  { type: "task_started", at: 60, task: 1, worker: 0 },
  { type: "task_started", at: 80, task: 2, worker: 1 },
  { type: "wait_started", at: 90, wait: 1, call: "result", task: 1 },
  submitted(5, 150, "inner", 1),
  text(200, "half of it", 1),
  { type: "task_cancelled", at: 250, task: 4 },
  { type: "task_finished", at: 300, task: 1 },
  { type: "callback_called", at: 301, task: 1 },
  { type: "wait_ended", at: 302, wait: 1, timed_out: false },
  text(305, "main goes on", null),
  { type: "task_started", at: 310, task: 3, worker: 0 },
  { type: "task_failed", at: 400, task: 2, error: "Bad value: 3", cause: "error" },
  { type: "task_started", at: 420, task: 5, worker: 1 },
  text(430, "inner begins", 5, 1),
  { type: "wait_started", at: 450, wait: 2, call: "as_completed", task: null },
  { type: "task_failed", at: 600, task: 3, error: "the task took longer than 0.3 s", cause: "timeout" },
  { type: "worker_lost", at: 601, pool: 1, worker: 0, cause: "ended for its task" },
  worker(2, 640),
  { type: "wait_ended", at: 700, wait: 2, timed_out: true },
  { type: "task_failed", at: 800, task: 5, error: "killed", cause: "killed" },
  { type: "worker_lost", at: 801, pool: 1, worker: 1, cause: "killed" },
  { type: "wait_started", at: 850, wait: 3, call: "shutdown", task: null },
  { type: "wait_ended", at: 990, wait: 3, timed_out: false },
  { type: "pool_shutdown", at: 990, pool: 1 },
  { type: "run_ended", at: 1_000, outcome: { kind: "finished" } },
];

/** So many short tasks on four workers, over some seconds. */
export function crowd(tasks: number, over: number): Staged[] {
  const workers = 4;
  const step = over / tasks;
  const events = Array.from({ length: tasks }, (_, index): Staged[] => {
    const [task, at] = [index + 1, 100 + index * step];
    const ended = at + step * workers * 0.8;
    return [
      submitted(task, at - 50, "short"),
      { type: "task_started", at, task, worker: index % workers },
      index % 997 === 3
        ? { type: "task_failed", at: ended, task, error: "Bad value", cause: "error" }
        : { type: "task_finished", at: ended, task },
      { type: "callback_called", at: ended, task },
    ];
  });
  const names = Array.from({ length: workers }, (_, index) => worker(index, 10));
  const all = [...pool("ThreadPoolExecutor", workers), ...names, ...events.flat()];
  all.sort((one, other) => Number(one.at ?? 0) - Number(other.at ?? 0));
  return [...all, { type: "run_ended", at: over + 200, outcome: { kind: "finished" } }];
}
