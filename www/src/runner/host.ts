// What a session is made of: the compiled program and a fresh worker. The tests of the runner bring their own.

export interface Program {
  readonly module: WebAssembly.Module;
  readonly glue: string;
  /** What programs download lies below this address. */
  readonly site: string;
}

export interface Host {
  /** Fetches and compiles the program; called once, as every session shares the compiled module. */
  load(): Promise<Program>;
  spawn(): Worker;
  /** Whether a session serves one run only. */
  readonly once: boolean;
}

/** The program that holds the examples. */
export const examples: Host = { load: () => load("pkg/"), spawn, once: false };

/**
 * The interpreter, whose programs each get a memory of their own, as cycles in it are not collected. `progress` is told how many bytes
 * have arrived.
 */
export function interpreter(progress: (bytes: number) => void): Host {
  return { load: () => load("pkg/python/", progress), spawn, once: true };
}

function spawn(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "runner" });
}

async function load(folder: string, progress?: (bytes: number) => void): Promise<Program> {
  const wasm = new URL(`${folder}playground_bg.wasm`, document.baseURI);
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${wasm.pathname}`);
  const isCounted = progress !== undefined && !isKept(response);
  const module = await compile(isCounted ? counted(response, progress) : response);
  if (isCounted) keepTag(response);
  return { module, glue: new URL(`${folder}playground.js`, document.baseURI).href, site: new URL(".", document.baseURI).href };
}

/** Compiles while the bytes arrive, where the server names their type; some static hosts do not. */
async function compile(response: Response): Promise<WebAssembly.Module> {
  if (response.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Where the storage tells which file is kept. */
const KEPT = "interpreter";

/** Whether the browser has, as well as can be known, kept the file from an earlier visit. */
function isKept(response: Response): boolean {
  try {
    return tagOf(response) !== null && localStorage.getItem(KEPT) === tagOf(response);
  } catch {
    return false;
  }
}

function keepTag(response: Response): void {
  try {
    localStorage.setItem(KEPT, tagOf(response) ?? "");
  } catch {
    // Without storage each visit counts.
  }
}

/** What tells one version of a file from another. */
function tagOf(response: Response): string | null {
  return response.headers.get("ETag") ?? response.headers.get("Last-Modified");
}

/** The same response, which tells how many bytes have arrived. The engine compiles it more slowly, and keeps nothing of it. */
function counted(response: Response, progress: (bytes: number) => void): Response {
  let bytes = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, controller) {
      bytes += part.length;
      progress(bytes);
      controller.enqueue(part);
    },
  });
  return new Response(response.body?.pipeThrough(counter) ?? null, response);
}
