// What the console tells, as it comes, without a gap.
//
// It is read with fetch and not with an EventSource: that one can't say, once reopened by hand, from where to go on, and
// it never notices a line that died in silence, as a phone's does between two cells.

import { createParser } from "../vendor/eventsource-parser/index.js";
import { SILENCE_MS } from "./knowledge.js";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;
const PATIENCE = 2; // a gap that stays after so many attempts is one in the feed itself

export class Stream {
  #last = { drill: null, number: -1 };
  #gap = { number: -1, times: 0 };
  #waitMs = FIRST_WAIT_MS;
  #attempt = null;
  #isLive = false;
  #isOver = false;
  #wake = () => {};

  /** `listeners` are `lines(drill, lines)`, `standing(standing)`, `heard()`, `live(isLive)`, `missing(count)`, `stranger()`. */
  constructor(listeners) {
    this.listeners = listeners;
    addEventListener("online", () => this.#wake());
    addEventListener("pageshow", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
  }

  get isLive() {
    return this.#isLive;
  }

  /** Stay connected until `close`, or until the console knows this browser no longer. */
  async run() {
    this.#isOver = false;
    while (!this.#isOver) {
      await this.#connect();
      if (this.#isOver) break;
      this.#turn(false);
      await this.#pause();
    }
    this.#turn(false);
  }

  close() {
    this.#isOver = true;
    this.#attempt?.abort();
    this.#wake();
  }

  async #connect() {
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    let silence = null;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => this.#attempt.abort(), SILENCE_MS);
    };
    heard();
    try {
      const headers = { Accept: "text/event-stream" };
      if (this.#last.drill !== null) headers["Last-Event-ID"] = `${this.#last.drill}:${this.#last.number}`;
      const response = await fetch("/stream", { headers, signal, cache: "no-store" });
      if (response.status === 401 || response.status === 403) return this.#leave();
      if (!response.ok) return undefined;
      await this.#read(response.body, heard);
    } catch (error) {
      // The line broke, or was cut because it said nothing or left something out: whoever waits tries again.
      if (!(error instanceof TypeError || error instanceof Gap || error.name === "AbortError")) throw error;
    } finally {
      clearTimeout(silence);
      this.#attempt.abort();
    }
    return undefined;
  }

  async #read(body, heard) {
    const parser = createParser({ onEvent: (event) => this.#take(event) });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      this.listeners.heard();
      parser.feed(value);
    }
  }

  #take({ event, id, data }) {
    this.#waitMs = FIRST_WAIT_MS;
    this.#turn(true);
    if (event === "standing") this.listeners.standing(JSON.parse(data));
    else if (event === "feed") this.#takeLines(id, [JSON.parse(data)]);
    else if (event === "history") this.#takeLines(id, JSON.parse(data));
  }

  #takeLines(id, lines) {
    const drill = id.slice(0, id.lastIndexOf(":"));
    if (drill !== this.#last.drill) this.#last = { drill, number: -1 };
    const fresh = lines.filter(({ number }) => number > this.#last.number);
    const whole = this.#upToGap(fresh);
    if (whole.length) {
      this.#last.number = whole.at(-1).number;
      this.listeners.lines(drill, whole);
    }
    if (whole.length < fresh.length) throw new Gap();
  }

  // The lines before the first gap; all of them where the same gap came again and again.
  #upToGap(lines) {
    let expected = this.#last.number + 1;
    for (const [place, { number }] of lines.entries()) {
      if (number !== expected) {
        this.#gap = this.#gap.number === expected ? { ...this.#gap, times: this.#gap.times + 1 } : { number: expected, times: 1 };
        if (this.#gap.times <= PATIENCE) return lines.slice(0, place);
        this.listeners.missing(number - expected);
      }
      expected = number + 1;
    }
    return lines;
  }

  #turn(isLive) {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.listeners.live(isLive);
  }

  #leave() {
    this.#isOver = true;
    this.listeners.stranger();
  }

  async #pause() {
    const ms = this.#waitMs * (0.75 + Math.random() / 2); // not all browsers at once, when a console comes back
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    await new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
    this.#wake = () => {};
  }
}

class Gap extends Error {}
