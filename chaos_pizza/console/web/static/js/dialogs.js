// Questions to people, in the page: a name, a reason, "really?".

import { make } from "./element.js";

const NO_ANSWER = "The console gave no answer. It may have been done all the same: look before you try again.";

/**
 * Ask something; gives the text (or true where there is no field), or null where people thought better of it.
 *
 * `field` is `{label, value, most, rows, type, choices, mustBeGiven}`; `act` is called with the answer before the
 * dialog closes: where it gives a reason, that is shown, and the dialog stays with all that was typed.
 */
export function ask({ title, text = "", field = null, confirm, danger = false, act = async () => null }) {
  return new Promise((resolve) => {
    const input = field && inputFor(field);
    const complaint = make("p", { class: "complaint", role: "alert" });
    const submit = make("button", { type: "submit", class: danger ? "danger" : "primary", text: confirm });
    const form = make(
      "form",
      { method: "dialog" },
      make("h2", { id: "dialog-title", text: title }),
      ...text.split("\n").filter(Boolean).map((line) => make("p", { text: line })),
      field && make("label", { for: "dialog-field", text: field.label }),
      input,
      field?.choices?.length ? choicesFor(field.choices, input) : null,
      complaint,
      make("div", { class: "row" }, submit, make("button", { type: "button", text: "Cancel", on: { click: () => close(null) } })),
    );
    const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, form);
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const answer = async () => {
      const given = input ? input.value.trim() : true;
      if (field?.mustBeGiven && !given) return void (complaint.textContent = `${field.label}: something has to stand here.`);
      submit.disabled = true;
      complaint.textContent = "";
      const reason = await act(given).catch(() => NO_ANSWER);
      submit.disabled = false;
      return reason ? void (complaint.textContent = reason) : close(given);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer();
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    dialog.showModal();
    (input ?? submit).focus();
  });
}

function inputFor({ value = "", most = 200, rows = 1, type = "text" }) {
  const common = { id: "dialog-field", maxlength: String(most), autocomplete: "off" };
  const input = rows > 1 ? make("textarea", { ...common, rows: String(rows) }) : make("input", { ...common, type });
  input.value = value;
  return input;
}

function choicesFor(choices, input) {
  const take = (choice) => {
    input.value = choice;
    input.focus();
  };
  return make(
    "div",
    { class: "choices" },
    ...choices.map((choice) => make("button", { type: "button", text: choice, on: { click: () => take(choice) } })),
  );
}
