/**
 * Every message of the web back end, in one place. README.md beside this file tells who sends which when, and the
 * races. The Rust side builds `ToHub` messages in `../message.rs` and reads `FromHub` ones in `../hub.rs`.
 */

/** How one thread is to be started; each request brings its own, so the hub remembers no option. */
export interface ThreadOptions {
  /** Bytes of the thread's stack, a multiple of the 64 KiB of a wasm page. */
  stackSize: number;
  /** Milliseconds that a worker may take to say `ready` before it is given up. */
  startLimit: number;
}

/** What a worker needs to become an instance on the shared memory. */
export interface Program {
  /** Address of the wasm-bindgen glue, an ES module of `--target web`. */
  glue: string;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
}

/** To the hub, from whoever called `start` or from any thread. */
export type ToHub =
  /** First message, from the starter: where the scripts are, and how the warden is started. */
  | ({ type: "start"; script: string } & Program & ThreadOptions)
  /** From the starter, once: where each `post` goes; it is transferred. */
  | { type: "port"; port: MessagePort }
  /** One more thread, please. Rust has already counted it as starting. */
  | ({ type: "more" } & ThreadOptions)
  /** For the other end of the port, whatever it is. */
  | { type: "post"; data: unknown };

/** From the hub to the starter. */
export type FromHub =
  /** The warden stands: from here on no loss of a thread can go unheard. */
  | { type: "watching" }
  /** There is no warden and there will be none, so nothing may be started on this hub. */
  | { type: "failed"; reason: string };

/** From the hub to a thread worker or to the warden. */
export type ToThread =
  /** First message: become an instance, then say `ready`. */
  | ({ type: "load"; stackSize: number } & Program)
  /** Enter the shared queue and block there; sent once, and only while the hub still counts on this worker. */
  | { type: "serve" }
  /** Came too late: give stack and thread-local storage back and close. */
  | { type: "leave" }
  /** To the warden: the thread `id` is gone for `reason`. */
  | { type: "lost"; id: number; reason: string }
  /** To the warden: a thread that Rust counts as starting will never come. */
  | { type: "unstarted"; reason: string };

/** From a thread worker or from the warden to the hub, next to `more` and `post`. */
export type FromThread =
  /** The instance is made; `id` is its number in Rust, never used twice. */
  | { type: "ready"; id: number }
  /** It could not be made; the worker has closed. */
  | { type: "failed"; reason: string }
  /** From the warden: the oldest `lost` or `unstarted` has been dealt with. */
  | { type: "reported" }
  /** The wasm code trapped, or a JavaScript exception went through it; the worker has closed. */
  | { type: "lost"; reason: string }
  /** The thread ended in good order, its stack is free again; the worker has closed. */
  | { type: "left" };

/** The raw exports that the worker calls: `../exports.rs` defines the first six, wasm-bindgen and wasm-opt the rest. */
export interface Exports {
  concurrent_futures_thread_enter(): number;
  concurrent_futures_thread_serve(id: number): void;
  concurrent_futures_thread_lost(id: number): void;
  concurrent_futures_thread_unstarted(): void;
  concurrent_futures_thread_text(length: number): number;
  concurrent_futures_thread_stack(): number;
  __stack_alloc: WebAssembly.Global;
  /** Only there after `wasm-opt --stack-check`. */
  __set_stack_limits?(base: number, limit: number): void;
  __wbindgen_thread_destroy(): void;
}
