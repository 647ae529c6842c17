// The runner worker: the one thread of a session that runs an example's own code and may block. It imports the
// program's glue by address at run time, as the glue is built apart from the page.
import type { Boot, FromRunner, RunExample, ToRunner } from "./messages";

/** What the glue exports; its shape is fixed by the playground crate. */
interface Program {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  start(port: MessagePort, threads: number, fibers: boolean): Promise<void>;
  set_site(site: string): void;
  run(run: number, example: string, parameters: string): void;
  run_as_fiber(run: number, example: string, parameters: string): Promise<void>;
}

let program: Program | null = null;
/** Whether threads take turns in this worker, which then must not block. */
let fibers = false;

self.addEventListener("message", (message: MessageEvent<ToRunner>) => {
  if (message.data.type === "boot") void boot(message.data);
  else if (fibers) void runAsFiber(message.data);
  else run(message.data);
});

async function boot({ module, glue, port, threads, takesTurns }: Boot): Promise<void> {
  try {
    const loaded = (await import(/* @vite-ignore */ glue)) as Program;
    await loaded.default({ module_or_path: module });
    await loaded.start(port, threads, takesTurns);
    // What examples download lies beside the page, and the glue lies in a folder of it.
    loaded.set_site(new URL("..", glue).href);
    [program, fibers] = [loaded, takesTurns];
    tell({ type: "ready" });
  } catch (error) {
    tell({ type: "boot_failed", message: describe(error) });
  }
}

// Not `async`: an error would become a rejection that the page never hears of.
function run({ run, example, parameters }: RunExample): void {
  try {
    if (program === null) throw new Error("the program was asked to run before it was loaded");
    program.run(run, example, parameters);
    tell({ type: "returned", run });
  } catch (error) {
    tell({ type: "trap", run, message: describe(error) });
  }
}

async function runAsFiber({ run, example, parameters }: RunExample): Promise<void> {
  try {
    await program?.run_as_fiber(run, example, parameters);
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
