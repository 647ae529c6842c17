// Where the reader points: with a mouse while it is over the node, with a finger from the tap until the next one.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Calls `moved` with the place within `node`, and with null when nothing is pointed at any more. */
export function followPointer(node: HTMLElement, moved: (point: Point | null) => void): void {
  const follow = (event: PointerEvent): void => moved({ x: event.offsetX, y: event.offsetY });
  node.addEventListener("pointermove", follow);
  node.addEventListener("pointerdown", follow);
  node.addEventListener("pointerleave", (event) => {
    // A finger leaves as soon as it is lifted, and its reader wants to read.
    if (event.pointerType !== "touch") moved(null);
  });
  addEventListener("pointerdown", (event) => {
    if (event.target !== node) moved(null);
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") moved(null);
  });
}
