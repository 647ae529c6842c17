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
/** @typedef {import("./messages").ToWorker} ToWorker */
/** @typedef {import("./messages").FromWorker} FromWorker */
/** @typedef {import("./messages").Report} Report */
/** @typedef {import("./messages").Cause} Cause */
/** @typedef {import("./messages").ThreadOptions} ThreadOptions */
/** @typedef {Extract<ToHub, { type: "launch" }>} Launch */

/**
 * What is to be started, and how many workers have been tried for it, the present one included.
 *
 * @typedef {{ kind: "warden" | "thread", options: ThreadOptions, attempts: number }
 *   | { kind: "isolated", options: Launch, attempts: number }} Plan
 */

/**
 * A worker and what the hub knows of it.
 *
 * @typedef {object} Child
 * @property {Worker} worker
 * @property {Plan} plan
 * @property {"starting" | "working" | "late"} state `late`: given up before it was ready.
 * @property {number} id Its number in Rust, once it works.
 * @property {ReturnType<typeof setTimeout>} timer Runs out at the start limit.
 * @property {import("./messages").Outbox} [outbox] Of an isolated worker, where memories may be shared.
 * @property {number} heard `answers` that came from it.
 */

const ATTEMPTS = 2;

/** How often the hub looks for answers that are on their way, once a millisecond, before it ends a worker regardless. */
const LOOKS = 50;

/** Words at the beginning of an outbox, and which is what; see `Outbox` in messages.d.ts. */
const WORDS = 4;
const LENGTH = 0;
const SENT = 1;
const ASKED = 2;
const ASKS = 3;

/** Longer answers are not copied to the warden but transferred, though they are lost if it is. */
const COPIED = 64 * 1024;

/** Every worker that has not ended. Firefox may collect a worker that nothing refers to. @type {Set<Child>} */
const children = new Set();

/** The isolated ones among them, by number. @type {Map<number, Child>} */
const isolated = new Map();

/** Timers that run, and when they ring, by the number of the alarm. @type {Map<number, { at: number, timer: ReturnType<typeof setTimeout> }>} */
const alarms = new Map();

/** What the warden has been or will be told, oldest first, until it says `reported`. @type {Report[]} */
let reports = [];

/** The warden, while one works. @type {Child | undefined} */
let warden;

/** Whether the last try to start a warden has failed. */
let abandoned = false;

/** @type {Extract<ToHub, { type: "start" }>} */
let program;

/** @type {MessagePort | undefined} */
let port;

/**
 * @param {FromHub} message
 * @param {Transferable[]} [transfer]
 */
function post(message, transfer = []) {
  self.postMessage(message, transfer);
}

self.onmessage = (/** @type {MessageEvent<ToHub>} */ event) => obey(event.data);

/** @param {ToHub} message */
function obey(message) {
  switch (message.type) {
    case "start":
      program = message;
      abandoned = false;
      if (!program.memory) return post({ type: "watching" });
      return create({ kind: "warden", options: message, attempts: 1 });
    case "port":
      port = message.port;
      return;
    case "more":
      if (!abandoned) create({ kind: "thread", options: message, attempts: 1 });
      return;
    case "post":
      return port?.postMessage(message.data);
    case "launch":
      return create({ kind: "isolated", options: message, attempts: 1 });
    case "frames":
      return isolated.get(message.id)?.worker.postMessage(message, [message.bytes]);
    case "ask":
      return ask(message.id, message.seq);
    case "end":
      return end(message.id, LOOKS);
    case "alarm":
      expectAlarm(message.id, message.delay);
      return;
  }
}

