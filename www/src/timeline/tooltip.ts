// The details of what the reader points at or has stepped to.
import { element } from "../view/element";
import type { Facts } from "./facts";
import type { Point } from "./pointer";

export class Tooltip {
  readonly node = element("div", { class: "tooltip", hidden: "" });

  /** Shows facts beside a point of `frame`, on the side where there is room. */
  show({ title, list }: Facts, { x, y }: Point, frame: HTMLElement): void {
    this.node.replaceChildren(
      element("strong", {}, title),
      element("dl", {}, ...list.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    );
    this.node.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = x + 16 + width > frame.clientWidth ? Math.max(4, x - width - 12) : x + 16;
    const top = Math.max(4, Math.min(y + 14, frame.clientHeight - height - 4));
    this.node.style.transform = `translate(${left}px, ${top}px)`;
  }

  hide(): void {
    this.node.hidden = true;
  }
}
