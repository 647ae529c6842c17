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

/** How one isolated worker is to be started. */
export interface ProcessOptions {
  /** The most pages of 64 KiB that its memory may grow to. */
  maximum: number;
  /** Milliseconds that it may take to say `ready` before another one is tried. */
  startLimit: number;
}

/** What a worker needs to become an instance on the shared memory. */
export interface Program {
  /** Address of the wasm-bindgen glue, an ES module of `--target web`. */
  glue: string;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
}

/**
 * What an isolated worker and the hub share while a task runs. Four words of 32 bits: the length of the answers that were not
 * sent; the number of `answers` that were sent before; the number of the task that was last asked to end; and how often one was
 * asked. Then the bytes of the answers that were not sent. The hub writes the third and the fourth word, the worker the others.
 */
export type Outbox = SharedArrayBuffer;

/** Why an isolated worker is gone. */
export type Cause =
  /** It never came up. */
  | "unstarted"
  /** It was told to end, and did; or code of the user's closed it. */
  | "left"
  /** Its wasm code trapped, or a JavaScript exception went through it. */
  | "lost"
  /** Rust asked for its end. */
  | "ended";

/** To the hub, from whoever called `start` or from any thread. */
export type ToHub =
  /**
   * First message, from the starter: where the script is, and how the warden is started. Without `memory` there are no
   * threads and no warden, and the hub reports to the starter itself.
   */
  | ({ type: "start"; script: string; glue: string; module: WebAssembly.Module; memory?: WebAssembly.Memory } & ThreadOptions)
  /** From the starter, once: where each `post` goes; it is transferred. */
  | { type: "port"; port: MessagePort }
  /** One more thread, please. Rust has already counted it as starting. */
  | ({ type: "more" } & ThreadOptions)
  /** For the other end of the port, whatever it is. */
  | { type: "post"; data: unknown }
  /** One more isolated worker, please, to be known as `id`; `hello` is the first frame that it is to be given. */
  | ({ type: "launch"; id: number; hello: ArrayBuffer } & ProcessOptions)
  /** Frames for the isolated worker `id`; they are transferred. */
  | { type: "frames"; id: number; bytes: ArrayBuffer }
  /** Task `seq` of the isolated worker `id` is asked to end; without an outbox nothing happens. */
  | { type: "ask"; id: number; seq: number }
  /** The isolated worker `id` must end, now. */
  | { type: "end"; id: number }
  /** Report `alarm` after `delay` milliseconds, and not when an earlier message of the same `id` asked for. */
  | { type: "alarm"; id: number; delay: number };

/** From the hub to the starter. */
export type FromHub =
  /** The warden stands, so no loss of a thread can go unheard from here on; or there is to be none. */
  | { type: "watching" }
  /** There is no warden and there will be none, so nothing may be started on this hub. */
  | { type: "failed"; reason: string }
  /** What a warden would be told, if there is to be none. */
  | Report;

/** What Rust must hear of its workers: from the hub to the warden, which says `reported` to each. */
export type Report =
  /** The thread `id` is gone for `reason`. */
  | { type: "lost"; id: number; reason: string }
  /** A thread that Rust counts as starting will never come. */
  | { type: "unstarted"; reason: string }
  /** Frames of the isolated worker `id`. */
  | { type: "answers"; id: number; bytes: ArrayBuffer }
  /** The warden before this one died under `answers` of the isolated worker `id`, for `reason`. */
  | { type: "unread"; id: number; reason: string }
  /** The isolated worker `id` wrote whole lines to one of its outputs. */
  | { type: "wrote"; id: number; isError: boolean; lines: string }
  /** The isolated worker `id` is gone; the last that is heard of it. */
  | { type: "ended"; id: number; cause: Cause; reason: string }
  /** The time of the alarm `id` has come. */
  | { type: "alarm"; id: number };

/** From the hub to a worker that has, or is to have, a wasm instance. */
export type ToWorker =
  /** First message to a thread or the warden: become an instance on the shared memory, then say `ready`. */
  | ({ type: "load"; stackSize: number } & Program)
  /** First message to an isolated worker: become an instance on a memory of its own, of so many pages at most. */
  | { type: "load"; glue: string; module: WebAssembly.Module; maximum: number }
  /** To a thread: enter the shared queue and block there; sent once, and only while the hub still counts on it. */
  | { type: "serve" }
  /** To a thread or the warden: came too late, so give stack and thread-local storage back and close. */
  | { type: "leave" }
  /** To an isolated worker: frames to be handled; they are transferred. */
  | { type: "frames"; bytes: ArrayBuffer }
  /** To the warden. */
  | Report;

/** From a worker with an instance to the hub; threads and the warden also send what is `ToHub`. */
export type FromWorker =
  /**
   * The instance is made; `id` is a thread's number in Rust, never used twice. `outbox` is an isolated worker's, if memory
   * may be shared.
   */
  | { type: "ready"; id: number; outbox?: Outbox }
  /** It could not be made; the worker has closed. */
  | { type: "failed"; reason: string }
  /** From the warden: the oldest report has been dealt with, or could not be read. */
  | { type: "reported"; unread?: string }
  /** From an isolated worker: whole frames; they are transferred. */
  | { type: "answers"; bytes: ArrayBuffer }
  /** From an isolated worker: whole lines for one of its outputs. */
  | { type: "wrote"; isError: boolean; lines: string }
  /** The wasm code trapped, or a JavaScript exception went through it; the worker has closed. */
  | { type: "lost"; reason: string }
  /** It ended in good order, a thread's stack is free again; the worker has closed. */
  | { type: "left" };

/** The raw exports that the worker calls: `../exports.rs` defines those with a long name, wasm-bindgen and wasm-opt the rest. */
export interface Exports {
  concurrent_futures_thread_enter(): number;
  concurrent_futures_fiber_enter(): number;
  concurrent_futures_thread_serve(id: number): void;
  concurrent_futures_thread_stack(): number;
  concurrent_futures_warden_room(length: number): number;
  concurrent_futures_warden_lost(id: number): void;
  concurrent_futures_warden_unstarted(): void;
  concurrent_futures_warden_answers(id: number): void;
  concurrent_futures_warden_unread(id: number): void;
  concurrent_futures_warden_wrote(id: number, isError: boolean): void;
  concurrent_futures_warden_ended(id: number, cause: number): void;
  concurrent_futures_warden_alarm(id: number): void;
  concurrent_futures_isolated_enter(): void;
  concurrent_futures_isolated_room(length: number): number;
  concurrent_futures_isolated_run(): number;
  memory: WebAssembly.Memory;
  __stack_alloc: WebAssembly.Global;
  /** Only there after `wasm-opt --stack-check`. */
  __set_stack_limits?(base: number, limit: number): void;
  __wbindgen_thread_destroy(): void;
}
