// What the timeline shows, in one sentence, for those who hear the page.
import type { Run, TaskState } from "../state/run";
import { STATE_WORDS } from "../state/futures";

export function summaryOf(run: Run | undefined): string {
  if (run === undefined) return "Timeline, empty: nothing has run yet.";
  const workers = run.pools.reduce((sum, pool) => sum + pool.workers.length, 0);
  const counts = Object.entries(run.tasks.counts) as [TaskState, number][];
  const states = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${STATE_WORDS[state]}`);
  const tasks = states.length === 0 ? "no tasks" : `tasks: ${states.join(", ")}`;
  return `Timeline of ${workers} ${workers === 1 ? "worker" : "workers"}; ${tasks}. The table of futures has the same data.`;
}
