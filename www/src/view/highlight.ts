// Colours Rust by its Lezer parser. Loaded after the first paint, as the text reads well without it.
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { parser } from "@lezer/rust";

export interface Token {
  readonly text: string;
  /** Classes of `lesson.css`, or none. */
  readonly classes: string;
}

export function tokensOf(rust: string): Token[] {
  const tokens: Token[] = [];
  highlightCode(
    rust,
    parser.parse(rust),
    classHighlighter,
    (text, classes) => tokens.push({ text, classes }),
    () => tokens.push({ text: "\n", classes: "" }),
  );
  return tokens;
}
