// Runs examples natively: the local server starts each run as a process of its own and sends its events over a
// WebSocket. It keeps the runner's two promises in its own way: a run that the server cannot end any more ends here,
// and the next one connects again.
import type { Event, Outcome, ToServer } from "../generated/events";
import { Grace } from "./grace";
import type { RunnerListener } from "./runner";
import { parseServerMessage } from "./server_messages";
import { Watchdog } from "./watchdog";

/** Silence that is taken for the loss of the server, which tells once a second that a run goes on. */
export const SILENCE = 15_000;

export const NO_SERVER =
  "Native runs need the playground's local server: `cargo xtask serve` starts it and prints an address that has them.";
export const LOST =
  "The local server does not answer any more. If it has ended, start it again and open the address that it prints.";

export interface NativeListener extends RunnerListener {
  /** What the server runs on. */
  welcomed(system: string, processors: number): void;
}

/** Makes a connection; the tests bring their own. */
export type Connect = () => WebSocket;

export class NativeRunner {
  readonly #connect: Connect;
  readonly #listener: NativeListener;
  readonly #nextRun: () => number;
  readonly #watchdog = new Watchdog(() => this.#lose());
  readonly #grace = new Grace(() => this.end());
  #socket: WebSocket | null = null;
  #open = false;
  /** Asked for while the connection is being made. */
  #waiting: ToServer | null = null;
  /** The run whose end has not been heard. */
  #running: number | null = null;
  /** Whether it can be interrupted: Python programs can. */
  #hears = false;
  /** The last run; events of any other are stale. */
  #latest: number | null = null;

  constructor(connect: Connect, nextRun: () => number, listener: NativeListener) {
    this.#connect = connect;
    this.#nextRun = nextRun;
    this.#listener = listener;
  }

  /** Connects, unless there is a connection. */
  prepare(): void {
    if (this.#socket !== null) return;
    this.#listener.preparing();
    const socket = this.#connect();
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    socket.onclose = () => this.#lose();
  }

  /**
   * Starts an example, or in its place the Python program `source`, instead of what may be running, and returns the number of the run.
   */
  run(example: string, parameters: Readonly<Record<string, number>>, source: string | null = null): number {
    this.end();
    this.#hears = source !== null;
    const run = this.#nextRun();
    this.#running = this.#latest = run;
    const request: ToServer = { type: "run", run, example, parameters, source };
    this.prepare();
    if (this.#open) this.#send(request);
    else this.#waiting = request;
    return run;
  }

  /** Ends the run: a program that can be interrupted is, and ended if it goes on, or if this is called again. */
  stop(): void {
    const run = this.#running;
    if (run === null) return;
    if (this.#grace.lasts || this.#waiting !== null || !this.#hears) return this.end();
    this.#socket?.send(JSON.stringify({ type: "interrupt", run } satisfies ToServer));
    this.#grace.begin();
    this.#listener.stopping(run);
  }

  /** Ends the run at once. */
  end(): void {
    const run = this.#running;
    if (run === null) return;
    if (this.#waiting === null) this.#socket?.send(JSON.stringify({ type: "stop", run } satisfies ToServer));
    this.#finish({ kind: "stopped" });
  }

  /** Answers the program that runs and waits for input; null is the end of all input. */
  answer(line: string | null): void {
    const run = this.#running;
    if (run !== null) this.#socket?.send(JSON.stringify({ type: "input", run, line } satisfies ToServer));
  }

  #send(request: ToServer): void {
    this.#watchdog.guard("the server has fallen silent", SILENCE);
    this.#socket?.send(JSON.stringify(request));
  }

  #hear(data: unknown): void {
    const message = parseServerMessage(data);
    if (message === null) return this.#lose();
    if ("events" in message) return this.#batch(message.run, message.events);
    if (message.type === "refused") {
      if (message.run === this.#running) this.#finish({ kind: "failed", error: message.reason, line: null });
      return;
    }
    this.#open = true;
    this.#listener.welcomed(message.system, message.processors);
    this.#listener.ready();
    const request = this.#waiting;
    this.#waiting = null;
    if (request !== null) this.#send(request);
  }

  #batch(run: number, events: readonly Event[]): void {
    if (run !== this.#latest) return;
    if (this.#running !== null) this.#watchdog.signOfLife();
    if (events.length > 0) this.#listener.events(run, events);
    if (events.some(({ type }) => type === "run_ended")) {
      this.#grace.over();
      this.#watchdog.clear();
      this.#running = null;
    }
  }

  /** Gives the connection up; the server ends what it ran for it. */
  #lose(): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = null;
    this.#open = false;
    this.#listener.unavailable(LOST);
    if (this.#running !== null) this.#finish({ kind: "failed", error: LOST, line: null });
  }

  /** Ends the run in the server's place. What it still sends of this run is stale. */
  #finish(outcome: Outcome): void {
    const run = this.#running;
    this.#grace.over();
    this.#watchdog.clear();
    this.#running = this.#latest = null;
    this.#waiting = null;
    if (run !== null) this.#listener.ended(run, outcome);
  }
}

/** Connects to the server that the page came from. */
export function connectWith(token: string): Connect {
  return () => {
    const address = new URL("ws", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    // A browser's WebSocket cannot send a header of its own, but it can offer protocols.
    return new WebSocket(address, ["playground", `token.${token}`]);
  };
}
