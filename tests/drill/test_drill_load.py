"""Those that bought for the drill where they were others: how exact their times are, and who was lost."""

from dataclasses import replace

from story import at, by_the_book, by_time, seconds, started, with_settings

from chaos_pizza.drill.load import load_entries, purchases_off
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.result import judge
from chaos_pizza.model.event import Aborted, DrillEnded, PurchasesObserved
from chaos_pizza.model.load_event import LoadRefused, LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import TrafficBy, TrafficSettings

OFF_S = 0.03


def joined(workers=4, off_s=OFF_S):
    return [(0.5, LoadWorkerJoined(number, workers, "vm", 0.0, off_s)) for number in range(1, workers + 1)]


def lost(second, worker=3, left=3):
    return second, LoadWorkerLost(worker, at(second), at(second - 1), 2, left, "its process ended")


def moved(told, by_s):
    """The same drill, with the purchases' times off by so much."""
    shift = at(by_s) - at(0)

    def shifted(sample):
        times = {name: getattr(sample, name) + shift for name in ("intended_at", "sent_at", "answered_at")}
        return replace(sample, **times)

    return [
        (second, replace(event, samples=tuple(map(shifted, event.samples))))
        if isinstance(event, PurchasesObserved)
        else (second, event)
        for second, event in told
    ]


def instants(told):
    found = judge(by_time(told)).timeline.instants
    return {name: seconds(instant.when) for name, instant in found.items()}


def test_what_purchases_show_is_as_exact_as_the_worst_clock_among_those_who_made_them():
    known, told = instants(by_the_book()), instants([*by_the_book(), *joined(off_s=0.01), *joined(off_s=OFF_S)])
    # First impact lies between 9.7 (when the fault began at the earliest) and 10.1, recovery ends at 20.1.
    assert known[InstantName.FIRST_IMPACT] == (9.7, 10.1)
    assert told[InstantName.FIRST_IMPACT] == (9.7, 10.13)
    assert told[InstantName.RECOVERED] == (known[InstantName.RECOVERED][0], 20.13)
    assert {name: told[name] for name in (InstantName.MITIGATED, InstantName.FAULT_START)} == {
        name: known[name] for name in (InstantName.MITIGATED, InstantName.FAULT_START)
    }


def test_every_instant_still_holds_the_truth_where_the_clocks_are_off_by_as_much_as_they_may_be():
    known = instants(by_the_book())
    for by_s in (-OFF_S, OFF_S):
        told = instants([*moved(by_the_book(), by_s), *joined()])
        for name in (InstantName.FAULT_START, InstantName.FIRST_IMPACT, InstantName.RECOVERED, InstantName.MITIGATED):
            assert told[name][0] - 1e-6 <= known[name][0], name
            assert told[name][1] + 1e-6 >= known[name][1], name


def test_a_clock_that_was_found_to_stand_otherwise_had_its_purchases_booked_by_what_was_believed_before():
    """Worker 1 by a second, and then by another half of one; of worker 2 less is known, and no step is taken."""
    timed = [(5.0, LoadWorkerTimed(1, at(5.0), 1.0, 0.2)), (6.0, LoadWorkerTimed(1, at(6.0), 1.5, 0.1))]
    assert purchases_off(gather(by_time([*by_the_book(), *joined(), *timed]))) == at(1.2) - at(0)
    less = [*timed, (7.0, LoadWorkerTimed(2, at(7.0), 0.0, 1.3))]
    assert purchases_off(gather(by_time([*by_the_book(), *joined(), *less]))) == at(1.3) - at(0)
    assert purchases_off(gather(by_time(by_the_book()))) == at(0) - at(0)


def told_of(*told):
    traffic = TrafficSettings(rate_per_s=20, engine=TrafficBy.LOCUST)
    story = [(0.0, with_settings(started(), traffic=traffic)), *told]
    return [(seconds(entry.when)[0], entry.text) for entry in load_entries(gather(by_time(story)))]


def test_the_loss_of_a_worker_stands_in_the_timeline_with_what_it_costs():
    cost = "a quarter of the purchases, 5 a second, was not made from then on"
    assert told_of(*joined(), lost(14.0)) == [
        (0.5, "4 workers begin to buy; their clocks are known to within 30.0 ms"),
        (14.0, f"worker 3 of 4 was lost: its process ended; {cost}; 3 workers are left"),
    ]


def test_a_worker_that_could_not_buy_from_the_beginning_is_not_among_those_who_begin():
    began = [told for told in joined() if told[1].worker != 3]
    told = "3 of 4 workers begin to buy; their clocks are known to within 30.0 ms"
    assert told in {text for _, text in told_of(*began, lost(0.5))}
    assert told_of(*began[:1])[0][1].startswith("1 of 4 workers begins to buy")


def test_the_last_worker_and_what_could_not_be_believed_are_told_of_in_words():
    refused = (9.0, LoadRefused(7, "a purchase that was told of before"))
    single = (1.0, LoadWorkerJoined(1, 1, "k6, constant-arrival-rate", 0.0, 1e-6))
    assert [text for _, text in told_of(single, refused, lost(14.0, worker=1, left=0))] == [
        "one worker begins to buy (k6, constant-arrival-rate); its clock is known to within 0.1 ms",
        "nobody was left to buy: its process ended",
        "7 messages from those who buy not believed: a purchase that was told of before",
    ]


def test_a_drill_goes_on_without_a_worker_and_passes():
    assert judge(by_time([*by_the_book(), *joined(), lost(14.0)])).judgement.verdict is Verdict.PASSED


def test_a_drill_that_nobody_was_left_to_buy_for_is_invalid_and_not_aborted():
    drill = [pair for pair in by_the_book() if not isinstance(pair[1], DrillEnded)]
    drill += [*joined(), lost(14.0, left=0), (30.5, DrillEnded(at(30.5), "interrupted", deviated=False))]
    judgement = judge(by_time(drill)).judgement
    assert judgement.verdict is Verdict.INVALID
    assert judgement.reasons[0] == "nobody was left to buy from 20:00:14 UTC on: its process ended"


def test_somebodys_abort_of_such_a_drill_is_an_abort():
    drill = [*by_the_book(), *joined(), lost(14.0, left=0), (15.0, Aborted(at(15.0), "Ctrl-C"))]
    assert judge(by_time(drill)).judgement.verdict is Verdict.ABORTED
