// Runs examples, one at a time, and promises two things: a run always ends, and the next one always works.
//
// A session is `booting`, then `ready`. A run asked for while it boots waits for it. After a trap anywhere in its memory
// a session is `tainted`: locks may be held for ever and the heap may be damaged, so it serves its run to the end and
// is then replaced. A worker with a memory of its own takes nothing with it. Stop interrupts a program that can be
// interrupted, and replaces its session if that does not end it in a moment.
import type { Batch, Event, Outcome } from "../generated/events";
import { isIsolated } from "../state/run";
import { parseBatch } from "./batch";
import { Grace } from "./grace";
import type { Host } from "./host";
import type { RunExample } from "./messages";
import { Reserve } from "./reserve";
import { runNumbers } from "./run_numbers";
import type { Threads } from "./support";
import { Session } from "./session";
import { Watchdog } from "./watchdog";

/** Silence that is taken for the end of a run: the program tells once a second that it goes on. */
export const PATIENCE = 15_000;
/** The same after the loss of a worker, or after a trap. */
export const LOST_PATIENCE = 5_000;
/** Time for the last events to arrive after the program itself has ended. */
export const LAST_EVENTS = 500;

export interface RunnerListener {
  preparing(): void;
  ready(): void;
  unavailable(reason: string): void;
  events(run: number, events: readonly Event[]): void;
  /** The run was asked to end, and has a moment left. */
  stopping(run: number): void;
  /** The run ended without the program saying so. */
  ended(run: number, outcome: Outcome): void;
}

export class Runner {
  readonly #host: Host;
  readonly #threads: Threads;
  readonly #listener: RunnerListener;
  readonly #watchdog = new Watchdog((cause) => this.#finish({ kind: "failed", error: cause, line: null }));
  readonly #grace = new Grace(() => this.end());
  /** Made when the program is loaded. */
  #reserve: Reserve | null = null;
  #session: Session | null = null;
  #tainted = false;
  /** Asked for while the session boots. */
  #waiting: RunExample | null = null;
  /** The run whose end has not been heard. */
  #running: number | null = null;
  /** The last run given to this session; events of any other are stale. */
  #latest: number | null = null;
  /** Pools of this run whose workers have memories of their own. */
  #isolated = new Set<number>();
  readonly #nextRun: () => number;

  constructor(host: Host, threads: Threads, listener: RunnerListener, nextRun = runNumbers()) {
    this.#nextRun = nextRun;
    this.#host = host;
    this.#threads = threads;
    this.#listener = listener;
  }

  /** Loads the program, and warms the first session. */
  async prepare(): Promise<void> {
    this.#listener.preparing();
    try {
      const program = await this.#host.load();
      this.#reserve = new Reserve((listener) => new Session(this.#host.spawn(), program, this.#threads, listener));
    } catch (error) {
      this.#giveUp(`The program that runs the examples could not be loaded: ${messageOf(error)}.`);
      return;
    }
    this.#renew();
  }

  /**
   * Starts an example, or in its place the Python program `source`, instead of what may be running, and returns the number of the run.
   */
  run(example: string, parameters: Readonly<Record<string, number>>, source: string | null = null): number {
    this.end();
    this.#reserve?.pause();
    const run = this.#nextRun();
    this.#running = run;
    const request: RunExample = { type: "run", run, example, parameters: JSON.stringify(parameters), source };
    if (this.#session?.booted) this.#send(request);
    else this.#waiting = request;
    return run;
  }

  /** Ends the run: a program that can be interrupted is, and ended if it goes on, or if this is called again. */
  stop(): void {
    const run = this.#running;
    if (run === null) return;
    if (this.#grace.lasts || run !== this.#latest || this.#session?.interrupt() !== true) return this.end();
    this.#grace.begin();
    this.#listener.stopping(run);
  }

  /** Ends the run at once. */
  end(): void {
    if (this.#running !== null) this.#finish({ kind: "stopped" });
  }

  /** Answers the program that runs and waits for input; null is the end of all input. */
  answer(line: string | null): void {
    if (this.#running !== null) this.#session?.answer(line);
  }

  #send(request: RunExample): void {
    this.#latest = request.run;
    this.#isolated.clear();
    this.#watchdog.guard("the program has fallen silent, its memory may be locked", PATIENCE);
    this.#session?.run(request);
  }

  /** Ends the current session, if there is one, and goes on with the one in reserve or with a new one. */
  #renew(): void {
    this.#session?.end();
    this.#tainted = false;
    this.#latest = null;
    if (this.#reserve === null) return;
    this.#listener.preparing();
    this.#session = this.#reserve.take({
      ready: () => this.#ready(),
      broken: (reason) => this.#broken(reason),
      batch: (message) => this.#batch(message),
      returned: (run) => this.#returned(run),
      trap: (message) => this.#taint(message, LAST_EVENTS),
    });
    if (this.#session.booted) this.#ready();
  }

  #ready(): void {
    this.#listener.ready();
    const request = this.#waiting;
    this.#waiting = null;
    if (request === null) this.#reserve?.fill();
    else this.#send(request);
  }

  #broken(reason: string): void {
    if (this.#session?.booted) this.#taint(reason, LAST_EVENTS);
    else
      this.#giveUp(`The threads that run the examples could not be started: ${reason}. Reload the page to try again.`);
  }

  #giveUp(reason: string): void {
    this.#session?.end();
    this.#session = null;
    this.#listener.unavailable(reason);
    if (this.#running !== null) this.#finish({ kind: "failed", error: reason, line: null });
  }

  #batch(message: unknown): void {
    let batch: Batch;
    try {
      batch = parseBatch(message);
    } catch (error) {
      this.#taint(messageOf(error), LAST_EVENTS);
      return;
    }
    if (batch.run !== this.#latest) return;
    this.#watchdog.signOfLife();
    this.#listener.events(batch.run, batch.events);
    for (const event of batch.events) {
      if (event.type === "pool_started" && isIsolated(event.kind)) this.#isolated.add(event.pool);
      if (event.type === "worker_lost" && !this.#isolated.has(event.pool)) {
        this.#taint(`a worker was lost: ${event.cause}`, LOST_PATIENCE);
      }
      if (event.type === "run_ended") this.#over();
    }
  }

  #returned(run: number): void {
    if (run === this.#running) this.#watchdog.set("the program ended without reporting how", LAST_EVENTS);
  }

  /** Marks the session for replacement once its run has ended; without a run, that is now. */
  #taint(cause: string, patience: number): void {
    this.#tainted = true;
    if (this.#running === null) this.#renew();
    else this.#watchdog.set(cause, patience);
  }

  /** The program reported the end of its run. */
  #over(): void {
    this.#grace.over();
    this.#watchdog.clear();
    this.#running = null;
    if (this.#tainted || this.#host.once) this.#renew();
    else this.#reserve?.fill();
  }

  /** Ends the run in the program's place, which can no longer be heard. */
  #finish(outcome: Outcome): void {
    const run = this.#running;
    this.#grace.over();
    this.#watchdog.clear();
    this.#running = this.#waiting = null;
    if (run !== null) this.#listener.ended(run, outcome);
    // A run that still waited for its session has not touched it.
    if (this.#latest !== null || this.#tainted) this.#renew();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
