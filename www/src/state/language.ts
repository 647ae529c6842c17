// The language that the reader runs programs in, kept from visit to visit.
import type { Language } from "./app";

const KEY = "language";

/** The kept choice, else the tutorial's own language. Storage may be denied. */
export function keptLanguage(storage: () => Storage): Language {
  try {
    return storage().getItem(KEY) === "rust" ? "rust" : "python";
  } catch {
    return "python";
  }
}

export function keepLanguage(storage: () => Storage, language: Language): void {
  try {
    storage().setItem(KEY, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