/** @param {Plan} plan */
function create(plan) {
  let worker;
  try {
    worker = new Worker(program.script, { name: `concurrent-futures ${plan.kind}` });
  } catch (error) {
    return retry(plan, `the browser refused a worker: ${String(error)}`);
  }
  const timer = setTimeout(() => late(child), plan.options.startLimit);
  /** @type {Child} */
  const child = { worker, plan, state: "starting", id: 0, timer, heard: 0 };
  children.add(child);
  worker.onmessage = (event) => hear(child, event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    gone(child, `uncaught error in its worker: ${event.message ?? "the script did not load"}`);
  };
  const { glue, module, memory } = program;
  if (plan.kind === "isolated") {
    child.id = plan.options.id;
    isolated.set(child.id, child);
    tell(child, { type: "load", glue, module, maximum: plan.options.maximum });
  } else if (memory) {
    tell(child, { type: "load", glue, module, memory, stackSize: plan.options.stackSize });
  }
  // No time at all is over by now, whichever of the timer and the worker's answer would come first.
  if (plan.options.startLimit <= 0) {
    clearTimeout(timer);
    late(child);
  }
}

/**
 * @param {Child} child
 * @param {FromWorker | ToHub} message
 */
function hear(child, message) {
  const isIsolated = child.plan.kind === "isolated";
  // User code may post messages of its own; they end here.
  switch (message?.type) {
    case "ready":
      child.outbox = message.outbox;
      return ready(child, message.id);
    case "post":
      return obey(message);
    case "more":
    case "launch":
    case "frames":
    case "ask":
    case "end":
    case "alarm":
      return isIsolated ? undefined : obey(message);
    case "reported":
      return reported(message.unread);
    case "answers":
      child.heard += 1;
    // falls through
    case "wrote":
      if (isolated.get(child.id) === child) report({ ...message, id: child.id });
      return;
    case "failed":
    case "lost":
      return gone(child, message.reason);
    case "left":
      if (isIsolated) return finish(child.id, "left", "");
      children.delete(child);
      return;
  }
}

/**
 * @param {Child} child
 * @param {number} id
 */
function ready(child, id) {
  clearTimeout(child.timer);
  if (child.state === "late") {
    tell(child, { type: "leave" });
    return;
  }
  child.state = "working";
  switch (child.plan.kind) {
    case "isolated":
      return tell(child, { type: "frames", bytes: child.plan.options.hello });
    case "thread":
      child.id = id;
      return tell(child, { type: "serve" });
    case "warden":
      dropLostAnswers();
      warden = child;
      reports.forEach((report) => forward(child, report));
      return post({ type: "watching" });
  }
}

/**
 * The warden has dealt with the oldest report, unless it says why it could not.
 *
 * @param {string} [unread]
 */
function reported(unread) {
  const report = reports.shift();
  if (unread !== undefined && report?.type === "answers") finish(report.id, "lost", unread);
}

/** @param {Child} child */
function late(child) {
  const reason = `its worker did not start within ${child.plan.options.startLimit} ms`;
  if (child.plan.kind === "isolated") return gone(child, reason);
  // Not terminated: it may be inside the allocator of the shared memory at this very moment, and would leave it locked.
  child.state = "late";
  retry(child.plan, reason);
}

/**
 * The worker of `child` has ended, or can do nothing any more.
 *
 * @param {Child} child
 * @param {string} reason
 */
function gone(child, reason) {
  clearTimeout(child.timer);
  if (!children.delete(child)) return;
  // Safe here: its wasm code has stopped for good, so it holds no lock that anybody could still get.
  child.worker.terminate();
  if (child.state === "starting") {
    retry(child.plan, reason);
  } else if (child.plan.kind === "isolated") {
    finish(child.id, "lost", reason);
  } else if (child.state === "working" && child.plan.kind === "warden") {
    warden = undefined;
    reportError(new Error(`the warden was lost: ${reason}`));
    // The report that it died of is not tried again, or the next warden would die of it too.
    const fatal = reports.shift();
    if (fatal?.type === "answers") reports.unshift({ type: "unread", id: fatal.id, reason });
    create({ ...child.plan, attempts: 1 });
  } else if (child.state === "working") {
    report({ type: "lost", id: child.id, reason });
  }
}

/**
 * @param {Plan} plan
 * @param {string} reason
 */
