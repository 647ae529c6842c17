// What the page knows of one run. Every value is a snapshot: `reduce` makes the next one and leaves unchanged parts
// identical, so that a view can tell by comparison what it has to draw again. All times are milliseconds since the
// run began, on the runner's clock.
import type { FailureCause, Stream } from "../generated/events";
import { Tasks } from "./tasks";

/** `waiting` lasts from the press of Run until the runner's first event; the last three are final. */
export type Phase = "waiting" | "running" | "finished" | "failed" | "stopped";

/** `lost` is a task that had not ended when its run was stopped or failed: its worker is gone, so it never will. */
export type TaskState = "queued" | "running" | "done" | "failed" | "cancelled" | "lost";

export interface Task {
  /** Counted from 1 in order of submission within the run. */
  readonly number: number;
  readonly name: string;
  readonly pool: number;
  readonly state: TaskState;
  readonly submitted: number;
  readonly started: number | null;
  readonly ended: number | null;
  /** Index of the worker in its pool. */
  readonly worker: number | null;
  /** How many tasks the worker was in the middle of when it began this one; above 0 the task is nested. */
  readonly depth: number;
  readonly error: string | null;
  /** Why it failed, if it did. */
  readonly cause: FailureCause | null;
  /** The task that submitted it; null for the program's own thread. */
  readonly by: number | null;
  /** When callbacks of its future were called. */
  readonly callbacks: readonly number[];
}

/** A time during which the program's own thread waited. */
export interface Wait {
  readonly number: number;
  /** What it called: `result`, `wait`, `as_completed`, `map` or `shutdown`. */
  readonly call: string;
  /** The task that it waited for, if it was one. */
  readonly task: number | null;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly timedOut: boolean;
}

export interface Worker {
  readonly index: number;
  readonly name: string;
  readonly started: number;
  readonly ended: number | null;
  /** Why the worker was lost, as a trap ends one. */
  readonly lost: string | null;
  /** Index of the lost worker whose place it took. */
  readonly replaces: number | null;
  /** Tasks begun and not ended here, the innermost last. */
  readonly open: readonly number[];
}

export interface Pool {
  readonly id: number;
  readonly kind: string;
  readonly maxWorkers: number;
  readonly started: number;
  readonly shutdown: number | null;
  readonly workers: readonly Worker[];
}

export interface Line {
  readonly at: number;
  readonly stream: Stream;
  readonly text: string;
  /** Name of the worker that wrote it; null for the program's own thread. */
  readonly worker: string | null;
  /** Number of the task that wrote it, as far as that is known. */
  readonly task: number | null;
}

export interface Run {
  readonly id: number;
  readonly example: string;
  readonly phase: Phase;
  /** Time on the page's clock at which the run's clock showed 0, as well as the messages let it be known. */
  readonly origin: number | null;
  readonly ended: number | null;
  readonly error: string | null;
  /** Whether it was asked to end. */
  readonly stopping: boolean;
  /** What the program asks while it waits for a line of input. */
  readonly asks: string | null;
  /** The line of the program that failed, counted from 1, where that is known. */
  readonly failedLine: number | null;
  readonly pools: readonly Pool[];
  readonly tasks: Tasks;
  /** In the order in which they began; a thread can only be in one at a time. */
  readonly waits: readonly Wait[];
  /** Where it runs: `browser` or `native`. */
  readonly backend: string;
  readonly lines: readonly Line[];
  /** Lines left out at the front because the program wrote more than the page keeps. */
  readonly dropped: number;
}

export function newRun(id: number, example: string): Run {
  return {
    id,
    example,
    phase: "waiting",
    origin: null,
    ended: null,
    error: null,
    stopping: false,
    asks: null,
    failedLine: null,
    pools: [],
    tasks: Tasks.none,
    waits: [],
    backend: "browser",
    lines: [],
    dropped: 0,
  };
}

export function isOver(run: Run): boolean {
  return run.phase === "finished" || run.phase === "failed" || run.phase === "stopped";
}

/** The run's own time at a moment of the page's clock; a run that is over stands still. */
export function timeOf(run: Run, pageNow: number): number {
  if (run.ended !== null) return run.ended;
  return run.origin === null ? 0 : Math.max(0, pageNow - run.origin);
}

/** Whether the workers of a pool of this kind have a memory of their own, so that the loss of one harms nothing else. */
export function isIsolated(kind: string): boolean {
  return kind === "ProcessPoolExecutor";
}

export function poolOf(run: Pick<Run, "pools">, id: number | null): Pool | undefined {
  return run.pools.find((pool) => pool.id === id);
}

export function workerOf(run: Pick<Run, "pools">, pool: number | null, index: number | null): Worker | undefined {
  return poolOf(run, pool)?.workers.find((worker) => worker.index === index);
}
