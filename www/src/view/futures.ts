// The table of futures: the timeline's content in words, one row a task.
import { rowOf, STATE_WORDS, type Row } from "../state/futures";
import { isOver, timeOf, type Run, type Task } from "../state/run";
import { element, setText } from "./element";
import { stateIcon } from "./icon";

const COLUMNS: readonly (readonly [keyof Row, string])[] = [
  ["ordinal", "#"],
  ["name", "Task"],
  ["state", "State"],
  ["worker", "Worker"],
  ["submitted", "Submitted at"],
  ["queuedFor", "Queued for"],
  ["ranFor", "Ran for"],
  ["error", "Error"],
];

interface Shown {
  readonly node: HTMLTableRowElement;
  readonly cells: Readonly<Record<keyof Row, HTMLTableCellElement>>;
  /** The snapshot that was written last. */
  task: Task | null;
}

export class FuturesView {
  readonly node: HTMLElement;
  readonly #body = element("tbody");
  readonly #empty = element("p", { class: "empty" }, "No task has been submitted yet.");
  readonly #count = element("span", { class: "note" });
  #rows: Shown[] = [];
  #run: Run | undefined;

  constructor() {
    const titles = COLUMNS.map(([key, title]) => element("th", { scope: "col", class: key }, title));
    const table = element(
      "table",
      { "aria-labelledby": "futures" },
      element("thead", {}, element("tr", {}, ...titles)),
      this.#body,
    );
    this.node = element(
      "section",
      { class: "panel futures", "aria-labelledby": "futures" },
      element("div", { class: "panel-head" }, element("h2", { id: "futures" }, "Futures"), this.#count),
      element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table of futures" }, table),
      this.#empty,
    );
  }

  update(run: Run | undefined): void {
    if (run === this.#run) return;
    if (run?.id !== this.#run?.id) {
      this.#rows = [];
      this.#body.replaceChildren();
    }
    this.#run = run;
    const tasks = run?.tasks ?? [];
    this.#body.append(...tasks.slice(this.#rows.length).map(() => this.#add()));
    setText(this.#count, tasks.length === 0 ? "" : String(tasks.length));
    this.#empty.hidden = tasks.length > 0;
    this.#write();
  }

  /** Brings the times of unfinished tasks up to now. */
  tick(): void {
    if (this.#run !== undefined && !isOver(this.#run)) this.#write();
  }

  #write(): void {
    const run = this.#run;
    if (run === undefined) return;
    const now = timeOf(run, performance.now());
    this.#rows.forEach((shown, index) => {
      const task = run.tasks[index];
      if (task === undefined || (task === shown.task && task.ended !== null)) return;
      shown.task = task;
      fill(shown, rowOf(run, task, now));
    });
  }

  #add(): HTMLTableRowElement {
    const cells = Object.fromEntries(COLUMNS.map(([key]) => [key, element("td", { class: key })])) as Shown["cells"];
    const node = element("tr", {}, ...COLUMNS.map(([key]) => cells[key]));
    this.#rows.push({ node, cells, task: null });
    return node;
  }
}

function fill({ node, cells }: Shown, row: Row): void {
  for (const [key] of COLUMNS) {
    if (key !== "state") setText(cells[key], row[key]);
  }
  if (node.dataset.state === row.state) return;
  node.dataset.state = row.state;
  cells.state.replaceChildren(stateIcon(row.state), STATE_WORDS[row.state]);
}
