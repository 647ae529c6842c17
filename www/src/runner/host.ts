// What a session is made of: the compiled program and a fresh worker. The tests of the runner bring their own.

export interface Program {
  readonly module: WebAssembly.Module;
  readonly glue: string;
}

export interface Host {
  /** Fetches and compiles the program; called once, as every session shares the compiled module. */
  load(): Promise<Program>;
  spawn(): Worker;
}

export const host: Host = {
  async load() {
    const wasm = new URL("pkg/playground_bg.wasm", document.baseURI);
    const response = await fetch(wasm);
    if (!response.ok) throw new Error(`the server answered ${response.status} for ${wasm.pathname}`);
    const module = await compile(response);
    return { module, glue: new URL("pkg/playground.js", document.baseURI).href };
  },
  spawn() {
    return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "runner" });
  },
};

/** Compiles while the bytes arrive, where the server names their type; some static hosts do not. */
async function compile(response: Response): Promise<WebAssembly.Module> {
  if (response.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
