// What the page runs on, since the times that it shows depend on it.
import { element } from "./element";

export function footer(threads: number): HTMLElement {
  const isolated = globalThis.crossOriginIsolated;
  const processors = navigator.hardwareConcurrency;
  const facts = [
    `${threads} warm threads on Web Workers that share one WebAssembly memory`,
    `${processors} logical ${processors === 1 ? "processor" : "processors"}`,
    isolated ? "cross-origin isolated" : "not cross-origin isolated",
  ];
  return element("footer", {}, element("p", {}, `Runs in this browser: ${facts.join(" · ")}.`));
}
