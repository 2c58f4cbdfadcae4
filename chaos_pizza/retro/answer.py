"""The answer of a retrospective: what improved, what no alert catches, what is overdue."""

from collections.abc import Sequence
from dataclasses import dataclass

from chaos_pizza.claims.standing import ItemStanding, ItemState
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import counted, day_of
from chaos_pizza.retro.comparison import Comparison, Divide, Finding
from chaos_pizza.retro.comparison_sentences import describe_comparison
from chaos_pizza.retro.detections import Uncaught, was_cut_off
from chaos_pizza.retro.figures import GroupFigures
from chaos_pizza.retro.wording import MEASURE_WORDS, cut_off_words, group_name, listed, name_of

IMPROVED, NO_ALERT_CATCHES, OVERDUE = "What improved", "What no alert catches", "What is overdue"
_ITEM_CHARS = 120
_STATES = {
    ItemState.REOPENED: "reopened by a drill",
    ItemState.REFUTED: "refuted by a drill",
    ItemState.UNDECIDED: "not decided by any drill yet",
    ItemState.OPEN: "tried by no drill since",
    ItemState.UNTESTABLE: "without a claim that a drill can test",
    ItemState.CLOSED: "closed by a drill",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Plain sentences, ready to be escaped; the first of each part stands for it, and there is always one.

    `improved` tells of what got worse too, in the end: `worse` counts these sentences.
    """

    improved: tuple[str, ...]
    worse: int
    uncaught: tuple[str, ...]
    overdue: tuple[str, ...]

    @property
    def headlines(self) -> tuple[str, ...]:
        """The three sentences that matter most."""
        parts = ((NO_ALERT_CATCHES, self.uncaught), (OVERDUE, self.overdue))
        more = len(self.improved) - 1
        worse = f" For the worse: {min(self.worse, more)}." if self.worse and more else ""
        return (
            f"{IMPROVED}: {self.improved[0]}{_more(more)}{worse}",
            *(f"{title}: {sentences[0]}{_more(len(sentences) - 1)}" for title, sentences in parts),
        )


def answer(
    figures: Sequence[GroupFigures],
    comparisons: Sequence[Comparison],
    uncaught: Sequence[Uncaught],
    standings: Sequence[ItemStanding],
) -> Answer:
    """Return the answer; what the drills can't show is not claimed, but what it would take is said."""
    return Answer(
        tuple(_improved(figures, comparisons)),
        sum(comparison.finding is Finding.LONGER for comparison in comparisons),
        tuple(_not_caught(figures, uncaught)),
        tuple(_overdue(standings)),
    )


def _improved(figures: Sequence[GroupFigures], comparisons: Sequence[Comparison]) -> list[str]:
    """Return what changed, a proven improvement before what got worse; or what it takes until anything can be told."""
    told = [
        describe_comparison(each)
        for finding in (Finding.SHORTER, Finding.LONGER)
        for each in sorted(comparisons, key=_weight)
        if each.finding is finding
    ]
    if told:
        worse = all(each.finding is not Finding.SHORTER for each in comparisons)
        return [f"nothing, and something got worse. {told[0]}", *told[1:]] if worse else told
    tested = sorted(comparisons, key=_weight)
    if tested:
        return [f"nothing that can be told yet. {describe_comparison(tested[0])}"]
    return [f"nothing that can be told yet. {_waiting(figures)}"]


def _weight(comparison: Comparison) -> tuple[bool, float, str, str, bool]:
    """Order comparisons: of rules before those of time, then by how sure they are."""
    is_advice = comparison.divide is Divide.TIME
    return is_advice, comparison.p_value, comparison.experiment, comparison.measure.value, bool(comparison.announced)


def _waiting(figures: Sequence[GroupFigures]) -> str:
    """Return how far the group with the most drills is from a claim."""
    timed = [each for each in figures if any(measure.durations.count for measure in each.measures)]
    if not timed:
        return "No drill with a fault has been held yet."
    most = max(timed, key=lambda each: len(each.group.drills))
    count = len(most.group.drills)
    group, measure = group_name(most.group.experiment, most.group.announced), MEASURE_WORDS[MeasureName.TTD]
    return (
        f"{group}: there {'is' if count == 1 else 'are'} {counted(count, 'drill')}; to see a change of 30 % in the "
        f"median {measure} takes about {most.needed} drills before the change and {most.needed} after it."
    )


def _not_caught(figures: Sequence[GroupFigures], uncaught: Sequence[Uncaught]) -> list[str]:
    """Return what no alert catches, the longest spell first; the first sentence says what was left out of all."""
    drills = [drill for each in figures for drill in each.group.drills]
    felt = [drill for drill in drills if drill.failed and drill.fault is not FaultKind.NONE]
    cut_off = sum(map(was_cut_off, felt))
    longest_first = sorted(uncaught, key=lambda each: (-each.drills, each.experiment))
    told = [_uncaught(each) for each in longest_first] or [_all_caught(len(felt), cut_off)]
    return [f"{told[0]} {cut_off_words(cut_off)}" if cut_off else told[0], *told[1:]]


def _all_caught(felt: int, cut_off: int) -> str:
    """Return what is known where no spell is, of so many drills that made purchases fail."""
    if felt > cut_off:
        return "none: in the latest drill of each experiment that made purchases fail, an alert fired."
    return "unknown: no drill made any purchase fail." if not felt else "unknown: no drill lasted long enough to tell."


def _uncaught(uncaught: Uncaught) -> str:
    latest = "the latest drill" if uncaught.drills == 1 else f"the latest {uncaught.drills} drills"
    since = f", {'on' if uncaught.drills == 1 else 'since'} {day_of(uncaught.since.started_at)}"
    head = f"{name_of(uncaught.experiment)}: no alert fired in {latest} that made purchases fail{since}"
    if not uncaught.rules:
        return f"{head}; no rule is known to have watched."
    if not uncaught.blind:
        return f"{head}; no rule is blind to it, but none came to fire."
    return f"{head}; blind there: {listed([f'{name_of(each.rule)} ({each.source.label})' for each in uncaught.blind])}."


def _overdue(standings: Sequence[ItemStanding]) -> list[str]:
    if not standings:
        return ["nothing: no action item is known."]
    overdue = [standing for standing in standings if standing.is_overdue]
    if overdue:
        return [f"{_item(each)}." for each in overdue]
    still = [standing for standing in standings if standing.state is not ItemState.CLOSED]
    if not still:
        return [f"nothing: {counted(len(standings), 'action item')}, and drills closed all of them."]
    undated = sum(standing.opened.item.due is None for standing in still)
    without = f", {undated} of them without a due date" if undated else ""
    return [f"nothing; {len(still)} of {counted(len(standings), 'action item')} not closed{without}."]


def _item(standing: ItemStanding) -> str:
    item = standing.opened.item
    owner = name_of(item.owner) if item.owner else "nobody"
    return f"“{one_line(item.text, _ITEM_CHARS)}” (owner: {owner}; due {item.due}; {_STATES[standing.state]})"


def _more(count: int) -> str:
    return f" And {count} more." if count > 0 else ""
