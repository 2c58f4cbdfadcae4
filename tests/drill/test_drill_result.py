"""Result: the whole of what is said of a drill, and the timeline as people read it."""

import pytest
from story import at, bought, by_the_book, by_time, cured, ended, journal, mark, seconds, started

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.result import judge
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter, read_journal
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import Aborted, DrillEnded, PurchasesObserved
from chaos_pizza.model.incident import Actor, CureAnswer, MarkKind
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import Budgets

BOOK = by_the_book()


def lines(told):
    return [entry.text for entry in build_timeline(by_time(told)).entries]


def test_the_instants_of_a_drill_by_the_book_in_their_order():
    timeline = build_timeline(by_time(BOOK))
    assert [(name.value, seconds(instant.when)) for name, instant in timeline.instants.items()] == [
        ("fault_start", (9.7, 9.8)),
        ("first_impact", (9.7, 10.1)),
        ("alert_pending", (12.0, 12.0)),
        ("alert_firing", (14.0, 14.0)),
        ("acknowledged", (16.0, 16.0)),
        ("mitigated", (19.7, 19.801)),
        ("recovered", (19.7, 20.1)),
    ]
    assert timeline.detected_by == "alert failed-purchases (shop /metrics)"
    assert timeline.ended_by is Actor.RUNBOOK
    assert timeline.fault_proven
    assert timeline.calm_verified
    assert timeline.observed_until == at(30.5)
    assert timeline.censored_at == at(19.7505)


def test_the_lines_of_a_drill_by_the_book_in_their_order():
    assert lines(BOOK) == [
        "steady-state hypothesis holds before the method",
        "the drill asked for the fault: fail",
        "fault on: fail (factory startDate, proven by a purchase)",
        "first failed purchase: the shop answered an error",
        "alert failed-purchases (shop /metrics): pending",
        "alert failed-purchases (shop /metrics): firing",
        "acknowledged (runbook)",
        "the runbook tried to end the fault by the factory's link: it worked",
        "fault off, ended by the runbook (factory fixDate)",
        "recovered (run of 3 good purchases)",
        "alert failed-purchases (shop /metrics): resolved",
        "steady-state hypothesis holds after the method",
        "calm verified by the factory's own word and a pizza that verifies",
        "the drill ended",
    ]


def test_what_was_tried_when_the_fault_was_off_already_did_not_end_it():
    told = [
        *BOOK,
        (26.0, cured(26.0, 26.1, Actor.ROLLBACK)),
        (27.0, cured(27.0, 27.1, Actor.ROLLBACK, CureAnswer.NOTHING_TO_RESOLVE)),
        (28.0, cured(28.0, 28.1, Actor.ROLLBACK, CureAnswer.NO_ANSWER)),
    ]
    tried = "the drill's rollback tried to end the fault by the factory's link"
    assert [line for line in lines(told) if line.startswith(tried)] == [
        f"{tried} (it was off already)",
        f"{tried} (it was off already)",
        f"{tried}: no answer (it was off already)",
    ]


def test_people_and_mishaps_have_their_lines():
    told = [
        *BOOK,
        (13.0, mark(13.0, MarkKind.NOTICED, text="no sales")),
        (17.0, ResponderStep(at(17.0), "ordered a pizza")),
        (17.5, Aborted(at(17.5), "enough")),
        (18.0, AlertSourceLost(AlertSource.SHOP_METRICS, at(18.0), "timed out")),
        (19.0, AlertSourceFound(AlertSource.SHOP_METRICS, at(19.0))),
    ]
    for line in (
        "noticed (mark by Ada): no sales",
        "runbook: ordered a pizza",
        "aborted: enough",
        "figures of the shop /metrics lost: timed out",
        "figures of the shop /metrics back",
    ):
        assert line in lines(told)


def test_a_thing_recorded_twice_has_one_line():
    assert lines([*BOOK, *BOOK[1:]]) == lines(BOOK)


