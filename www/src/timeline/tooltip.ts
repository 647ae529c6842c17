// The details of the task under the pointer.
import { rowOf, STATE_WORDS } from "../state/futures";
import { duration } from "../state/duration";
import { grouped } from "../state/grouped";
import { timeOf, workerOf, type Run, type Task } from "../state/run";
import { element } from "../view/element";
import type { Bar } from "./layout";
import type { Point } from "./pointer";

export class Tooltip {
  readonly node = element("div", { class: "tooltip", hidden: "" });

  /** Shows what a bar stands for beside a point of `frame`, on the side where there is room. */
  show(run: Run, bar: Bar, { x, y }: Point, frame: HTMLElement): void {
    const [title, facts] = bar.count > 1 ? ofCrowd(run, bar) : ofTask(run, bar.task);
    this.node.replaceChildren(
      element("strong", {}, title),
      element("dl", {}, ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    );
    this.node.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = x + 16 + width > frame.clientWidth ? Math.max(4, x - width - 12) : x + 16;
    const top = Math.max(4, Math.min(y + 14, frame.clientHeight - height - 4));
    this.node.style.transform = `translate(${left}px, ${top}px)`;
  }

  hide(): void {
    this.node.hidden = true;
  }
}

type Facts = readonly (readonly [string, string])[];

function ofTask(run: Run, task: Task): [string, Facts] {
  const row = rowOf(run, task, timeOf(run, performance.now()));
  const facts: [string, string][] = [
    ["state", STATE_WORDS[row.state]],
    ["worker", row.worker],
    ["submitted at", row.submitted],
    ["queued for", row.queuedFor],
    ["ran for", row.ranFor],
  ];
  if (row.error !== "") facts.push(["error", row.error]);
  return [`#${row.number} ${row.name}`, facts];
}

function ofCrowd(run: Run, { task, count, state, from, to, part }: Bar): [string, Facts] {
  const title = `${grouped(count)} tasks from #${task.number} ${task.name} on`;
  const facts: Facts = [
    ["state", state === "done" ? STATE_WORDS.done : `some ${STATE_WORDS[state]}`],
    ["worker", workerOf(run, task.pool, task.worker)?.name ?? "–"],
    [part === "wait" ? "queued from" : "began at", duration(from)],
    ["until", duration(to)],
  ];
  return [title, facts];
}
