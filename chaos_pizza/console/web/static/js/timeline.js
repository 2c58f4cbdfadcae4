// The timeline: what happened, in the order in which it happened, the newest at the end.

import { make, tell } from "./element.js";
import { INSTANTS, MARK_LABELS, STAGES, capital, lengthOf, sinceImpact, timeOfDay } from "./wording.js";

const MOST_SHOWN = 300;
const SAME_MS = 1000;
const ALERT_WORDS = { pending: "is pending", firing: "fires" };
const INSTANT_ENTRIES = { fault_start: "fault on: ", first_impact: "first failed purchase", mitigated: "fault off, ", recovered: "recovered (" };
const MARK_ENTRY = /^(struck out by .*: )?(noticed|acknowledged|diagnosed|mitigated|note) \(/s;
const ALERT_ENTRY = /^alert .*: (pending|firing|resolved)$/s;
const TOLD_BY_MARKS = { noticed: "noticed", acknowledged: "acknowledged", diagnosed: "diagnosed", mitigation_claimed: "mitigated" };
const TOLD_BY_ALERTS = { alert_pending: "pending", alert_firing: "firing" };

export class Timeline {
  #rows = new Map();
  #isAtEnd = true;

  /** `strike(mark)` strikes out a mark. */
  constructor({ strike }) {
    this.strike = strike;
    this.list = make("ol", {});
    this.empty = make("p", { class: "quiet", text: "Nothing yet." });
    this.earlier = make("p", { class: "quiet", hidden: true });
    this.box = make("div", { class: "lines", tabindex: "0", role: "region", "aria-label": "Timeline" }, this.empty, this.earlier, this.list);
    this.box.addEventListener("scroll", () => {
      this.#isAtEnd = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 24;
    });
    this.element = make("section", { class: "timeline", "aria-labelledby": "timeline-title" }, make("h2", { id: "timeline-title", text: "Timeline" }), this.box);
  }

  show({ board, name, mayPress }) {
    const all = momentsOf(board);
    const shown = all.slice(-MOST_SHOWN);
    this.empty.hidden = all.length > 0;
    this.earlier.hidden = shown.length === all.length;
    tell(this.earlier, `${all.length - shown.length} earlier lines are left out here; the report has them all.`);
    const isKnown = new Set(shown.map(({ key }) => key));
    for (const [key, row] of this.#rows) {
      if (isKnown.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    let after = null;
    for (const moment of shown) {
      const row = this.#row(moment, { impactMs: board.impactMs, name, mayPress });
      const place = after ? after.nextSibling : this.list.firstChild;
      if (row !== place) this.list.insertBefore(row, place);
      after = row;
    }
    if (this.#isAtEnd) this.box.scrollTop = this.box.scrollHeight;
  }

  #row(moment, { impactMs, name, mayPress }) {
    const row = this.#rows.get(moment.key) ?? emptyRow(moment);
    this.#rows.set(moment.key, row);
    const [time, since, text, action] = row.children;
    tell(time, timeOfDay(moment.atMs));
    tell(since, moment.mark && moment.atMs < impactMs ? "" : sinceImpact(moment.atMs, impactMs)); // a mark says it in words
    tell(text, moment.text);
    row.className = moment.tone;
    const mayStrike = mayPress && moment.mark && !moment.mark.struck && moment.mark.by === name;
    if (mayStrike && !action.firstChild) {
      const label = `Strike out ${moment.text}`;
      action.append(make("button", { type: "button", class: "strike", text: "Strike out", "aria-label": label, on: { click: () => this.strike(moment.mark) } }));
    } else if (!mayStrike) action.replaceChildren();
    return row;
  }
}

const emptyRow = ({ atMs }) =>
  make(
    "li",
    {},
    make("time", { datetime: new Date(atMs).toISOString() }),
    make("span", { class: "since" }),
    make("span", { class: "text" }),
    make("span", { class: "action" }),
  );

function momentsOf(board) {
  const entries = board.moments.filter(({ kind }) => kind === "entry");
  const own = [...board.moments.filter(({ kind }) => kind !== "entry").map(ofMoment), ...[...board.marks.values()].map((mark) => ofMark(mark, board))];
  const instants = [...board.instants.values()].filter((each) => !isTold(each, board)).map((each) => ofInstant(each, entries));
  const others = entries.filter(({ text }) => !isRetold(text, board)).map(ofMoment);
  return [...own, ...instants, ...others].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
}

// Whether an entry of the report's timeline says what the page shows already, as an instant, a mark or an alert.
function isRetold(text, board) {
  const instant = Object.entries(INSTANT_ENTRIES).find(([, start]) => text.startsWith(start));
  if (instant) return board.instants.has(instant[0]);
  return (MARK_ENTRY.test(text) && board.marks.size > 0) || (ALERT_ENTRY.test(text) && board.alerts.size > 0);
}

function ofMoment({ number, kind, atMs, ...rest }) {
  const told = { key: `${kind}:${number}`, order: number, atMs };
  if (kind === "entry") return { ...told, text: capital(rest.text), tone: "quiet" };
  if (kind === "stage") return { ...told, text: STAGES[rest.stage] ?? rest.stage, tone: "quiet" };
  const ended = rest.hasFired ? "is resolved" : "is pending no longer";
  return { ...told, text: `Alert ${rest.rule} (${rest.source}) ${ALERT_WORDS[rest.state] ?? ended}`, tone: `alert ${rest.state}` };
}

function ofMark(mark, board) {
  const { number, by, text, atMs, enteredMs, struck } = mark;
  const later = enteredMs - atMs > 2 * SAME_MS ? `, entered later, at ${timeOfDay(enteredMs)}` : "";
  const beforeMs = board.impactMs === null ? 0 : board.impactMs - atMs;
  const before = beforeMs > 0 ? `, ${beforeMs < SAME_MS ? "right" : lengthOf(beforeMs)} before the impact` : "";
  const words = mark.mark === "note" ? `${by}: ${text}` : `${MARK_LABELS[mark.mark]}: ${by}${text ? ` – ${text}` : ""}`;
  const provenMs = board.instants.get("mitigated")?.earliestMs ?? null;
  const early = mark.mark === "mitigated" && provenMs !== null && atMs < provenMs ? " (the fault was still on)" : "";
  const end = struck ? ` (struck out by ${struck.by}${struck.reason ? `: ${struck.reason}` : ""})` : "";
  return { key: `mark:${number}`, order: number, atMs, mark, text: words + before + later + early + end, tone: struck ? "mark struck" : "mark" };
}

// What the report says of an instant is said here too, once it is known: it tells more.
function ofInstant({ name, earliestMs, latestMs, source }, entries) {
  const said = name in INSTANT_ENTRIES && entries.findLast(({ text }) => text.startsWith(INSTANT_ENTRIES[name]));
  const until = latestMs - earliestMs > SAME_MS ? `, at the latest at ${timeOfDay(latestMs)}` : "";
  const text = said ? capital(said.text) : `${INSTANTS[name] ?? name}${until} (${source})`;
  return { key: `instant:${name}`, order: -1, atMs: earliestMs, text, tone: `instant ${name}` };
}

// Whether an instant says what a mark or an alert beside it says already.
function isTold({ name, earliestMs }, board) {
  const isNear = ({ atMs }) => Math.abs(atMs - earliestMs) <= SAME_MS;
  if (name in TOLD_BY_MARKS) return board.marksOf(TOLD_BY_MARKS[name]).some(isNear);
  const state = TOLD_BY_ALERTS[name];
  return state !== undefined && board.moments.some((each) => each.kind === "alert" && each.state === state && isNear(each));
}
