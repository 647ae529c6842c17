// `?embed` shows only the code, Run and the timeline, for a frame on another page.
import { element } from "./element";

/** Marks the page as embedded, if it is. The timeline then has little room and scrolls, by keys too. */
export function embed(timeline: HTMLElement): void {
  if (!new URLSearchParams(location.search).has("embed")) return;
  document.documentElement.dataset.embed = "";
  timeline.tabIndex = 0;
}

/** The link from a frame to the whole page. */
export function outsideLink(): HTMLAnchorElement {
  const link = element("a", { class: "outside", target: "_blank", rel: "noopener" }, "Open in the playground");
  const aim = (): void => link.setAttribute("href", location.href.replace(/\?[^#]*/, ""));
  aim();
  addEventListener("hashchange", aim);
  return link;
}
