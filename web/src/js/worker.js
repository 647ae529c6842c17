// @ts-check
/// <reference lib="webworker" />
/// <reference lib="es2022" />

/*
 * The script of every worker that holds a wasm instance. Threads and the warden share one memory: the threads block in
 * wasm for as long as they live; the warden stays in its event loop and is told what the others did. An isolated worker
 * has a memory of its own, and runs one task for each message.
 * It only creates, forwards and catches; what a message means is told in messages.d.ts and README.md.
 */
"use strict";

/** @typedef {import("./messages").Exports} Exports */
/** @typedef {import("./messages").ToWorker} ToWorker */
/** @typedef {import("./messages").FromWorker} FromWorker */

/**
 * @typedef {object} Instance
 * @property {Exports} wasm
 * @property {WebAssembly.Memory} memory
 * @property {number} id Its number in Rust; 0 for an isolated worker.
 * @property {{ low: number, size: number }} stack
 * @property {boolean} isIsolated
 */

/** A number for each way in which an isolated worker ends, as `exports.rs` reads them. */
const CAUSES = { unstarted: 0, left: 1, lost: 2, ended: 3 };

/** The instance, once there is one. @type {Instance | undefined} */
let instance;

/** As the browser made it; user code may call `self.close`, see `load`. */
const close = self.close.bind(self);

/**
 * Of an isolated worker: what it and the hub share, see `Outbox` in messages.d.ts. Absent where no memory may be shared; there
 * nothing waits to be sent, and no task is asked to end.
 *
 * @type {import("./messages").Outbox | undefined}
 */
let outbox;

/** The words at the beginning of an outbox. @type {Int32Array | undefined} */
let words;

/** Which word is what, see `Outbox` in messages.d.ts. */
const LENGTH = 0;
const SENT = 1;
const ASKED = 2;
const ASKS = 3;

/** Bytes of the words. */
const HEAD = 16;

/** Bytes of an outbox: the words, and room for answers. */
const OUTBOX = 16 * 1024;

/** The tags that the glue has made, see `unwrap`. @type {WebAssembly.Tag[]} */
const tags = [];

/**
 * @param {FromWorker} message
 * @param {Transferable[]} [transfer]
 */
function post(message, transfer = []) {
  self.postMessage(message, transfer);
}

// User code may set `onmessage`, but it cannot take this away.
self.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ event) => {
  const message = event.data;
  if (message.type === "load") {
    load(message).catch((error) => end({ type: "failed", reason: describe(error) }));
  } else if (instance) {
    // Not async on purpose: an error inside a promise would never be seen by the hub.
    try {
      obey(message, instance);
    } catch (error) {
      lose(describe(error));
    }
  }
});

// A net for what user code starts and does not await: without it the hub would hear nothing.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  lose(`unhandled rejection of a promise: ${describe(event.reason)}`);
});

/** @param {Extract<ToWorker, { type: "load" }>} message */
async function load(message) {
  watchTags();
  /** @type {{ initSync(options: object): Exports }} */
  const glue = await import(message.glue);
  const { module } = message;
  if ("memory" in message) {
    const { memory, stackSize } = message;
    const wasm = glue.initSync({ module, memory, thread_stack_size: stackSize });
    // Before this call an overflow writes over the heap; after it, it traps. The 1,024 bytes at the low end are for
    // functions without a frame of their own, whose use of the stack is not checked.
    const low = Number(wasm.__stack_alloc.value);
    wasm.__set_stack_limits?.(low + stackSize, low + 1024);
    const id = wasm.concurrent_futures_thread_enter();
    instance = { wasm, memory, id, stack: { low, size: stackSize }, isIsolated: false };
    return post({ type: "ready", id });
  }
  if (self.crossOriginIsolated) {
    outbox = new SharedArrayBuffer(OUTBOX);
    words = new Int32Array(outbox, 0, HEAD / 4);
  }
  // By this Rust sends answers, and knows where it is, also in the program's own start function, which runs in every new
  // memory; see `context.rs`.
  Object.defineProperty(self, "concurrentFutures", { value: { put, flush, isAsked, waitAsked } });
  const wasm = limitMemory(message.maximum, () => glue.initSync({ module }));
  // The stack of a memory's first instance lies below everything else, so its overflow traps by itself, if less clearly.
  const size = wasm.concurrent_futures_thread_stack();
  wasm.__set_stack_limits?.(-1, 1024);
  wasm.concurrent_futures_isolated_enter();
  instance = { wasm, memory: wasm.memory, id: 0, stack: { low: 0, size }, isIsolated: true };
  // Code of the user's that closes the worker would otherwise leave the pool waiting for ever.
  self.close = () => end({ type: "left" });
  post({ type: "ready", id: 0, outbox });
}

