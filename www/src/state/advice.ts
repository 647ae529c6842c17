// What somebody may try whose run has failed. Most causes say it themselves, as those of the server's limits do; this is
// for the faults that no program can catch.
import type { Run, Task } from "./run";
import type { Tasks } from "./tasks";

const FAULT = /\bSIG(ABRT|SEGV|BUS|ILL|TRAP)\b/;
const BROKEN_MEMORY = /a worker was lost|fallen silent|unreachable|stack overflow|memory access/;

/** The advice for a failed run, or null where its cause leaves nothing to add. */
export function adviceFor({ error, backend, tasks }: Run): string | null {
  if (error === null) return null;
  const task = interrupted(tasks);
  const where = task === undefined ? "" : `Task #${task.number}, ${task.name}, was running then. `;
  if (backend === "native" && FAULT.test(error)) {
    return `${where}Natively such a fault ends the whole program. A ProcessPoolExecutor loses one task to it and goes on, and in this browser a thread pool does as well.`;
  }
  if (backend === "browser" && BROKEN_MEMORY.test(error)) {
    return `${where}Run it again: it gets fresh threads and a fresh memory. A task that may crash is safer in a ProcessPoolExecutor, which loses that task and goes on.`;
  }
  return null;
}

/** The first task that had begun and not ended when the run was over. */
function interrupted(tasks: Tasks): Task | undefined {
  for (let place = 0; place < tasks.length; place += 1) {
    const task = tasks.at(place);
    if (task?.state === "lost" && task.started !== null) return task;
  }
  return undefined;
}
