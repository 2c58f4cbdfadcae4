// The purchases over time: as they came for "now", and in buckets for the chart, so that a day of them is drawn at once.

const NOW_MS = 5000;
const FINE_MS = 1000;
const RECENT_MS = 10 * 60 * 1000;
const MOST_BUCKETS = 1200;
const LEAST_GAP_MS = 15_000;

export class Series {
  #latest = [];
  #recent = new Buckets(RECENT_MS / FINE_MS, false);
  #whole = new Buckets(MOST_BUCKETS, true);

  add(atMs, { purchases, good, latency_p95_ms: p95 }) {
    this.#latest.push({ atMs, purchases, good, p95 });
    while (this.#latest.length > 1 && this.#latest[0].atMs < atMs - NOW_MS) this.#latest.shift();
    if (purchases === 0 && p95 === null) return;
    this.#recent.add(atMs, purchases, good, p95);
    this.#whole.add(atMs, purchases, good, p95);
  }

  /** The last 5 s: how many purchases, which share of them was good, and the highest p95 told; null where unknown. */
  now(atMs) {
    const last = this.#latest.filter((each) => each.atMs > atMs - NOW_MS);
    const purchases = last.reduce((sum, each) => sum + each.purchases, 0);
    const good = last.reduce((sum, each) => sum + each.good, 0);
    return { purchases, ratio: purchases ? good / purchases : null, p95: highest(last.map(({ p95 }) => p95)) };
  }

  /** What the chart shows: `[seconds, ratios, p95s]`, of the last 10 minutes or of all. */
  points(isWhole, atMs) {
    return isWhole ? this.#whole.columns(0) : this.#recent.columns(atMs - RECENT_MS);
  }
}

// Buckets of equal length, in order; beyond the most of them the oldest goes, or all become twice as long.
class Buckets {
  #buckets = [];
  #lengthMs = FINE_MS;

  constructor(most, mayGrow) {
    this.most = most;
    this.mayGrow = mayGrow;
  }

  add(atMs, purchases, good, p95) {
    const start = Math.floor(atMs / this.#lengthMs) * this.#lengthMs;
    const last = this.#buckets.at(-1);
    if (last && start <= last.start) merge(last, { purchases, good, p95 });
    else this.#buckets.push({ start, purchases, good, p95 });
    if (this.#buckets.length > this.most) this.mayGrow ? this.#coarsen() : this.#buckets.shift();
  }

  columns(fromMs) {
    const columns = [[], [], []];
    const put = (atMs, ratio, p95) => [atMs / 1000, ratio, p95].forEach((value, place) => columns[place].push(value));
    let before = null;
    for (const { start, purchases, good, p95 } of this.#buckets) {
      if (start < fromMs) continue;
      if (before !== null && start - before > Math.max(LEAST_GAP_MS, 3 * this.#lengthMs)) put(before + 1, null, null);
      put(start, purchases ? (100 * good) / purchases : null, p95);
      before = start;
    }
    return columns;
  }

  #coarsen() {
    this.#lengthMs *= 2;
    const fine = this.#buckets;
    this.#buckets = [];
    for (const bucket of fine) {
      const start = Math.floor(bucket.start / this.#lengthMs) * this.#lengthMs;
      const last = this.#buckets.at(-1);
      if (last && last.start === start) merge(last, bucket);
      else this.#buckets.push({ ...bucket, start });
    }
  }
}

function merge(bucket, { purchases, good, p95 }) {
  bucket.purchases += purchases;
  bucket.good += good;
  bucket.p95 = highest([bucket.p95, p95]);
}

function highest(values) {
  const known = values.filter((value) => value !== null);
  return known.length ? Math.max(...known) : null;
}
