// The large figures: the time since impact, and how purchases go now.

import { make, tell } from "./element.js";
import { latency, lengthOf, percent, timeOfDay, zoneName } from "./wording.js";

const WELL = 0.95;

export class Figures {
  constructor() {
    this.elapsedLabel = make("h2", { text: "Since impact" });
    this.elapsed = make("p", { class: "figure", role: "timer", "aria-live": "off" });
    this.elapsedAside = make("p", { class: "aside" });
    this.ratio = card("Good purchases");
    this.p95 = card("Latency, p95");
    this.element = make(
      "div",
      { class: "figures" },
      make("section", { class: "elapsed", "aria-label": "Time since impact" }, this.elapsedLabel, this.elapsed, this.elapsedAside),
      this.ratio.element,
      this.p95.element,
    );
  }

  show({ board, standing, nowMs }) {
    const { label, figure, aside, state } = elapsedOf(board, nowMs);
    tell(this.elapsedLabel, label);
    tell(this.elapsed, figure);
    tell(this.elapsedAside, aside);
    this.element.firstChild.dataset.state = state;
    this.elapsed.dataset.long = String(figure.length > 5);
    this.#showNow(board, nowMs, standing.state);
  }

  #showNow(board, nowMs, state) {
    const { ratio, p95, purchases } = board.series.now(nowMs);
    const silent = state === "under_way" ? "none in the last 5 s" : "nothing is bought now";
    tell(this.ratio.figure, percent(ratio));
    tell(this.ratio.aside, purchases ? `of ${purchases} in the last 5 s` : silent);
    this.ratio.element.dataset.state = ratio === null ? "unknown" : ratio >= WELL ? "good" : "bad";
    tell(this.p95.figure, latency(p95));
    tell(this.p95.aside, p95 === null ? silent : "at most, last 5 s");
  }
}

function elapsedOf(board, nowMs) {
  const { impactMs, recoveredMs, endedMs } = board;
  if (impactMs === null) return { label: "Since impact", figure: "no impact seen", aside: calmAside(board), state: "calm" };
  const from = `${timeOfDay(impactMs)} ${zoneName(impactMs)}`;
  if (recoveredMs !== null) {
    const aside = `from ${from} until ${timeOfDay(recoveredMs)}`;
    return { label: "From impact to recovery", figure: lengthOf(recoveredMs - impactMs), aside, state: "recovered" };
  }
  if (endedMs !== null) {
    const aside = `from ${from}; no recovery was seen`;
    return { label: "From impact to the drill's end", figure: lengthOf(endedMs - impactMs), aside, state: "impact" };
  }
  return { label: "Since impact", figure: lengthOf(nowMs - impactMs), aside: `since ${from}`, state: "impact" };
}

const calmAside = ({ drill, endedMs }) => {
  if (endedMs !== null) return "diners felt nothing";
  return drill ? "diners get their pizzas" : "a drill shows here once it begins";
};

function card(label) {
  const figure = make("p", { class: "figure" });
  const aside = make("p", { class: "aside" });
  const element = make("section", { class: "now", "aria-label": label }, make("h2", { text: label }), figure, aside);
  return { element, figure, aside };
}
