// Where everything stands in the timeline: lanes from top to bottom, bars in time. Pure, in pixels downwards and
// milliseconds sideways, so that drawing, pointing at a bar and the tests all use the same answer.
import type { Pool, Run, Task } from "../state/run";

const HEADER = 22;
const QUEUE_ROW = 13;
const QUEUE_PADDING = 5;
export const LANE = { least: 30, most: 52 } as const;
/** Waiting tasks drawn one below the other; more are counted in words. */
const QUEUE_ROWS = 3;
const QUEUE = QUEUE_PADDING * 2 + QUEUE_ROW * QUEUE_ROWS;
/** Lanes kept free for workers that a pool may still start. */
const RESERVED = 4;

export interface Lane {
  readonly kind: "pool" | "queue" | "worker";
  readonly label: string;
  /** Behind the label: what is worth knowing and not drawn. */
  readonly note: string;
  readonly y: number;
  readonly height: number;
}

export interface Bar {
  readonly task: Task;
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

/** `now` is the run's own time, up to which unfinished bars reach. */
export function layoutOf(run: Run, now: number, laneHeight: number): Layout {
  const lanes: Lane[] = [];
  const bars: Bar[] = [];
  let y = 0;
  const add = (lane: Omit<Lane, "y">): number => {
    const top = y;
    lanes.push({ ...lane, y: top });
    y += lane.height;
    return top;
  };
  for (const pool of run.pools) {
    const tasks = run.tasks.filter((task) => task.pool === pool.id);
    add({ kind: "pool", label: pool.kind, note: capacity(pool), height: HEADER });
    const waiting = queueBars(tasks, now, y + QUEUE_PADDING);
    const visible = waiting.slice(0, QUEUE_ROWS);
    const hidden = waiting.length - visible.length;
    add({ kind: "queue", label: "queue", note: hidden > 0 ? `and ${hidden} more` : "", height: QUEUE });
    bars.push(...visible);
    for (const worker of pool.workers) {
      const note = worker.lost === null ? "" : `lost: ${worker.lost}`;
      const lane = add({ kind: "worker", label: worker.name, note, height: laneHeight });
      const own = tasks.filter((task) => task.worker === worker.index);
      for (const task of own) bars.push(...laneBars(task, now, lane, laneHeight));
    }
    y += (laneCountOf(pool) - pool.workers.length) * laneHeight;
  }
  return { lanes, bars, height: y };
}

function laneCountOf(pool: Pool): number {
  return Math.max(pool.workers.length, Math.min(pool.maxWorkers, RESERVED));
}

function capacity(pool: Pool): string {
  return `at most ${pool.maxWorkers} ${pool.maxWorkers === 1 ? "worker" : "workers"}`;
}

/**
 * Tasks that no worker has begun: waiting ones and those cancelled while they waited, one row each. The rows read like
 * the queue itself, and move up as it empties.
 */
function queueBars(tasks: readonly Task[], now: number, top: number): Bar[] {
  return tasks
    .filter((task) => task.started === null)
    .map((task, row) => ({
      task,
      part: task.state === "cancelled" ? "body" : "wait",
      from: task.submitted,
      to: task.ended ?? now,
      y: top + row * QUEUE_ROW,
      height: QUEUE_ROW - 2,
    }));
}

/** The queue time of a task as a thin line above its bar, in the lane of the worker that took it. */
function laneBars(task: Task, now: number, lane: number, laneHeight: number): Bar[] {
  if (task.started === null) return [];
  const wait = 5;
  const body = laneHeight - wait - 9;
  // A nested task stands inside the bar of the task that waits for it.
  const inset = Math.min(task.depth * 5, body / 2 - 4);
  const bars: Bar[] = [
    {
      task,
      part: "body",
      from: task.started,
      to: task.ended ?? now,
      y: lane + wait + 4 + inset,
      height: body - inset * 2,
    },
  ];
  if (task.started > task.submitted) {
    bars.push({ task, part: "wait", from: task.submitted, to: task.started, y: lane + 2, height: wait });
  }
  return bars;
}
