// The frame of a program: its language, a note, a button that copies it, and the program below.
import { copyButton } from "./copy";
import { element } from "./element";

export class Listing {
  readonly node: HTMLElement;
  readonly note = element("span", { class: "note" });
  /** Buttons beside "Copy". */
  readonly tools = element("span", { class: "tools" });

  constructor(title: string, body: HTMLElement, text: () => string) {
    this.tools.append(copyButton(`${title} code`, text));
    const head = element("div", { class: "panel-head" }, element("h2", {}, title), this.note, this.tools);
    this.node = element("section", { class: "panel listing" }, head, body);
  }
}

/** Colours and the editor can wait for the threads; Safari has no idle callbacks. */
export function whenIdle(work: () => Promise<void>): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(() => void work(), { timeout: 1_000 });
  else setTimeout(() => void work(), 200);
}
