// After the drill: its verdict, what it was, whether that is what was committed to, and the report.

import { make } from "./element.js";
import { drawText, matchText } from "./draw.js";
import { VERDICTS, timesAreLocal } from "./wording.js";

const SEALED = "What breaks, and when, is sealed. It is shown here once the drill is over, and checked against the commitment.";
const OPEN = "The verdict and the report stand here once the drill is over.";

export class Outcome {
  constructor() {
    this.element = make("section", { class: "outcome", "aria-labelledby": "outcome-title" });
  }

  show({ board, standing }) {
    const { revealed, ended } = board;
    const signature = JSON.stringify([revealed && drawText(revealed, board), ended, standing.report, timesAreLocal(), board.drill?.blind]);
    if (this.element.dataset.signature === signature) return;
    this.element.dataset.signature = signature;
    const parts = [make("h2", { id: "outcome-title", text: revealed || ended ? "What it was" : "What it is" })];
    if (!revealed && !ended) parts.push(make("p", { class: "quiet", text: board.drill?.blind ? SEALED : OPEN }));
    if (ended) parts.push(verdict(ended.verdict));
    if (revealed) parts.push(make("p", { text: drawText(revealed, board) }));
    if (revealed) parts.push(make("p", { class: `tone-${revealed.matches ? "passed" : "alarm"}` }, make("strong", { text: matchText(revealed) })));
    if (ended && standing.report) parts.push(make("p", {}, make("a", { class: "report", href: standing.report, text: "Open the report" })));
    this.element.replaceChildren(...parts);
  }
}

function verdict(name) {
  const { tone, sign } = VERDICTS[name] ?? { tone: "caution", sign: "⚠" };
  return make("p", { class: `verdict tone-${tone}`, text: `${sign} ${name ?? "it could not be judged"}` });
}
