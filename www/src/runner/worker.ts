// The runner worker: the one thread of a session that runs an example's own code and may block. It imports the
// program's glue by address at run time, as the glue is built apart from the page.
import type { Boot, FromRunner, RunExample, ToRunner } from "./messages";

/** What the glue exports; its shape is fixed by the playground crate. */
interface Program {
  default(options: { module_or_path: WebAssembly.Module }): Promise<{ readonly memory: WebAssembly.Memory }>;
  start(port: MessagePort, threads: number, fibers: boolean): Promise<void>;
  /** `input` is an example's parameters as JSON, or the source of a Python program. */
  run(run: number, example: string, input: string): void;
  run_as_fiber(run: number, example: string, input: string): Promise<void>;
  /** The examples' only. */
  set_site?(site: string): void;
  /** The interpreter's only. */
  mailbox?(): number;
  warm?(): void;
  warm_further?(): void;
}

let program: Program | null = null;
/** Whether threads take turns in this worker, which then must not block. */
let fibers = false;

self.addEventListener("message", (message: MessageEvent<ToRunner>) => {
  if (message.data.type === "boot") void boot(message.data);
  else if (fibers) void runAsFiber(message.data);
  else run(message.data);
});

async function boot({ module, glue, site, port, threads, takesTurns }: Boot): Promise<void> {
  try {
    const loaded = (await import(/* @vite-ignore */ glue)) as Program;
    const wasm = await loaded.default({ module_or_path: module });
    await loaded.start(port, threads, takesTurns);
    loaded.set_site?.(site);
    [program, fibers] = [loaded, takesTurns];
    // Memory can be shared with the page only where threads share it too.
    const address = takesTurns ? undefined : loaded.mailbox?.();
    tell({ type: "ready", mailbox: address === undefined ? null : { buffer: wasm.memory.buffer, address } });
    // After the answer: a run that is asked for meanwhile waits no longer than it would for an interpreter of its own.
    if (takesTurns) return;
    loaded.warm?.();
    // And after a run that has been asked for in the meantime.
    setTimeout(() => loaded.warm_further?.());
  } catch (error) {
    tell({ type: "boot_failed", message: describe(error) });
  }
}

// Not `async`: an error would become a rejection that the page never hears of.
function run({ run, example, parameters, source }: RunExample): void {
  try {
    if (program === null) throw new Error("the program was asked to run before it was loaded");
    program.run(run, example, source ?? parameters);
    tell({ type: "returned", run });
  } catch (error) {
    tell({ type: "trap", run, message: describe(error) });
  }
}

async function runAsFiber({ run, example, parameters, source }: RunExample): Promise<void> {
  try {
    await program?.run_as_fiber(run, example, source ?? parameters);
    tell({ type: "returned", run });
  } catch (error) {
    tell({ type: "trap", run, message: describe(error) });
  }
}

function tell(message: FromRunner): void {
  self.postMessage(message);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
