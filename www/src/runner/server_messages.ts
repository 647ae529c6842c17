// The messages between the page and the local server, both directions; beside batches of events, which are the same as
// those of a browser's run.
import type { Batch } from "../generated/events";
import { parseBatch } from "./batch";

export type ToServer =
  | {
      readonly type: "run";
      readonly run: number;
      readonly example: string;
      readonly parameters: Readonly<Record<string, number>>;
    }
  | { readonly type: "stop"; readonly run: number };

/** The first message: what the server runs on. */
export interface Hello {
  readonly type: "hello";
  readonly processors: number;
  readonly system: string;
}

/** A run that cannot be started, and why. */
export interface Refused {
  readonly type: "refused";
  readonly run: number;
  readonly reason: string;
}

/** Reads a message of the server; null if it is none, as then nothing that it says can be relied on. */
export function parseServerMessage(data: unknown): Hello | Refused | Batch | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    if (isHello(value) || isRefused(value)) return value;
    return parseBatch(data);
  } catch {
    return null;
  }
}

function isHello(value: unknown): value is Hello {
  return hasType(value, "hello") && typeof value.processors === "number" && typeof value.system === "string";
}

function isRefused(value: unknown): value is Refused {
  return hasType(value, "refused") && typeof value.run === "number" && typeof value.reason === "string";
}

function hasType(value: unknown, type: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && "type" in value && value.type === type;
}
