"""What visitors did, summed over the drill from its journal."""

import story

from chaos_pizza.drill.result import judge
from chaos_pizza.model.visit_event import SessionsObserved, StepCounts, VisitStep


def test_steps_are_summed_over_the_drill_and_change_nothing_else():
    told = story.by_the_book()
    visits = [
        (20.0, SessionsObserved((StepCounts(VisitStep.MENU, ok=3), StepCounts(VisitStep.VERIFY, refused=1)))),
        (25.0, SessionsObserved((StepCounts(VisitStep.MENU, ok=2, failed=4, dropped=1),))),
        (26.0, SessionsObserved()),
    ]
    without, with_them = judge(story.by_time(told)), judge(story.by_time([*told, *visits]))
    assert without.sessions == ()
    assert with_them.sessions == (
        StepCounts(VisitStep.MENU, ok=5, failed=4, dropped=1),
        StepCounts(VisitStep.VERIFY, refused=1),
    )
    assert (with_them.judgement, with_them.impact, with_them.measures) == (
        without.judgement,
        without.impact,
        without.measures,
    )
