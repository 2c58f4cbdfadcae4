"""What people said, as lines of the timeline: struck marks as struck, and a claimed cure beside the proven one."""

from story import at, by_the_book, by_time, calm, mark, within

from chaos_pizza.drill.result import judge
from chaos_pizza.model.event import CalmChecked
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.response_event import CureAttempted, MarkStruck
from chaos_pizza.model.result import InstantName

CURED = MarkKind.MITIGATED


def judged(*told):
    return judge(by_time([*by_the_book(), *told]))


def lines(*told):
    return [entry.text for entry in judged(*told).timeline.entries]


def number_of(told, event):
    return next(recorded.number for recorded in by_time([*by_the_book(), *told]) if recorded.event == event)


def test_a_struck_mark_stands_where_it_stood_with_who_and_why():
    noticed = mark(11.0, MarkKind.NOTICED, text="phones ring")
    told = [(11.0, noticed)]
    struck = MarkStruck(number_of(told, noticed), "Bea", at(40.0), "other shop")
    result = judged(*told, (40.0, struck))
    assert result.timeline.detected_by == "alert failed-purchases (shop /metrics)"
    entry = next(entry for entry in result.timeline.entries if "phones" in entry.text)
    assert entry.text == "struck out by Bea (other shop): noticed (mark by Ada): phones ring"
    assert entry.when.midpoint == at(11.0)
    nameless = MarkStruck(struck.number, "Bea", at(40.0))
    assert "struck out by Bea: noticed (mark by Ada): phones ring" in lines(*told, (40.0, nameless))


def test_a_cure_claimed_too_soon_is_told_where_the_fault_goes_off():
    # The factory dates the end 119.75 on a clock 100 s ahead, by a millisecond: 19.75 on the drill's.
    told = lines((17.0, mark(17.0, CURED)))
    assert "mitigated (mark by Ada)" in told
    (off,) = (line for line in told if line.startswith("fault off"))
    assert off.endswith("(factory fixDate), 2.8 s after it was said to be cured")


def test_a_cure_claimed_after_it_is_told_where_it_was_claimed():
    told = lines((23.0, mark(23.0, CURED, text="phew")), (25.0, mark(25.0, CURED, by="Bea")))
    assert "mitigated (mark by Ada): phew, 3.2 s after the fault was off" in told
    assert "mitigated (mark by Bea)" in told
    assert not any("said to be cured" in line for line in told)


def test_a_cure_claimed_before_the_fault_claims_nothing():
    told = lines((9.0, mark(9.0, CURED)))
    assert "mitigated (mark by Ada)" in told
    assert not any("said to be cured" in line or "after the fault was off" in line for line in told)


def test_a_claim_moves_no_measure_and_no_proof():
    plain, claimed = judged(), judged((17.0, mark(17.0, CURED)))
    assert claimed.measures == plain.measures
    assert claimed.timeline.ended_by == plain.timeline.ended_by
    assert claimed.timeline.instants[InstantName.MITIGATED] == plain.timeline.instants[InstantName.MITIGATED]
    assert claimed.judgement == plain.judgement


def test_a_claim_without_a_proof_mitigates_nothing():
    told = [(s, e) for s, e in by_the_book() if s < 19.0 and not isinstance(e, CureAttempted)]
    result = judge(by_time([*told, (18.0, mark(18.0, CURED))]))
    assert InstantName.MITIGATED not in result.timeline.instants
    assert result.measures[MeasureName.TTM].censored
    assert InstantName.MITIGATION_CLAIMED in result.timeline.instants


def of_calm(*told):
    book = [pair for pair in by_the_book() if not isinstance(pair[1], CalmChecked)]
    entries = judge(
        by_time([*book, *(((look.received_at - at(0)).total_seconds(), look) for look in told)])
    ).timeline.entries
    return [(entry.when, entry.text) for entry in entries if entry.text.startswith("calm")]


def test_looks_that_prove_calm_at_once_after_one_another_are_one_line():
    proof = "by the factory's own word and a pizza that verifies"
    assert of_calm(calm(28.0, 28.1), calm(28.15, 28.2)) == [(within(28.0, 28.2), f"calm verified twice {proof}")]
    thrice = of_calm(calm(28.0, 28.1), calm(28.15, 28.2), calm(28.3, 28.4))
    assert thrice == [(within(28.0, 28.4), f"calm verified 3 times {proof}")]
    assert of_calm(calm(27.0, 27.1), calm(28.15, 28.2)) == [
        (within(27.0, 27.1), f"calm verified {proof}"),
        (within(28.15, 28.2), f"calm verified {proof}"),
    ]


def test_a_look_that_did_not_prove_calm_is_a_line_of_its_own():
    found = of_calm(calm(28.0, 28.1), calm(28.2, 28.3, factory=None), calm(28.4, 28.5))
    assert [text.partition(" by ")[0] for _, text in found] == ["calm verified", "calm not verified", "calm verified"]
