// The document's Python beside the Rust that runs.
import type { Example } from "../generated/events";
import { copyButton } from "./copy";
import { element } from "./element";
import type { Language } from "./highlight";
import { Tabs } from "./tabs";

class Listing {
  readonly node: HTMLElement;
  readonly note = element("span", { class: "note" });
  readonly #language: Language;
  readonly #code = element("code");
  #text = "";

  constructor(language: Language, title: string) {
    this.#language = language;
    const head = element(
      "div",
      { class: "panel-head" },
      element("h2", {}, title),
      this.note,
      copyButton(`${title} code`, () => this.#text),
    );
    // Wide lines scroll, and whoever has no pointer scrolls them by keys, so the text takes the focus.
    const text = element("pre", { tabindex: "0", role: "group", "aria-label": `${title} code` }, this.#code);
    this.node = element("section", { class: "panel listing" }, head, text);
  }

  show(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#code.replaceChildren(text);
    whenIdle(async () => {
      const { highlighted } = await import("./highlight");
      // Another section may have been opened while the parser was loaded.
      if (text === this.#text) this.#code.replaceChildren(highlighted(this.#language, text));
    });
  }
}

export class CodeView {
  readonly node: HTMLElement;
  readonly #python = new Listing("python", "Python");
  readonly #rust = new Listing("rust", "Rust");

  constructor() {
    const panels = [
      { id: "python", label: "Python", node: this.#python.node },
      { id: "rust", label: "Rust", node: this.#rust.node },
    ];
    this.#rust.note.textContent = "what runs here";
    this.node = new Tabs("Language", panels, matchMedia("(max-width: 63.99rem)")).node;
  }

  update(example: Example): void {
    this.#python.note.textContent = example.section === "tutorial" ? "the tutorial's program" : "the same in Python";
    this.#python.show(example.python.trimEnd());
    this.#rust.show(example.rust.trimEnd());
  }
}

/** Colours can wait for the threads; Safari has no idle callbacks. */
function whenIdle(work: () => Promise<void>): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(() => void work(), { timeout: 1_000 });
  else setTimeout(() => void work(), 200);
}
