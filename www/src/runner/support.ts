// What this browser, on this address, can run. Where it is nothing, the answer is a sentence for the reader, since
// everything else on the page is worth reading without it.

/** A module of a few bytes that is valid only with threads: one shared memory, one atomic load. */
const THREADS = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0,
  26, 11,
]);

/** How a session has its threads. */
export interface Threads {
  /** Those to keep warm. */
  readonly count: number;
  /** Whether they take turns in one worker, because no memory may be shared between workers. */
  readonly takeTurns: boolean;
}

export const TAKING_TURNS =
  "This address is not cross-origin isolated, so browsers share no memory here: threads take turns in one worker. " +
  "Their waits overlap, their computations do not; processes run on isolated workers as ever.";

/** Why programs cannot run here, or null where they can. */
export function unsupported(): string | null {
  if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
    return "This browser has no WebAssembly, so it can show the examples but not run them.";
  }
  if (!WebAssembly.validate(THREADS)) {
    return "This browser has no threads for WebAssembly, so it can show the examples but not run them.";
  }
  if (!globalThis.crossOriginIsolated && !canSuspend()) {
    return (
      "Examples cannot run here: the server did not send the isolation headers (Cross-Origin-Opener-Policy and " +
      "Cross-Origin-Embedder-Policy) that shared memory needs, and this browser cannot suspend WebAssembly instead."
    );
  }
  return null;
}

/** Threads to keep warm: enough for the tutorial's pools, and no more than a small machine can carry. */
export function threadsHere(): Threads {
  const count = Math.min(8, Math.max(5, navigator.hardwareConcurrency));
  return { count, takeTurns: !globalThis.crossOriginIsolated };
}

/** By JavaScript Promise Integration, which TypeScript does not know yet. */
function canSuspend(): boolean {
  return "Suspending" in WebAssembly && "promising" in WebAssembly;
}
