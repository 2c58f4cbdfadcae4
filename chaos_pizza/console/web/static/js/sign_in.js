// The form for a token, where the console wants one.

import { make } from "./element.js";

export class SignIn {
  /** `signIn(token)` gives a reason where the token was refused, or null. */
  constructor({ title, text, signIn }) {
    this.field = make("input", { id: "token", type: "password", autocomplete: "off", spellcheck: "false", maxlength: "500", required: true });
    this.complaint = make("p", { class: "complaint", role: "alert" });
    const form = make(
      "form",
      {},
      make("h2", { id: "sign-in-title", text: title }),
      make("p", { text }),
      make("label", { for: "token", text: "Your token" }),
      make("div", { class: "row" }, this.field, make("button", { type: "submit", class: "primary", text: "Sign in" })),
      this.complaint,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      this.complain("");
      const reason = await signIn(this.field.value.trim()).catch(() => "The console can't be reached just now; try again.");
      if (reason) this.complain(reason);
      else this.field.value = "";
    });
    this.element = make("section", { class: "sign-in", hidden: true, "aria-labelledby": "sign-in-title" }, form);
  }

  complain(text) {
    this.complaint.textContent = text;
  }
}
