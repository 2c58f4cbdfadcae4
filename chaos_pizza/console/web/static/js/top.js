// The top of the page: which drill, how it stands, what is sealed, and whether the page is up to date.

import { drawText, matchText } from "./draw.js";
import { make, tell } from "./element.js";
import { STATES, VERDICTS, lengthOf, roughly, timeAndDay, timeOfDay, timesAreLocal, zoneName } from "./wording.js";

const CUT_OFF = {
  waiting: "cut off: the coordinator runs the command again",
  ended: "cut off before its end: whoever ran it goes on with “chaos-pizza resume”",
};

export class Top {
  /** `askName()`, `turnTimes()` and `signOut()` are what its buttons do. */
  constructor({ askName, turnTimes, signOut }) {
    this.title = make("h1", { text: "Chaos Pizza" });
    this.state = make("p", { class: "state" });
    this.result = make("p", { class: "result" });
    this.badge = make("span", { class: "badge", text: "blind" });
    this.short = make("span", { class: "mono" });
    this.whole = make("code", {});
    this.sealText = make("p", {});
    this.seal = make(
      "details",
      { class: "seal", hidden: true },
      make("summary", {}, this.badge, " commitment ", this.short),
      make("div", { class: "sealed" }, this.sealText, this.whole),
    );
    this.connection = make("p", { class: "connection" }, make("span", { class: "dot", "aria-hidden": "true" }), make("span", {}));
    this.person = make("button", { type: "button", class: "person", title: "Say who you are", on: { click: askName } });
    this.role = make("span", { class: "quiet" });
    this.times = make("button", { type: "button", title: "Times in UTC or in your own zone", on: { click: turnTimes } });
    this.leave = make("button", { type: "button", text: "Sign out", on: { click: signOut } });
    this.element = make(
      "header",
      { class: "top" },
      make("div", { class: "which" }, this.title, make("div", { class: "row" }, this.state, this.result), this.seal),
      make("div", { class: "tools" }, this.connection, make("div", { class: "row" }, this.person, this.role, this.times, this.leave)),
    );
  }

  show({ board, standing, connection, knowledge, session, name, nowMs }) {
    this.#showDrill({ board, standing, knowledge, nowMs });
    this.#showSeal(board, standing);
    this.#showConnection(connection, board, nowMs);
    const isSignedIn = session.role !== null;
    this.person.hidden = !session.mayMark;
    tell(this.person, name ? `You are ${name}` : "Say who you are");
    this.role.hidden = session.mayMark || !isSignedIn;
    tell(this.role, "You watch");
    this.leave.hidden = !isSignedIn || (session.open && session.role !== "coordinator");
    tell(this.times, zoneName(nowMs));
    this.times.setAttribute("aria-label", `Times in ${zoneName(nowMs)}${timesAreLocal() ? ", your zone" : ""}`);
    this.times.setAttribute("aria-pressed", String(timesAreLocal()));
  }

  #showDrill({ board, standing, knowledge, nowMs }) {
    const { state, gameday, report } = standing;
    const title = board.drill?.title ?? gameday?.plan ?? "Chaos Pizza";
    tell(this.title, title);
    const target = board.drill ? `${board.drill.target} · ` : "";
    tell(this.state, target + stateText({ board, state, gameday, knowledge, nowMs }));
    this.#showResult(board, report);
  }

  // It has its line from the start, so that nothing moves when the drill is over.
  #showResult(board, report) {
    const signature = JSON.stringify([board.ended, report]);
    if (this.result.dataset.signature === signature) return;
    this.result.dataset.signature = signature;
    this.result.replaceChildren();
    if (!board.ended) return;
    const { verdict } = board.ended;
    const { tone, sign } = VERDICTS[verdict] ?? { tone: "caution", sign: "⚠" };
    const words = verdict ?? "it could not be judged";
    this.result.append(make("strong", { class: `tone-${tone}`, text: `${sign} ${words}` }), " · ");
    this.result.append(report ? make("a", { href: report, text: "Report" }) : "its report is being written");
  }

  #showSeal(board, { gameday }) {
    const commitment = board.drill ? board.drill.commitment : (gameday?.commitment ?? null);
    const isBlind = board.drill ? board.drill.blind : commitment !== null;
    this.seal.hidden = !isBlind || commitment === null;
    if (this.seal.hidden) return;
    const { revealed } = board;
    tell(this.badge, revealed ? "revealed" : "blind");
    tell(this.short, `${commitment.slice(0, 6)}…${commitment.slice(-4)}`);
    tell(this.whole, commitment);
    const before = "What breaks, and when, was drawn by lot and sealed. This is the SHA-256 of the draw: once it is revealed, anybody can check that it was not changed.";
    tell(this.sealText, revealed ? `${drawText(revealed, board)} ${matchText(revealed)}` : before);
  }

  #showConnection({ isLive, sinceMs }, { missing }, nowMs) {
    const lost = missing ? ` · ${missing} lines are missing in the feed itself` : "";
    const since = sinceMs === null ? "connecting" : `reconnecting since ${timeOfDay(sinceMs)} (${lengthOf(nowMs - sinceMs)})`;
    this.connection.dataset.live = String(isLive);
    tell(this.connection.lastChild, (isLive ? "live" : since) + lost);
  }
}

function stateText({ board, state, gameday, knowledge, nowMs }) {
  if (knowledge.isCutOff) return CUT_OFF[state] ?? CUT_OFF.ended;
  if (state === "ended" && board.drillId !== null && board.ended === null) return "at its end";
  if (state !== "waiting") return STATES[state] ?? state;
  const window = gameday?.window ? ` (${gameday.window})` : "";
  return `${STATES.waiting}${opensText(gameday?.opens_at, nowMs)}${window}`;
}

function opensText(opensAt, nowMs) {
  if (!opensAt) return "";
  const atMs = Date.parse(opensAt);
  return atMs > nowMs ? `, which opens at ${timeAndDay(atMs, nowMs)}, in ${roughly(atMs - nowMs)}` : `, which opened at ${timeAndDay(atMs, nowMs)}`;
}
