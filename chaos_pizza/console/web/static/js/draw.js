// A revealed draw in words: what it was, whether it came to it, and whether it is the one that was committed to.

import { FAULTS, experimentName, timeOfDay } from "./wording.js";

const FAULT_ENTRY = /^fault on\b/;

/** What a blind drill was, in a sentence, and whether it came to that. */
export function drawText({ experiment, fault, starts_at: startsAt }, board) {
  const what = `${experimentName(experiment)}: ${FAULTS[fault] ?? fault}`;
  const startMs = startsAt ? Date.parse(startsAt) : null;
  if (!board.ended) return `It is ${what}${startMs === null ? "" : `, drawn for ${timeOfDay(startMs)}`}.`;
  if (!cameToIt(fault, startMs, board)) return `It was to be ${what}${startMs === null ? "" : `, drawn for ${timeOfDay(startMs)}`}; it never came to that.`;
  return `It was ${what}${startMs === null ? "" : `, asked for at ${timeOfDay(startMs)}`}.`;
}

/** Whether the revealed draw is the one that was committed to. */
export function matchText({ matches }) {
  return matches ? "✔ It matches the commitment." : "✘ It does NOT match the commitment: the draw was changed.";
}

// Of a placebo nothing is seen but that its time came.
function cameToIt(fault, startMs, board) {
  if (fault === "none") return startMs === null || board.endedMs >= startMs;
  if (board.instants.has("fault_start") || board.instants.has("mitigated")) return true;
  return board.moments.some(({ kind, text }) => kind === "entry" && FAULT_ENTRY.test(text));
}
