// The signs inside the bars, as strokes about a centre: a second way, beside the pattern, to tell states apart.

export type Icon = "check" | "cross" | "slash" | "square";

export function drawIcon(context: CanvasRenderingContext2D, icon: Icon, x: number, y: number, colour: string): void {
  context.save();
  context.translate(x, y);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  STROKES[icon](context);
  context.stroke();
  context.restore();
}

const STROKES: Readonly<Record<Icon, (context: CanvasRenderingContext2D) => void>> = {
  check(context) {
    context.moveTo(-4, 0.5);
    context.lineTo(-1.2, 3.3);
    context.lineTo(4.2, -3.2);
  },
  cross(context) {
    context.moveTo(-3.4, -3.4);
    context.lineTo(3.4, 3.4);
    context.moveTo(3.4, -3.4);
    context.lineTo(-3.4, 3.4);
  },
  slash(context) {
    context.arc(0, 0, 3.8, 0, Math.PI * 2);
    context.moveTo(-2.6, 2.6);
    context.lineTo(2.6, -2.6);
  },
  square(context) {
    context.rect(-3, -3, 6, 6);
  },
};