/**
 * Takes an answer of the isolated worker. The hub may read the outbox meanwhile: "A worker is ended with answers unsent" in
 * README.md tells why the order matters.
 *
 * @param {Uint8Array} frame
 */
function put(frame) {
  if (!outbox || !words || frame.length > OUTBOX - HEAD) {
    flush();
    return send(frame.slice().buffer);
  }
  if ((words[LENGTH] ?? 0) + frame.length > OUTBOX - HEAD) flush();
  const before = words[LENGTH] ?? 0;
  new Uint8Array(outbox, HEAD + before).set(frame);
  Atomics.store(words, LENGTH, before + frame.length);
}

/** Sends the answers that were put. */
function flush() {
  if (!outbox || !words || words[LENGTH] === 0) return;
  send(new Uint8Array(outbox, HEAD, words[LENGTH]).slice().buffer);
  Atomics.store(words, LENGTH, 0);
}

/** @param {ArrayBuffer} bytes */
function send(bytes) {
  post({ type: "answers", bytes }, [bytes]);
  if (words) Atomics.add(words, SENT, 1);
}

/**
 * Whether the task of this number is asked to end. Tasks may ask at every turn of a loop.
 *
 * @param {number} seq
 */
function isAsked(seq) {
  return words !== undefined && Atomics.load(words, ASKS) !== 0 && Atomics.load(words, ASKED) === (seq | 0);
}

/**
 * Blocks until a task is asked to end, or so many milliseconds have passed.
 *
 * @param {number} seq
 * @param {number} limit
 */
function waitAsked(seq, limit) {
  if (!words) return;
  const asks = Atomics.load(words, ASKS);
  if (!isAsked(seq)) Atomics.wait(words, ASKS, asks, limit);
}

/** Notes the tags that the glue creates from here on, see `unwrap`. */
function watchTags() {
  const { Tag } = WebAssembly;
  WebAssembly.Tag = class extends Tag {
    /** @param {ConstructorParameters<typeof Tag>[0]} type */
    constructor(type) {
      super(type);
      tags.push(this);
    }
  };
}

/**
 * Lowers the maximum of the memory that `make` creates. Only the glue knows what the module asks of a memory, and it makes
 * one if it is given none.
 *
 * @template T
 * @param {number} pages
 * @param {() => T} make
 */
function limitMemory(pages, make) {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    /** @param {WebAssembly.MemoryDescriptor} limits */
    constructor(limits) {
      super({ ...limits, maximum: Math.min(limits.maximum ?? pages, pages) });
    }
  };
  try {
    return make();
  } finally {
    WebAssembly.Memory = Memory;
  }
}

/**
 * @param {Exclude<ToWorker, { type: "load" }>} message
 * @param {Instance} instance
 */
function obey(message, instance) {
  const { wasm, memory, id } = instance;
  switch (message.type) {
    case "serve":
      wasm.concurrent_futures_thread_serve(id);
      return leave(wasm);
    case "leave":
      return leave(wasm);
    case "frames":
      if (!give(message.bytes, wasm.concurrent_futures_isolated_room, memory)) return lose(noRoom(message.bytes));
      if (wasm.concurrent_futures_isolated_run()) end({ type: "left" });
      return;
    default:
      return post({ type: "reported", unread: hear(message, instance) });
  }
}

/**
 * Hands a report to Rust, on the warden, and returns why it could not. Where the memory has no room for a text, Rust is told
 * without it.
 *
 * @param {import("./messages").Report} report
 * @param {Instance} instance
 * @returns {string | undefined}
 */