function retry(plan, reason) {
  if (plan.attempts < ATTEMPTS) {
    create({ ...plan, attempts: plan.attempts + 1 });
  } else if (plan.kind === "warden") {
    abandon(reason);
  } else if (plan.kind === "isolated") {
    const { id } = plan.options;
    isolated.delete(id);
    report({ type: "ended", id, cause: "unstarted", reason });
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
  for (const child of children) {
    if (child.state === "starting" && child.plan.kind === "thread") {
      clearTimeout(child.timer);
      child.state = "late";
    }
  }
  reports = reports.filter((report) => report.type !== "unstarted");
  post({ type: "failed", reason });
}

/**
 * Asks a task of the isolated worker `id` to end; it looks while it runs.
 *
 * @param {number} id
 * @param {number} seq
 */
function ask(id, seq) {
  const outbox = isolated.get(id)?.outbox;
  if (!outbox) return;
  const words = new Int32Array(outbox, 0, WORDS);
  Atomics.store(words, ASKED, seq | 0);
  Atomics.add(words, ASKS, 1);
  Atomics.notify(words, ASKS);
}

/**
 * Ends the isolated worker `id` when what it has answered is there.
 *
 * @param {number} id
 * @param {number} looks
 */
function end(id, looks) {
  const child = isolated.get(id);
  if (!child) return;
  if (child.outbox && !collect(child, child.outbox) && looks > 0) {
    setTimeout(() => end(id, looks - 1), 1);
  } else {
    finish(id, "ended", "");
  }
}

/**
 * Reports what an isolated worker, which may be running, has answered and not sent; false if answers are on their way. See
 * "A worker is ended with answers unsent" in README.md.
 *
 * @param {Child} child
 * @param {import("./messages").Outbox} outbox
 */
function collect(child, outbox) {
  const words = new Int32Array(outbox, 0, WORDS);
  const sent = Atomics.load(words, SENT);
  const length = Atomics.load(words, LENGTH);
  const bytes = new Uint8Array(outbox, words.byteLength, length).slice().buffer;
  if (sent !== child.heard || sent !== Atomics.load(words, SENT)) return false;
  if (length > 0) report({ type: "answers", id: child.id, bytes });
  return true;
}

/**
 * The isolated worker `id` is gone, or is to go. Safe at any moment, since its memory goes with it.
 *
 * @param {number} id
 * @param {Cause} cause
 * @param {string} reason
 */
function finish(id, cause, reason) {
  const child = isolated.get(id);
  if (!child) return;
  isolated.delete(id);
  children.delete(child);
  clearTimeout(child.timer);
  child.worker.terminate();
  report({ type: "ended", id, cause, reason });
}

/**
 * Sets a timer, unless an earlier one runs: whoever is rung for asks for the next alarm, and the messages of two threads may come in
 * another order than they were written in.
 * @param {number} id
 * @param {number} delay
 */
function expectAlarm(id, delay) {
  const at = performance.now() + delay;
  const known = alarms.get(id);
  if (known !== undefined && known.at <= at) {
    return;
  }
  clearTimeout(known?.timer);
  alarms.set(id, { at, timer: setTimeout(() => ring(id), delay) });
}

/** @param {number} id */
function ring(id) {
  alarms.delete(id);
  report({ type: "alarm", id });
}

/** @param {Report} message */
function report(message) {
  if (!program.memory) return post(message, freight(message));
  reports.push(message);
  if (warden) forward(warden, message);
}

/**
 * @param {Child} warden
 * @param {Report} report
 */
function forward(warden, report) {
  warden.worker.postMessage(report, freight(report));
}

/** @param {Report} report */
function freight(report) {
  return report.type === "answers" && report.bytes.byteLength > COPIED ? [report.bytes] : [];
}

/** Answers that were transferred to a warden are gone with it, and so is whatever else waits to be told of their worker. */
function dropLostAnswers() {
  const told = reports.filter((report) => report.type === "answers" || report.type === "wrote");
  const gone = told.filter((report) => report.type === "answers" && report.bytes.byteLength === 0);
  const ids = new Set(gone.map((report) => report.id));
  reports = reports.filter((report) => !(report.type === "answers" || report.type === "wrote") || !ids.has(report.id));
  ids.forEach((id) => finish(id, "lost", "its answer was lost with the worker that took it in"));
}

/**
 * @param {Child} child
 * @param {ToWorker} message
 */
function tell(child, message) {
  child.worker.postMessage(message);
}
