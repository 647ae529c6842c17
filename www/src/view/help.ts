// The list of keys, behind a button and behind the key `?`.
import { KEY_WORDS } from "../timeline/keys";
import { element } from "./element";

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Ctrl ↵", "Run the program, also from within the editor (⌘ ↵ on a Mac)"],
  ["Esc", "Stop the run; inside the editor, let Tab leave it"],
  ["Ctrl Shift L", "Copy a link to what is on show"],
  ["Tab", "Go on to the next control; once you type in the editor, indent"],
  ["← →", "Between the tabs of the languages, where the screen is narrow"],
  ["?", "Show this list, unless you are typing"],
];

export class Help {
  readonly button = element("button", { type: "button", class: "small", "aria-haspopup": "dialog" }, "Keyboard shortcuts");
  readonly node = element("dialog", { "aria-labelledby": "help-title" });

  constructor() {
    const close = element("button", { type: "button", class: "small" }, "Close");
    this.node.append(
      element("div", { class: "dialog-head" }, element("h2", { id: "help-title" }, "Keyboard shortcuts"), close),
      listOf(KEYS),
      element("h3", {}, "While the timeline has the focus, or under the pointer"),
      listOf(KEY_WORDS),
    );
    this.button.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.node.close());
    this.node.addEventListener("click", (event) => {
      if (event.target === this.node) this.node.close();
    });
  }

  open(): void {
    if (!this.node.open) this.node.showModal();
  }
}

function listOf(keys: readonly (readonly [keys: string, does: string])[]): HTMLElement {
  const rows = keys.flatMap(([names, does]) => [
    element("dt", {}, element("kbd", {}, names)),
    element("dd", {}, does),
  ]);
  return element("dl", { class: "keys" }, ...rows);
}
