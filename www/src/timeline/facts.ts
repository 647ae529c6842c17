// What is told of a thing on the timeline, when it is pointed at or stepped to: a title and a list of names and values.
import { duration } from "../state/duration";
import { rowOf, STATE_WORDS } from "../state/futures";
import { grouped } from "../state/grouped";
import { timeOf, workerOf, type Run, type Task } from "../state/run";
import type { Hit } from "./hit";
import type { Bar, Pause } from "./layout";
import { callOf } from "./main-lane";
import type { Mark } from "./marks";
import { MARK_WORDS } from "./signs";

export interface Facts {
  readonly title: string;
  readonly list: readonly (readonly [name: string, value: string])[];
}

export function factsOf(run: Run, hit: Hit): Facts {
  if (hit.kind === "pause") return factsOfPause(run, hit.pause);
  if (hit.kind === "mark") return factsOfMark(run, hit.mark);
  return hit.bar.count > 1 ? factsOfCrowd(run, hit.bar) : factsOfTask(run, hit.bar.task);
}

export function factsOfTask(run: Run, task: Task): Facts {
  const row = rowOf(run, task, timeOf(run, performance.now()));
  const list: [string, string][] = [
    ["state", STATE_WORDS[row.state]],
    ["worker", row.worker],
    ["submitted at", `${row.submitted} ${submitterOf(run, task)}`],
    ["queued for", row.queuedFor],
    ["ran for", row.ranFor],
  ];
  const { callbacks, cause } = task;
  if (callbacks.length === 1) list.push(["callback at", duration(callbacks[0] ?? 0)]);
  if (callbacks.length > 1)
    list.push(["callbacks", `${callbacks.length}, the first at ${duration(callbacks[0] ?? 0)}`]);
  if (cause !== null && cause !== "error") list.push(["cause", CAUSES[cause]]);
  if (row.error !== "") list.push(["error", row.error]);
  return { title: `#${row.number} ${row.name}`, list };
}

const CAUSES = { timeout: "its time ran out", killed: "killed", lost: "its worker was lost" } as const;

function submitterOf(run: Run, { by }: Task): string {
  return by === null ? "by main" : `by #${by} ${run.tasks.get(by)?.name ?? ""}`.trimEnd();
}

function factsOfCrowd(run: Run, { task, count, state, from, to, part }: Bar): Facts {
  return {
    title: `${grouped(count)} tasks from #${task.number} ${task.name} on`,
    list: [
      ["state", state === "done" ? STATE_WORDS.done : `some ${STATE_WORDS[state]}`],
      ["worker", workerOf(run, task.pool, task.worker)?.name ?? "–"],
      [part === "wait" ? "queued from" : "began at", duration(from)],
      ["until", duration(to)],
    ],
  };
}

function factsOfPause(run: Run, { wait, count, from, to }: Pause): Facts {
  const times: Facts["list"] = [
    ["from", duration(from)],
    ["for", duration(to - from)],
  ];
  if (count > 1) return { title: `${grouped(count)} short waits of main`, list: times };
  const target = wait.task === null ? undefined : run.tasks.get(wait.task);
  const name: Facts["list"] = target === undefined ? [] : [["task", `#${target.number} ${target.name}`]];
  const end = wait.timedOut ? "time ran out" : wait.to === null ? "still waiting" : "returned";
  return { title: `main waits: ${callOf(wait)}`, list: [...name, ...times, ["end", end]] };
}

function factsOfMark(run: Run, { kind, time, count, until, task, note }: Mark): Facts {
  const about: [string, string][] = task === null ? [] : [["task", `#${task.number} ${task.name}`]];
  if (task !== null && kind === "submit") about.push(["submitted", submitterOf(run, task)]);
  if (note !== "") about.push([kind === "timeout" ? "wait" : "worker", note]);
  if (count === 1) return { title: MARK_WORDS[kind], list: [...about, ["at", duration(time)]] };
  const first: Facts["list"] = about.map(([name, value]) => [`first ${name}`, value]);
  return {
    title: `${grouped(count)} × ${MARK_WORDS[kind]}`,
    list: [...first, ["from", duration(time)], ["until", duration(until)]],
  };
}
