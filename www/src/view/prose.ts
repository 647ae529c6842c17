// The sections' texts: paragraphs with `code` and *emphasis*, which is all the markup they use.
import { element } from "./element";

export interface Span {
  readonly kind: "text" | "code" | "emphasis";
  readonly text: string;
}

export function spansOf(paragraph: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of paragraph.matchAll(/`([^`]+)`|\*([^*\s][^*]*)\*/g)) {
    if (match.index > end) spans.push({ kind: "text", text: paragraph.slice(end, match.index) });
    const [whole, code, emphasis = ""] = match;
    spans.push(code === undefined ? { kind: "emphasis", text: emphasis } : { kind: "code", text: code });
    end = match.index + whole.length;
  }
  if (end < paragraph.length) spans.push({ kind: "text", text: paragraph.slice(end) });
  return spans;
}

export function proseOf(text: string): HTMLElement[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => element("p", {}, ...spansOf(paragraph).map(nodeOf)));
}

function nodeOf({ kind, text }: Span): Node | string {
  if (kind === "text") return text;
  return element(kind === "code" ? "code" : "em", {}, text);
}
