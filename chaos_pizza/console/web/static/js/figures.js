// The large figures: the time since impact, and how purchases go now.

import { WELL_RATIO } from "./board.js";
import { make, tell } from "./element.js";
import { latency, lengthOf, percent, timeOfDay, zoneName } from "./wording.js";

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

  show({ board, standing, knowledge, nowMs }) {
    const { label, figure, aside, state } = elapsedOf(board, knowledge, nowMs);
    tell(this.elapsedLabel, label);
    tell(this.elapsed, figure);
    tell(this.elapsedAside, aside);
    this.element.firstChild.dataset.state = state;
    this.elapsed.dataset.long = String(figure.length > 5);
    this.elapsed.dataset.words = String(!/\d/.test(figure));
    if (knowledge.isKnown) this.#showNow(board, nowMs, standing.state);
    else this.#showUnknown(unknownText(knowledge));
  }

  #showUnknown(since) {
    for (const { figure, aside, element } of [this.ratio, this.p95]) {
      tell(figure, "–");
      tell(aside, `not known ${since}`);
      element.dataset.state = "unknown";
    }
  }

  #showNow(board, nowMs, state) {
    const { ratio, p95, purchases } = board.series.now(nowMs);
    const silent = state === "under_way" ? "none in the last 5 s" : "nothing is bought now";
    tell(this.ratio.figure, percent(ratio));
    tell(this.ratio.aside, purchases ? `of ${purchases} in the last 5 s` : silent);
    this.ratio.element.dataset.state = ratio === null ? "unknown" : ratio >= WELL_RATIO ? "good" : "bad";
    tell(this.p95.figure, latency(p95));
    tell(this.p95.aside, p95 === null ? silent : "at most, last 5 s");
  }
}

// Since when nothing is known; with the zone where there is room for it.
const unknownText = ({ sinceMs }) => (sinceMs === null ? "yet" : `since ${timeOfDay(sinceMs)}`);

function elapsedOf(board, knowledge, nowMs) {
  const known = knownOf(board, knowledge, nowMs);
  if (knowledge.isKnown) return known;
  const since = unknownText(knowledge);
  if (board.impactMs === null) {
    const aside = knowledge.sinceMs === null ? "the console has said nothing yet" : `${since} ${zoneName(nowMs)}; none was seen until then`;
    return { label: "Impact", figure: "not known", aside, state: "unknown" };
  }
  return { ...known, aside: `not confirmed ${since} ${zoneName(nowMs)}`, state: "unknown" };
}

function knownOf(board, { isCutOff }, nowMs) {
  const { impactMs, recoveredMs, endedMs, toldMs } = board;
  if (impactMs === null) return calmOf(board, nowMs);
  const from = `${timeOfDay(impactMs)} ${zoneName(impactMs)}`;
  if (recoveredMs !== null) {
    const aside = `from ${from} until ${timeOfDay(recoveredMs)}`;
    return { label: "From impact to recovery", figure: lengthOf(recoveredMs - impactMs), aside, state: "recovered" };
  }
  if (endedMs !== null) {
    const aside = `from ${from}; no recovery was seen`;
    return { label: "From impact to the drill's end", figure: lengthOf(endedMs - impactMs), aside, state: "impact" };
  }
  const label = isCutOff ? "From impact until it was cut off" : "Since impact";
  return { label, figure: lengthOf((isCutOff ? toldMs : nowMs) - impactMs), aside: `since ${from}`, state: "impact" };
}

// No impact is no proof that all is well: that is said of purchases which are good now, and of nothing else.
function calmOf(board, nowMs) {
  const calm = (aside, state) => ({ label: "Since impact", figure: "no impact seen", aside, state });
  if (board.endedMs !== null) return calm("diners felt nothing", "calm");
  if (!board.drill) return calm("a drill shows here once it begins", "unknown");
  const { ratio } = board.series.now(nowMs);
  if (ratio === null) return calm("nothing is bought now to tell by", "unknown");
  return ratio >= WELL_RATIO ? calm("diners get their pizzas", "calm") : calm("not all purchases are good now", "doubtful");
}

function card(label) {
  const figure = make("p", { class: "figure" });
  const aside = make("p", { class: "aside" });
  const element = make("section", { class: "now", "aria-label": label }, make("h2", { text: label }), figure, aside);
  return { element, figure, aside };
}
