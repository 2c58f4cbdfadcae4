// Keys: 1 to 4 press the buttons, n goes to the note. Not while somebody types or is asked something.

import { MARKS } from "./wording.js";

const TYPED_IN = "input, textarea, select, [contenteditable]";

export function listenToKeys({ press, focusNote }) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.(TYPED_IN) || document.querySelector("dialog[open]")) return;
    const mark = MARKS.find(({ key }) => key === event.key);
    if (mark) press(mark.kind);
    else if (event.key === "n") focusNote();
    else return;
    event.preventDefault(); // lest the n stand in the note
  });
}
