// Whether this browser, on this address, can run threads. The answer is a sentence for the reader, since everything
// else on the page is worth reading without them.

/** A module of a few bytes that is valid only with threads: one shared memory, one atomic load. */
const THREADS = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0,
  26, 11,
]);

/** Why programs cannot run here, or null where they can. */
export function unsupported(): string | null {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    return "This browser has no WebAssembly, so it can show the examples but not run them.";
  }
  if (!globalThis.crossOriginIsolated) {
    return (
      "Examples cannot run here, because the server did not send the isolation headers " +
      "(Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy) that shared memory needs."
    );
  }
  if (typeof SharedArrayBuffer !== "function" || !WebAssembly.validate(THREADS)) {
    return "This browser has no threads for WebAssembly, so it can show the examples but not run them.";
  }
  return null;
}

/** Threads to keep warm: enough for the tutorial's pools, and no more than a small machine can carry. */
export function warmThreads(): number {
  return Math.min(8, Math.max(5, navigator.hardwareConcurrency));
}
