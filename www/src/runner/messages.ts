// The messages between the page and its runner worker, both directions. Events take another way, as JSON text on the
// port of `Boot`, because the worker's own thread is blocked while a program runs and only its wasm can write.

/** First message to a worker: loads the program and starts its threads. */
export interface Boot {
  readonly type: "boot";
  /** Compiled once by the page and shared by every session. */
  readonly module: WebAssembly.Module;
  /** Address of the JavaScript that belongs to the module. */
  readonly glue: string;
  /** What examples download lies below this address. */
  readonly site: string;
  /** Where the program writes its events. */
  readonly port: MessagePort;
  /** Threads to start before the first run, since a warm thread takes a task at once. */
  readonly threads: number;
  /** Whether the threads take turns in the worker, as where no memory can be shared. */
  readonly takesTurns: boolean;
}

/** Runs an example; the worker hears nothing more until it has ended. */
export interface RunExample {
  readonly type: "run";
  readonly run: number;
  readonly example: string;
  /** JSON object of numbers by parameter name. */
  readonly parameters: string;
  /** The text of a Python program, which runs in the example's place. */
  readonly source: string | null;
}

export type ToRunner = Boot | RunExample;

/** The threads are up, and `run` will be answered. */
export interface Ready {
  readonly type: "ready";
  /** Where a program that waits for input looks for it, if it can. */
  readonly mailbox: Mailbox | null;
}

/** A place in the program's memory: three words, and bytes of text. */
export interface Mailbox {
  readonly buffer: ArrayBufferLike;
  readonly address: number;
}

/** The program could not be loaded or its threads could not be started. */
export interface BootFailed {
  readonly type: "boot_failed";
  readonly message: string;
}

/** The program came back from this run; its last events may still be on their way. */
export interface Returned {
  readonly type: "returned";
  readonly run: number;
}

/** The program's own thread trapped: no later event of this run can be relied on. */
export interface Trap {
  readonly type: "trap";
  readonly run: number;
  readonly message: string;
}

export type FromRunner = Ready | BootFailed | Returned | Trap;
