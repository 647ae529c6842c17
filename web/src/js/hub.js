// @ts-check
/// <reference lib="webworker" />
/// <reference lib="es2022" />

/*
 * The script of the hub: the one worker that creates all others, and whose event loop never blocks. It holds no wasm
 * instance, so no lock of the shared memory can ever stop it. It creates, watches and forwards; what a message means is
 * told in messages.d.ts and README.md.
 */
"use strict";

/** @typedef {import("./messages").ToHub} ToHub */
/** @typedef {import("./messages").FromHub} FromHub */
/** @typedef {import("./messages").ToThread} ToThread */
/** @typedef {import("./messages").FromThread} FromThread */
/** @typedef {import("./messages").ThreadOptions} ThreadOptions */
/** @typedef {Extract<ToThread, { type: "lost" | "unstarted" }>} Report */

/**
 * What is to be started.
 *
 * @typedef {object} Plan
 * @property {boolean} warden
 * @property {ThreadOptions} options
 * @property {number} attempts How many workers have been tried for it, the present one included.
 */

/**
 * A worker and what the hub knows of it.
 *
 * @typedef {object} Thread
 * @property {Worker} worker
 * @property {Plan} plan
 * @property {"starting" | "working" | "late"} state `late`: given up before it was ready.
 * @property {number} id Its number in Rust, once it works.
 * @property {ReturnType<typeof setTimeout>} timer Runs out at the start limit.
 */

const ATTEMPTS = 2;

/** Every worker that has not ended. Firefox may collect a worker that nothing refers to. @type {Set<Thread>} */
const threads = new Set();

/** What the warden has been or will be told, oldest first, until it says `reported`. @type {Report[]} */
let reports = [];

/** The warden, while one works. @type {Thread | undefined} */
let warden;

/** Whether the last try to start a warden has failed. */
let abandoned = false;

/** @type {Extract<ToHub, { type: "start" }>} */
let program;

/** @type {MessagePort | undefined} */
let port;

/** @param {FromHub} message */
function post(message) {
  self.postMessage(message);
}

self.onmessage = (/** @type {MessageEvent<ToHub>} */ event) => obey(event.data);

/** @param {ToHub} message */
function obey(message) {
  switch (message.type) {
    case "start":
      program = message;
      abandoned = false;
      return create({ warden: true, options: message, attempts: 1 });
    case "port":
      port = message.port;
      return;
    case "more":
      if (!abandoned) create({ warden: false, options: message, attempts: 1 });
      return;
    case "post":
      return port?.postMessage(message.data);
  }
}

/** @param {Plan} plan */
function create(plan) {
  const { glue, module, memory, script } = program;
  let worker;
  try {
    worker = new Worker(script, { name: plan.warden ? "concurrent-futures warden" : "concurrent-futures thread" });
  } catch (error) {
    return retry(plan, `the browser refused a worker: ${String(error)}`);
  }
  const timer = setTimeout(() => late(thread), plan.options.startLimit);
  /** @type {Thread} */
  const thread = { worker, plan, state: "starting", id: 0, timer };
  threads.add(thread);
  worker.onmessage = (event) => hear(thread, event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    gone(thread, `uncaught error in its worker: ${event.message ?? "the script did not load"}`);
  };
  /** @type {ToThread} */
  const load = { type: "load", glue, module, memory, stackSize: plan.options.stackSize };
  worker.postMessage(load);
}

/**
 * @param {Thread} thread
 * @param {FromThread | ToHub} message
 */
function hear(thread, message) {
  // User code in a thread may post messages of its own; they end here.
  switch (message?.type) {
    case "ready":
      return ready(thread, message.id);
    case "more":
    case "post":
      return obey(message);
    case "reported":
      reports.shift();
      return;
    case "failed":
    case "lost":
      return gone(thread, message.reason);
    case "left":
      threads.delete(thread);
      return;
  }
}

/**
 * @param {Thread} thread
 * @param {number} id
 */
function ready(thread, id) {
  clearTimeout(thread.timer);
  if (thread.state === "late") {
    tell(thread, { type: "leave" });
    return;
  }
  thread.state = "working";
  thread.id = id;
  if (!thread.plan.warden) {
    tell(thread, { type: "serve" });
    return;
  }
  warden = thread;
  reports.forEach((report) => tell(thread, report));
  post({ type: "watching" });
}

/** @param {Thread} thread */
function late(thread) {
  // Not terminated: it may be inside the allocator of the shared memory at this very moment, and would leave it locked.
  thread.state = "late";
  retry(thread.plan, `its worker did not start within ${thread.plan.options.startLimit} ms`);
}

/**
 * The worker of `thread` has ended, or can do nothing any more.
 *
 * @param {Thread} thread
 * @param {string} reason
 */
function gone(thread, reason) {
  clearTimeout(thread.timer);
  if (!threads.delete(thread)) return;
  // Safe here: its wasm code has stopped for good, so it holds no lock that anybody could still get.
  thread.worker.terminate();
  if (thread.state === "starting") {
    retry(thread.plan, reason);
  } else if (thread.state === "working" && thread.plan.warden) {
    warden = undefined;
    // The report that it died of is not tried again, or the next warden would die of it too.
    reports.shift();
    reportError(new Error(`the warden was lost: ${reason}`));
    create({ ...thread.plan, attempts: 1 });
  } else if (thread.state === "working") {
    report({ type: "lost", id: thread.id, reason });
  }
}

/**
 * @param {Plan} plan
 * @param {string} reason
 */
function retry(plan, reason) {
  if (plan.attempts < ATTEMPTS) {
    create({ ...plan, attempts: plan.attempts + 1 });
  } else if (plan.warden) {
    abandon(reason);
  } else {
    report({ type: "unstarted", reason });
  }
}

/**
 * Without a warden nobody would hear of a lost thread, so none is started. Rust forgets those that it has asked for.
 *
 * @param {string} reason
 */
function abandon(reason) {
  abandoned = true;
  for (const thread of threads) {
    if (thread.state === "starting") {
      clearTimeout(thread.timer);
      thread.state = "late";
    }
  }
  reports = reports.filter((report) => report.type === "lost");
  post({ type: "failed", reason });
}

/** @param {Report} message */
function report(message) {
  reports.push(message);
  if (warden) tell(warden, message);
}

/**
 * @param {Thread} thread
 * @param {ToThread} message
 */
function tell(thread, message) {
  thread.worker.postMessage(message);
}
