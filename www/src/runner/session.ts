// One life of the program: a worker with its threads and their shared memory, from boot until it is ended. A session
// is never mended; whatever goes wrong in it, the runner ends it and makes the next one from the same module.
import type { Program } from "./host";
import type { Threads } from "./support";
import { interrupt, say } from "./mailbox";
import type { FromRunner, Mailbox, RunExample, ToRunner } from "./messages";

/** A start that takes longer has failed: threads need some hundred milliseconds, on a slow machine a few seconds. */
export const BOOT_LIMIT = 20_000;

export interface SessionListener {
  /** The threads are up. */
  ready(): void;
  /** The session is of no use: it did not start, or its worker broke outside a run. */
  broken(reason: string): void;
  /** A message of the events port, not yet parsed. */
  batch(message: unknown): void;
  returned(run: number): void;
  trap(message: string): void;
}

export class Session {
  listener: SessionListener;
  #booted = false;
  #mailbox: Mailbox | null = null;
  readonly #takesTurns: boolean;
  readonly #worker: Worker;
  readonly #events: MessagePort;
  readonly #limit: ReturnType<typeof setTimeout>;

  constructor(worker: Worker, { module, glue, site }: Program, threads: Threads, listener: SessionListener) {
    const { port1, port2 } = new MessageChannel();
    this.listener = listener;
    this.#takesTurns = threads.takeTurns;
    this.#worker = worker;
    this.#events = port1;
    this.#limit = setTimeout(
      () => this.listener.broken(`the threads did not start within ${BOOT_LIMIT / 1000} seconds`),
      BOOT_LIMIT,
    );
    worker.onmessage = ({ data }: MessageEvent<FromRunner>) => this.#hear(data);
    // The worker's script did not load, or it threw outside its own error handling.
    worker.onerror = (event) => this.listener.broken(event.message || "the runner's script could not be loaded");
    worker.onmessageerror = () => this.listener.broken("the runner sent a message that cannot be read");
    port1.onmessage = ({ data }: MessageEvent<unknown>) => this.listener.batch(data);
    const { count, takeTurns: takesTurns } = threads;
    this.#tell({ type: "boot", module, glue, site, port: port2, threads: count, takesTurns }, [port2]);
  }

  /** Whether its threads are up. */
  get booted(): boolean {
    return this.#booted;
  }

  run(request: RunExample): void {
    this.#tell(request, []);
  }

  /** Answers a program that waits for input; null is the end of all input. */
  answer(line: string | null): void {
    if (this.#mailbox !== null) say(this.#mailbox, line);
  }

  /** Has the program interrupted, and says whether it can be: one whose threads take turns hears of nothing while it computes. */
  interrupt(): boolean {
    if (this.#mailbox === null || this.#takesTurns) return false;
    interrupt(this.#mailbox);
    return true;
  }

  /** Ends the worker and all its threads at once, whatever they are doing; nothing more is heard from them. */
  end(): void {
    clearTimeout(this.#limit);
    this.#worker.onmessage = this.#worker.onerror = this.#worker.onmessageerror = null;
    this.#events.onmessage = null;
    this.#events.close();
    this.#worker.terminate();
  }

  #hear(message: FromRunner): void {
    const { listener } = this;
    switch (message.type) {
      case "ready":
        clearTimeout(this.#limit);
        this.#booted = true;
        this.#mailbox = message.mailbox;
        return listener.ready();
      case "boot_failed":
        return listener.broken(message.message);
      case "returned":
        return listener.returned(message.run);
      case "trap":
        return listener.trap(message.message);
    }
  }

  #tell(message: ToRunner, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer);
  }
}
