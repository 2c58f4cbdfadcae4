// Who this browser is to the console: its role, and the requests that need one.

const ANSWER_MS = 8000;
export const DEED_MS = 30_000; // a deed sets a command to work, and the console waits for its first words

export class Session {
  role = null;
  open = false;
  #csrf = "";

  /** Take a token from the address, which then holds it no longer, and ask for the role; a refusal's reason, or null. */
  async enter() {
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    if (!token) {
      await this.refresh();
      return null;
    }
    history.replaceState(null, "", location.pathname);
    return this.signIn(token);
  }

  /** Exchange a token for a role; the reason where it was refused, or null. Throws where the console can't be reached. */
  async signIn(token) {
    const { ok, message } = await this.#send("POST", "/session", { token });
    await this.refresh();
    return ok ? null : message;
  }

  /** Forget the role, here and at the console. */
  async signOut() {
    await this.#send("DELETE", "/session");
    await this.refresh();
  }

  /** Ask what this browser's role is. Throws where the console can't be reached. */
  async refresh() {
    const { ok, answer } = await this.#send("GET", "/session");
    if (!ok) throw new TypeError("the console does not say who we are");
    [this.role, this.#csrf, this.open] = [answer.role, answer.csrf, answer.open];
  }

  get mayMark() {
    return this.role === "responder" || this.role === "coordinator";
  }

  /**
   * Send something in this role's name: `{ok, status, message, answer, isOurs}`. Throws where no answer came: it may have been
   * taken all the same. A console that was started anew knows other secrets, so a refusal for that is tried once more.
   */
  async post(path, body, answerMs = ANSWER_MS) {
    const first = await this.#send("POST", path, body, answerMs);
    if (first.status !== 403) return first;
    const before = this.#csrf;
    await this.refresh();
    return this.#csrf === before ? first : this.#send("POST", path, body, answerMs);
  }

  async #send(method, path, body, answerMs = ANSWER_MS) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRF"] = this.#csrf;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await response.text();
    const answer = read(text);
    const message = answer?.message ?? `the console answered ${response.status}`;
    // A proxy's answer has no message of the console's.
    return { ok: response.ok, status: response.status, message, answer, isOurs: answer?.message !== undefined };
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
