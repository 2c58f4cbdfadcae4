// The chart of success ratio and latency.

import uPlot from "../vendor/uplot/uPlot.esm.js";
import { make, tell } from "./element.js";
import { INSTANTS, MARK_LABELS, latency, percent, timesAreLocal } from "./wording.js";

const LABEL_ROWS = 2;
const LABEL_PX = 14;
const SHOWN_INSTANTS = ["first_impact", "recovered", "mitigated", "fault_start"];
const SHORT = { first_impact: "impact", recovered: "recovered", mitigated: "mitigated", fault_start: "fault" };

export class Chart {
  #plot = null;
  #lines = [];
  #drawn = "";

  constructor() {
    this.isWhole = false;
    this.picture = make("div", { class: "picture", role: "img", "aria-label": "Success ratio and latency" });
    this.spans = [false, true].map((isWhole) => this.#spanButton(isWhole));
    const title = make("h2", { id: "chart-title", text: "Success and latency" });
    const legend = make("p", { class: "legend" }, make("span", { class: "of-ratio", text: "success ratio, %" }), make("span", { class: "of-p95", text: "p95 latency" }));
    const head = make("div", { class: "head" }, title, legend, make("div", { class: "spans", role: "group", "aria-label": "How much of it" }, ...this.spans));
    this.element = make("section", { class: "chart", "aria-labelledby": "chart-title" }, head, this.picture);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.renew());
    new ResizeObserver(() => this.#fit()).observe(this.picture);
  }

  /** Draw anew with the colours and the time zone of now. */
  renew() {
    this.#plot?.destroy();
    this.#plot = null;
    this.#drawn = "";
  }

  show({ board, nowMs }) {
    const points = board.series.points(this.isWhole, nowMs);
    if (!this.#plot) this.#plot = this.#make(points);
    const lines = linesOf(board);
    const [from, to] = this.#span(points, nowMs);
    const now = JSON.stringify([points[0].length, points[0].at(-1), points[1].at(-1), points[2].at(-1), from, lines]);
    if (now === this.#drawn) return;
    [this.#drawn, this.#lines] = [now, lines];
    this.#plot.batch(() => {
      this.#plot.setData(points, false);
      this.#plot.setScale("x", { min: from, max: to });
    });
    this.#describe(board, nowMs);
  }

  #span(points, nowMs) {
    const last = points[0].at(-1) ?? nowMs / 1000;
    const first = points[0][0] ?? last;
    const to = Math.max(last, first + 60);
    return [this.isWhole ? first : Math.max(first, to - 600), to];
  }

  #spanButton(isWhole) {
    const choose = () => {
      this.isWhole = isWhole;
      this.spans.forEach((each, place) => each.setAttribute("aria-pressed", String(Boolean(place) === isWhole)));
      this.#drawn = "";
      this.chosen?.();
    };
    return make("button", { type: "button", "aria-pressed": String(!isWhole), text: isWhole ? "whole drill" : "10 min", on: { click: choose } });
  }

  #fit() {
    this.#plot?.setSize({ width: this.picture.clientWidth, height: this.picture.clientHeight });
  }

  #make(points) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--colour-${name}`).trim();
    const axis = { stroke: colour("muted"), grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("grid"), width: 1 }, font: "12px system-ui, sans-serif" };
    const zone = timesAreLocal() ? {} : { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") };
    const clock = ["{HH}:{mm}:{ss}", "{HH}:{mm}"].map((form) => uPlot.fmtDate(form));
    const times = (plot, splits, _axis, _space, step) => splits.map((at) => clock[step < 60 ? 0 : 1]((zone.tzDate ?? ((s) => new Date(s * 1000)))(at)));
    return new uPlot(
      {
        ...zone,
        width: this.picture.clientWidth || 320,
        height: this.picture.clientHeight || 224,
        padding: [LABEL_ROWS * LABEL_PX + 6, 0, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true }, ratio: { range: [0, 100] }, ms: { range: (_plot, _low, high) => [0, roof(high)] } },
        axes: [
          { ...axis, values: times, space: 84 },
          { ...axis, scale: "ratio", size: 44, stroke: colour("good"), splits: [0, 25, 50, 75, 100] },
          { ...axis, scale: "ms", side: 1, size: 68, stroke: colour("late"), grid: { show: false }, values: (_plot, splits) => splits.map(latency) },
        ],
        series: [
          {},
          { scale: "ratio", stroke: colour("good"), width: 2, fill: `${colour("good")}22` },
          { scale: "ms", stroke: colour("late"), width: 1.5, dash: [5, 3] },
        ],
        hooks: { draw: [(plot) => this.#drawLines(plot, { ink: colour("ink"), line: colour("instant") })] },
      },
      points,
      this.picture,
    );
  }

  #drawLines(plot, { ink, line }) {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    const ends = Array(LABEL_ROWS).fill(-Infinity); // where the last label of each row ends
    ctx.save();
    [ctx.strokeStyle, ctx.fillStyle, ctx.lineWidth, ctx.font] = [line, ink, scale, `${12 * scale}px system-ui, sans-serif`];
    for (const { atMs, label } of this.#lines) {
      const x = plot.valToPos(atMs / 1000, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const width = ctx.measureText(label).width;
      const start = Math.min(x, bbox.left + bbox.width - width);
      const row = ends.findIndex((end) => start > end);
      if (row < 0) continue;
      ctx.fillText(label, start, bbox.top - (5 + row * LABEL_PX) * scale);
      ends[row] = start + width + 6 * scale;
    }
    ctx.restore();
  }

  #describe(board, nowMs) {
    const { ratio, p95 } = board.series.now(nowMs);
    const lines = this.#lines.map(({ label }) => label).join(", ");
    const text = `Success ratio and p95 latency over ${this.isWhole ? "the whole drill" : "the last 10 minutes"}: now ${percent(ratio)} and ${latency(p95)}${lines ? `; marked: ${lines}` : ""}`;
    if (this.picture.getAttribute("aria-label") !== text) this.picture.setAttribute("aria-label", text);
  }
}

function linesOf(board) {
  const instants = SHOWN_INSTANTS.flatMap((name) => {
    const instant = board.instants.get(name);
    return instant ? [{ atMs: instant.earliestMs, label: SHORT[name] ?? INSTANTS[name] }] : [];
  });
  const marks = ["noticed", "acknowledged", "diagnosed", "mitigated"].flatMap((kind) => {
    const [first] = board.marksOf(kind);
    return first ? [{ atMs: first.atMs, label: MARK_LABELS[kind].toLowerCase() }] : [];
  });
  const firing = [...board.moments].find((each) => each.kind === "alert" && each.state === "firing");
  const alert = firing ? [{ atMs: firing.atMs, label: "alert" }] : [];
  return [...instants, ...marks, ...alert].sort((a, b) => a.atMs - b.atMs);
}

// The next round number, so that the axis stays where it is while figures waver.
function roof(high) {
  const wanted = Math.max(high ?? 0, 50) * 1.1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].map((step) => step * power).find((each) => each >= wanted);
}
