// The details of the task under the pointer.
import { rowOf, STATE_WORDS } from "../state/futures";
import { timeOf, type Run, type Task } from "../state/run";
import { element } from "../view/element";
import type { Point } from "./pointer";

export class Tooltip {
  readonly node = element("div", { class: "tooltip", hidden: "" });

  /** Shows the task beside a point of `frame`, on the side where there is room. */
  show(run: Run, task: Task, { x, y }: Point, frame: HTMLElement): void {
    const row = rowOf(run, task, timeOf(run, performance.now()));
    const facts: [string, string][] = [
      ["state", STATE_WORDS[row.state]],
      ["worker", row.worker],
      ["submitted at", row.submitted],
      ["queued for", row.queuedFor],
      ["ran for", row.ranFor],
    ];
    if (row.error !== "") facts.push(["error", row.error]);
    this.node.replaceChildren(
      element("strong", {}, `#${row.ordinal} ${row.name}`),
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
