// The alerts, by name and system, and where each stands.

import { make, tell } from "./element.js";
import { sinceImpact, timeOfDay } from "./wording.js";

export class Alerts {
  #rows = new Map();

  constructor() {
    this.list = make("ul", {});
    this.empty = make("p", { class: "quiet", text: "No alert so far." });
    this.box = make("div", { class: "lines", tabindex: "0", role: "region", "aria-label": "Alerts" }, this.empty, this.list);
    this.title = make("h2", { id: "alerts-title", text: "Alerts" });
    this.element = make("section", { class: "alerts", "aria-labelledby": "alerts-title" }, this.title, this.box);
  }

  show({ board, knowledge }) {
    const asOf = !knowledge.isKnown && knowledge.sinceMs !== null && board.alerts.size ? `, as of ${timeOfDay(knowledge.sinceMs)}` : "";
    tell(this.title, `Alerts${asOf}`);
    this.empty.hidden = board.alerts.size > 0;
    for (const key of this.#rows.keys()) if (!board.alerts.has(key)) this.#remove(key);
    for (const [key, alert] of board.alerts) {
      if (!this.#rows.has(key)) this.#add(key);
      const row = this.#rows.get(key);
      const [chip, name, since] = row.children;
      const isOver = board.endedMs !== null && alert.state !== "inactive";
      row.dataset.state = isOver && alert.state === "firing" ? "unresolved" : standing(alert);
      tell(chip, isOver ? `${alert.state} at the drill's end` : standing(alert));
      tell(name, `${alert.rule} (${alert.source})`);
      const after = board.impactMs === null ? "" : ` (${sinceImpact(alert.atMs, board.impactMs)})`;
      tell(since, `since ${timeOfDay(alert.atMs)}${after}`);
    }
  }

  #add(key) {
    const row = make("li", {}, make("strong", { class: "chip" }), make("span", { class: "name" }), make("span", { class: "quiet" }));
    this.#rows.set(key, row);
    this.list.append(row);
  }

  #remove(key) {
    this.#rows.get(key).remove();
    this.#rows.delete(key);
  }
}

/** Where an alert stands, in a word. */
export function standing({ state, hasFired }) {
  return state === "inactive" ? (hasFired ? "resolved" : "went away") : state;
}
