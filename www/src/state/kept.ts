// The reader's versions in the browser's storage, one entry an example. Storage may be denied, full, or hold what an
// older page wrote; nothing of that may keep the page from working.
import type { Example } from "../generated/events";
import { defaultsOf } from "./parameters";
import { changedIn, isOriginal, type Version } from "./version";

const keyOf = (example: Example): string => `version:${example.id}`;

/** The reader's version, or null where there is none that can be read. */
export function readKept(storage: () => Storage, example: Example): Version | null {
  try {
    const text = storage().getItem(keyOf(example));
    return text === null ? null : parse(example, JSON.parse(text));
  } catch {
    return null;
  }
}

/** Keeps a version, or forgets it if it is the original; says whether that worked. */
export function keep(storage: () => Storage, example: Example, version: Version): boolean {
  try {
    if (isOriginal(example, version)) storage().removeItem(keyOf(example));
    else {
      const { python, typed } = version;
      storage().setItem(keyOf(example), JSON.stringify({ python, typed: changedIn(example, typed) }));
    }
    return true;
  } catch {
    return false;
  }
}

function parse(example: Example, value: unknown): Version | null {
  if (typeof value !== "object" || value === null || !("python" in value) || !("typed" in value)) return null;
  const { python, typed } = value;
  if ((python !== null && typeof python !== "string") || typeof typed !== "object" || typed === null) return null;
  const known = Object.keys(defaultsOf(example));
  const texts = Object.entries(typed).filter(([name, text]) => known.includes(name) && typeof text === "string");
  const version = { python, typed: { ...defaultsOf(example), ...Object.fromEntries(texts) } };
  return isOriginal(example, version) ? null : version;
}
