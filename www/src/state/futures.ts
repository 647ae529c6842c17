// One row of the futures table: everything that the timeline shows of a task, in words.
import type { Run, Task, TaskState } from "./run";
import { workerOf } from "./run";
import { duration } from "./duration";

export const STATE_WORDS: Readonly<Record<TaskState, string>> = {
  queued: "queued",
  running: "running",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
  lost: "stopped",
};

export interface Row {
  readonly number: string;
  readonly name: string;
  readonly state: TaskState;
  readonly worker: string;
  readonly submitted: string;
  readonly queuedFor: string;
  readonly ranFor: string;
  readonly error: string;
}

/** `now` is the run's own time; a queued or running task counts up to it. */
export function rowOf(run: Run, task: Task, now: number): Row {
  const end = task.ended ?? now;
  const worker = workerOf(run, task.pool, task.worker);
  return {
    number: String(task.number),
    name: task.name,
    state: task.state,
    worker: worker?.name ?? "–",
    submitted: duration(task.submitted),
    queuedFor: duration((task.started ?? end) - task.submitted),
    ranFor: task.started === null ? "–" : duration(end - task.started),
    error: task.error ?? "",
  };
}
