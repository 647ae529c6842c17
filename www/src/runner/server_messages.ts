// The edge where the local server's messages enter the page: notices, and batches of events that are those of a browser's run.
import type { Batch, Notice } from "../generated/events";
import { parseBatch } from "./batch";

type Hello = Extract<Notice, { type: "hello" }>;
type Refused = Extract<Notice, { type: "refused" }>;

/** Reads a message of the server; null if it is none, as then nothing that it says can be relied on. */
export function parseServerMessage(data: unknown): Notice | Batch | null {
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
