// What is said aloud to screen readers, and stands in the browser's tab: what is new, and what is not known any more.

import { nowMs } from "./clock.js";
import { make } from "./element.js";

const NEW_MS = 4000; // younger than this, an impact or an alert is news

export class News {
  #wasKnown = null;

  constructor() {
    this.element = make("p", { class: "unseen", role: "status", "aria-live": "assertive" });
  }

  /** Say a line of the feed aloud, if it is new and matters. */
  take({ at, event }) {
    if (nowMs() - Date.parse(at) > NEW_MS) return;
    if (event.type === "instant" && event.name === "first_impact") this.#say("Impact: purchases go wrong.");
    if (event.type === "instant" && event.name === "recovered") this.#say("Recovered: purchases are good again.");
    if (event.type === "alert" && event.state === "firing") this.#say(`Alert ${event.rule} fires.`);
    if (event.type === "ended") this.#say("The drill is over.");
  }

  /** Put into the tab how things stand, before the page's title; say aloud when that is known no longer, or again. */
  show({ board, connection, knowledge: { isKnown, isCutOff } }, title) {
    const isImpact = board.impactMs !== null && board.recoveredMs === null;
    const sign = isCutOff ? "Cut off: " : !isKnown ? "Not known: " : isImpact ? "Impact: " : "";
    document.title = sign + title;
    if (this.#wasKnown !== null && this.#wasKnown !== isKnown) this.#say(isKnown ? "The console is heard again." : "Nothing is heard: how things are is not known.");
    this.#wasKnown = connection.heardMs === null ? null : isKnown;
  }

  #say(text) {
    this.element.textContent = text;
  }
}
