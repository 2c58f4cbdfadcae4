"""Detection: what noticed first, of alerts and people."""

from dataclasses import replace

from story import alert, at, ended, journal, mark, seconds, started, with_settings

from chaos_pizza.drill.detection import could_be_acknowledged, detection_among, find_detections
from chaos_pizza.drill.observations import gather
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import MarkStruck
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import ResponderKind, ResponderSettings

PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE


def found_in(*events, since=10.0, until=50.0):
    observations = gather(journal([(0.0, started()), *((60.0, event) for event in events)]))
    return find_detections(observations, at(since), at(until))


def detected(*events, since=10.0, until=50.0):
    detection = detection_among(found_in(*events, since=since, until=until), at(until))
    return detection and (seconds(detection.when)[0], detection.source)


def test_alerts_are_pending_and_firing_at_their_own_times():
    found = found_in(alert(12.0, PENDING), alert(14.0, FIRING))
    assert seconds(found[InstantName.ALERT_PENDING].when) == (12.0, 12.0)
    assert seconds(found[InstantName.ALERT_FIRING].when) == (14.0, 14.0)
    assert found[InstantName.ALERT_FIRING].source == "alert failed-purchases (shop /metrics)"


def test_a_pending_alert_detects_nothing_yet():
    assert detected(alert(12.0, PENDING)) is None


def test_the_first_of_several_alerts_detects():
    monitor = AlertSource.SYNTHETIC_MONITOR
    events = alert(15.0, FIRING), alert(14.0, FIRING, rule="no-sales", source=monitor)
    assert detected(*events) == (14.0, "alert no-sales (synthetic monitor)")


def test_an_alert_that_fired_before_the_fault_tells_nothing_until_it_fires_again():
    assert detected(alert(9.0, FIRING), alert(15.0, FIRING)) is None
    assert detected(alert(9.0, FIRING), alert(11.0, INACTIVE), alert(15.0, FIRING))[0] == 15.0
    assert detected(alert(8.0, FIRING), alert(9.0, INACTIVE), alert(15.0, FIRING))[0] == 15.0


def test_another_alert_is_heard_beside_one_that_fired_before():
    assert detected(alert(9.0, FIRING), alert(15.0, FIRING, rule="no-sales"))[0] == 15.0


def test_an_alert_that_was_only_pending_before_the_fault_may_still_detect_it():
    assert detected(alert(9.0, PENDING), alert(12.0, FIRING))[0] == 12.0


def test_an_alert_after_the_faults_end_is_no_detection():
    assert InstantName.ALERT_FIRING not in found_in(alert(51.0, FIRING))


def test_a_person_who_notices_before_the_alert_detects():
    assert detected(alert(14.0, FIRING), mark(13.0, MarkKind.NOTICED)) == (13.0, "mark by Ada")


def test_an_acknowledgement_detects_where_nothing_else_did():
    assert detected(mark(13.0, MarkKind.ACKNOWLEDGED))[0] == 13.0


def test_of_a_tie_the_alert_is_named():
    events = mark(14.0, MarkKind.ACKNOWLEDGED), mark(14.0, MarkKind.NOTICED), alert(14.0, FIRING)
    assert detected(*events)[1].startswith("alert")


def test_a_mark_from_before_the_fault_does_not_count():
    assert detected(mark(9.9, MarkKind.NOTICED)) is None


def test_a_mark_after_the_faults_end_is_known_but_detects_nothing():
    late = mark(51.0, MarkKind.NOTICED)
    assert InstantName.NOTICED in found_in(late)
    assert detected(late) is None


def test_a_mark_from_memory_counts_at_the_time_it_names_and_says_so():
    assert detected(mark(13.0, MarkKind.NOTICED, entered=18.0)) == (13.0, "mark by Ada, entered later")
    assert detected(mark(13.0, MarkKind.NOTICED, entered=13.1)) == (13.0, "mark by Ada, entered later")
    assert detected(mark(13.0, MarkKind.NOTICED, entered=13.0)) == (13.0, "mark by Ada")


def test_the_runbooks_marks_are_the_runbooks():
    assert detected(mark(13.0, MarkKind.ACKNOWLEDGED, by="runbook"))[1] == "runbook"


def test_other_marks_are_no_detection():
    assert detected(*(mark(13.0, kind) for kind in (MarkKind.DIAGNOSED, MarkKind.MITIGATED, MarkKind.NOTE))) is None
    assert found_in(mark(13.0, MarkKind.NOTE)) == {}


