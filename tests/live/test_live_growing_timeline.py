"""The timeline of a drill under way: it may lag for who looks on, and never for who has to know."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.errors import JournalError
from chaos_pizza.live.growing_timeline import GrowingTimeline
from chaos_pizza.model.event import DrillStarted, Recorded
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind

EPOCH = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
STARTED = DrillStarted(
    "d", "drill", "A drill", "sandbox", "http://shop", "http://factory", DrillSettings(FaultKind.FAIL), "0", "0"
)


def records_of(*texts):
    events = [STARTED, *(ResponderStep(EPOCH, text) for text in texts)]
    return [Recorded(number, EPOCH + timedelta(seconds=number), event) for number, event in enumerate(events)]


def told(timeline):
    return [entry.text for entry in timeline.entries if entry.text.startswith("runbook: ")]


def test_who_looks_on_may_see_it_late_and_who_has_to_know_does_not():
    """Built again only after a day's worth of what it took: until then looking on costs nothing."""
    whole = records_of("one", "two")
    records = whole[:2]
    growing = GrowingTimeline(records, build_share=1e12)
    assert told(growing.so_far()) == ["runbook: one"]
    records.append(whole[2])
    assert told(growing.so_far()) == ["runbook: one"]
    assert told(growing.up_to_now()) == ["runbook: one", "runbook: two"]
    assert told(growing.so_far()) == ["runbook: one", "runbook: two"]


def test_what_has_not_grown_is_not_built_again():
    growing = GrowingTimeline(records_of("one"), build_share=0)
    assert growing.up_to_now() is growing.up_to_now()
    assert growing.so_far() is growing.up_to_now()


def test_without_a_record_there_is_no_timeline():
    with pytest.raises(JournalError):
        GrowingTimeline([]).so_far()
