// The name under which this browser's person marks: asked once, kept here, changed at will.

import { ask } from "./dialogs.js";

const KEPT = "chaos-pizza.name";
const LONGEST = 60;

/** The name, or nothing where none was given yet. */
export const personName = () => localStorage.getItem(KEPT) ?? "";

/** Ask for the name; gives it, or null where it was not told. `choices` are the names that the plan knows. */
export async function askName(choices = []) {
  const name = await ask({
    title: "Who are you?",
    text: "Your name stands beside what you mark, for everybody here and in the report.",
    field: { label: "Your name", value: personName(), most: LONGEST, choices, mustBeGiven: true },
    confirm: "That's me",
  });
  if (name) localStorage.setItem(KEPT, name);
  return name;
}
