// The name under which this browser's person marks: asked once, kept here, changed at will.

import { ask } from "./dialogs.js";

const KEPT = "chaos-pizza.name";
export const LONGEST_NAME = 60;

/** The name, or nothing where none was given yet. */
export const personName = () => localStorage.getItem(KEPT) ?? "";

/** Keep a name, and give it. */
export function keepName(name) {
  localStorage.setItem(KEPT, name);
  return name;
}

/**
 * Ask for the name; gives it, or null where it was not told. `choices` are the names that the plan knows, `waiting` is what
 * was pressed and waits for it.
 */
export async function askName(choices = [], waiting = "") {
  const beside = "Your name stands beside what you mark, for everybody here and in the report.";
  const name = await ask({
    title: "Who are you?",
    text: waiting ? `“${waiting}” will be noted when you confirm.\n${beside}` : beside,
    field: { label: "Your name", value: personName(), most: LONGEST_NAME, choices, mustBeGiven: true },
    confirm: "That's me",
  });
  return name ? keepName(name) : null;
}