function hear(report, { wasm, memory }) {
  const room = wasm.concurrent_futures_warden_room;
  switch (report.type) {
    case "lost":
      give(report.reason, room, memory);
      wasm.concurrent_futures_warden_lost(report.id);
      break;
    case "unstarted":
      give(report.reason, room, memory);
      wasm.concurrent_futures_warden_unstarted();
      break;
    case "answers":
      if (!give(report.bytes, room, memory)) return noRoom(report.bytes);
      wasm.concurrent_futures_warden_answers(report.id);
      break;
    case "unread":
      give(report.reason, room, memory);
      wasm.concurrent_futures_warden_unread(report.id);
      break;
    case "wrote":
      give(report.lines, room, memory);
      wasm.concurrent_futures_warden_wrote(report.id, report.isError);
      break;
    case "ended":
      give(report.reason, room, memory);
      wasm.concurrent_futures_warden_ended(report.id, CAUSES[report.cause]);
      break;
    case "alarm":
      wasm.concurrent_futures_warden_alarm(report.id);
  }
  return undefined;
}

/** @param {ArrayBuffer} bytes */
function noRoom(bytes) {
  return `no memory is left for a message of ${bytes.byteLength} bytes`;
}

/**
 * Copies a text, as UTF-8, or bytes into a buffer of the Rust side, for the call that follows; false if there is no room.
 *
 * @param {string | ArrayBuffer} content
 * @param {(length: number) => number} room
 * @param {WebAssembly.Memory} memory
 */
function give(content, room, memory) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
  const address = room(bytes.length) >>> 0;
  if (address > 0) new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
  return address > 0;
}

/** @param {Exports} wasm */
function leave(wasm) {
  // Giving the stack back runs on a stack of its own, which would look like an overflow of this one.
  wasm.__set_stack_limits?.(-1, 0);
  wasm.__wbindgen_thread_destroy();
  end({ type: "left" });
}

/**
 * The wasm code stopped for good, for `reason`.
 *
 * @param {string} reason
 */
function lose(reason) {
  // What was answered before stays answered.
  flush();
  end({ type: "lost", reason });
}

/** @param {FromWorker} message */
function end(message) {
  post(message);
  close();
}

/**
 * One sentence on why the wasm code stopped. The engines word the same trap differently; what a user has to know first
 * is said alike for both.
 *
 * @param {unknown} thrown
 */
function describe(thrown) {
  const error = unwrap(thrown);
  if (!(error instanceof Error)) {
    return `uncaught JavaScript exception: ${String(error)}`;
  }
  // The engine's own stack, which holds the frames of wasm too; a RangeError may have other reasons.
  if (/call stack size|too much recursion/.test(error.message)) {
    return `stack overflow (${error.message})`;
  }
  if (!(error instanceof WebAssembly.RuntimeError)) {
    return `uncaught JavaScript exception: ${error.name}: ${error.message}`;
  }
  if (stackIsFull(error)) return "stack overflow";
  return /unreachable/.test(error.message) ? "trap: `unreachable` executed" : `trap: ${error.message}`;
}

/**
 * An exception that came out of a function which Rust had imported without `catch` is wrapped by the glue in one of
 * wasm's, under a tag that the glue keeps to itself; `watchTags` has noted it.
 *
 * @param {unknown} error
 */
function unwrap(error) {
  if (!(error instanceof WebAssembly.Exception)) return error;
  const tag = tags.find((tag) => error.is(tag));
  return tag ? error.getArg(tag, 0) : "an exception of WebAssembly that nothing caught";
}

/**
 * Whether a trap was an overflow of the stack in memory: an `unreachable` that `wasm-opt --stack-check` has inserted, which
 * looks like any other but is executed only where a function finds too little room left; or, in an isolated worker, an
 * access below the memory. An eighth of the stack is more than a frame should be.
 *
 * @param {Error} error
 */
function stackIsFull(error) {
  if (!instance) return false;
  const { wasm, stack, isIsolated } = instance;
  const isLikely = /unreachable/.test(error.message) ? wasm.__set_stack_limits : isIsolated;
  if (!isLikely) return false;
  try {
    const left = (wasm.concurrent_futures_thread_stack() >>> 0) - stack.low;
    return left < stack.size / 8 || left > stack.size;
  } catch {
    // Not even a frame of 16 bytes fits.
    return true;
  }
}
