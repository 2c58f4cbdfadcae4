// The words and figures of the page: each has one place.

export const MARKS = [
  { kind: "noticed", label: "Saw it", meaning: "You noticed that something is wrong", key: "1" },
  { kind: "acknowledged", label: "Have it", meaning: "You took it on", key: "2" },
  { kind: "diagnosed", label: "Know why", meaning: "You know what is broken", key: "3" },
  { kind: "mitigated", label: "Cured", meaning: "You ended it", key: "4" },
];

export const MARK_LABELS = { ...Object.fromEntries(MARKS.map(({ kind, label }) => [kind, label])), note: "Note" };

export const STATES = {
  none: "no drill yet",
  waiting: "waiting for its window",
  under_way: "under way",
  ended: "over",
};

export const STAGES = {
  baseline: "The drill measures how things are when all is well",
  method: "The drill's method begins",
  after: "The drill's method is over",
  rollback: "The drill puts everything back",
  verification: "The drill proves that all is calm again",
};

export const INSTANTS = {
  fault_start: "The fault began",
  first_impact: "First impact: a diner's purchase went wrong",
  alert_pending: "An alert is pending",
  alert_firing: "An alert fires",
  notified: "The notification arrived",
  noticed: "Noticed",
  acknowledged: "Acknowledged",
  diagnosed: "Diagnosed",
  mitigation_claimed: "Said to be cured",
  mitigated: "Mitigated",
  recovered: "Recovered: purchases are good again",
};

export const FAULTS = {
  none: "nothing breaks, it is a placebo",
  fail: "the factory answers every order with an error",
  badjwt: "the factory's pizzas do not verify",
  throttle: "the factory answers half a minute late",
  oven_full: "somebody orders more pizzas than the oven takes",
  shop_chaos: "the shop fails a part of its purchases",
};

export const VERDICTS = {
  passed: { tone: "passed", sign: "✔" },
  failed: { tone: "alarm", sign: "✘" },
  invalid: { tone: "caution", sign: "⚠" },
  aborted: { tone: "caution", sign: "⚠" },
  "calm not restored": { tone: "alarm", sign: "⚠" },
};

const DAY_MS = 24 * 60 * 60 * 1000;
const two = (number) => String(number).padStart(2, "0");
let isLocal = localStorage.getItem("chaos-pizza.times") === "local";

/** Whether times are told in this machine's zone instead of UTC. */
export const timesAreLocal = () => isLocal;

/** Tell times in this machine's zone, or in UTC, from now on and after a reload. */
export function tellTimes(local) {
  isLocal = local;
  localStorage.setItem("chaos-pizza.times", local ? "local" : "utc");
}

/** The name of the zone in which times are told, as a short offset: `UTC`, `UTC-7`. */
export function zoneName(atMs) {
  if (!isLocal) return "UTC";
  const minutes = -new Date(atMs).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** A time, with its date where that is not today's: `14:02:05`, `Mon 30 Nov, 03:00:00`. */
export function timeAndDay(atMs, nowMs) {
  const day = (ms) => new Date(ms).toLocaleDateString("en-GB", { ...(isLocal ? {} : { timeZone: "UTC" }), weekday: "short", day: "numeric", month: "short" });
  return day(atMs) === day(nowMs) && Math.abs(atMs - nowMs) < DAY_MS ? timeOfDay(atMs) : `${day(atMs).replace(",", "")}, ${timeOfDay(atMs)}`;
}

/** A length of time as people say it, its two largest parts: `4 d 3 h`, `2 h 5 min`, `3 min`, `20 s`. */
export function roughly(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${minutes} min`;
}

/** A time of day, `14:02:05`. */
export function timeOfDay(atMs) {
  const at = new Date(atMs);
  const parts = isLocal
    ? [at.getHours(), at.getMinutes(), at.getSeconds()]
    : [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  return parts.map(two).join(":");
}

/** A length of time in whole seconds, `0:07`, `41:00`, `1:02:03`. */
export function lengthOf(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** How long after (or before) impact something was, `+0:07`; nothing where no impact is known. */
export function sinceImpact(atMs, impactMs) {
  if (impactMs === null) return "";
  const ms = atMs - impactMs;
  return ms < 0 ? `−${lengthOf(-ms)}` : `+${lengthOf(ms)}`;
}

/** A ratio as a percentage: whole, but never 100 % or 0 % where it is not quite. */
export function percent(ratio) {
  if (ratio === null) return "–";
  if (ratio > 0.99 && ratio < 1) return `${(Math.floor(ratio * 1000) / 10).toFixed(1)} %`;
  if (ratio < 0.01 && ratio > 0) return "< 1 %";
  return `${Math.round(ratio * 100)} %`;
}

/** A latency, in milliseconds below a second and in seconds above it. */
export function latency(ms) {
  if (ms === null) return "–";
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 1 : 0)} s`;
}

/** A text as a sentence, which begins with a capital and ends with a stop. */
export const sentence = (text) => `${capital(text)}${/[.!?]$/.test(text) ? "" : "."}`;

/** A text with its first letter a capital. */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** An experiment by its name, where a plan gives its path. */
export const experimentName = (path) => path.replace(/^.*\//, "").replace(/\.ya?ml$/, "");

/** A text of people's in one line, not longer than that. */
export function shortened(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
