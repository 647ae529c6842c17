// The signs of task states for use in text, in the same shapes as on the timeline.
import type { TaskState } from "../state/run";

const SVG = "http://www.w3.org/2000/svg";

/** Strokes about the centre of a square of 16. */
const PATHS: Readonly<Record<TaskState, string>> = {
  queued: "M8 3.500a4.500 4.500 0 1 0 .01 0M8 5.500v2.500l1.800 1.200",
  running: "M5.500 4l6 4-6 4z",
  done: "M3.500 8.500l3 3 6-7",
  failed: "M4 4l8 8M12 4l-8 8",
  cancelled: "M8 3a5 5 0 1 0 .01 0M4.700 11.300l6.600-6.600",
  lost: "M4.500 4.500h7v7h-7z",
};

export function stateIcon(state: TaskState): SVGSVGElement {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 16 16");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[state]);
  icon.append(path);
  return icon;
}
