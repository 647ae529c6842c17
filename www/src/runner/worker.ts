// The runner worker: the one thread of a session that runs an example's own code and may block. It imports the
// program's glue by address at run time, as the glue is built apart from the page.
import type { Boot, FromRunner, RunExample, ToRunner } from "./messages";

/** What the glue exports; its shape is fixed by the playground crate. */
interface Program {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  start(port: MessagePort, threads: number): Promise<void>;
  run(run: number, example: string, parameters: string): void;
}

let program: Program | null = null;

self.addEventListener("message", (message: MessageEvent<ToRunner>) => {
  if (message.data.type === "boot") void boot(message.data);
  else run(message.data);
});

async function boot({ module, glue, port, threads }: Boot): Promise<void> {
  try {
    const loaded = (await import(/* @vite-ignore */ glue)) as Program;
    await loaded.default({ module_or_path: module });
    await loaded.start(port, threads);
    program = loaded;
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

function tell(message: FromRunner): void {
  self.postMessage(message);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
