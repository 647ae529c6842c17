// The worker in which the program runs: this project's executors and rayon, all in one module on one shared memory.
import * as program from "./module/bench.js";

self.onmessage = async ({ data: { workers, request } }) => {
  try {
    self.postMessage({ value: request === undefined ? await start(workers) : turn(request) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};

async function start(workers) {
  await program.default();
  await program.start(workers);
  await program.initThreadPool(workers);
}

function turn({ contestant, work, workers, count }) {
  return program.turn(contestant, work, workers, count);
}
