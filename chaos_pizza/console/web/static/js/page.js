// The page as a whole: what comes from the console goes to the board, and the board is shown.

import { Alerts } from "./alerts.js";
import { Board } from "./board.js";
import { Chart } from "./chart.js";
import { nowMs, setClock } from "./clock.js";
import { make } from "./element.js";
import { Figures } from "./figures.js";
import { listenToKeys } from "./keyboard.js";
import { knowledgeOf, whyNot } from "./knowledge.js";
import { News } from "./news.js";
import { Outbox } from "./outbox.js";
import { Outcome } from "./outcome.js";
import { askName, keepName, personName } from "./person.js";
import { Responding } from "./responding.js";
import { Session } from "./session.js";
import { SignIn } from "./sign_in.js";
import { Stream } from "./stream.js";
import { askToStrike } from "./tiles.js";
import { Timeline } from "./timeline.js";
import { Top } from "./top.js";
import { MARK_LABELS, tellTimes, timesAreLocal } from "./wording.js";

const TICK_MS = 200;
const CHART_MS = 500;
const AGAIN_MS = 2000;
const SETTLED_MS = 400; // so long no history came: all that was missed is on the board
const NOTHING = { now: null, drill: null, state: "none", gameday: null, report: null };

export class Page {
  board = new Board();
  standing = NOTHING;
  connection = { isLive: false, sinceMs: null, heardMs: null };
  session = new Session();
  #isDue = false;
  #chartedMs = -Infinity;
  #isRunning = false;
  #flushing = null;
  #followed = this.board; // the drill whose lines come; while none is to be shown the board is an empty one

