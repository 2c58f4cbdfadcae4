// What people can do: the four buttons, and a note; before that, who they are; and what became of it.

import { Answers } from "./answers.js";
import { make } from "./element.js";
import { Naming } from "./naming.js";
import { Tiles } from "./tiles.js";
import { MARK_LABELS } from "./wording.js";

const LONGEST_NOTE = 500;
const TWICE_MS = 1500; // a second press so soon is a finger's slip

export class Responding {
  #isNoting = false;
  #pressed = { kind: null, ms: 0 };

  /** `press(kind, text)` gives the entry of the outbox, or null where nobody said who they are; `named(name)` who they are. */
  constructor({ press, strike, discard, named }) {
    [this.press, this.discard] = [press, discard];
    this.naming = new Naming({ named });
    this.tiles = new Tiles({ press: (kind) => this.pressTile(kind), strike });
    this.answers = new Answers({ strike, discard });
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
    this.element = make(
      "section",
      { class: "responding", id: "responding", tabindex: "-1", "aria-labelledby": "responding-title" },
      make("h2", { id: "responding-title", text: "The team" }),
      this.naming.element,
      this.tiles.element,
      this.form,
      this.answers.element,
    );
  }

  show(state) {
    this.state = state;
    for (const part of [this.naming, this.tiles, this.answers]) part.show(state);
    this.form.hidden = !state.mayPress;
  }

  /** Say something to whoever just did something. */
  say(text, tone = "") {
    this.answers.say(text, tone);
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
    if (!entry) return this.#sayNameless(MARK_LABELS[kind]);
    if (entry.state !== "refused") this.tiles.flash(kind);
    this.told(entry);
  }

  focusNote() {
    if (!this.form.hidden) this.note.focus();
  }

  /** Say what became of a press. */
  told(entry) {
    this.answers.told(entry, this.state.isCureDoubted);
  }

  async #addNote() {
    const text = this.note.value.trim();
    if (!text || this.#isNoting) return;
    this.#isNoting = true;
    try {
      if (this.state.whyNoNote) return void this.say(this.state.whyNoNote, "complaint");
      const entry = await this.press("note", text);
      if (!entry) return this.#sayNameless("Note");
      // A refused note stays in its field, to be mended or copied.
      if (entry.state === "refused") {
        this.discard(entry);
        return void this.say(`✘ The note was refused: ${entry.reason}`, "complaint");
      }
      if (this.note.value.trim() === text) this.note.value = "";
      this.told(entry);
    } finally {
      this.#isNoting = false;
    }
  }

  #sayNameless(label) {
    this.say(`“${label}” was not noted, for nobody said who you are.`, "caution");
  }
}
