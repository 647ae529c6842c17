// A program's question, and the field for the reader's answer.
import { element, setText } from "./element";

export interface QuestionListener {
  /** Null is the end of all input. */
  answer(line: string | null): void;
}

export class Question {
  readonly node: HTMLFormElement;
  readonly #prompt = element("span");
  readonly #field = element("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "1000" });
  #asked: string | null = null;

  constructor(listener: QuestionListener) {
    const label = element("label", {}, this.#prompt, this.#field);
    const send = element("button", { type: "submit", class: "small" }, "Answer");
    const end = element("button", { type: "button", class: "small" }, "No more input");
    this.node = element("form", { class: "question", "aria-label": "The program asks" }, label, send, end);
    this.node.hidden = true;
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      listener.answer(this.#field.value);
      this.#field.value = "";
    });
    end.addEventListener("click", () => listener.answer(null));
  }

  update(asks: string | null): void {
    if (asks === this.#asked) return;
    this.#asked = asks;
    this.node.hidden = asks === null;
    if (asks === null) return;
    setText(this.#prompt, asks.trim() === "" ? "The program waits for a line of input:" : asks);
    // A program that is run and asks is what the reader waits for, unless the reader writes elsewhere.
    if (document.activeElement?.closest(".cm-content, input") === null) this.#field.focus();
  }
}