  /** `panel` is what a page has besides; `wanted` says whether a role is enough for the page, `signIn` its form's words. */
  constructor({ panel = null, wanted = () => true, signIn }) {
    [this.panel, this.wanted] = [panel, wanted];
    this.outbox = new Outbox(this.session, this.#context(), (entry) => this.#changed(entry));
    this.signIn = new SignIn({ ...signIn, signIn: (token) => this.#signIn(token) });
    this.top = new Top({ askName: () => this.askName(), turnTimes: () => this.#turnTimes(), signOut: () => this.#signOut() });
    this.figures = new Figures();
    this.responding = new Responding({
      press: (kind, text) => this.#press(kind, text),
      strike: (mark) => this.#strike(mark),
      discard: (entry) => this.outbox.discard(entry),
      named: (name) => this.#named(name),
    });
    [this.chart, this.alerts, this.outcome] = [new Chart(), new Alerts(), new Outcome()];
    this.timeline = new Timeline({ strike: (mark) => this.#strike(mark) });
    this.chart.chosen = () => this.#due();
    this.news = new News();
    this.body = make(
      "div",
      { class: "body", hidden: true },
      panel?.element ?? null,
      this.figures.element,
      this.responding.element,
      this.alerts.element,
      this.chart.element,
      this.timeline.element,
      this.outcome.element,
    );
    this.stream = new Stream({
      lines: (drill, lines) => this.#lines(drill, lines),
      standing: (standing) => this.#stand(standing),
      heard: () => (this.connection.heardMs = nowMs()),
      live: (isLive) => this.#live(isLive),
      missing: (count) => (this.board.missing += count),
      stranger: () => this.#stranger(),
    });
  }

  /** Put the page into the document and keep it up to date from now on. */
  async open() {
    const skip = make("a", { class: "skip", href: "#responding", text: "To the buttons" });
    document.body.append(skip, make("main", {}, this.top.element, this.signIn.element, this.body, this.news.element));
    listenToKeys({ press: (kind) => this.responding.pressTile(kind), focusNote: () => this.responding.focusNote() });
    addEventListener("hashchange", () => location.hash.includes("token=") && this.#enter());
    setInterval(() => this.#show(), TICK_MS);
    await this.#enter();
  }

  /** Ask who somebody is; `waiting` is what they pressed, which waits for it. */
  async askName(waiting = "") {
    const name = await askName(this.board.drill?.responders ?? [], waiting);
    this.#due();
    return name;
  }

  async #enter() {
    for (;;) {
      try {
        const reason = await this.session.enter();
        this.#admit();
        if (reason) this.signIn.complain(reason);
        return;
      } catch {
        // Out of reach: the top of the page says so, and it is asked again.
        this.connection.sinceMs ??= nowMs();
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  async #signIn(token) {
    const reason = await this.session.signIn(token);
    this.#admit();
    return reason;
  }

  async #signOut() {
    try {
      await this.session.signOut();
    } catch {
      return this.responding.say("The console can't be reached, so you are still signed in.", "complaint");
    }
    this.stream.close();
    return this.#admit();
  }

  // Show what this role may see, and follow the stream where there is one.
  #admit() {
    const isIn = this.session.role !== null;
    this.body.hidden = !isIn;
    this.signIn.element.hidden = isIn && this.wanted(this.session.role);
    if (isIn && !this.#isRunning) {
      this.#isRunning = true;
      this.stream.run().finally(() => (this.#isRunning = false));
    }
    if (!isIn) this.board = this.#followed = new Board();
    this.#show();
  }

  async #stranger() {
    this.#isRunning = false;
    await this.#enter();
    if (this.session.role === null) this.signIn.complain("The console knows you no longer; it may have been started anew.");
  }

  #lines(drill, lines) {
    if (drill !== this.board.drillId) this.#follow(drill);
    for (const line of lines) {
      this.board.take(line);
      this.news.take(line);
    }
    if (lines.length > 1) this.#flushSoon();
    this.#due();
  }

  #stand(standing) {
    setClock(standing.now);
    this.standing = standing;
    if (standing.drill !== this.board.drillId) this.#follow(standing.drill);
    this.#flushSoon();
    this.#due();
  }

  // The console does not tell the same lines twice, so a drill's board is kept while a game day waits that has none yet.
  #follow(drill) {
    if (drill !== null && drill !== this.#followed.drillId) this.#followed = new Board(drill);
    this.board = drill === null ? new Board() : this.#followed;
  }

  // What was kept is sent once the board shows all that was taken, lest it be sent twice.
  #flushSoon() {
    clearTimeout(this.#flushing);
    this.#flushing = setTimeout(() => this.outbox.flush(), SETTLED_MS);
  }

  #live(isLive) {
    const { heardMs } = this.connection;
    this.connection = { isLive, sinceMs: isLive ? null : nowMs(), heardMs };
    this.#show();
  }

  async #press(mark, text) {
    const { typed } = this.responding.naming;
    const by = personName() || (typed ? this.#named(typed) : await this.askName(MARK_LABELS[mark]));
    return by ? this.outbox.press({ mark, by, text }) : null;
  }

  #named(name) {
    this.#due();
    return keepName(name);
  }

  #strike(mark) {
    return askToStrike(mark, MARK_LABELS[mark.mark], { session: this.session, name: personName() });
  }

  #changed(entry) {
    if (entry) this.responding.told(entry);
    this.#due();
  }

  #turnTimes() {
    tellTimes(!timesAreLocal());
    this.chart.renew();
    this.#chartedMs = -Infinity;
    this.#show();
  }

  #context() {
    const page = this;
    return {
      get board() { return page.board; },
      get isLive() { return page.connection.isLive; },
      get drillId() { return page.board.drillId; },
    };
  }

  // Show once for all that comes in one go; a hidden page gets no animation frames, so it waits for the next tick.
  #due() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#isDue = false;
    const now = nowMs();
    const { board, standing, connection, session, outbox } = this;
    const knowledge = knowledgeOf(this, now);
    const does = { ...whyNot(board), name: personName(), mayPress: session.mayMark };
    const state = { board, standing, connection, session, outbox, ...does, knowledge, isCureDoubted: board.isCureDoubted(now), nowMs: now };
    const parts = [this.top, this.figures, this.responding, this.alerts, this.timeline, this.outcome, this.panel];
    for (const part of parts) part?.show(state);
    if (document.visibilityState === "visible" && !this.body.hidden && performance.now() - this.#chartedMs >= CHART_MS) {
      this.#chartedMs = performance.now();
      this.chart.show(state);
    }
    this.news.show(state, this.top.title.textContent);
    this.body.dataset.known = String(knowledge.isKnown);
  }
}

/** Open the responders' page. */
export function openConsole() {
  const signIn = { title: "Who are you to this drill?", text: "This console wants a token. It is in the address that the coordinator gave you." };
  return new Page({ signIn }).open();
}
