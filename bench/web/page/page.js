// The page: whoever steers the browser calls `start` once and then `turn` for each turn of a contestant. Programs in
// wasm run in a worker, since they block; the npm package is used as pages use it, from the page.
import { performPooled, startPool } from "./pooled.js";

/** @typedef {{ contestant: string, work: string, workers: number, count: number }} Request */

const runner = new Worker("runner.js", { type: "module", name: "runner" });
/** The one call that has no answer yet. */
let waiting = null;

runner.onmessage = ({ data }) => {
  const { resolve, reject } = waiting;
  if (data.error === undefined) resolve(data.value);
  else reject(new Error(data.error));
};
/** Rejected when a script does not load, or at an error outside of the runner's own handling. */
const failure = new Promise((_, reject) => {
  runner.onerror = (event) => reject(new Error(event.message || "the runner could not be loaded"));
});
// Whoever asks is told; until then nobody has to listen.
failure.catch(() => {});

/** @param {object} message */
function ask(message) {
  const answer = new Promise((resolve, reject) => {
    waiting = { resolve, reject };
    runner.postMessage(message);
  });
  return Promise.race([answer, failure]);
}

/** Makes all workers, so many of each kind. @param {number} workers */
globalThis.start = async (workers) => {
  await startPool(workers);
  await ask({ workers });
};

/** Does the work once; returns the seconds that it took. @param {Request} request */
globalThis.turn = (request) => (request.contestant === "workerpool" ? performPooled(request) : ask({ request }));
