// The section on show: its title and its text.
import type { Catalog } from "../catalog";
import type { Example } from "../generated/events";
import { fragmentOf } from "../state/address";
import { element } from "./element";
import { proseOf } from "./prose";

export class Lesson {
  readonly title = element("h1", { tabindex: "-1" });
  readonly #text = element("div", { class: "prose" });
  readonly node = element("header", { class: "lesson" }, this.title, this.#text);
  #shown: Example | null = null;

  update(example: Example): void {
    if (example === this.#shown) return;
    this.#shown = example;
    this.title.textContent = example.title;
    this.#text.replaceChildren(...proseOf(example.text));
    document.title = `${example.title} · concurrent.futures playground`;
  }
}

/** Links to the sections before and after, for reading the tutorial in order. */
export class Neighbours {
  readonly node = element("nav", { class: "neighbours", "aria-label": "Neighbouring sections" });
  #shown = "";

  update(catalog: Catalog, selected: string): void {
    if (selected === this.#shown) return;
    this.#shown = selected;
    const place = catalog.findIndex((example) => example.id === selected);
    const links = [
      [place - 1, "previous", "Previous"],
      [place + 1, "next", "Next"],
    ] as const;
    this.node.replaceChildren(
      ...links.flatMap(([index, rel, word]) => {
        const example = catalog[index];
        if (example === undefined) return [];
        return [element("a", { href: fragmentOf(example.id), class: rel }, element("small", {}, word), example.title)];
      }),
    );
  }
}
