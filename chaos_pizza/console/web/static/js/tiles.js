// The four large buttons, and beside each who said so, first and since.

import { ask } from "./dialogs.js";
import { make, tell } from "./element.js";
import { MARKS, shortened, sinceImpact, timeOfDay } from "./wording.js";

const FLASH_MS = 1600;

export class Tiles {
  #tiles = new Map();

  /** `press(kind)` is what a button does, `strike(mark)` strikes out one of this person's own. */
  constructor({ press, strike }) {
    this.strike = strike;
    this.element = make("ul", { class: "tiles" }, ...MARKS.map((mark) => this.#tile(mark, press)));
  }

  #tile({ kind, label, meaning, key }, press) {
    const face = [make("span", { class: "label", text: label }), make("kbd", { text: key, "aria-hidden": "true" })];
    const button = make(
      "button",
      { type: "button", "aria-keyshortcuts": key, "aria-describedby": `who-${kind}`, title: meaning, on: { click: () => press(kind) } },
      ...face,
    );
    const sign = make("p", { class: "sign", text: label });
    const first = make("p", { class: "first" });
    const more = make("p", { class: "more" });
    const who = make("div", { class: "who", id: `who-${kind}` }, first, more);
    const mine = make("button", { type: "button", class: "strike", text: "Strike out mine", hidden: true });
    mine.addEventListener("click", () => this.strike(this.#tiles.get(kind).own));
    this.#tiles.set(kind, { button, sign, first, more, mine, own: null });
    return make("li", { class: "tile", "data-mark": kind }, button, sign, make("div", { class: "beside" }, who, mine));
  }

  /** Show the marks. `mayPress` is whether there are buttons at all, `why` why they do nothing now, or nothing. */
  show({ board, outbox, name, mayPress, why, knowledge, isCureDoubted }) {
    for (const { kind } of MARKS) {
      const tile = this.#tiles.get(kind);
      const marks = board.marksOf(kind);
      const waiting = outbox.entries.filter((each) => each.mark === kind && each.state !== "refused");
      tile.own = marks.findLast((each) => each.by === name) ?? null;
      tellLine(tile.first, firstText(marks, waiting, board.impactMs));
      const isDoubted = kind === "mitigated" && isCureDoubted;
      tellLine(tile.more, isDoubted ? doubtText(tile.own, knowledge.isKnown && board.endedMs === null) : moreText(marks, waiting, board.impactMs));
      tile.button.parentElement.dataset.marked = isDoubted ? "doubted" : marks.length > 0;
      tile.button.hidden = !mayPress;
      tile.sign.hidden = mayPress;
      tile.mine.hidden = !mayPress || tile.own === null;
      tile.button.setAttribute("aria-disabled", String(Boolean(why)));
    }
  }

  /** Let a button be seen to have been pressed. */
  flash(kind) {
    const { button } = this.#tiles.get(kind) ?? {};
    if (!button) return;
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), FLASH_MS);
  }
}

const waitingText = ({ state, pressedMs }) => `${state === "sending" ? "sending" : "kept, not sent yet"} ${timeOfDay(pressedMs)}`;
const doubtText = (own, isSeenNow) => (isSeenNow ? `purchases still fail.${own ? " Not cured?" : ""}` : "no recovery was seen");

// When somebody said so: since impact, else by the clock.
function whenText(atMs, impactMs) {
  if (impactMs === null) return ` ${timeOfDay(atMs)}`;
  return atMs < impactMs ? ", before impact" : ` ${sinceImpact(atMs, impactMs)}`;
}

// Who was first, and when.
function firstText([first], waiting, impactMs) {
  if (first) return `${first.by}${whenText(first.atMs, impactMs)}`;
  return waiting.length ? waitingText(waiting[0]) : "nobody yet";
}

// Who came after, and what of one's own is still to be sent.
function moreText([first, second, ...others], waiting, impactMs) {
  if (!first) return "";
  const later = second && `then ${shortened(second.by, 16)}${whenText(second.atMs, impactMs)}`;
  const parts = [waiting.length && `yours is ${waiting[0].state === "sending" ? "on its way" : "not sent yet"}`, later, others.length && `and ${others.length} more`];
  return parts.filter(Boolean).join(", ");
}

// A line that may not fit is there whole for a pointer that rests on it.
function tellLine(element, text) {
  tell(element, text);
  if (element.title !== text) element.title = text;
}

/** Ask why a mark is to be struck out, and strike it out. */
export function askToStrike(mark, label, { session, name }) {
  return ask({
    title: `Strike out “${label}” of ${timeOfDay(mark.atMs)}?`,
    text: "It counts no longer, and stays where it stands, with your reason.",
    field: { label: "Why", most: 200, mustBeGiven: true },
    confirm: "Strike it out",
    act: async (reason) => {
      const { ok, message } = await session.post(`/marks/${mark.number}/strike`, { by: name, reason });
      return ok ? null : message;
    },
  });
}

