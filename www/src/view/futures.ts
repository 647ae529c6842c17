// The table of futures: the timeline's content in words, one row a task. Of a long table only the rows about those in
// sight are in the page, and the room of the others is kept free above and below.
import { rowOf, STATE_WORDS, type Row } from "../state/futures";
import { grouped } from "../state/grouped";
import { timeOf, type Run, type Task } from "../state/run";
import { element, setAttribute, setText } from "./element";
import { stateIcon } from "./icon";
import { onSelection, setStop } from "./selection";
import { firstRow, ROWS } from "./window";

const COLUMNS: readonly (readonly [keyof Row, string])[] = [
  ["number", "#"],
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
  readonly #table: HTMLElement;
  readonly #scroll: HTMLElement;
  readonly #empty = element("p", { class: "empty" }, "No task has been submitted yet.");
  readonly #count = element("span", { class: "note" });
  #rows: Shown[] = [];
  /** The place of the first row among the tasks. */
  #first = 0;
  /** Height of a row, measured when the table becomes long. */
  #height = 0;
  #run: Run | undefined;
  #selected: number | null = null;

  constructor(choose: (task: number | null) => void) {
    onSelection(this.#body, "tr", (row) => this.#rows.find(({ node }) => node === row)?.task?.number ?? null, choose);
    const titles = COLUMNS.map(([key, title]) => element("th", { scope: "col", class: key }, title));
    const head = element("thead", {}, element("tr", {}, ...titles));
    this.#table = element("table", { role: "grid", "aria-labelledby": "futures" }, head, this.#body);
    this.#scroll = element(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table of futures" },
      this.#table,
    );
    this.#scroll.addEventListener("scroll", () => this.#write());
    this.node = element(
      "section",
      { class: "panel futures", "aria-labelledby": "futures" },
      element("div", { class: "panel-head" }, element("h2", { id: "futures" }, "Futures"), this.#count),
      this.#scroll,
      this.#empty,
    );
  }

  update(run: Run | undefined, selected: number | null): void {
    const chosen = selected !== this.#selected;
    this.#selected = selected;
    if (run === this.#run) {
      if (chosen) this.#bring();
      return;
    }
    if (run?.id !== this.#run?.id) this.#clear();
    this.#run = run;
    // Laying out a table that grows at every frame would take longer than everything else on the page.
    if (run === undefined || run.ended !== null || run.tasks.length <= ROWS) this.#show(run);
    if (chosen) this.#bring();
  }

  /** Brings the times of unfinished tasks, and a long table, up to now. */
  tick(): void {
    if (this.#run !== undefined && this.#run.ended === null) this.#show(this.#run);
  }

  /** Scrolls the table, and the page only if the table is out of its sight, to the selected row. */
  #bring(): void {
    const [run, selected] = [this.#run, this.#selected];
    if (run !== undefined && selected !== null && this.#height > 0) {
      const place = selected - 1 - run.tasks.forgotten;
      const top = place * this.#height;
      const { scrollTop, clientHeight } = this.#scroll;
      const seen = top >= scrollTop && top + this.#height * 2 <= scrollTop + clientHeight;
      if (!seen) this.#scroll.scrollTop = top - clientHeight / 2;
    }
    this.#write();
  }

  #show(run: Run | undefined): void {
    const count = run?.tasks.length ?? 0;
    // In a replay there may be fewer than there were.
    while (this.#rows.length > count) this.#rows.pop()?.node.remove();
    while (this.#rows.length < Math.min(count, ROWS)) this.#add();
    setText(this.#count, run === undefined ? "" : counted(run));
    this.#empty.hidden = count > 0;
    this.#write();
  }

  #write(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#fill(run);
    if (run.tasks.length > ROWS) {
      this.#move(run.tasks.length);
      this.#fill(run);
    } else if (this.#height > 0) {
      this.#shorten();
    }
    this.#mark();
  }

  #mark(): void {
    const marked = this.#rows.find(({ task }) => task !== null && task.number === this.#selected);
    for (const shown of this.#rows) {
      setAttribute(shown.node, "aria-selected", shown === marked ? "true" : "false");
    }
    // The focus stays a stop wherever it is.
    const focused = document.activeElement;
    setStop(this.#body, "tr", this.#body.contains(focused) ? focused : (marked?.node ?? null));
  }

  #fill(run: Run): void {
    const now = timeOf(run, performance.now());
    this.#rows.forEach((shown, index) => {
      const task = run.tasks.at(this.#first + index);
      if (task === undefined || (task === shown.task && task.ended !== null)) return;
      shown.task = task;
      fill(shown, rowOf(run, task, now));
    });
  }

  /** Puts the rows of a long table where the reader has scrolled to. */
  #move(count: number): void {
    if (this.#height === 0) {
      this.node.dataset.long = "";
      this.#height = this.#body.offsetHeight / ROWS;
    }
    this.#first = firstRow(this.#scroll.scrollTop / this.#height, count);
    const below = count - this.#first - ROWS;
    this.#table.style.marginBlock = `${this.#first * this.#height}px ${below * this.#height}px`;
    setAttribute(this.#table, "aria-rowcount", String(count + 1));
    this.#rows.forEach(({ node }, index) => setAttribute(node, "aria-rowindex", String(this.#first + index + 2)));
  }

  #add(): void {
    const cells = Object.fromEntries(COLUMNS.map(([key]) => [key, element("td", { class: key })])) as Shown["cells"];
    const node = element("tr", { tabindex: "-1" }, ...COLUMNS.map(([key]) => cells[key]));
    this.#rows.push({ node, cells, task: null });
    this.#body.append(node);
  }

  #clear(): void {
    this.#rows = [];
    this.#body.replaceChildren();
    this.#shorten();
  }

  /** Makes it a table that is there as a whole. */
  #shorten(): void {
    this.#first = this.#height = this.#scroll.scrollTop = 0;
    this.#table.style.marginBlock = "";
    setAttribute(this.#table, "aria-rowcount", null);
    delete this.node.dataset.long;
  }
}

function counted({ tasks }: Run): string {
  const count = tasks.length === 0 ? "" : grouped(tasks.length);
  return tasks.forgotten === 0 ? count : `${count}; ${grouped(tasks.forgotten)} earlier ones are not kept`;
}

function fill({ node, cells }: Shown, row: Row): void {
  for (const [key] of COLUMNS) {
    if (key !== "state") setText(cells[key], row[key]);
  }
  if (node.dataset.state === row.state) return;
  node.dataset.state = row.state;
  cells.state.replaceChildren(stateIcon(row.state), STATE_WORDS[row.state]);
}
