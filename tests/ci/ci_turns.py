"""Turns of a run of CI, from drills told as journals (tests/drill/story.py)."""

from dataclasses import replace

from story import alert, at, bought, by_the_book, by_time, calm, checked, cured, ended, purchases, started
from story import unfelt as unfelt_story

from chaos_pizza.ci.turn import Turn, witnessed_by
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import Aborted, CalmChecked, HypothesisChecked
from chaos_pizza.model.incident import Actor, CureMeans
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import Budgets, FaultKind

FILE = "experiments/drill.yaml"
LINES = {"ttd_s": 28, "budgets": 27}
HOSTILE = "::error::x\r\n::stop-commands::y %0A ##[error] | <script> `a` \x1b[31m\x00\u202e\ufffe\ud800 ]]> & \"'"


def turn_of(told, exit_code=None, **more):
    """The turn of a drill told as a journal."""
    records = by_time(told)
    result = judge(records)
    code = result.judgement.verdict.exit_code if exit_code is None else exit_code
    usual = {"witnessed": witnessed_by(gather(records)), "report": "reports/d1/report.md", "lines": LINES}
    return Turn(FILE, "drill", code, result=result, **{**usual, **more})


def passed(budgets=None):
    return turn_of(by_the_book(budgets or Budgets(ttd_s=15, ttm_s=60)))


def failed():
    """TTD 4.25 s, of 2 s allowed."""
    return turn_of(by_the_book(Budgets(ttd_s=2, ttm_s=60)))


def undetected():
    return turn_of(without(by_the_book(Budgets(ttd_s=600, tta_s=600)), AlertChanged, Marked))


def invalid():
    """The shop was not steady before."""
    told = [pair for pair in by_the_book(Budgets(ttd_s=15)) if not is_before(pair[1])]
    return turn_of([*told, (8.0, checked("before", met=False))])


def is_before(event):
    return isinstance(event, HypothesisChecked) and event.when == "before"


def aborted():
    """Ended at 15 s by a signal; calm was proven after it."""
    told = [(second, event) for second, event in by_the_book(Budgets(ttd_s=15)) if second < 15]
    cured_by_the_end = [(17.0, cured(16.8, 17.0, by=Actor.ABORT, means=CureMeans.LINK)), (17.2, calm(17.1, 17.2))]
    stopped = Aborted(at(15.0), "SIGINT was received")
    return turn_of([*told, (15.0, stopped), *cured_by_the_end, (17.5, ended(17.5, "interrupted"))])


def calm_not_restored():
    return turn_of(without(by_the_book(Budgets(ttd_s=15)), CalmChecked))


def placebo(detected=False):
    told = [
        (0.0, started(FaultKind.NONE, budgets=Budgets(ttd_s=5, success_ratio=0.95))),
        (3.0, checked("before")),
        (12.0, checked("after")),
        *purchases([bought(n, n / 2, n / 2 + 0.1) for n in range(24)], until=13),
        (13.5, ended(13.5)),
    ]
    alarm = [(5.0, alert(5.0, AlertState.FIRING))] if detected else []
    return turn_of([*told, (13.0, calm(12.9, 13.0)), *alarm])


def unfelt(bought_until=30):
    """A fault of 10 s that no purchase felt, and 5 s allowed to recover from it."""
    return turn_of(unfelt_story(Budgets(ttr_s=5), bought_until))


def refused(complaint="the shop at http://127.0.0.1:1 can't be reached"):
    return Turn(FILE, "drill", 2, complaint, lines=LINES)


def not_begun():
    return Turn(FILE, "drill", complaint="not begun, since the drill before it was aborted")


def hostile():
    """A drill whose every text is somebody's attempt to be more than a text."""
    turn = failed()
    result = replace(
        turn.result,
        title=HOSTILE,
        target=HOSTILE,
        experiment=HOSTILE,
        judgement=replace(turn.result.judgement, reasons=(HOSTILE, HOSTILE * 1000)),
        timeline=replace(turn.result.timeline, detected_by=HOSTILE),
    )
    return replace(turn, file=HOSTILE, slug=HOSTILE, complaint=HOSTILE, report=HOSTILE, result=result)


def without(told, *kinds):
    return [(second, event) for second, event in told if not isinstance(event, kinds)]


ALL = {
    "passed": passed,
    "failed": failed,
    "undetected": undetected,
    "invalid": invalid,
    "aborted": aborted,
    "calm not restored": calm_not_restored,
    "placebo": placebo,
    "unfelt": unfelt,
    "refused": refused,
    "not begun": not_begun,
    "hostile": hostile,
}
