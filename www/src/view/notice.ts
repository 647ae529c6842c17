// Says where the version on show comes from, with the way back to another.
import type { Notice, Version } from "../state/version";
import { element, setAttribute } from "./element";

export interface NoticeListener {
  restore(): void;
  bringBack(version: Version): void;
  dismiss(): void;
}

export class NoticeView {
  readonly node = element("div", { class: "notice" });
  readonly #listener: NoticeListener;
  // Always in the page, as a live region that appears together with its text is not heard everywhere.
  readonly #text = element("p", { role: "status" });
  readonly #buttons = element("div", { class: "tools" });
  #shown: Notice | null = null;

  constructor(listener: NoticeListener) {
    this.#listener = listener;
    this.node.append(this.#text, this.#buttons);
  }

  update(notice: Notice | null): void {
    if (notice === this.#shown) return;
    this.#shown = notice;
    const focused = this.#buttons.contains(document.activeElement);
    setAttribute(this.node, "data-shown", notice === null ? null : "");
    this.#text.textContent = notice === null ? "" : sentence(notice);
    this.#buttons.replaceChildren(...(notice === null ? [] : this.#actions(notice)));
    // A button that has done its work is gone, and the focus must not be gone with it.
    if (focused) this.#buttons.querySelector("button")?.focus();
  }

  #actions(notice: Notice): HTMLElement[] {
    const { restore, bringBack, dismiss } = this.#listener;
    const close = button("Dismiss", dismiss);
    switch (notice.kind) {
      case "restored":
        return [button("Restore the original", restore), close];
      case "shared": {
        const { own } = notice;
        if (own === null) return [button("Show the original", restore), close];
        return [button("Show my version", () => bringBack(own)), close];
      }
      case "original":
        return [button("Undo", () => bringBack(notice.before)), close];
      case "problem":
        return [close];
    }
  }
}

function sentence(notice: Notice): string {
  switch (notice.kind) {
    case "restored":
      return "Your edited version is shown.";
    case "shared": {
      const shared = "This version was shared with you by a link. It has not been run.";
      return notice.problem === null ? shared : `${shared} ${notice.problem}`;
    }
    case "original":
      return "The original is shown.";
    case "problem":
      return notice.text;
  }
}

function button(name: string, pressed: () => void): HTMLButtonElement {
  const node = element("button", { type: "button", class: "small" }, name);
  node.addEventListener("click", () => pressed());
  return node;
}
