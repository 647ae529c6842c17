// Where everything stands in the timeline: lanes from top to bottom, bars and marks in time. Pure, in pixels downwards
// and milliseconds sideways, so that drawing, pointing at a bar and the tests all use the same answer.
import type { Pool, Run, Task, TaskState, Wait } from "../state/run";
import { MAIN, MainLane } from "./main-lane";
import type { Mark } from "./marks";
import { HEADER, PoolLanes, QUEUE } from "./pool";
import type { Range } from "./range";

export const LANE = { least: 30, most: 52 } as const;
/** Lanes kept free for workers that a pool may still start. */
const RESERVED = 4;

export interface Lane {
  readonly kind: "main" | "pool" | "queue" | "worker";
  readonly label: string;
  /** What is worth knowing and not drawn. */
  readonly note: string;
  /** When a worker was lost, which its note then explains. */
  readonly lost: number | null;
  readonly y: number;
  readonly height: number;
}

/** The stretch of time on show, and the time that a pixel stands for. */
export interface Window extends Range {
  readonly grain: number;
}

export interface Bar {
  /** The task, or the first of a crowd. */
  readonly task: Task;
  /** Tasks that the bar stands for: several if they are too short to be told apart. */
  readonly count: number;
  /** The state, or the one in a crowd that most deserves to be seen. */
  readonly state: TaskState;
  /** `wait` is a thin line of queue time; `body` is the bar of run time, or a cancelled task's outline. */
  readonly part: "wait" | "body";
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly height: number;
}

/** A wait of the program's own thread, or the first of several too short to be told apart. */
export interface Pause {
  readonly wait: Wait;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly height: number;
}

/** Where one task is, whatever it is drawn as. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly height: number;
}

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly pauses: readonly Pause[];
  readonly bars: readonly Bar[];
  readonly marks: readonly Mark[];
  readonly height: number;
  placeOf(task: Task): Place | undefined;
}

export const EMPTY: Layout = { lanes: [], pauses: [], bars: [], marks: [], height: 0, placeOf: () => undefined };

/** Lanes a run needs now, from which the height of each follows. */
export function laneCount(run: Run): number {
  return run.pools.reduce((sum, pool) => sum + laneCountOf(pool), 0);
}

export function fixedHeight(run: Run): number {
  return MAIN + run.pools.length * (HEADER + QUEUE);
}

/**
 * `now` is the run's own time, up to which unfinished bars reach. What is outside the window is left out, and the number
 * of bars and marks follows from the width of the drawing, however many tasks there are.
 */
export function layoutOf(run: Run, now: number, laneHeight: number, window: Window): Layout {
  const main = new MainLane(run, now, window);
  const pools = new Map<number, PoolLanes>();
  let height = MAIN;
  for (const pool of run.pools) {
    pools.set(pool.id, new PoolLanes(pool, height, now, laneHeight, window));
    height += HEADER + QUEUE + laneCountOf(pool) * laneHeight;
  }
  run.tasks.each((task) => {
    pools.get(task.pool)?.add(task);
    if (task.submitted < window.from || task.submitted > window.to) return;
    const by = task.by === null ? undefined : run.tasks.get(task.by);
    const submitter = by === undefined ? undefined : pools.get(by.pool)?.marksOf(by.worker);
    (submitter ?? main.marks).add("submit", task.submitted, task, "");
  });
  const all = [...pools.values()];
  return {
    lanes: [main.lane, ...all.flatMap((pool) => pool.lanes())],
    pauses: main.pauses,
    bars: all.flatMap((pool) => pool.bars()),
    marks: [...main.marks.marks, ...all.flatMap((pool) => pool.marks())],
    height,
    placeOf: (task) => pools.get(task.pool)?.placeOf(task),
  };
}

function laneCountOf(pool: Pool): number {
  return Math.max(pool.workers.length, Math.min(pool.maxWorkers, RESERVED));
}