def test_a_record_without_an_end_says_that_it_was_cut_off():
    told = [(s, e) for s, e in BOOK if not isinstance(e, DrillEnded)]
    result = judge(by_time(told))
    assert result.cut_off
    assert result.timeline.entries[-1].text == "the record ends here: the drill was cut off"
    assert result.ended_at == at(30.0)


def test_what_a_drill_says_of_itself_is_handed_on():
    result = judge(by_time(BOOK))
    assert (result.drill_id, result.title, result.target) == ("d1", "A drill", "sandbox")
    assert (result.started_at, result.ended_at, result.cut_off) == (at(0.0), at(30.5), False)


def test_what_people_said_long_after_a_drill_was_cut_off_does_not_prolong_it():
    torso = [(second, event) for second, event in by_the_book() if second < 15]
    said = [(900.0, mark(900.0, MarkKind.NOTE, text="was it killed?")), (901.0, ResponderStep(at(901.0), "looked"))]
    before, after = judge(by_time(torso)), judge(by_time([*torso, *said]))
    assert after.timeline.censored_at == before.timeline.censored_at
    assert (after.ended_at, after.measures) == (before.ended_at, before.measures)


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("answer", CureAnswer)
def test_what_a_runbook_tried_after_the_drill_was_killed_does_not_prolong_it(answer, read, tmp_path):
    """Cut off at 15, in mid-fault; what was left in the inbox is taken up later. The drill's own deeds count."""
    budget = Budgets(ttm_s=60.0, ttr_s=60.0)
    torso = [pair for pair in by_the_book(budget) if pair[0] <= 15.0]

    def judged(*more):
        records = by_time([*torso, *more])
        if not read:
            return judge(records)
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        writer = JournalWriter(folder, AnchoredClock())
        for record in records:
            writer.record(record.event, at=record.at)
        writer.close()
        return judge(read_journal(folder).records)

    before, after = judged(), judged((256.0, cured(255.0, 256.0, answer=answer)))
    assert (after.ended_at, after.timeline.observed_until) == (before.ended_at, at(15.0))
    if answer is not CureAnswer.RESOLVED:
        assert (after.measures, after.budgets, after.judgement) == (before.measures, before.budgets, before.judgement)
    own = judged((256.0, cured(255.0, 256.0, by=Actor.WATCHDOG, answer=answer)))
    assert own.timeline.observed_until == at(256.0)


def test_a_mark_entered_after_the_end_does_not_prolong_the_drill():
    told = [*BOOK, (4000.0, mark(13.0, MarkKind.NOTICED, entered=4000.0))]
    result = judge(by_time(told))
    assert result.timeline.observed_until == at(30.5)
    assert result.timeline.detected_by == "mark by Ada, entered later"


@pytest.mark.parametrize("records", [[], journal([(0.0, ended(1.0)), (1.0, started())])])
def test_a_journal_without_its_beginning_is_refused(records):
    with pytest.raises(JournalError, match="doesn't begin with drill_started"):
        judge(records)
    with pytest.raises(JournalError):
        build_timeline(records)


def test_a_drill_that_only_just_began_has_an_empty_timeline():
    timeline = build_timeline(journal([(0.0, started())]))
    assert timeline.instants == {}
    assert not timeline.fault_proven
    assert timeline.observed_until == timeline.censored_at == at(0.0)


def test_unproven_faults_have_no_instants_at_all():
    good = PurchasesObserved((bought(0, 1.0, 1.1),))
    told = [pair for pair in BOOK if not isinstance(pair[1], PurchasesObserved)] + [(29.0, good)]
    assert InstantName.FAULT_START not in build_timeline(by_time(told)).instants
    assert build_timeline(by_time(told)).instants == {}


def test_a_record_that_is_not_whole_proves_nothing():
    result = judge(by_time(BOOK), "line 7 of the journal doesn't fit: its hash is wrong")
    assert result.judgement.verdict is Verdict.INVALID
    assert result.judgement.reasons == (
        "the record is not whole: line 7 of the journal doesn't fit: its hash is wrong",
    )
