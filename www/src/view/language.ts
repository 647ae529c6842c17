// The switch between an example's two programs: which of them Run runs.
import type { Language } from "../state/app";
import { element } from "./element";

const CHOICES: readonly (readonly [Language, string])[] = [
  ["python", "Python"],
  ["rust", "Rust"],
];

export interface LanguageListener {
  language(language: Language): void;
}

export class LanguageSwitch {
  readonly node: HTMLElement;
  readonly #inputs: ReadonlyMap<Language, HTMLInputElement>;

  constructor(listener: LanguageListener) {
    const options = CHOICES.map(([language, label]) => {
      const id = `language-${language}`;
      const input = element("input", { type: "radio", name: "language", id, value: language });
      input.addEventListener("change", () => listener.language(language));
      return { language, input, label: element("label", { for: id }, label) };
    });
    this.#inputs = new Map(options.map(({ language, input }) => [language, input]));
    const choices = element("div", { class: "choices" }, ...options.flatMap(({ input, label }) => [input, label]));
    this.node = element("fieldset", { class: "backend language" }, element("legend", {}, "Run"), choices);
  }

  /** `hasChoice` is false where there is one program only. */
  update(language: Language, hasChoice: boolean): void {
    this.node.hidden = !hasChoice;
    for (const [choice, input] of this.#inputs) input.checked = choice === language;
  }
}
