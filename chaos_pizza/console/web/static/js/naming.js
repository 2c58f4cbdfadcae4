// The question who somebody is, in the page, before they press anything: so that no press has to wait for it.

import { make } from "./element.js";
import { LONGEST_NAME } from "./person.js";

const MOST_CHOICES = 8;

export class Naming {
  /** `named(name)` takes the name. */
  constructor({ named }) {
    this.named = named;
    this.field = make("input", { id: "naming", type: "text", maxlength: String(LONGEST_NAME), autocomplete: "off" });
    this.choices = make("div", { class: "choices" });
    this.element = make(
      "form",
      { class: "naming", hidden: true },
      make("label", { for: "naming", text: "Who are you?" }),
      this.field,
      make("button", { type: "submit", class: "primary", text: "That's me" }),
      this.choices,
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.typed) this.named(this.typed);
      else this.field.focus();
    });
  }

  /** What stands in the field: somebody who types their name and presses a button has said who they are. */
  get typed() {
    return this.element.hidden ? "" : this.field.value.trim();
  }

  show({ board, name, mayPress }) {
    this.element.hidden = Boolean(name) || !mayPress;
    const names = (board.drill?.responders ?? []).slice(0, MOST_CHOICES);
    const signature = JSON.stringify(names);
    if (this.choices.dataset.signature === signature) return;
    this.choices.dataset.signature = signature;
    this.choices.replaceChildren(...names.map((each) => make("button", { type: "button", text: each, on: { click: () => this.named(each) } })));
  }
}
