// The server's clock, as far as it is known here: all times on the page are told by it.

const JUMP_MS = 2000;
let anchorMs = null;

/** Take the server's time (ISO 8601). It was sent a little ago, so the latest of all such anchors is the nearest. */
export function setClock(iso) {
  const candidate = Date.parse(iso) - performance.now();
  if (Number.isNaN(candidate)) return;
  const hasJumped = anchorMs !== null && anchorMs - candidate > JUMP_MS;
  if (anchorMs === null || hasJumped || candidate > anchorMs) anchorMs = candidate;
}

/** Milliseconds since 1970 on the server's clock; on this machine's where the server has told nothing yet. */
export function nowMs() {
  return anchorMs === null ? Date.now() : anchorMs + performance.now();
}
