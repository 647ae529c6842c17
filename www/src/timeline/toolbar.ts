// The buttons in the panel's head: the view, and what can be taken away from it.
import { element, setAttribute, setText } from "../view/element";

export interface ToolbarListener {
  zoom(factor: number): void;
  fit(): void;
  trace(): void;
  picture(): void;
}

const ZOOM = 0.6;

export class Toolbar {
  readonly node: HTMLElement;
  readonly #fit: HTMLButtonElement;
  readonly #exports: readonly HTMLButtonElement[];
  #going = false;
  #follows = true;

  constructor(listener: ToolbarListener) {
    const out = tool("−", "Zoom out", () => listener.zoom(1 / ZOOM));
    const closer = tool("+", "Zoom in", () => listener.zoom(ZOOM));
    this.#fit = tool("Fit", "Show the whole run", () => listener.fit());
    this.#fit.classList.add("fit");
    this.#exports = [
      tool("Trace", "Download as a Chrome trace, for Perfetto", () => listener.trace()),
      tool("PNG", "Download as a picture", () => listener.picture()),
    ];
    const view = element("div", { class: "tools", role: "group", "aria-label": "View" }, out, closer, this.#fit);
    const files = element("div", { class: "tools", role: "group", "aria-label": "Download" }, ...this.#exports);
    this.node = element("div", { class: "toolbar" }, view, files);
  }

  /** `going` is whether the run goes on, `filled` whether there is anything to take away. */
  update(going: boolean, filled: boolean): void {
    this.#going = going;
    this.#show();
    for (const button of this.#exports) setAttribute(button, "aria-disabled", filled ? null : "true");
  }

  follows(yes: boolean): void {
    this.#follows = yes;
    this.#show();
  }

  #show(): void {
    setText(this.#fit, this.#going ? "Follow" : "Fit");
    const what = this.#going ? "Follow the run" : "Show the whole run";
    setAttribute(this.#fit, "aria-label", what);
    setAttribute(this.#fit, "title", what);
    setAttribute(this.#fit, "aria-pressed", this.#follows ? "true" : "false");
  }
}

/** Not `disabled` where it cannot act, which would take the focus away from it. */
function tool(text: string, name: string, act: () => void): HTMLButtonElement {
  const button = element("button", { type: "button", class: "small", "aria-label": name, title: name }, text);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") act();
  });
  return button;
}
