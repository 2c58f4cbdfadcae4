// What is known of the drill: the lines of its feed, folded.

import { Series } from "./series.js";

export const WELL_RATIO = 0.95; // of purchases that are good, where all is well

export class Board {
  drill = null;
  stage = null;
  revealed = null;
  ended = null;
  endedMs = null;
  missing = 0;
  toldMs = null; // when the drill itself told something last; what people say later is no word of it
  instants = new Map(); // by name
  alerts = new Map(); // by rule and source: where each stands
  marks = new Map(); // by number
  moments = []; // what the timeline has besides marks and instants, in the order it came
  series = new Series();

  constructor(drillId = null) {
    this.drillId = drillId;
  }

  take({ number, at, event }) {
    const atMs = Date.parse(at);
    const { type } = event;
    if (type !== "mark" && type !== "struck") this.toldMs = Math.max(this.toldMs ?? atMs, atMs);
    if (type === "purchases" || type === "stage") this.ended = this.endedMs = null; // it was resumed, and goes on
    if (type === "purchases") this.series.add(atMs, event);
    else if (type === "drill") this.drill = event;
    else if (type === "alert") this.#alert(number, event);
    else if (type === "instant") this.instants.set(event.name, interval(event));
    else if (type === "mark") this.marks.set(event.number, mark(event));
    else if (type === "struck") this.#strike(event);
    else if (type === "stage") this.#stage(number, atMs, event.stage);
    else if (type === "entry") this.moments.push({ number, kind: "entry", atMs: Date.parse(event.at), text: event.text });
    else if (type === "revealed") this.revealed = event;
    else if (type === "ended") [this.ended, this.endedMs] = [event, atMs];
  }

  /** When diners first felt it, in ms since 1970; null where that is not known. */
  get impactMs() {
    return this.instants.get("first_impact")?.earliestMs ?? null;
  }

  /** When purchases were good again; null where they are not, or never were bad. A new impact puts it back. */
  get recoveredMs() {
    const recovered = this.instants.get("recovered");
    return recovered && this.impactMs !== null && recovered.latestMs >= this.impactMs ? recovered.earliestMs : null;
  }

  /** Whether somebody says that it is cured while purchases are not good. */
  isCureDoubted(nowMs) {
    if (this.recoveredMs !== null || this.marksOf("mitigated").length === 0) return false;
    const { ratio } = this.series.now(nowMs);
    return this.endedMs !== null || ratio === null ? this.impactMs !== null : ratio < WELL_RATIO;
  }

  /** The marks of a kind that still count, the earliest first. */
  marksOf(kind) {
    return [...this.marks.values()].filter((each) => each.mark === kind && !each.struck).sort((a, b) => a.atMs - b.atMs);
  }

  #alert(number, { rule, source, state, at }) {
    const key = JSON.stringify([rule, source]);
    const before = this.alerts.get(key);
    const hasFired = state === "firing" || (before?.hasFired ?? false);
    const alert = { rule, source, state, hasFired, atMs: Date.parse(at), key };
    if (before?.state === state) return;
    if (!before && state === "inactive") return;
    this.alerts.set(key, alert);
    this.moments.push({ number, kind: "alert", ...alert });
  }

  #strike({ number, by, reason }) {
    const struck = this.marks.get(number);
    if (struck) struck.struck = { by, reason };
  }

  #stage(number, atMs, stage) {
    this.stage = stage;
    this.moments.push({ number, kind: "stage", atMs, stage });
  }
}

const interval = ({ name, earliest, latest, source }) => ({
  name,
  source,
  earliestMs: Date.parse(earliest),
  latestMs: Date.parse(latest),
});

const mark = ({ number, mark: kind, by, at, entered_at: enteredAt, text }) => ({
  number,
  mark: kind,
  by,
  text,
  atMs: Date.parse(at),
  enteredMs: Date.parse(enteredAt),
  struck: null,
});
