// The part of the address after `#` names the example on show, so that every section has a link of its own.
import type { Catalog } from "../catalog";

/** Example that the fragment names, if there is such a one. */
export function exampleIn(fragment: string, catalog: Catalog): string | null {
  const [name] = fragment.replace(/^#/, "").split("?");
  return catalog.find((example) => example.id === name)?.id ?? null;
}

export function fragmentOf(example: string): string {
  return `#${example}`;
}
