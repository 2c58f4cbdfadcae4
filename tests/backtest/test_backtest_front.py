"""The front: no rule on it is beaten, and every rule off it is."""

from hypothesis import given
from hypothesis import strategies as st
from told import SHOP, a_rule, as_it_stands

from chaos_pizza.backtest.false_pages import FalsePages
from chaos_pizza.backtest.front import pareto_front
from chaos_pizza.backtest.trial import Caught, DrillOutcome, Trial
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.settings import FaultKind


def outcome(ttd_s, number=0, lasted_s=60.0):
    """Return what a rule did in a drill: `None` is undetected, "unknown" unknown."""
    if ttd_s == "unknown":
        return DrillOutcome(str(number), FaultKind.FAIL, Caught.UNKNOWN, None)
    if ttd_s is None:
        measure = Measure(lasted_s, lasted_s, None, censored=True)
        return DrillOutcome(str(number), FaultKind.FAIL, Caught.MISSED, measure)
    return DrillOutcome(str(number), FaultKind.FAIL, Caught.CAUGHT, Measure(ttd_s, ttd_s, ttd_s))


def a_trial(name, ttds_s, pages=0, weeks=1.0):
    outcomes = tuple(outcome(ttd_s, number) for number, ttd_s in enumerate(ttds_s))
    return Trial(as_it_stands(a_rule(name=name)), SHOP, None, outcomes, FalsePages(pages, weeks))


def names(trials):
    return [trial.candidate.base for trial in trials]


def test_faster_only_with_more_pages_and_quieter_only_if_slower():
    trials = [
        a_trial("quiet", [20, 20], 0),
        a_trial("beaten", [21, 21], 1),
        a_trial("swift", [2, 2], 5),
        a_trial("between", [10, 10], 2),
        a_trial("loud", [2, 2], 9),
    ]
    assert names(pareto_front(trials)) == ["swift", "between", "quiet"]


def test_whoever_misses_a_drill_is_behind_whoever_catches_it_however_late():
    trials = [a_trial("half blind", [1, None], 1), a_trial("slow", [50, 59], 1)]
    assert names(pareto_front(trials)) == ["slow"]


def test_a_drill_that_can_t_tell_is_no_credit():
    trials = [a_trial("rarely tried", [1, "unknown"], 0), a_trial("slow", [50, 59], 0)]
    assert names(pareto_front(trials)) == ["slow"]


def test_who_catches_nothing_is_quiet_but_not_on_the_front():
    assert pareto_front([a_trial("blind", [None, None]), a_trial("unknown", ["unknown"])]) == ()
    assert pareto_front([]) == ()


def test_of_equals_the_first_counts_and_without_calm_the_best_detection_alone():
    assert names(pareto_front([a_trial("first", [5]), a_trial("second", [5])])) == ["first"]
    trials = [a_trial("slow", [9], weeks=0.0), a_trial("swift", [5], weeks=0.0)]
    assert names(pareto_front(trials)) == ["swift"]


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from([None, 1, 2, 5, "unknown"]), min_size=2, max_size=2), st.integers(0, 4)),
        max_size=12,
    )
)
def test_by_brute_force(told):
    trials = [a_trial(str(number), ttds_s, pages) for number, (ttds_s, pages) in enumerate(told)]
    catching = [trial for trial in trials if trial.caught]

    def scores(trial):
        return (-trial.caught, trial.mean_ttd_s), trial.false_pages.count

    def beats(one, other):
        ours, theirs = scores(one), scores(other)
        return ours != theirs and ours[0] <= theirs[0] and ours[1] <= theirs[1]

    unbeaten = {scores(trial) for trial in catching if not any(beats(other, trial) for other in catching)}
    front = pareto_front(trials)
    assert {scores(trial) for trial in front} == unbeaten
    assert len(front) == len(unbeaten)
