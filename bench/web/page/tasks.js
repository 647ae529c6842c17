// What a worker of the npm package does: the same as a tiny task in Rust.
/* global importScripts, workerpool */
importScripts("workerpool/workerpool.js");

workerpool.worker({ tiny: (n) => n });
