"""Purchases in columns: every question answered as it was when each purchase was an object looked at in turn."""

import math
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from story import at, bought, started

from chaos_pizza.alerting.scrapes import ScrapeDecoder
from chaos_pizza.drill.course import course_of
from chaos_pizza.drill.figures import Figures
from chaos_pizza.drill.first_impact import find_first_impact, first_failed
from chaos_pizza.drill.impact import assess_impact
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.purchases import Purchase, fold_purchases
from chaos_pizza.drill.recovery import GoodRun, good_run
from chaos_pizza.drill.result import assess, judge
from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.live.growing_timeline import GrowingTimeline
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import ClockObserved, DrillResumed, PurchasesObserved, Recorded
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample
from chaos_pizza.model.result import Instant, InstantName, Timeline

few = st.integers(0, 25)
huge = st.sampled_from([-(10**20), 10**20, 2**31, -(2**31), 2**63 - 1, -(2**63)])
moments = st.integers(-50, 400).map(lambda tenth: at(tenth / 10))
samples = st.builds(
    Sample, few | huge, few | huge, moments, moments, moments, st.sampled_from(Outcome),
    st.sampled_from([None, 200, 302, 500, -1, 10**9]), st.sampled_from([None, None, *Evidence]), st.floats(0, 1),
)  # fmt: skip
good = st.builds(lambda number, sent: bought(number, sent, sent + 0.1), few, st.integers(0, 40))
late = st.builds(Overdue, few | huge, few, moments, moments, moments, st.floats(0, 1))
batches = st.builds(
    PurchasesObserved,
    st.lists(samples | good, max_size=9).map(tuple),
    st.lists(late, max_size=2).map(tuple),
    st.integers(0, 5),
    few,
)
observed = st.lists(batches, max_size=6)
intervals = st.tuples(moments, moments).map(lambda ends: Interval(min(ends), max(ends)))


def fold_one_by_one(told):
    """Put purchases together as was done when each was an object: by number; the dropped; if all gaps are known."""
    ended, overdue_by, dropped = {}, {}, 0
    for event in told:
        dropped += event.dropped
        for sample in event.samples:
            ended.setdefault(sample.number, sample)
        for each in event.overdue:
            overdue_by.setdefault(each.number, each)
    known = [_known(sample, overdue_by.get(sample.number)) for sample in ended.values()]
    known += [
        Purchase(
            each.number, each.diner, each.intended_at, each.sent_at, None, each.overdue_at, Outcome.LATE, None, None,
            each.price_btc,
        )
        for each in overdue_by.values()
        if each.number not in ended
    ]  # fmt: skip
    known.sort(key=lambda purchase: purchase.number)
    return known, dropped


def _known(sample, late):
    failed_at, outcome = None, sample.outcome
    if late or outcome.is_failure:
        failed_at = min(late.overdue_at, sample.answered_at) if late else sample.answered_at
        outcome = outcome if outcome.is_failure else Outcome.LATE
    return Purchase(
        sample.number, sample.diner, sample.intended_at, sample.sent_at, sample.answered_at, failed_at, outcome,
        sample.status, sample.evidence, sample.price_btc,
    )  # fmt: skip


def with_any_status(purchase):
    """Leave out of account by how much a status is none that HTTP knows: in columns it is the nearest that fits."""
    status = purchase.status
    return purchase._replace(status=None if status is None else min(max(status, 0), 32_767))


@settings(max_examples=300)
@given(observed)
def test_purchases_are_put_together_as_they_were_one_by_one(told):
    folded = fold_purchases(told)
    known, dropped = fold_one_by_one(told)
    assert list(folded.in_order) == [with_any_status(each) for each in known]
    assert list(folded.failed) == [with_any_status(each) for each in known if each.outcome.is_failure]
    assert (folded.dropped, len(folded)) == (dropped, len(known))
    assert folded.first_sent_at == min((each.sent_at for each in known), default=None)


