// What only the coordinator can do. Each asks once more, in the page, and says what will happen.

import { ask } from "./dialogs.js";
import { make, tell } from "./element.js";
import { DEED_MS } from "./session.js";
import { FAULTS, experimentName, timeOfDay, timesAreLocal, zoneName } from "./wording.js";

const SHOWN_MS = 60_000;
const DEEDS = {
  start: {
    label: "Start…",
    title: "Start this game day now?",
    text: "The drill begins as the plan says. From then on a fault may set in at the time that was drawn.",
    confirm: "Start it",
    done: "It is being started.",
  },
  stop: {
    label: "Stop the drill…",
    title: "Stop this drill?",
    text: "The drill ends in order: it puts everything back, proves that all is calm, and writes its report. Its verdict will be “aborted”.",
    confirm: "Stop it",
    danger: true,
    field: { name: "reason", label: "Why (stands in the report)", most: 200, mustBeGiven: true },
    done: "The drill was asked to stop. It puts everything back first.",
  },
  calm: {
    label: "Restore calm…",
    title: "Restore calm now?",
    text: "Whatever fault is on is ended at the factory and the shop at once. The drill goes on, and shows that it was not the team who ended it.",
    confirm: "Restore calm",
    danger: true,
    done: "Calm was asked for.",
  },
};

export class Coordinating {
  #hide = null;
  #draw = null;

  constructor() {
    this.buttons = Object.fromEntries(Object.entries(DEEDS).map(([name, deed]) => [name, this.#button(name, deed)]));
    this.reveal = make("button", { type: "button", text: "Look at the draw…", on: { click: () => this.#look() } });
    this.told = make("p", { class: "told", role: "status" });
    this.facts = make("dl", {});
    this.hide = make("button", { type: "button", text: "Hide it again", on: { click: () => this.#forget() } });
    this.drawn = make("div", { class: "drawn", hidden: true }, this.facts, make("div", { class: "row" }, this.hide));
    this.element = make(
      "section",
      { class: "coordinating", hidden: true, "aria-labelledby": "coordinating-title" },
      make("h2", { id: "coordinating-title", text: "Coordinator" }),
      make("div", { class: "row" }, ...Object.values(this.buttons), this.reveal),
      this.told,
      this.drawn,
    );
  }

  attach(session) {
    this.session = session;
  }

  show({ session, standing, board }) {
    this.element.hidden = session.role !== "coordinator";
    if (this.element.hidden) this.#forget();
    const isOver = standing.state === "ended" || board.ended !== null;
    this.buttons.start.hidden = standing.state === "under_way";
    this.buttons.stop.hidden = isOver || standing.state !== "under_way";
    this.reveal.hidden = standing.gameday === null && !board.drill?.blind;
    this.#showDraw();
  }

  #button(name, { label, danger = false }) {
    return make("button", { type: "button", class: danger ? "danger" : "primary", text: label, on: { click: () => this.#do(name) } });
  }

  async #do(name) {
    const deed = DEEDS[name];
    const { field = null } = deed;
    const act = async (given) => {
      const told = field && given ? { [field.name]: given } : {};
      const { ok, message, answer } = await this.session.post(`/coordinator/${name}`, { confirmed: true, ...told }, DEED_MS);
      if (ok) tell(this.told, answer?.message ?? deed.done);
      return ok ? null : message;
    };
    await ask({ title: deed.title, text: deed.text, confirm: deed.confirm, danger: deed.danger, field, act });
  }

  async #look() {
    const act = async (passphrase) => {
      const { ok, message, answer } = await this.session.post("/coordinator/draw", { passphrase }, DEED_MS);
      if (ok) this.#draw = answer;
      return ok ? null : message;
    };
    const field = { label: "Passphrase", type: "password", most: 500, mustBeGiven: true };
    const text = "It shows what breaks and when, for a minute. Mind who can see this screen.";
    await ask({ title: "Look at the sealed draw?", text, confirm: "Show it", field, act });
    if (!this.#draw) return;
    clearTimeout(this.#hide);
    this.#hide = setTimeout(() => this.#forget(), SHOWN_MS);
    this.#showDraw();
    this.hide.focus();
  }

  #forget() {
    clearTimeout(this.#hide);
    this.#draw = null;
    this.#showDraw();
  }

  #showDraw() {
    this.drawn.hidden = this.#draw === null;
    const signature = JSON.stringify([this.#draw, timesAreLocal()]);
    if (this.facts.dataset.signature === signature) return;
    // The signature would keep the draw in the page, where it is to be forgotten.
    if (this.#draw === null) {
      delete this.facts.dataset.signature;
      return void this.facts.replaceChildren();
    }
    this.facts.dataset.signature = signature;
    const { experiment, fault, opens_at: opensAt, starts_at: startsAt } = this.#draw;
    const time = (iso) => (iso ? `${timeOfDay(Date.parse(iso))} ${zoneName(Date.parse(iso))}, ${iso.slice(0, 10)}` : "the factory draws the time");
    const facts = { Experiment: experimentName(experiment), "What breaks": FAULTS[fault] ?? fault, "The drill begins": time(opensAt), "The fault is asked for": time(startsAt) };
    this.facts.replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [make("dt", { text: name }), make("dd", { text: String(value) })]));
  }
}
