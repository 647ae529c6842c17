// The list of sections, with a sign at those that have run. On a narrow screen it folds behind a button.
import type { App } from "../state/app";
import { fragmentOf } from "../state/address";
import type { Example } from "../generated/events";
import type { Phase, TaskState } from "../state/run";
import { element, setAttribute, setText } from "./element";
import { stateIcon } from "./icon";

const HEADINGS: Readonly<Record<string, string>> = { tutorial: "Tutorial", faults: "When things break", own: "Yours" };

const SIGNS: Readonly<Record<Phase, TaskState>> = {
  waiting: "running",
  running: "running",
  finished: "done",
  failed: "failed",
  stopped: "lost",
};

interface Entry {
  readonly link: HTMLAnchorElement;
  readonly sign: HTMLElement;
}

export class Navigation {
  readonly node: HTMLElement;
  readonly #entries = new Map<string, Entry>();
  readonly #title = element("span", { class: "menu-title" });
  readonly #button = element(
    "button",
    { type: "button", class: "menu", "aria-expanded": "false", "aria-controls": "sections" },
    this.#title,
    element("span", { class: "menu-word" }, "Sections"),
  );

  constructor(catalog: readonly Example[]) {
    const groups = [...new Set(catalog.map((example) => example.section))].flatMap((section) => [
      element("h2", { id: `heading-${section}` }, HEADINGS[section] ?? section),
      element(
        "ol",
        { "aria-labelledby": `heading-${section}` },
        ...catalog.filter((example) => example.section === section).map((example) => this.#entry(example)),
      ),
    ]);
    const sections = element("nav", { id: "sections", "aria-label": "Sections" }, ...groups);
    this.#button.addEventListener("click", () => this.#unfold(this.#button.getAttribute("aria-expanded") === "false"));
    sections.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a") !== null) this.#unfold(false);
    });
    this.node = element("div", { class: "navigation" }, this.#button, sections);
  }

  update(app: App): void {
    for (const [id, { link, sign }] of this.#entries) {
      const phase = app.runs[id]?.phase;
      setAttribute(link, "aria-current", id === app.selected ? "page" : null);
      if (phase === undefined || sign.dataset.phase === phase) continue;
      sign.dataset.phase = phase;
      sign.replaceChildren(stateIcon(SIGNS[phase]), element("span", { class: "unseen" }, phase));
    }
    setText(this.#title, app.catalog.find((example) => example.id === app.selected)?.title ?? "");
  }

  #unfold(open: boolean): void {
    this.#button.setAttribute("aria-expanded", String(open));
  }

  #entry(example: Example): HTMLElement {
    const sign = element("span", { class: "sign" });
    const link = element("a", { href: fragmentOf(example.id) }, example.title, sign);
    this.#entries.set(example.id, { link, sign });
    return element("li", {}, link);
  }
}
