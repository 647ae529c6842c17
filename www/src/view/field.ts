// A parameter's number in the shown source, to be changed where it stands. It is text that can be edited and no input,
// so that selecting, searching and wrapping treat the source as one text.
import { spelled, typedFrom, type Literal } from "../editor/literals";
import type { Parameter } from "../generated/events";
import { check } from "../state/parameters";
import { element, setAttribute, setText } from "./element";

export class Field {
  readonly literal: Literal;
  readonly node: HTMLElement;
  readonly #parameter: Parameter;

  constructor(literal: Literal, parameter: Parameter, typed: (name: string, text: string) => void) {
    this.literal = literal;
    this.#parameter = parameter;
    this.node = element("span", {
      class: "literal tok-number",
      role: "textbox",
      tabindex: "0",
      contenteditable: "true",
      inputmode: "decimal",
      spellcheck: "false",
      "aria-label": `${parameter.label}, in the source`,
      "aria-describedby": `parameter-${literal.name}-problem`,
    });
    this.node.addEventListener("beforeinput", (event) => this.#admit(event));
    this.node.addEventListener("input", () => typed(literal.name, typedFrom(this.text)));
    this.node.addEventListener("keydown", (event) => {
      // Escape stops the run everywhere; here it leaves the number, as it leaves the editor.
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      this.node.closest("pre")?.focus();
    });
  }

  get text(): string {
    return this.node.textContent ?? "";
  }

  update(typed: string): void {
    const checked = check(this.#parameter, typed);
    // What is being typed stays as it is, where the source would spell the same number in another way.
    if (typedFrom(this.text) !== typed) setText(this.node, spelled(this.literal, typed));
    setAttribute(this.node, "aria-invalid", "problem" in checked ? "true" : null);
    this.node.title = "problem" in checked ? checked.problem : this.#parameter.label;
  }

  /** Lets plain text in, of one line; the rest would bring its own elements along. */
  #admit(event: InputEvent): void {
    const { inputType } = event;
    if (inputType.startsWith("format") || inputType === "insertParagraph" || inputType === "insertLineBreak") {
      event.preventDefault();
    } else if (inputType === "insertFromPaste" || inputType === "insertFromDrop") {
      event.preventDefault();
      const pasted = event.dataTransfer?.getData("text/plain") ?? "";
      const selection = getSelection();
      if (selection === null || selection.rangeCount === 0) return;
      const range = selection.getRangeAt(0);
      range.deleteContents();
      range.insertNode(document.createTextNode(pasted.replace(/\s+/g, "")));
      range.collapse(false);
      this.node.normalize();
      this.node.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}
