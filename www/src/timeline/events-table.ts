// What the timeline shows beside the tasks, as a table: what the program's own thread waited for, and what became of the
// workers. Folded, and filled when it is opened.
import { grouped } from "../state/grouped";
import type { Run } from "../state/run";
import { happenings, type Happening } from "../state/happenings";
import { element, setText } from "../view/element";

/** More than anybody reads; the trace has them all. */
const MOST = 500;

export class EventsTable {
  readonly node: HTMLDetailsElement;
  readonly #body = element("tbody");
  readonly #note = element("p", { class: "note" });
  #run: Run | undefined;
  #shown: Run | undefined;

  constructor() {
    const title = "What the main thread and the workers did";
    const titles = ["At", "Who", "What", "For"].map((text) => element("th", { scope: "col" }, text));
    const head = element("thead", {}, element("tr", {}, ...titles));
    const table = element("table", { "aria-label": title }, head, this.#body);
    const scroll = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title }, table);
    this.node = element("details", { class: "happenings" }, element("summary", {}, title), scroll, this.#note);
    this.node.addEventListener("toggle", () => this.#show());
  }

  update(run: Run | undefined): void {
    this.#run = run;
    this.#show();
  }

  #show(): void {
    const run = this.#run;
    if (!this.node.open || run === this.#shown) return;
    // The parts that matter are shared by snapshots in which only tasks changed.
    if (run !== undefined && run.waits === this.#shown?.waits && run.pools === this.#shown.pools) return;
    this.#shown = run;
    const rows = run === undefined ? [] : happenings(run);
    this.#body.replaceChildren(...rows.slice(0, MOST).map(rowOf));
    const more = rows.length > MOST ? `${grouped(rows.length - MOST)} more are in the trace.` : "";
    setText(this.#note, rows.length === 0 ? "Nothing has happened yet." : more);
  }
}

function rowOf({ at, who, what, lasted }: Happening): HTMLTableRowElement {
  return element("tr", {}, ...[at, who, what, lasted].map((text) => element("td", {}, text)));
}
