// Offers a new version of the page, which waits until the reader wants it: a reload ends a run.
import { element } from "./element";

export class UpdateView {
  readonly #text = element("p", { role: "status" });
  readonly node = element("div", { class: "update" }, this.#text);

  offer(take: () => void): void {
    const reload = element("button", { type: "button", class: "small" }, "Reload");
    reload.addEventListener("click", () => take());
    this.#text.textContent = "A new version of this page is there.";
    this.node.replaceChildren(this.#text, reload);
    this.node.dataset.shown = "";
  }
}
