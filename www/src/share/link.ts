// What a link says about an example: its numbers, where it runs, and an edited text. A fragment never reaches a server,
// and reads well while the text is the original: `#thread-pool-basics?max_workers=2`.
import type { Catalog } from "../catalog";
import type { Example } from "../generated/events";
import { exampleIn, fragmentOf } from "../state/address";
import type { Backend } from "../state/app";
import { check, type Typed } from "../state/parameters";
import { changedIn, type Version } from "../state/version";
import { pack, PACKED_LIMIT, unpack } from "./packing";

/** Names that no parameter has: where the program runs, and its packed text. */
const BACKEND = "b";
const PYTHON = "python";

export interface Link {
  readonly example: Example;
  /** The numbers that it names. */
  readonly typed: Typed;
  /** Null where it leaves the choice to the page. */
  readonly backend: Backend | null;
  /** Null where the text is the original. */
  readonly packed: string | null;
  /** What of it cannot be used, in a sentence. */
  readonly problem: string | null;
}

/** Reads a fragment; null if it names no example, or nothing but one. */
export function readLink(fragment: string, catalog: Catalog): Link | null {
  const id = exampleIn(fragment, catalog);
  const example = catalog.find((candidate) => candidate.id === id);
  const mark = fragment.indexOf("?");
  if (example === undefined || mark < 0) return null;
  const typed: Record<string, string> = {};
  let problem: string | null = null;
  let backend: Backend | null = null;
  let packed: string | null = null;
  for (const [name, text] of new URLSearchParams(fragment.slice(mark + 1))) {
    const parameter = example.parameters.find((candidate) => candidate.name === name);
    if (name === BACKEND && (text === "browser" || text === "native")) backend = text;
    else if (name === PYTHON && text.length <= PACKED_LIMIT) packed = text;
    else if (name === PYTHON) problem = "The program in this link is too long to be read, so the original is shown.";
    else if (parameter !== undefined && "value" in check(parameter, text)) typed[name] = text;
    else problem ??= `This link says something about “${name.slice(0, 40)}” that cannot be used; the rest is shown.`;
  }
  return { example, typed, backend, packed, problem };
}

/** The text in a link, or null and a sentence if it cannot be read. */
export async function pythonOf({ packed, problem }: Link): Promise<{ python: string | null; problem: string | null }> {
  if (packed === null) return { python: null, problem };
  try {
    return { python: await unpack(packed), problem };
  } catch {
    const why = "DecompressionStream" in globalThis ? "is damaged" : "cannot be unpacked by this browser";
    return { python: null, problem: `The program in this link ${why}, so the original is shown.` };
  }
}

/** The fragment of a link to this version; throws an error if its text is too long for one. */
export async function fragmentFor(example: Example, version: Version, backend: Backend | null): Promise<string> {
  const query = new URLSearchParams(changedIn(example, version.typed));
  if (backend !== null && backend !== "browser") query.set(BACKEND, backend);
  if (version.python !== null) {
    const packed = await pack(version.python);
    if (packed.length > PACKED_LIMIT) throw new Error("the program is too long for a link");
    query.set(PYTHON, packed);
  }
  const text = query.toString();
  return fragmentOf(example.id) + (text === "" ? "" : `?${text}`);
}
