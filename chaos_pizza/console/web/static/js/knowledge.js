// What the page may claim to know: whether it hears of the drill, since when it does not, and whether the drill was cut off.

export const SILENCE_MS = 13_000; // the console says something every 10 s
const BLIP_MS = 1000; // a line that is back so soon was not lost
const LAST_WORDS_MS = 15_000; // so long after its last line a drill may still tell its end

/**
 * Tell what can be known at `nowMs`: `{isKnown, sinceMs, isCutOff}`. `sinceMs` is when something was last heard, null where
 * that never was. Of a drill that is over everything is known.
 */
export function knowledgeOf({ standing, board, connection }, nowMs) {
  if (board.ended !== null) return { isKnown: true, sinceMs: null, isCutOff: false };
  if (isCutOff(standing, board, nowMs)) return { isKnown: false, sinceMs: board.toldMs, isCutOff: true };
  const { isLive, sinceMs, heardMs } = connection;
  const isLost = heardMs === null || (!isLive && nowMs - sinceMs >= BLIP_MS) || nowMs - heardMs > SILENCE_MS;
  return { isKnown: !isLost, sinceMs: isLost ? heardMs : null, isCutOff: false };
}

// A game day's drill that waits has been cut off; so has one that nobody writes any more, and that never told its end.
function isCutOff({ drill, state }, board, nowMs) {
  if (board.drillId === null) return false;
  if (state === "waiting") return drill !== null;
  return state === "ended" && board.toldMs !== null && nowMs - board.toldMs > LAST_WORDS_MS;
}

/** Why a press would do nothing now, and why a note would; nothing where it would do something. */
export function whyNot(board) {
  if (board.drillId === null) return { why: "No drill is under way yet.", whyNoNote: "No drill is under way yet." };
  // What is marked of a drill that was cut off is kept for it; a note is welcome after any drill.
  return { why: board.ended ? "The drill is over. What was missed goes in with “chaos-pizza mark … --at TIME”." : "", whyNoNote: "" };
}
