// What became of what people pressed: the answer to the last press, and what waits or was refused. It stays in sight.

import { make, tell } from "./element.js";
import { MARK_LABELS, sentence, shortened, timeOfDay } from "./wording.js";

const GOOD_NEWS_MS = 8000; // good news may go by itself, anything else stays until it was read
const CONFIRMED = /^(confirmed by|every purchase) /; // how the answer to "cured" begins where it is cured

export class Answers {
  #leaving = null;
  #doubted = null; // a cure that is doubted, as the message says
  #isSeenInDoubt = false; // and that purchases show to be in doubt

  /** `strike(mark)` strikes out a mark, `discard(entry)` forgets a refused one. */
  constructor({ strike, discard }) {
    this.discard = discard;
    this.said = make("p", { class: "said", role: "status", "aria-live": "polite" });
    this.strike = make("button", { type: "button", text: "Strike it out", hidden: true, on: { click: () => strike(this.#doubted) } });
    this.away = make("button", { type: "button", class: "away", text: "×", "aria-label": "Close", hidden: true, on: { click: () => this.say("") } });
    this.last = make("div", { class: "last", "data-tone": "" }, this.said, this.strike, this.away);
    this.waiting = make("ul", { class: "outbox", "aria-live": "polite" });
    this.element = make("div", { class: "answers" }, this.last, this.waiting);
  }

  show({ board, outbox, mayPress, isCureDoubted }) {
    this.element.hidden = !mayPress;
    // It goes with the doubt: once purchases are good after all, or the mark is struck out.
    const isPast = (this.#isSeenInDoubt && !isCureDoubted) || board.marks.get(this.#doubted?.number)?.struck;
    if (this.#doubted && isPast) this.say("");
    this.#isSeenInDoubt = this.#doubted !== null && isCureDoubted;
    this.#showWaiting(outbox.entries.filter((each) => each.state === "refused" || each.mark === "note"));
  }

  /** Say something to whoever just did something, on the page and to screen readers; `doubted` is a mark in doubt. */
  say(text, tone = "", doubted = null) {
    clearTimeout(this.#leaving);
    if (text && tone === "good") this.#leaving = setTimeout(() => this.say(""), GOOD_NEWS_MS);
    this.#doubted = doubted;
    this.strike.hidden = doubted === null;
    this.away.hidden = !text || tone === "good";
    this.last.dataset.tone = text ? tone || "plain" : "";
    tell(this.said, text);
  }

  /** Say what became of a press. What stands in the list below is not said twice. */
  told({ state, mark, pressedMs, reason, text, number, isRecorded }, isCureDoubted) {
    const what = mark === "note" ? `Note “${shortened(text, 40)}”` : `“${MARK_LABELS[mark]}” of ${timeOfDay(pressedMs)}`;
    if (state === "taken" && !isRecorded && reason) this.say(`${what}: ${reason}`, "caution");
    else if (state === "taken" && mark === "mitigated" && (reason ? !CONFIRMED.test(reason) : isCureDoubted)) {
      const why = reason || "purchases are not good yet";
      this.say(`⚠ ${what} is sent, but ${why}. Not cured?`, "caution", number === null ? null : { number, mark, atMs: pressedMs });
    } else if (state === "taken") this.say(`✔ ${what}: sent.${reason ? ` ${sentence(reason)}` : ""}`, "good");
    else if (state === "kept" && mark !== "note") {
      this.say(`${what} is kept and will be sent with its time${reason ? ` (${reason})` : ", once the connection is back"}.`, "caution");
    } else this.say("");
  }

  #showWaiting(entries) {
    const signature = JSON.stringify(entries.map(({ id, state, reason }) => [id, state, reason]));
    if (this.waiting.dataset.signature === signature) return;
    this.waiting.dataset.signature = signature;
    this.waiting.replaceChildren(...entries.map((entry) => this.#waitingRow(entry)));
  }

  #waitingRow(entry) {
    const { mark, text, pressedMs, state, reason } = entry;
    const what = mark === "note" ? `Note of ${timeOfDay(pressedMs)}: ${text}` : `“${MARK_LABELS[mark]}” of ${timeOfDay(pressedMs)}`;
    const isRefused = state === "refused";
    const became = isRefused ? `✘ ${what} was refused: ${reason} ` : `${what} (not sent yet; it will be, with its time)`;
    const forget = make("button", { type: "button", text: "Discard", "aria-label": `Discard ${what}`, on: { click: () => this.discard(entry) } });
    return make("li", { "data-tone": isRefused ? "complaint" : "caution" }, make("span", { text: became }), isRefused ? forget : null);
  }
}