def test_a_claimed_cure_is_an_instant_of_its_own_and_proves_nothing():
    found = found_in(mark(13.0, MarkKind.DIAGNOSED), mark(18.0, MarkKind.MITIGATED), mark(17.0, MarkKind.MITIGATED))
    assert {name: seconds(instant.when)[0] for name, instant in found.items()} == {
        InstantName.DIAGNOSED: 13.0,
        InstantName.MITIGATION_CLAIMED: 17.0,
    }


def test_a_mark_that_was_struck_out_counts_no_longer_and_the_next_of_its_kind_does():
    noticed = mark(13.0, MarkKind.NOTICED), mark(15.0, MarkKind.NOTICED, by="Bea")
    # The journal's first line is the drill's start, so that Ada's mark is number 1.
    assert detected(*noticed, MarkStruck(1, "Bea", at(16.0))) == (15.0, "mark by Bea")
    assert detected(noticed[0], MarkStruck(1, "Ada", at(16.0))) is None


def could_be_taken(*events, began=()):
    """Whether an acknowledgement would have been seen in a drill of people's that ended at 60."""
    by_people = with_settings(started(), responder=ResponderSettings(ResponderKind.PEOPLE))
    told = [*((0.0, event) for event in (*began, by_people)), *((20.0, event) for event in events), (60.0, ended(60.0))]
    return could_be_acknowledged(gather(journal(told)))


def test_only_a_mark_that_stands_and_was_entered_before_the_end_shows_that_somebody_marks():
    assert not could_be_taken()
    assert could_be_taken(mark(13.0, MarkKind.NOTICED))
    assert could_be_taken(mark(13.0, MarkKind.NOTICED, entered=18.0))
    assert not could_be_taken(mark(13.0, MarkKind.NOTICED), MarkStruck(1, "Ada", at(16.0)))
    assert not could_be_taken(mark(13.0, MarkKind.NOTICED, entered=61.0))


def test_a_note_shows_nothing_of_whether_somebody_marks():
    assert not could_be_taken(mark(13.0, MarkKind.NOTE, text="coffee is out"))
    assert not could_be_taken(mark(13.0, MarkKind.NOTE, entered=400_000.0, text="days later"))


def test_in_a_blind_drill_people_are_asked_to_mark_so_that_nobody_did_is_known():
    blind = BlindDrillStarted("d1", "A game day", "sandbox", "http://shop", "http://factory", "0" * 64, "0", "0")
    assert could_be_taken(began=[blind])


def told_to(grain_s, second, kind=MarkKind.NOTICED):
    """A mark whose time was given afterwards, to so many seconds."""
    return replace(mark(second, kind, entered=90.0), grain_s=grain_s)


def test_a_time_to_the_minute_is_that_minute_from_the_faults_start_on():
    noticed = found_in(told_to(60.0, 0.0), until=80.0)[InstantName.NOTICED]
    assert (seconds(noticed.when), noticed.source) == ((10.0, 60.0), "mark by Ada, entered later")
    assert InstantName.NOTICED not in found_in(told_to(60.0, -51.0), until=80.0)
    assert InstantName.NOTICED not in found_in(told_to(1.0, 9.0), until=80.0)


def test_a_detection_told_to_the_minute_in_which_the_fault_ended_was_before_that():
    assert seconds(found_in(told_to(60.0, 30.0), until=50.0)[InstantName.NOTICED].when) == (30.0, 50.0)
    # But what people say once it is over is often said of the same minute.
    claimed = found_in(told_to(60.0, 30.0, MarkKind.MITIGATED), until=50.0)[InstantName.MITIGATION_CLAIMED]
    assert seconds(claimed.when) == (30.0, 90.0)


def test_what_was_seen_on_the_spot_comes_before_a_minute_whose_middle_is_later():
    assert detected(told_to(60.0, 0.0), mark(20.0, MarkKind.NOTICED, by="Bea"))[1] == "mark by Bea"
    assert detected(told_to(60.0, 0.0), mark(40.0, MarkKind.NOTICED, by="Bea"))[1] == "mark by Ada, entered later"


def test_of_two_rounds_of_a_person_the_one_since_the_fault_counts():
    early = mark(3.0, MarkKind.ACKNOWLEDGED), mark(6.0, MarkKind.DIAGNOSED), mark(7.0, MarkKind.MITIGATED)
    later = mark(13.0, MarkKind.ACKNOWLEDGED), mark(15.0, MarkKind.DIAGNOSED), mark(18.0, MarkKind.MITIGATED)
    found = found_in(*early, *later)
    assert {name: seconds(instant.when)[0] for name, instant in found.items()} == {
        InstantName.ACKNOWLEDGED: 13.0,
        InstantName.DIAGNOSED: 15.0,
        InstantName.MITIGATION_CLAIMED: 18.0,
    }
