"""A team's alerting that could not be read: unknown is never undetected."""

import pytest
from story import alert, at, by_the_book, by_time

from chaos_pizza.drill.result import judge
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertingChosen, AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import ActivityEnded, FaultInjected, HypothesisChecked
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import Verdict

MANAGER, GRAFANA = AlertSource.ALERTMANAGER, AlertSource.GRAFANA
CHOSEN = (0.1, AlertingChosen((MANAGER, GRAFANA)))


def lost(second, source=GRAFANA, reason="it wants a token"):
    return second, AlertSourceLost(source, at(second), reason)


def found(second, source=GRAFANA, *, nothing_missed=False):
    return second, AlertSourceFound(source, at(second), nothing_missed)


def judged(*told, detected=False):
    """The drill of by_the_book, whose fault lasts from 9.75 to 19.75; undetected unless said."""
    left_out = () if detected else (AlertChanged, Marked)
    drill = [pair for pair in by_the_book() if not isinstance(pair[1], left_out)]
    return judge(by_time([*drill, CHOSEN, *told])).judgement


def test_undetected_while_a_system_could_not_be_read_proves_nothing():
    judgement = judged(lost(12.0))
    assert judgement.verdict is Verdict.INVALID
    assert "whether an alert would have fired is unknown: Grafana could not be read" in judgement.reasons[0]
    assert "it wants a token" in judgement.reasons[0]


@pytest.mark.parametrize(
    "spell", [(lost(2.0), found(5.0)), (lost(21.0),), (lost(12.0), found(13.0, nothing_missed=True))]
)
def test_a_system_that_was_away_outside_of_the_fault_or_told_it_afterwards_hides_nothing(spell):
    judgement = judged(*spell)
    assert not any("unknown" in reason for reason in judgement.reasons)


def test_a_short_spell_during_the_fault_hides_enough():
    assert judged(lost(12.0), found(12.4)).verdict is Verdict.INVALID


def test_what_another_system_detected_is_detected():
    assert judged(lost(5.0), detected=True).verdict is Verdict.PASSED


def test_a_system_that_nobody_relied_on_may_be_lost():
    judgement = judged(lost(12.0, AlertSource.PROMETHEUS))
    assert not any("unknown" in reason for reason in judgement.reasons)


def test_an_alert_that_fired_before_the_fault_does_not_detect_it():
    told = (8.0, alert(8.0, AlertState.FIRING, source=MANAGER)), (15.0, alert(15.0, AlertState.FIRING, source=MANAGER))
    drill = [pair for pair in by_the_book() if not isinstance(pair[1], (AlertChanged, Marked))]
    assert judge(by_time([*drill, CHOSEN, *told])).timeline.detected_by is None


def test_why_the_hypothesis_did_not_hold_is_told():
    """So that alerting which can't be read is named, and the shop not blamed for it."""
    failed = ActivityEnded("the alerts can be read", "failed", 0.1, "Grafana refused: 401; set PIZZA_GRAFANA_TOKEN")
    kept = [pair for pair in by_the_book() if not isinstance(pair[1], (FaultInjected, HypothesisChecked))]
    judgement = judge(by_time([*kept, (5.0, failed), (5.1, HypothesisChecked("before", False, ()))])).judgement
    assert any("(the alerts can be read: Grafana refused: 401" in reason for reason in judgement.reasons)


def ttd_of(*told):
    return judge(by_time([*by_the_book(), CHOSEN, *told])).measures[MeasureName.TTD]


def test_what_one_system_detected_another_that_was_lost_may_have_known_sooner():
    """From 9.75 to 14 it took 4.25 s; but Grafana, lost from 11 on, may have told after 1.25 s."""
    whole, torn = ttd_of(), ttd_of(lost(11.0))
    assert torn.value == whole.value
    assert torn.latest == whole.latest
    assert torn.earliest == pytest.approx(11.0 - 9.75, abs=0.3)
    assert ttd_of(lost(2.0)).earliest == 0


def test_a_system_that_was_lost_after_the_detection_changes_no_bound():
    assert ttd_of(lost(15.0)) == ttd_of()
