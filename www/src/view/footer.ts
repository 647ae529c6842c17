// What the page runs on, since the times that it shows depend on it.
import type { Threads } from "../runner/support";
import { element } from "./element";

export function footer({ count, takeTurns }: Threads): HTMLElement {
  const processors = navigator.hardwareConcurrency;
  const shared = `${count} warm threads on Web Workers that share one WebAssembly memory`;
  const facts = [
    takeTurns ? `${count} warm threads that take turns in one Web Worker` : shared,
    `${processors} logical ${processors === 1 ? "processor" : "processors"}`,
    takeTurns ? "not cross-origin isolated" : "cross-origin isolated",
  ];
  return element("footer", {}, element("p", {}, `Runs in this browser: ${facts.join(" · ")}.`));
}
