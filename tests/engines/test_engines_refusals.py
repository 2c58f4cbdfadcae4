"""What is not believed is told of at once, and then no more than once a minute."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.engines.refusals import Refusals
from chaos_pizza.model.load_event import LoadRefused

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_a_flood_of_nonsense_is_told_of_once_a_minute_and_none_of_it_is_lost():
    recorded = []
    refusals = Refusals(recorded.append)
    for second in range(150):
        refusals.tell(10 * second, "nonsense", NOW + timedelta(seconds=second))
    refusals.tell(2_000, "nonsense", NOW + timedelta(seconds=150), is_last=True)
    assert [each.count for each in recorded] == [10, 600, 600, 790]


def test_where_nothing_is_refused_nothing_is_told():
    recorded = []
    Refusals(recorded.append).tell(0, "", NOW, is_last=True)
    assert recorded == []


def test_the_end_is_not_told_of_twice():
    recorded = []
    refusals = Refusals(recorded.append)
    refusals.tell(1, "a line", NOW)
    refusals.tell(1, "a line", NOW, is_last=True)
    assert recorded == [LoadRefused(1, "a line")]
