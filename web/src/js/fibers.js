// @ts-check
/// <reference lib="webworker" />
/// <reference lib="es2022" />

/*
 * Fibers: threads that take turns in one worker. Each is an instance of the program's module, with a stack and thread-local
 * storage of its own on the one memory, and is suspended by the engine (JavaScript Promise Integration) whenever it waits.
 * No memory is shared between workers, so a page needs no isolation for it. README.md tells more.
 */

/** @typedef {import("./messages").Exports} Exports */

/** @typedef {object} Program What every fiber is made of.
 * @property {string} glue
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {Exports} main The exports of the first instance, which is no fiber and is told of the others' ends.
 */

/** What fibers are made of, once they are wanted. @type {Program | undefined} */
let program;

/** The hub, which knows only the worker that has created it. @type {Worker | undefined} */
let hub;

/** Goes on with a fiber that waits. @type {Set<() => void>} */
const suspended = new Set();

/** By it the event loop comes to whoever was notified, after what else it has to do. @type {MessagePort | undefined} */
let bell;
let hasRung = false;

/** Copies of the glue that were loaded. */
let copies = 0;

/** The longest delay of a timer; browsers take a longer one for none. */
const LONGEST = 2 ** 31 - 1;

/** Whether this browser can suspend WebAssembly. */
export function canSuspend() {
  return "Suspending" in WebAssembly && "promising" in WebAssembly;
}

/**
 * @param {string} glue
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Memory} memory
 * @param {Exports} main
 */
export function installFibers(glue, module, memory, main) {
  program ??= { glue, module, memory, main };
}

/** @param {Worker} worker */
export function setHub(worker) {
  hub = worker;
}

/**
 * @param {unknown} message
 * @param {Transferable[]} transfer
 */
export function tellHub(message, transfer) {
  hub?.postMessage(message, transfer);
}

/**
 * Lets others go on until somebody notifies, or so many milliseconds have passed.
 *
 * @param {number} limit
 * @returns {Promise<number>}
 */
function suspend(limit) {
  return new Promise((resolve) => {
    const goOn = () => {
      clearTimeout(timer);
      suspended.delete(goOn);
      resolve(0);
    };
    const timer = limit < Infinity ? setTimeout(goOn, Math.min(limit, LONGEST)) : undefined;
    suspended.add(goOn);
  });
}

/**
 * What wasm imports for it, by which the engine waits for the promise. The glue passes a function of numbers on as it is, so
 * this need not be one.
 */
// @ts-expect-error TypeScript does not know JavaScript Promise Integration yet.
export const suspendFiber = canSuspend() ? new WebAssembly.Suspending(suspend) : suspend;

/** Something has changed that a suspended fiber may wait for. */
export function notifyFibers() {
  if (hasRung || suspended.size === 0) return;
  hasRung = true;
  bell ??= newBell();
  bell.postMessage(0);
}

function newBell() {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    hasRung = false;
    for (const goOn of [...suspended]) goOn();
  };
  return port2;
}

/**
 * Starts a fiber. It serves the queue as a thread does.
 *
 * @param {number} stackSize
 */
export function startFiber(stackSize) {
  const made = program;
  if (!made) throw new Error("no fibers are installed");
  load(made, stackSize).then(
    ({ wasm, id }) => serve(made, wasm, id),
    (error) => {
      give(made, describe(error));
      made.main.concurrent_futures_warden_unstarted();
    },
  );
}

/**
 * @param {Program} program
 * @param {number} stackSize
 */
async function load({ glue, module, memory }, stackSize) {
  // The glue is made for one instance, so each has a copy: the fragment makes it another module of the same file.
  copies += 1;
  const address = new URL(glue);
  address.hash = `fiber${copies}`;
  /** @type {{ initSync(options: object): Exports }} */
  const copy = await import(/* @vite-ignore */ address.href);
  const wasm = copy.initSync({ module, memory, thread_stack_size: stackSize });
  const low = Number(wasm.__stack_alloc.value);
  wasm.__set_stack_limits?.(low + stackSize, low + 1024);
  return { wasm, id: wasm.concurrent_futures_fiber_enter() };
}

/**
 * @param {Program} program
 * @param {Exports} wasm
 * @param {number} id
 */
async function serve(program, wasm, id) {
  try {
    // @ts-expect-error As above.
    await WebAssembly.promising(wasm.concurrent_futures_thread_serve)(id);
    wasm.__set_stack_limits?.(-1, 0);
    wasm.__wbindgen_thread_destroy();
  } catch (error) {
    give(program, describe(error));
    program.main.concurrent_futures_warden_lost(id);
  }
}

/**
 * Copies a text into a buffer of the Rust side, for the call that follows.
 *
 * @param {Program} program
 * @param {string} text
 */
function give({ main, memory }, text) {
  const bytes = new TextEncoder().encode(text);
  const address = main.concurrent_futures_warden_room(bytes.length) >>> 0;
  if (address > 0) new Uint8Array(memory.buffer, address, bytes.length).set(bytes);
}

/** @param {unknown} error */
function describe(error) {
  if (!(error instanceof Error)) return `uncaught JavaScript exception: ${String(error)}`;
  if (/call stack size|too much recursion/.test(error.message)) return `stack overflow (${error.message})`;
  if (!(error instanceof WebAssembly.RuntimeError)) return `uncaught JavaScript exception: ${error.message}`;
  return /unreachable/.test(error.message) ? "trap: `unreachable` executed" : `trap: ${error.message}`;
}
