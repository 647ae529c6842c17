// Colours a program's text by the Lezer parsers. Loaded after the first paint, as the text reads well without it.
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser as python } from "@lezer/python";
import { parser as rust } from "@lezer/rust";
import { element } from "./element";

export type Language = "python" | "rust";

const PARSERS = { python, rust };

export function highlighted(language: Language, code: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  highlightCode(
    code,
    PARSERS[language].parse(code),
    classHighlighter,
    (text, classes) => fragment.append(classes === "" ? text : element("span", { class: classes }, text)),
    () => fragment.append("\n"),
  );
  return fragment;
}
