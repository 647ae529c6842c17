// What the operating system knows of the browser and of the server: their threads and their memory. Linux only.
import { readdirSync, readFileSync } from "node:fs";
import type { Browser } from "@playwright/test";

/** Bytes of a page of memory. */
const PAGE = 4096;

/** What a set of processes holds. */
export interface Holding {
  /** Workers of pages, each of which is a thread of that name. */
  readonly workers: number;
  readonly processes: number;
  readonly descriptors: number;
  /** Resident bytes. */
  readonly memory: number;
}

/** What the browser's pages hold. */
export async function ofPages(browser: Browser): Promise<Holding> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return held(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id));
}

/** What a process and those that it has started hold. */
export function ofFamily(pid: number): Holding {
  return held(family(pid));
}

function family(pid: number): number[] {
  const threads = entries(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => words(`/proc/${pid}/task/${thread}/children`).map(Number));
  return [pid, ...children.flatMap(family)];
}

function held(pids: readonly number[]): Holding {
  const threads = pids.flatMap((pid) => entries(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/comm`));
  return {
    workers: threads.filter((path) => words(path)[0] === "DedicatedWorker").length,
    processes: pids.length,
    descriptors: pids.flatMap((pid) => entries(`/proc/${pid}/fd`)).length,
    memory: pids.reduce((sum, pid) => sum + Number(words(`/proc/${pid}/statm`)[1] ?? 0) * PAGE, 0),
  };
}

/** A process that has ended meanwhile has nothing. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function words(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split(/\s+/).filter((word) => word !== "");
  } catch {
    return [];
  }
}
