"""The chart in characters: what a column says, and where the letters stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from story import EPOCH, at

from chaos_pizza.ci.sparkline import MOST_COLUMNS, to_sparkline
from chaos_pizza.drill.course import OUTCOMES, PurchaseCourse
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Instant, InstantName

OK, FAILED, REJECTED = (OUTCOMES.index(outcome) for outcome in (Outcome.OK, Outcome.FAILED, Outcome.REJECTED))


def course(*bought):
    """Purchases as pairs of the second they were wanted at, and their outcome."""
    seconds = np.array([second for second, _ in bought], dtype=np.float64)
    return PurchaseCourse(
        EPOCH, seconds, np.full(len(bought), 0.1), np.array([each for _, each in bought], dtype=np.int8)
    )


def steady(seconds, per_s=10):
    return [(number / per_s, OK) for number in range(int(seconds * per_s))]


def instants(**seconds):
    return {InstantName(name): Instant(Interval.exactly(at(second)), "told") for name, second in seconds.items()}


def rows(spark):
    return [line[5:] for line in spark.lines]


def test_without_purchases_there_is_no_chart():
    assert to_sparkline(course(), instants(fault_start=3)) is None


def test_full_half_none_and_unknown():
    # Columns of a second: all good, half, none, nothing bought, only rejected, all good; and 90 s more.
    bought = [(0.1, OK), (0.2, OK), (1.1, OK), (1.2, FAILED), (2.1, FAILED), (4.1, REJECTED), (5.1, OK), (90.5, OK)]
    spark = to_sparkline(course(*bought), {})
    assert spark.column_s == 1
    good, fail = rows(spark)
    assert good[:7] == "█▄▁  █ "
    assert fail == " xx"
    assert len(good) == 91


def test_a_single_failed_purchase_among_thousands_does_not_look_perfect():
    bought = [*steady(90, per_s=100), (45.0, FAILED)]
    good, fail = rows(to_sparkline(course(*sorted(bought)), {}))
    assert good == "█" * 45 + "▇" + "█" * 44
    assert fail == " " * 45 + "x"


def test_a_single_good_purchase_among_thousands_is_not_none():
    bought = [(number / 100, FAILED) for number in range(9000)]
    bought[4500] = (45.0, OK)
    good, _ = rows(to_sparkline(course(*bought), {}))
    assert good == "▁" * 45 + "▂" + "▁" * 44


def test_each_letter_stands_under_its_instant_and_those_that_share_one_below_each_other():
    told = instants(fault_start=20.2, first_impact=20.9, alert_firing=30.0, mitigated=60.5, recovered=61.0)
    spark = to_sparkline(course(*steady(90)), told)
    first, second = rows(spark)[2:]
    assert {letter: first.index(letter) for letter in "FDMR"} == {"F": 20, "D": 30, "M": 60, "R": 61}
    assert second.rstrip() == " " * 20 + "I"
    assert list(spark.marks) == ["F", "I", "D", "M", "R"]


def test_a_person_who_noticed_first_is_the_detection():
    spark = to_sparkline(course(*steady(90)), instants(noticed=10.0, alert_firing=30.0, acknowledged=40.0))
    assert spark.marks == {"D": 10.0}


def test_an_instant_outside_of_the_purchases_widens_the_chart():
    spark = to_sparkline(course((10.0, OK), (20.0, OK)), instants(fault_start=2.0, recovered=88.5))
    good, _, marks = rows(spark)
    assert (spark.column_s, marks.index("F"), marks.index("R")) == (1, 0, 86)
    assert (good.index("█"), good.rindex("█")) == (8, 18)


@pytest.mark.parametrize(
    ("lasted_s", "column_s"), [(5, 0.1), (60, 1), (94, 1), (95.5, 2), (3600, 60), (86_400, 1800), (864_000, 14_400)]
)
def test_the_columns_are_as_narrow_as_the_page_allows(lasted_s, column_s):
    spark = to_sparkline(course((0.0, OK), (lasted_s, FAILED)), {})
    assert spark.column_s == column_s
    assert max(map(len, spark.lines)) <= MOST_COLUMNS


@given(
    st.lists(st.tuples(st.floats(0, 1e7), st.sampled_from([OK, FAILED, REJECTED])), min_size=1, max_size=30),
    st.dictionaries(st.sampled_from(InstantName), st.floats(-1e6, 1e7)),
    st.integers(20, 120),
)
def test_it_never_outgrows_the_page_and_never_hides_a_failure(bought, seconds, most):
    told = instants(**{name.value: second for name, second in seconds.items()})
    spark = to_sparkline(course(*sorted(bought)), told, most)
    assert max(map(len, spark.lines)) <= most
    good, fail, *marks = rows(spark)
    counting = [outcome for _, outcome in bought if outcome != REJECTED]
    assert ("x" in fail) == (FAILED in counting)
    assert good.count("█") <= counting.count(OK)
    for place, sign in enumerate(fail):
        assert sign == " " or good[place] in "▁▂▃▄▅▆▇"
    assert sorted("".join(marks).replace(" ", "")) == sorted(spark.marks)
