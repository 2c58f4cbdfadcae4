// What people pressed, until the console has it: sent at once, kept with its time while the console is out of reach.

import { nowMs } from "./clock.js";

const KEPT = "chaos-pizza.outbox";
const AT_ONCE_MS = 1000; // a press that is sent later than this has to say when it was made
const AGAIN_MS = 2000;
const SAME_MS = 5000; // how far a mark's time may be from its press to be the same one, where the answer was lost

export class Outbox {
  #entries = kept();
  #counter = 0;
  #timer = null;
  #isSending = false;

  /** `context` gives `board`, `isLive` and `drillId`; `changed(entry | null)` is called with what there is to tell. */
  constructor(session, context, changed) {
    this.session = session;
    this.context = context;
    this.changed = changed;
  }

  /** All that is on its way or was refused: `{mark, by, text, pressedMs, drillId, state, reason}`. */
  get entries() {
    return this.#entries;
  }

  /** Send a mark; gives its entry, whose `state` tells what came of it: sending, kept, taken, refused. */
  async press({ mark, by, text = "", pressedMs = nowMs() }) {
    const id = `${Date.now()}-${(this.#counter += 1)}`;
    const entry = { id, mark, by, text, pressedMs, drillId: this.context.drillId, state: "kept", reason: "", number: null, isRecorded: false };
    this.#entries.push(entry);
    this.#keep();
    if (this.context.isLive) await this.#send(entry);
    this.changed(entry);
    return entry;
  }

  /** Send all that was kept, the oldest first. Called when the connection is back and the board is up to date. */
  async flush() {
    if (this.#isSending) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    try {
      for (const entry of this.#entries.filter(({ state }) => state === "kept")) {
        if (!this.context.isLive) break;
        if (this.#isOnBoard(entry)) this.#settle(entry, "taken");
        else if (entry.drillId !== this.context.drillId) this.#settle(entry, "refused", "it was meant for another drill");
        else await this.#send(entry);
        this.changed(entry);
        if (entry.state === "kept") break;
      }
    } finally {
      this.#isSending = false;
    }
  }

  /** Forget a refused one. */
  discard(entry) {
    this.#entries = this.#entries.filter((each) => each !== entry);
    this.#keep();
    this.changed(null);
  }

  async #send(entry) {
    entry.state = "sending";
    this.changed(null);
    const { mark, by, text, pressedMs } = entry;
    const body = { mark, by, text };
    if (nowMs() - pressedMs > AT_ONCE_MS) body.at = new Date(pressedMs).toISOString();
    let answer;
    try {
      answer = await this.session.post("/marks", body);
    } catch {
      // No answer: it may have been taken. The board will show it, or it is sent again.
      return this.#wait(entry, "the console gave no answer");
    }
    if (answer.ok) {
      // 202: the console keeps it for the drill, which is slow to take it up, or was cut off.
      [entry.number, entry.isRecorded] = [answer.answer?.number ?? null, answer.status !== 202];
      return this.#settle(entry, "taken", answer.answer?.message ?? "");
    }
    if (answer.status === 429 || (answer.status >= 500 && !answer.isOurs)) return this.#wait(entry, answer.message);
    if (answer.status === 401) return this.#wait(entry, "the console wants your token again");
    return this.#settle(entry, "refused", answer.message);
  }

  #wait(entry, reason) {
    [entry.state, entry.reason] = ["kept", reason];
    this.#keep();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), AGAIN_MS);
  }

  #settle(entry, state, reason = "") {
    [entry.state, entry.reason] = [state, reason];
    if (state === "taken") this.#entries = this.#entries.filter((each) => each !== entry);
    this.#keep();
  }

  #isOnBoard({ mark, by, text, pressedMs, reason }) {
    if (!reason) return false; // it was never sent
    return [...this.context.board.marks.values()].some(
      (each) => each.mark === mark && each.by === by && each.text === text && Math.abs(each.atMs - pressedMs) < SAME_MS,
    );
  }

  #keep() {
    sessionStorage.setItem(KEPT, JSON.stringify(this.#entries));
  }
}

function kept() {
  try {
    const entries = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    // One that was on its way when the page was left: whether it was taken is for the board to say.
    return entries.map((each) => (each.state === "sending" ? { ...each, state: "kept", reason: "the page was left" } : each));
  } catch {
    return [];
  }
}
