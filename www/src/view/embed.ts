// `?embed` shows only the code, Run and the timeline, for a frame on another page.
import { element } from "./element";

/** Marks the page as embedded, if it is, and makes the link to the whole of it. */
export function outsideLink(): HTMLAnchorElement {
  const link = element("a", { class: "outside", target: "_blank", rel: "noopener" }, "Open in the playground");
  if (new URLSearchParams(location.search).has("embed")) document.documentElement.dataset.embed = "";
  const aim = (): void => link.setAttribute("href", location.href.replace(/\?[^#]*/, ""));
  aim();
  addEventListener("hashchange", aim);
  return link;
}
