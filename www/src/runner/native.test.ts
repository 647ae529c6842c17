// The native runner against a server that does what each test says.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Event } from "../generated/events";
import { GRACE } from "./grace";
import { LOST, NativeRunner, SILENCE } from "./native";
import { runNumbers } from "./run_numbers";

/** Stands in for a connection: remembers what was sent and says what it is told to say. */
class Line {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: unknown[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

const hello = { type: "hello", processors: 2, system: "linux x86_64" };
const started: Event = { type: "run_started", example: "wait", backend: "native" };
const ended: Event = { type: "run_ended", at: 9, outcome: { kind: "finished" } };

let lines: Line[];
let said: string[];
let runner: NativeRunner;

beforeEach(() => {
  vi.useFakeTimers();
  [lines, said] = [[], []];
  const connect = (): WebSocket => {
    const line = new Line();
    lines.push(line);
    return line as unknown as WebSocket;
  };
  runner = new NativeRunner(connect, runNumbers(), {
    preparing: () => undefined,
    ready: () => said.push("ready"),
    welcomed: (system, processors) => said.push(`${system} ${processors}`),
    unavailable: (reason) => said.push(`unavailable: ${reason}`),
    events: (run, events) => said.push(`${run}: ${events.map(({ type }) => type).join(" ")}`),
    stopping: (run) => said.push(`${run} stopping`),
    ended: (run, outcome) => said.push(`${run} ${outcome.kind}`),
  });
});

afterEach(() => vi.useRealTimers());

function latest(): Line {
  const line = lines.at(-1);
  if (line === undefined) throw new Error("nobody has connected");
  return line;
}

test("a run asked for early waits for the server's greeting", () => {
  expect(runner.run("wait", { tasks: 3 })).toBe(1);
  expect(latest().sent).toEqual([]);
  latest().say(hello);
  expect(latest().sent).toEqual([{ type: "run", run: 1, example: "wait", parameters: { tasks: 3 }, source: null }]);
  latest().say({ run: 1, events: [started, ended] });
  expect(said).toEqual(["linux x86_64 2", "ready", "1: run_started run_ended"]);
  vi.advanceTimersByTime(SILENCE * 2);
  expect(said).toHaveLength(3);
});

describe("stop of a Python program", () => {
  beforeEach(() => {
    runner.prepare();
    latest().say(hello);
    runner.run("wait", {}, "input()");
    latest().say({ run: 1, events: [started] });
    runner.stop();
  });

  test("interrupts it, and hears its own end", () => {
    expect(latest().sent.at(-1)).toEqual({ type: "interrupt", run: 1 });
    latest().say({ run: 1, events: [ended] });
    vi.advanceTimersByTime(GRACE * 2);
    expect(latest().sent.at(-1)).toEqual({ type: "interrupt", run: 1 });
    expect(said.slice(2)).toEqual(["1: run_started", "1 stopping", "1: run_ended"]);
  });

  test("ends it if it goes on", () => {
    vi.advanceTimersByTime(GRACE);
    expect(latest().sent.at(-1)).toEqual({ type: "stop", run: 1 });
    expect(said.slice(2)).toEqual(["1: run_started", "1 stopping", "1 stopped"]);
  });

  test("ends it when it is asked for again", () => {
    runner.stop();
    expect(latest().sent.at(-1)).toEqual({ type: "stop", run: 1 });
  });
});

test("stop ends the run here at once, and what still comes of it is stale", () => {
  runner.prepare();
  latest().say(hello);
  runner.run("endless-loop", {});
  latest().say({ run: 1, events: [started] });
  runner.stop();
  latest().say({ run: 1, events: [ended] });
  expect(latest().sent.at(-1)).toEqual({ type: "stop", run: 1 });
  expect(said.slice(2)).toEqual(["1: run_started", "1 stopped"]);
});

test("a refusal fails the run and keeps the connection", () => {
  runner.run("wait", {});
  latest().say(hello);
  latest().say({ type: "refused", run: 1, reason: "too many runs" });
  expect(said.at(-1)).toBe("1 failed");
  runner.run("wait", {});
  expect(lines).toHaveLength(1);
});

test.each([
  ["a connection that breaks", () => latest().onclose?.()],
  ["a message that is none", () => latest().say("nonsense")],
  ["a server that falls silent", () => vi.advanceTimersByTime(SILENCE + 1)],
])("%s fails the run, and the next one connects again", (_, breakIt) => {
  runner.run("wait", {});
  latest().say(hello);
  breakIt();
  expect(said.slice(2)).toEqual([`unavailable: ${LOST}`, "1 failed"]);
  expect(latest().closed).toBe(true);
  runner.run("wait", {});
  latest().say(hello);
  expect(lines).toHaveLength(2);
  expect(latest().sent).toMatchObject([{ type: "run", run: 2 }]);
});

test("heartbeats keep a quiet run alive", () => {
  runner.run("wait", {});
  latest().say(hello);
  for (let second = 0; second < 60; second += 1) {
    vi.advanceTimersByTime(1_000);
    latest().say({ run: 1, events: [] });
  }
  expect(said).toEqual(["linux x86_64 2", "ready"]);
});