def run_one_by_one(told, mitigated, wanted):
    known, unused = fold_one_by_one(told)
    run, last_failed, number = [], None, None
    failed_before = [each for each in known if each.outcome.is_failure and each.sent_at <= mitigated.latest]
    for purchase in known:
        if number is not None and purchase.number > number + 1:
            unused -= purchase.number - number - 1
            if unused < 0:
                run = []
        number = purchase.number
        if purchase.outcome.is_failure:
            run, last_failed = [], purchase
        elif failed_before and purchase.number < failed_before[-1].number:
            continue
        elif purchase.outcome is Outcome.OK and purchase.answered_at >= mitigated.earliest:
            run.append(purchase)
            if len(run) >= wanted:
                break
    if not run:
        return None
    place = known.index(run[0])
    sure = [each for each in known[place:] if each.outcome is Outcome.OK and each.sent_at >= mitigated.latest]
    latest = max((sure or run)[0].answered_at, mitigated.latest)
    earliest = max(last_failed.sent_at, mitigated.earliest) if last_failed else mitigated.earliest
    return GoodRun(Interval(min(earliest, latest), latest), confirmed=len(run) >= wanted)


@settings(max_examples=300)
@given(st.lists(st.builds(PurchasesObserved, st.lists(good | samples, max_size=20).map(tuple)), max_size=3), intervals,
       st.integers(1, 5))  # fmt: skip
def test_a_good_run_is_found_as_it_was_one_by_one(told, mitigated, wanted):
    assert good_run(fold_purchases(told), mitigated, wanted) == run_one_by_one(told, mitigated, wanted)


def impact_one_by_one(told, start, mitigated):
    known, _ = fold_one_by_one(told)
    struck = [
        each
        for each in known
        if each.outcome.is_failure
        and each.known_failed_at >= start.earliest
        and (mitigated is None or each.sent_at <= mitigated.latest)
    ]
    if not struck:
        return None, None
    latest = min(each.known_failed_at for each in struck)
    first_sent_at = min(each.sent_at for each in struck)
    good_at = max(
        (
            each.sent_at
            for each in known
            if each.sent_at < first_sent_at
            and each.outcome is Outcome.OK
            and (mitigated is None or each.answered_at <= mitigated.earliest)
        ),
        default=first_sent_at,
    )
    earliest = min(max(good_at, start.earliest), latest)
    first = min(struck, key=lambda each: each.known_failed_at)
    return Instant(Interval(earliest, latest), "the drill's own purchases"), with_any_status(first)


@settings(max_examples=300)
@given(observed, intervals, st.none() | intervals)
def test_the_first_impact_is_found_as_it_was_one_by_one(told, start, mitigated):
    folded = fold_purchases(told)
    found = find_first_impact(folded, start, mitigated), first_failed(folded, start, mitigated)
    assert found == impact_one_by_one(told, start, mitigated)


@settings(max_examples=200)
@given(observed, moments, moments)
def test_what_the_customers_went_through_is_counted_as_it_was_one_by_one(told, since, until):
    events = [(at(0), started()), *((at(10 * place), event) for place, event in enumerate(told, 1))]
    observations = gather([Recorded(place, when, event) for place, (when, event) in enumerate(events)])
    instants = {
        InstantName.FAULT_START: Instant(Interval.exactly(since), ""),
        InstantName.RECOVERED: Instant(Interval.exactly(until), ""),
    }
    timeline = Timeline(instants, (), None, None, True, True, at(0), at(0))
    found = assess_impact(observations, timeline)
    known, _ = fold_one_by_one(told)
    felt = [
        each
        for each in known
        if each.sent_at <= until and max(each.sent_at, each.known_failed_at or each.sent_at) >= since
    ]
    failed = [each for each in felt if each.outcome.is_failure]
    assert (found.purchases, found.failed) == (len(felt), len(failed))
    assert found.outcomes == {name: n for name in Outcome if (n := sum(each.outcome is name for each in felt))}
    assert found.dropped == sum(event.dropped for when, event in events[1:] if since <= when <= until)
    assert found.diners_affected == len({each.diner for each in failed})
    assert found.minutes_below_tolerance == len({int(each.intended_at.timestamp()) for each in failed}) / 60
    assert found.orders_without_pizza == sum(
        (each.status or 0) >= 500 or each.outcome is Outcome.BAD_PIZZA for each in failed
    )
    course = course_of(observations)
    ordered = sorted(known, key=lambda each: each.intended_at)
    assert course.intended_s.tolist() == [(each.intended_at - at(0)).total_seconds() for each in ordered]
    assert [None if math.isnan(latency) else latency for latency in course.latency_s.tolist()] == [
        each.answered_at and (each.answered_at - each.intended_at).total_seconds() for each in ordered
    ]
    assert [tuple(Outcome)[place] for place in course.outcomes.tolist()] == [each.outcome for each in ordered]


