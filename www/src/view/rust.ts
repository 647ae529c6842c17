// The Rust program that runs: to be read, but for the numbers of its parameters, which can be changed in it.
import { literalsIn, withNumbers, type Literal } from "../editor/literals";
import type { Example } from "../generated/events";
import type { Typed } from "../state/parameters";
import { element } from "./element";
import { Field } from "./field";
import type { Token } from "./highlight";
import { Listing, whenIdle } from "./listing";

export class RustView {
  readonly node: HTMLElement;
  readonly note: HTMLElement;
  readonly #typed: (name: string, text: string) => void;
  readonly #code = element("code");
  #example: Example | null = null;
  #text = "";
  #fields: readonly Field[] = [];

  constructor(typed: (name: string, text: string) => void) {
    this.#typed = typed;
    // Wide lines scroll, and whoever has no pointer scrolls them by keys, so the text takes the focus.
    const text = element("pre", { tabindex: "0", role: "group", "aria-label": "Rust code" }, this.#code);
    const listing = new Listing("Rust", text, () => this.#copied());
    this.node = listing.node;
    this.note = listing.note;
  }

  update(example: Example, typed: Typed): void {
    if (example !== this.#example) this.#show(example);
    for (const field of this.#fields) field.update(typed[field.literal.name] ?? "");
  }

  #show(example: Example): void {
    const text = example.rust.trimEnd();
    this.#example = example;
    this.#text = text;
    this.#fields = literalsIn(text).flatMap((literal) => {
      const parameter = example.parameters.find(({ name }) => name === literal.name);
      return parameter === undefined ? [] : [new Field(literal, parameter, this.#typed)];
    });
    this.#code.replaceChildren(...this.#nodes([{ text, classes: "" }]));
    whenIdle(async () => {
      const { tokensOf } = await import("./highlight");
      // Another section may have been opened while the parser was loaded, or a number may be half typed.
      if (text === this.#text && !this.#code.contains(document.activeElement)) {
        this.#code.replaceChildren(...this.#nodes(tokensOf(text)));
      }
    });
  }

  /** The text in its colours, with a field in the place of each literal. */
  #nodes(tokens: readonly Token[]): (Node | string)[] {
    const nodes: (Node | string)[] = [];
    let position = 0;
    for (const { text, classes } of tokens) {
      const end = position + text.length;
      const within = this.#fields.filter(({ literal }) => literal.from >= position && literal.from < end);
      let from = position;
      const put = (to: number): void => {
        const piece = this.#text.slice(from, to);
        if (piece !== "") nodes.push(classes === "" ? piece : element("span", { class: classes }, piece));
      };
      for (const { literal, node } of within) {
        put(literal.from);
        nodes.push(node);
        from = literal.to;
      }
      put(end);
      position = Math.max(end, from);
    }
    return nodes;
  }

  #copied(): string {
    const shown = (literal: Literal): string =>
      this.#fields.find((field) => field.literal === literal)?.text ?? literal.text;
    const literals = this.#fields.map(({ literal }) => literal);
    return withNumbers(this.#text, literals, shown);
  }
}
