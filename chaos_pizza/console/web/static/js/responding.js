// What people can do: the four buttons, a note, and what became of what they pressed.

import { make, tell } from "./element.js";
import { Tiles } from "./tiles.js";
import { MARK_LABELS, shortened, timeOfDay } from "./wording.js";

const LONGEST_NOTE = 500;
const TWICE_MS = 1500; // a second press so soon is a finger's slip

export class Responding {
  #isNoting = false;
  #pressed = { kind: null, ms: 0 };

  /** `press(kind, text)` gives the entry of the outbox, or null where nobody said who they are. */
  constructor({ press, strike, discard }) {
    [this.press, this.discard] = [press, discard];
    this.tiles = new Tiles({ press: (kind) => this.pressTile(kind), strike });
    this.note = make("textarea", { id: "note", rows: "1", maxlength: String(LONGEST_NOTE), "aria-keyshortcuts": "n" });
    this.add = make("button", { type: "submit", class: "primary", text: "Add" });
    this.form = make(
      "form",
      { class: "note" },
      make("label", { for: "note" }, "Note ", make("kbd", { text: "n", "aria-hidden": "true" })),
      make("div", { class: "row" }, this.note, this.add),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#addNote();
    });
    this.note.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#addNote();
      }
      if (event.key === "Escape") this.note.blur();
    });
    this.said = make("p", { class: "said", role: "status", "aria-live": "polite" });
    this.waiting = make("ul", { class: "outbox" });
    this.element = make(
      "section",
      { class: "responding", id: "responding", tabindex: "-1", "aria-labelledby": "responding-title" },
      make("h2", { id: "responding-title", text: "The team" }),
      this.tiles.element,
      this.form,
      this.said,
      this.waiting,
    );
  }

  show(state) {
    this.state = state;
    this.tiles.show(state);
    this.form.hidden = !state.mayPress;
    this.said.hidden = !state.mayPress;
    this.#showWaiting(state.outbox.entries.filter((each) => each.state === "refused" || each.mark === "note"));
  }

  /** Say something to whoever just did something, on the page and to screen readers. */
  say(text, tone = "") {
    this.said.className = `said ${tone}`;
    tell(this.said, text);
  }

  /** Press one of the four buttons, by finger or by key. */
  async pressTile(kind) {
    const { why, mayPress } = this.state;
    if (!mayPress) return;
    if (why) return void this.say(why, "complaint");
    const { kind: last, ms } = this.#pressed;
    if (kind === last && performance.now() - ms < TWICE_MS) return;
    this.#pressed = { kind, ms: performance.now() };
    const entry = await this.press(kind, "");
    if (!entry) return;
    if (entry.state !== "refused") this.tiles.flash(kind);
    this.told(entry);
  }

  focusNote() {
    if (!this.form.hidden) this.note.focus();
  }

  /** Say what became of a press. */
  told({ state, mark, pressedMs, reason, text }) {
    const what = mark === "note" ? `Note “${shortened(text, 40)}”` : `“${MARK_LABELS[mark]}” of ${timeOfDay(pressedMs)}`;
    if (state === "taken") this.say(`✔ ${what}: ${reason || "sent."}`, "good");
    else if (state === "kept") this.say(`${what} is kept and will be sent with its time${reason ? ` (${reason})` : ", once the connection is back"}.`, "caution");
    else if (state === "refused") this.say(`✘ ${what} was refused: ${reason}`, "complaint");
  }

  async #addNote() {
    const text = this.note.value.trim();
    if (!text || this.#isNoting) return;
    this.#isNoting = true;
    try {
      const entry = this.state.whyNoNote ? void this.say(this.state.whyNoNote, "complaint") : await this.press("note", text);
      if (!entry) return;
      // A refused note stays in its field, to be mended or copied.
      if (entry.state === "refused") this.discard(entry);
      else if (this.note.value.trim() === text) this.note.value = "";
      this.told(entry);
    } finally {
      this.#isNoting = false;
    }
  }

  #showWaiting(entries) {
    const signature = JSON.stringify(entries.map(({ id, state, reason }) => [id, state, reason]));
    if (this.waiting.dataset.signature === signature) return;
    this.waiting.dataset.signature = signature;
    this.waiting.replaceChildren(...entries.map((entry) => this.#waitingRow(entry)));
  }

  #waitingRow(entry) {
    const { mark, text, pressedMs, state, reason } = entry;
    const what = `${MARK_LABELS[mark]} of ${timeOfDay(pressedMs)}${text ? `: ${text}` : ""}`;
    const became = state === "refused" ? `refused: ${reason}` : "not sent yet";
    const forget = make("button", { type: "button", text: "Discard", "aria-label": `Discard ${what}`, on: { click: () => this.discard(entry) } });
    return make("li", {}, make("span", { text: `${what} (${became}) ` }), state === "refused" ? forget : null);
  }
}