NAMES = ['a{x="1"}', 'a{x="2"}', "b", '{"b"}', 'b{job="s"}', "no name at all{"]
scraped = st.builds(
    SeriesScraped, st.sampled_from([AlertSource.SHOP_METRICS, AlertSource.PROMETHEUS]), moments,
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9).map(float), max_size=4),
    st.lists(st.sampled_from(NAMES), max_size=2).map(tuple), st.sampled_from([None, Peer.PROMETHEUS, Peer.SHOP]),
)  # fmt: skip
CLOCK = ClockObserved(Peer.PROMETHEUS, at(0), at(1), at(90), at(93))


def scrapes_one_by_one(told, source):
    """Fold scrapes as was done when each was a mapping of all that was shown: when, and what; by time."""
    decoder, found = ScrapeDecoder(), []
    for event in told:
        if isinstance(event, DrillResumed):
            decoder.forget()
        if not isinstance(event, SeriesScraped) or event.source is not source:
            continue
        try:
            series = decoder.decode(event)
        except ValueError:
            continue
        if event.peer is None:
            found.append((Interval.exactly(event.at), series))
        elif event.peer is Peer.PROMETHEUS:  # its clock is ahead by 89 s to 93 s
            found.append((Interval(event.at - timedelta(seconds=93), event.at - timedelta(seconds=89)), series))
    return sorted(found, key=lambda pair: pair[0].midpoint)


@settings(max_examples=300)
@given(st.lists(scraped | st.builds(DrillResumed, moments), max_size=12))
def test_scrapes_are_folded_as_they_were_one_by_one(told):
    events = [started(), CLOCK, *told]
    figures = Figures(gather([Recorded(place, at(0), event) for place, event in enumerate(events)]))
    for source in (AlertSource.SHOP_METRICS, AlertSource.PROMETHEUS, AlertSource.SYNTHETIC_MONITOR):
        shown = figures.of(source)
        columns = {key: shown.column(key).tolist() for key in shown.series}
        found = [
            (shown.when(place), {key: told[place] for key, told in columns.items() if not math.isnan(told[place])})
            for place in range(len(shown.middle_us))
        ]
        assert found == scrapes_one_by_one(told, source)


def in_a_journal(records):
    lines, previous = [], FIRST_HASH
    for record in records:
        line, previous = write_line(record.number, record.at, record.event, previous)
        lines.append(line)
    return read_lines(lines)


@settings(max_examples=60)
@given(st.lists(batches | scraped | st.builds(DrillResumed, moments), max_size=10), st.data())
def test_a_drill_is_judged_alike_from_its_journal_from_its_events_and_while_it_grows(told, data):
    records = [Recorded(place, at(place), event) for place, event in enumerate([started(), CLOCK, *told])]
    contents = in_a_journal(records)
    assert judge(contents.records, contents.complaint) == judge(records)
    assessment = assess(contents.records)
    assert assessment.result == judge(records)
    assert (assessment.settings, assessment.tool_version) == (started().settings, "0")
    growing_records = []
    growing = GrowingTimeline(growing_records)
    for record in records:
        growing_records.append(record)
        if data.draw(st.booleans()):
            assert growing.up_to_now() == build_timeline(growing_records)
    assert growing.up_to_now() == build_timeline(records)
