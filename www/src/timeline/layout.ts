// Where everything stands in the timeline: lanes from top to bottom, bars in time. Pure, in pixels downwards and
// milliseconds sideways, so that drawing, pointing at a bar and the tests all use the same answer.
import type { Pool, Run, Task, TaskState } from "../state/run";
import { HEADER, PoolLanes, QUEUE } from "./pool";

export const LANE = { least: 30, most: 52 } as const;
/** Lanes kept free for workers that a pool may still start. */
const RESERVED = 4;

export interface Lane {
  readonly kind: "pool" | "queue" | "worker";
  readonly label: string;
  /** What is worth knowing and not drawn. */
  readonly note: string;
  /** When a worker was lost, which its note then explains. */
  readonly lost: number | null;
  readonly y: number;
  readonly height: number;
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

export interface Layout {
  readonly lanes: readonly Lane[];
  readonly bars: readonly Bar[];
  readonly height: number;
}

/** Lanes a run needs now, from which the height of each follows. */
export function laneCount(run: Run): number {
  return run.pools.reduce((sum, pool) => sum + laneCountOf(pool), 0);
}

export function fixedHeight(run: Run): number {
  return run.pools.length * (HEADER + QUEUE);
}

/**
 * `now` is the run's own time, up to which unfinished bars reach, and `grain` the time that a pixel stands for: the
 * number of bars follows from the width of the drawing, however many tasks there are.
 */
export function layoutOf(run: Run, now: number, laneHeight: number, grain: number): Layout {
  const pools = new Map<number, PoolLanes>();
  let height = 0;
  for (const pool of run.pools) {
    pools.set(pool.id, new PoolLanes(pool, height, now, laneHeight, grain));
    height += HEADER + QUEUE + laneCountOf(pool) * laneHeight;
  }
  run.tasks.each((task) => pools.get(task.pool)?.add(task));
  const all = [...pools.values()];
  return { lanes: all.flatMap((pool) => pool.lanes()), bars: all.flatMap((pool) => pool.bars()), height };
}

function laneCountOf(pool: Pool): number {
  return Math.max(pool.workers.length, Math.min(pool.maxWorkers, RESERVED));
}
