// The npm package `workerpool`, with workers that know their functions by name, which is its quicker way.
/* global workerpool */

let pool;

/** Starts the workers and waits until each has had a task. @param {number} workers */
export async function startPool(workers) {
  pool = workerpool.pool("tasks.js", { minWorkers: workers, maxWorkers: workers, workerType: "web" });
  await Promise.all(Array.from({ length: workers }, (_, n) => pool.exec("tiny", [n])));
}

/** Does the work once; returns the seconds that it took. */
export async function performPooled({ work, count }) {
  const start = performance.now();
  const sum = await WORKS[work](count);
  const seconds = (performance.now() - start) / 1000;
  if (sum !== (count * (count - 1)) / 2) throw new Error(`a wrong sum: ${sum}`);
  return seconds;
}

const WORKS = {
  async "submit-and-collect"(count) {
    const results = await Promise.all(Array.from({ length: count }, (_, n) => pool.exec("tiny", [n])));
    return results.reduce((sum, result) => sum + result, 0);
  },
  async "one-at-a-time"(count) {
    let sum = 0;
    for (let n = 0; n < count; n += 1) sum += await pool.exec("tiny", [n]);
    return sum;
  },
};
