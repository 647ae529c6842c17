// Panels that stand side by side where there is room and become tabs where there is not. Only then do they have the
// roles of tabs; side by side they are plain regions, and nothing is announced as hidden that is on show.
import { element, setAttribute } from "./element";

export interface Panel {
  readonly id: string;
  readonly label: string;
  readonly node: HTMLElement;
}

export class Tabs {
  readonly node: HTMLElement;
  readonly #panels: readonly Panel[];
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #list: HTMLElement;
  readonly #narrow: MediaQueryList;
  #selected = 0;

  constructor(label: string, panels: readonly Panel[], narrow: MediaQueryList) {
    this.#panels = panels;
    this.#narrow = narrow;
    this.#buttons = panels.map((panel, index) => {
      const button = element(
        "button",
        { type: "button", role: "tab", id: `tab-${panel.id}`, "aria-controls": panel.id },
        panel.label,
      );
      button.addEventListener("click", () => this.#select(index));
      button.addEventListener("keydown", (event) => this.#move(event, index));
      panel.node.id = panel.id;
      return button;
    });
    this.#list = element("div", { class: "tabs", role: "tablist", "aria-label": label }, ...this.#buttons);
    this.node = element("div", { class: "codes" }, this.#list, ...panels.map((panel) => panel.node));
    narrow.addEventListener("change", () => this.#arrange());
    this.#arrange();
  }

  #move(event: KeyboardEvent, index: number): void {
    const count = this.#panels.length;
    const targets: Record<string, number> = {
      ArrowRight: (index + 1) % count,
      ArrowLeft: (index + count - 1) % count,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.#select(target);
    this.#buttons[target]?.focus();
  }

  /** Brings a panel to the front where they are tabs. */
  show(index: number): void {
    if (index !== this.#selected) this.#select(index);
  }

  #select(index: number): void {
    this.#selected = index;
    this.#arrange();
  }

  #arrange(): void {
    const tabbed = this.#narrow.matches;
    this.#list.hidden = !tabbed;
    this.#panels.forEach(({ id, label, node }, index) => {
      const selected = index === this.#selected;
      node.hidden = tabbed && !selected;
      setAttribute(node, "role", tabbed ? "tabpanel" : "region");
      setAttribute(node, "aria-labelledby", tabbed ? `tab-${id}` : null);
      setAttribute(node, "aria-label", tabbed ? null : label);
      this.#buttons[index]?.setAttribute("aria-selected", String(selected));
      setAttribute(this.#buttons[index] ?? node, "tabindex", selected ? null : "-1");
    });
  }
}
