"""Were the failed purchases in the shop's log, and how soon?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import at, by_the_book, by_time, clock

from chaos_pizza.drill.logged import was_logged
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.alert_event import LogsSearched
from chaos_pizza.model.detection import LogFinding
from chaos_pizza.model.incident import LogSource, Peer

# By the book, the first purchase that failed was sent at 10.0 and answered at 10.1, and the last good one before it
# was sent at 9.5, before the fault began at 9.70 to 9.80: see `story.by_the_book`.


def searched(entries, failed, first=None, source=LogSource.LOG_FILE, second=18.0):
    first_at = None if first is None else at(first)
    return (second, LogsSearched(source, at(second), at(second), at(9.7), at(17.5), entries, first_at, failed))


def found(*told):
    observations = gather(by_time([*by_the_book(), *told]))
    return was_logged(observations, timeline_of(observations))


def impact():
    observations = gather(by_time(by_the_book()))
    return timeline_of(observations).instants["first_impact"].when


def test_without_a_search_nothing_is_said():
    assert found() is None


def test_the_share_is_that_of_the_entries_among_the_failed_purchases():
    assert found(searched(5, 20)) == LogFinding(LogSource.LOG_FILE, 5, 20, 0.25, None)


def test_other_customers_failures_make_it_no_more_than_all():
    assert found(searched(35, 20)).share_ratio == 1.0


def test_a_log_that_holds_nothing_has_no_share_and_no_first_entry():
    assert found(searched(0, 20)) == LogFinding(LogSource.LOG_FILE, 0, 20, 0.0, None)


def test_where_nothing_failed_the_share_is_unknown():
    assert found(searched(0, 0)).share_ratio is None


def test_how_late_the_first_entry_was_is_as_uncertain_as_the_shops_clock():
    """The shop's clock is 50.0 to 50.4 s ahead: what it dates 61.0 was written between 10.6 and 11.0."""
    ahead = (1.0, clock(1.0, 1.1, 51.1, 51.4, peer=Peer.SHOP))  # 51.1 - 1.1 = 50.0 to 51.4 - 1.0 = 50.4
    late = found(ahead, searched(5, 20, first=61.0)).first_after_s
    first = impact()
    earliest_s, latest_s = (
        (10.6 - (first.latest - at(0)).total_seconds()),
        (11.0 - (first.earliest - at(0)).total_seconds()),
    )
    assert (late.earliest, late.latest) == pytest.approx((earliest_s, latest_s))
    assert late.value == pytest.approx(10.8 - (first.midpoint - at(0)).total_seconds())
    assert late.censored is False


def test_an_entry_from_before_the_first_failure_was_not_late():
    ahead = (1.0, clock(1.0, 1.0, 1.0, 1.0, peer=Peer.SHOP))
    late = found(ahead, searched(5, 20, first=9.0)).first_after_s
    assert (late.value, late.earliest) == (0.0, 0.0)


def test_of_a_log_whose_clock_nobody_saw_it_is_unknown_how_late_it_was():
    assert found(searched(5, 20, first=11.0)).first_after_s is None


def test_the_last_search_of_a_log_counts():
    assert found(searched(5, 20, second=15.0), searched(19, 20, second=16.0)).entries == 19
    assert found(searched(19, 20, second=15.0), searched(5, 20, second=16.0)).entries == 5


def test_of_several_logs_the_one_that_holds_most_is_told():
    loki, file = searched(18, 20, source=LogSource.LOKI), searched(0, 20)
    assert found(loki, file).source is LogSource.LOKI
    assert found(file, loki).source is LogSource.LOKI
    assert found(searched(0, 0), searched(0, 20, source=LogSource.LOKI)).source is LogSource.LOKI


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**6), 10**9),
            st.integers(-5, 10**9),
            st.none() | st.floats(-(10**6), 10**6),
            st.sampled_from(list(LogSource)),
        ),
        max_size=5,
    )
)
def test_whatever_was_searched_a_share_is_a_share_and_a_time_is_none_below_nothing(searches):
    ahead = (1.0, clock(1.0, 1.1, 1.1, 1.4, peer=Peer.SHOP))
    told = found(ahead, *(searched(*search, second=15.0 + place) for place, search in enumerate(searches)))
    assert (told is None) == (not searches)
    if told:
        assert told.share_ratio is None or 0 <= told.share_ratio <= 1
        late = told.first_after_s
        assert late is None or 0 <= late.earliest <= late.value <= late.latest
