// The edge where events enter the page: JSON text becomes typed events here or nowhere. What does not fit its type is
// refused as a whole, since a half-understood batch would draw a wrong picture.
import type { Batch, Event } from "../generated/events";

type Check = (value: unknown) => boolean;
/** One check a field, demanded by the compiler for every event type and every field of it. */
type Checks = { [Type in Event["type"]]: { [Field in keyof Omit<Extract<Event, { type: Type }>, "type">]: Check } };

const number: Check = (value) => typeof value === "number";
const truth: Check = (value) => typeof value === "boolean";
const text: Check = (value) => typeof value === "string";
const numberOrNull: Check = (value) => value === null || number(value);
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);
const outcome: Check = (value) =>
  isRecord(value) &&
  (value.kind === "finished" || value.kind === "stopped" || (value.kind === "failed" && text(value.error) && numberOrNull(value.line)));

const CHECKS: Checks = {
  run_started: { example: text, backend: text },
  text: {
    at: number,
    stream: oneOf("stdout", "stderr"),
    text,
    task: numberOrNull,
    pool: numberOrNull,
    worker: numberOrNull,
  },
  pool_started: { at: number, pool: number, kind: text, max_workers: number },
  pool_shutdown: { at: number, pool: number },
  worker_started: { at: number, pool: number, worker: number, name: text },
  worker_idle: { at: number, pool: number, worker: number },
  worker_ended: { at: number, pool: number, worker: number },
  worker_lost: { at: number, pool: number, worker: number, cause: text },
  task_submitted: { at: number, pool: number, task: number, name: text, by: numberOrNull },
  task_started: { at: number, task: number, worker: number },
  task_finished: { at: number, task: number },
  task_failed: { at: number, task: number, error: text, cause: oneOf("error", "timeout", "killed", "lost") },
  task_cancelled: { at: number, task: number },
  callback_called: { at: number, task: number },
  input_asked: { at: number, prompt: text },
  wait_started: { at: number, wait: number, call: text, task: numberOrNull },
  wait_ended: { at: number, wait: number, timed_out: truth },
  run_ended: { at: number, outcome },
};

/** Reads a message of the events port. Throws an error that names what is wrong with it. */
export function parseBatch(message: unknown): Batch {
  if (typeof message !== "string") throw new Error("a batch of events is not text");
  const batch: unknown = JSON.parse(message);
  if (!isRecord(batch) || typeof batch.run !== "number" || !Array.isArray(batch.events)) {
    throw new Error("a batch of events lacks its run or its events");
  }
  return { run: batch.run, events: batch.events.map(parseEvent) };
}

function parseEvent(value: unknown): Event {
  if (!isEvent(value)) throw new Error(`this is no event of a run: ${JSON.stringify(value)}`);
  return value;
}

function isEvent(value: unknown): value is Event {
  if (!isRecord(value) || typeof value.type !== "string" || !Object.hasOwn(CHECKS, value.type)) return false;
  const checks: Record<string, Check> = CHECKS[value.type as Event["type"]];
  return Object.entries(checks).every(([field, fits]) => fits(value[field]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
