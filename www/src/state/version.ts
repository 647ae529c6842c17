// What the reader has made of an example, its Python text and its numbers, and what the page says about where the
// version on show comes from.
import type { Example } from "../generated/events";
import type { App } from "./app";
import { defaultsOf, type Typed } from "./parameters";

export interface Version {
  /** Null while the text is the original. */
  readonly python: string | null;
  readonly typed: Typed;
}

export type Notice =
  /** The reader's own version of an earlier visit is on show. */
  | { readonly kind: "restored" }
  /** A link's version is on show, `own` is what the reader had, and `problem` what the link got wrong. */
  | { readonly kind: "shared"; readonly own: Version | null; readonly problem: string | null }
  /** The original is on show again, in place of `before`. */
  | { readonly kind: "original"; readonly before: Version }
  /** Something did not work; the sentence says what, and what holds instead. */
  | { readonly kind: "problem"; readonly text: string };

export function originalOf(example: Example): Version {
  return { python: null, typed: defaultsOf(example) };
}

export function versionOf(app: App, example: Example): Version {
  return { python: app.python[example.id] ?? null, typed: app.typed[example.id] ?? defaultsOf(example) };
}

/** The numbers that differ from the example's own. */
export function changedIn(example: Example, typed: Typed): Typed {
  const defaults = defaultsOf(example);
  return Object.fromEntries(Object.entries(typed).filter(([name, text]) => defaults[name] !== text));
}

export function isOriginal(example: Example, { python, typed }: Version): boolean {
  return python === null && Object.keys(changedIn(example, typed)).length === 0;
}

/** A text that has become the original again is no edit. */
export function editOf(example: Example, text: string): string | null {
  return text.trimEnd() === example.python.trimEnd() ? null : text;
}
