from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.sandbox.true_date import TrueDate

AT = datetime(2026, 11, 23, 19, 57, 21, 117000, tzinfo=UTC)


class SetClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at


def test_a_date_is_written_as_http_has_it():
    # RFC 9110, section 5.6.7.
    assert TrueDate(SetClock())() == b"Mon, 23 Nov 2026 19:57:21 GMT"


@given(st.lists(st.integers(-3_000_000, 3_000_000), min_size=1))
def test_the_date_is_that_of_the_very_second_even_if_the_clock_goes_back(steps_us):
    clock = SetClock()
    date = TrueDate(clock)
    for step_us in steps_us:
        clock.at += timedelta(microseconds=step_us)
        assert parsedate_to_datetime(date().decode()) == clock.at.replace(microsecond=0)
