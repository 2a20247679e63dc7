import type uPlot from "uplot";
import type { Threshold } from "../../catalogue.ts";
import type { Annotation } from "../api.ts";
import { colour } from "./dom.ts";

/** A dashed line where good ends and bad begins. */
export function drawThreshold(u: uPlot, threshold: Threshold | undefined): void {
  if (threshold === undefined) return;
  const { left, top, width, height } = u.bbox;
  const y = u.valToPos(threshold.value, "y", true);
  if (y < top || y > top + height) return;
  u.ctx.save();
  u.ctx.strokeStyle = colour("bad");
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(left, y);
  u.ctx.lineTo(left + width, y);
  u.ctx.stroke();
  u.ctx.restore();
}

/** A shade from begin to end, with a bar at its foot; a moment is a line. */
export function drawAnnotations(u: uPlot, annotations: readonly Annotation[]): void {
  const { left, top, width, height } = u.bbox;
  const bar = 3 * devicePixelRatio;
  const inside = (x: number): number => Math.min(Math.max(x, left), left + width);
  u.ctx.save();
  for (const { is, from, to } of annotations) {
    const begin = inside(u.valToPos(from, "x", true));
    const end = inside(u.valToPos(to, "x", true));
    u.ctx.fillStyle = colour(is === "good" ? "note" : is === "doubtful" ? "warn" : "bad");
    u.ctx.globalAlpha = 0.07;
    u.ctx.fillRect(begin, top, end - begin, height);
    u.ctx.globalAlpha = 0.9;
    u.ctx.fillRect(begin, top + height - bar, Math.max(end - begin, bar), bar);
    u.ctx.globalAlpha = 0.5;
    u.ctx.fillRect(begin, top, devicePixelRatio, height);
  }
  u.ctx.restore();
}
