"""How exact the figures are: the report's words, and what stands in drill.json."""

from dataclasses import replace

import pytest
import report_examples as examples
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.incident import Peer
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.precision import ClockBounds, MeasureError, Precision, Spread
from chaos_pizza.report.exactness import (
    describe_errors,
    describe_sampling,
    give_or_take,
    precision_entry,
    short_time,
)
from chaos_pizza.report.markdown import to_markdown

PUNCTUAL = Precision(
    rate_per_s=10.0,
    lateness=Spread(272, 0.0012, 0.0048, 0.0091),
    path=Spread(152, 0.005, 0.0107, 0.047),
    longest_gap_s=0.1078,
    clocks=(ClockBounds(Peer.FACTORY, -0.0017, 0.002, steady=True),),
    errors={
        MeasureName.TTD: MeasureError(0.0037, 0.00186, 0.00186, 0.0),
        MeasureName.TTM: MeasureError(0.0085, 0.0042, 0.00186, 0.0024),
        MeasureName.TTR: MeasureError(0.0964, 0.0482, 0.00186, 0.0463),
    },
)

PUNCTUALLY = (
    "Half of the purchases left within 1.2 ms of their planned time, 99 of 100 within 4.8 ms, all within 9.1 ms: the "
    "plan was kept."
)
RECOVERED = (
    "**TTR** is exact to ±49 ms: the fault's start is known to ±2 ms, the recovery, which lies between two purchases, "
    "to ±47 ms."
)


def told(precision, name="passed"):
    return describe_errors(replace(getattr(examples, name)(), precision=precision))


def test_a_punctual_drill_says_how_late_its_purchases_left_and_that_the_plan_was_kept():
    assert describe_sampling(PUNCTUAL) == [
        PUNCTUALLY,
        "Half of the good ones were there and back within 5.0 ms, 99 of 100 within 11 ms.",
        "The longest time without word of any purchase was 108 ms; they were to be 100 ms apart.",
    ]


def test_a_drill_that_did_not_keep_its_plan_says_what_to_do():
    late = replace(PUNCTUAL, lateness=Spread(100, 0.02, 0.13, 1.25))
    (first, *_) = describe_sampling(late)
    assert first.startswith(
        "Half of the purchases left within 20 ms of their planned time, 99 of 100 within 130 ms, all within 1.25 s. "
        "The plan was not kept: more than one in a hundred left later than the 100 ms from one to the next."
    )
    assert "chaos-pizza calibrate" in first


def test_of_a_drill_that_never_sent_some_purchases_nobody_says_that_its_plan_was_kept():
    kept, *_ = describe_sampling(replace(PUNCTUAL, dropped=74))
    assert kept.endswith(", all within 9.1 ms: those that left kept to the plan; 74 never left.")
    late, *_ = describe_sampling(replace(PUNCTUAL, dropped=74, lateness=Spread(100, 0.02, 0.13, 1.25)))
    assert "all within 1.25 s. 74 never left. The plan was not kept: " in late


def test_of_a_plan_that_is_not_even_nothing_is_said_of_how_far_apart_purchases_were_to_be():
    uneven = replace(PUNCTUAL, is_even=False)
    assert describe_sampling(uneven)[-1] == "The longest time without word of any purchase was 108 ms."


def test_how_punctual_a_script_was_is_unknown_and_not_perfect():
    scripted = replace(PUNCTUAL, rate_per_s=None, lateness=None, is_even=False)
    assert describe_sampling(scripted) == [
        "k6 does not say when a purchase was meant to leave, so how punctual they were is unknown.",
        "Half of the good ones were there and back within 5.0 ms, 99 of 100 within 11 ms.",
        "The longest time without word of any purchase was 108 ms.",
    ]
    assert scripted.plan_was_kept is None


@pytest.mark.parametrize("precision", [None, Precision(10.0)])
def test_without_a_purchase_nothing_is_known_of_punctuality(precision):
    (only,) = describe_sampling(precision)
    assert "unknown" in only


def test_each_measure_says_how_exact_it_is_and_what_of_that_comes_from_which_end():
    assert told(PUNCTUAL) == [
        "**TTD** is exact to ±2 ms: the fault's start is known to ±2 ms, the detection exactly.",
        "**TTM** is exact to ±5 ms: the fault's start is known to ±2 ms, the fault's end to ±3 ms.",
        RECOVERED,
    ]


def test_a_bound_that_is_wider_than_its_ends_says_that_something_could_not_be_read():
    blind = replace(PUNCTUAL, errors={MeasureName.TTD: MeasureError(1.5, 1.4, 0.002, 0.0)})
    assert told(blind)[0] == (
        "**TTD** is exact to ±1.40 s: the fault's start is known to ±2 ms, the detection exactly; the rest is what "
        "nobody could read."
    )


def test_a_lower_bound_is_called_one():
    undetected = replace(
        examples.undetected(),
        measures={**examples.undetected().measures, MeasureName.TTD: Measure(90.0, 90.0, None, censored=True)},
        precision=replace(PUNCTUAL, errors={}),
    )
    assert describe_errors(undetected)[0] == "**TTD** is a lower bound: no detection was seen."


def test_a_placebo_has_no_measure_to_be_exact_about():
    assert told(PUNCTUAL, "placebo") == []


def test_the_section_stands_in_the_report_before_how_it_was_measured():
    page = to_markdown(replace(examples.passed(), precision=PUNCTUAL), examples.settings())
    section = page.partition("## How exact the figures are\n")[2].partition("\n## ")[0]
    assert "within 1.2 ms of their planned time" in section
    assert "- **TTR** is exact to ±49 ms" in section
    assert "docs/calibration.md" in section
    assert page.index("## How exact the figures are") < page.index("## How this was measured")


def test_the_document_holds_it_in_seconds_to_the_microsecond():
    entry = precision_entry(PUNCTUAL)
    assert entry["lateness"] == {"count": 272, "p50_s": 0.0012, "p99_s": 0.0048, "greatest_s": 0.0091}
    assert entry["clocks"] == [{"peer": "factory", "least_s": -0.0017, "most_s": 0.002, "steady": True}]
    assert entry["errors"]["ttd_s"] == {"interval_s": 0.0037, "bound_s": 0.00186, "start_s": 0.00186, "end_s": 0.0}
    assert precision_entry(replace(PUNCTUAL, errors={}))["errors"] == {"ttd_s": None, "ttm_s": None, "ttr_s": None}
    assert precision_entry(None) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0.0 ms"), (0.0012, "1.2 ms"), (0.00996, "10 ms"), (0.112, "112 ms"), (0.9996, "1.00 s"), (62.0, "62.0 s")],
)
def test_short_times_are_shown_as_milliseconds(seconds, words):
    assert short_time(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0.0, "±1 ms"), (0.0011, "±2 ms"), (0.002, "±2 ms"), (0.9990, "±999 ms"), (0.9991, "±1.00 s")),
        *((1.251, "±1.26 s"), (30.01, "±30.1 s"), (119.5, "±2 min 0 s"), (150.2, "±2 min 31 s")),
    ],
)
def test_what_a_figure_may_be_off_by_is_rounded_up(seconds, words):
    assert give_or_take(seconds) == words


@given(st.floats(0, 0.9))
def test_no_bound_is_told_closer_than_it_is(seconds):
    assert int(give_or_take(seconds).removeprefix("±").removesuffix(" ms")) / 1000 >= seconds - 1e-7
