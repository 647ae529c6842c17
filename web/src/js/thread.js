// @ts-check
/// <reference lib="webworker" />
/// <reference lib="es2022" />

/*
 * The script of every worker that holds an instance on the shared memory: the threads, which block in wasm for as long
 * as they live, and the warden, which stays in its event loop and is told of threads that are gone.
 * It only creates, forwards and catches; what a message means is told in messages.d.ts and README.md.
 */
"use strict";

/** @typedef {import("./messages").Exports} Exports */
/** @typedef {import("./messages").ToThread} ToThread */
/** @typedef {import("./messages").FromThread} FromThread */

/**
 * @typedef {object} Instance
 * @property {Exports} wasm
 * @property {WebAssembly.Memory} memory
 * @property {number} id Its number in Rust.
 * @property {{ low: number, size: number }} stack
 */

/** The instance, once there is one. @type {Instance | undefined} */
let instance;

/** The tags that the glue has made, see `unwrap`. @type {WebAssembly.Tag[]} */
const tags = [];

/** @param {FromThread} message */
function post(message) {
  self.postMessage(message);
}

// User code may set `onmessage`, but it cannot take this away.
self.addEventListener("message", (/** @type {MessageEvent<ToThread>} */ event) => {
  const message = event.data;
  if (message.type === "load") {
    load(message).catch((error) => end({ type: "failed", reason: describe(error) }));
  } else if (instance) {
    // Not async on purpose: an error inside a promise would never be seen by the hub.
    try {
      obey(message, instance);
    } catch (error) {
      end({ type: "lost", reason: describe(error) });
    }
  }
});

// A net for what user code starts and does not await: without it the hub would hear nothing.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  end({ type: "lost", reason: `unhandled rejection of a promise: ${describe(event.reason)}` });
});

/** @param {Extract<ToThread, { type: "load" }>} message */
async function load(message) {
  const { module, memory, stackSize } = message;
  const { Tag } = WebAssembly;
  WebAssembly.Tag = class extends Tag {
    /** @param {ConstructorParameters<typeof Tag>[0]} type */
    constructor(type) {
      super(type);
      tags.push(this);
    }
  };
  /** @type {{ initSync(options: object): Exports }} */
  const glue = await import(message.glue);
  const wasm = glue.initSync({ module, memory, thread_stack_size: stackSize });
  WebAssembly.Tag = Tag;
  // Before this call an overflow writes over the heap; after it, it traps. The 1,024 bytes at the low end are for
  // functions without a frame of their own, whose use of the stack is not checked.
  const low = Number(wasm.__stack_alloc.value);
  wasm.__set_stack_limits?.(low + stackSize, low + 1024);
  const id = wasm.concurrent_futures_thread_enter();
  instance = { wasm, memory, id, stack: { low, size: stackSize } };
  post({ type: "ready", id });
}

/**
 * @param {Exclude<ToThread, { type: "load" }>} message
 * @param {Instance} instance
 */
function obey(message, { wasm, memory, id }) {
  switch (message.type) {
    case "serve":
      wasm.concurrent_futures_thread_serve(id);
      return leave(wasm);
    case "leave":
      return leave(wasm);
    case "lost":
      give(message.reason, wasm, memory);
      wasm.concurrent_futures_thread_lost(message.id);
      return post({ type: "reported" });
    case "unstarted":
      give(message.reason, wasm, memory);
      wasm.concurrent_futures_thread_unstarted();
      return post({ type: "reported" });
  }
}

/**
 * Writes `text` as UTF-8 into a buffer of the Rust side, for the call that follows.
 *
 * @param {string} text
 * @param {Exports} wasm
 * @param {WebAssembly.Memory} memory
 */
function give(text, wasm, memory) {
  const bytes = new TextEncoder().encode(text);
  const address = wasm.concurrent_futures_thread_text(bytes.length) >>> 0;
  new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
}

/** @param {Exports} wasm */
function leave(wasm) {
  // Giving the stack back runs on a stack of its own, which would look like an overflow of this one.
  wasm.__set_stack_limits?.(-1, 0);
  wasm.__wbindgen_thread_destroy();
  end({ type: "left" });
}

/** @param {FromThread} message */
function end(message) {
  post(message);
  self.close();
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
  if (!/unreachable/.test(error.message)) {
    return `trap: ${error.message}`;
  }
  return stackIsFull() ? "stack overflow" : "trap: `unreachable` executed";
}

/**
 * An exception that came out of a function which Rust had imported without `catch` is wrapped by the glue in one of
 * wasm's, under a tag that the glue keeps to itself; `load` has noted it.
 *
 * @param {unknown} error
 */
function unwrap(error) {
  if (!(error instanceof WebAssembly.Exception)) return error;
  const tag = tags.find((tag) => error.is(tag));
  return tag ? error.getArg(tag, 0) : "an exception of WebAssembly that nothing caught";
}

/**
 * Whether an `unreachable` was one of those that `wasm-opt --stack-check` inserts. They look like any other, but they
 * are executed only where a function finds too little room left: an eighth of the stack is more than a frame should be.
 */
function stackIsFull() {
  if (!instance?.wasm.__set_stack_limits) return false;
  const { wasm, stack } = instance;
  try {
    return wasm.concurrent_futures_thread_stack() - stack.low < stack.size / 8;
  } catch {
    // Not even a frame of 16 bytes fits.
    return true;
  }
}
