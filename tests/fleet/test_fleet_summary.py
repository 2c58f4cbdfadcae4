"""What a fleet comes to: counts, shares and medians, held against figures worked out elsewhere."""

from dataclasses import replace

import pytest
from fleet_examples import FACTS, seen, unseen, useless

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.sentences import drilled_words, headlines, methods
from chaos_pizza.fleet.summary import at_least_invalid, summarize, worst_exit_code
from chaos_pizza.retro.median import MedianMethod


def test_a_hundred_shops_as_a_course_has_them():
    rows = [seen(f"seen-{number}", 10.0 + number) for number in range(61)]
    rows += [unseen(f"unseen-{number}", 300.0) for number in range(30)]
    rows += [useless(f"unsteady-{number}") for number in range(9)]
    summary = summarize(FACTS, rows)
    assert (summary.detected.count, summary.detected.of) == (61, 91)
    # Clopper and Pearson for 61 of 91, by R's binom.test: 0.5639 to 0.7653.
    low, high = summary.detected.bounds
    assert low == pytest.approx(0.5639, abs=5e-4)
    assert high == pytest.approx(0.7653, abs=5e-4)
    # The 46th of 91: the lower bounds are all greater than it.
    assert summary.median_ttd_s.value_s == 10.0 + 45
    assert summary.median_ttd_s.method is MedianMethod.KAPLAN_MEIER
    assert summary.counts == {"passed": 61, "failed": 30, "invalid": 9}
    assert summary.exit_code == 3
    assert summary.shops == 100


def test_the_headlines_say_it_in_words():
    rows = [*(seen(f"s{number}", 2.0 + number) for number in range(5)), unseen("u", 30.0), useless("x")]
    assert headlines(summarize(FACTS, rows)) == (
        "Detected: 5 of 6 (83.3 %; the true rate is 35.9 to 99.6 %, with 95 %), of the drills that prove anything.",
        "Median time to detect: 4.50 s (at least 2.00 s, with about 95 %, and no upper end).",
        "Undetected: 1, for at least 30.0 s; they count in the median as lower bounds.",
        "Budgets: 5 passed, 1 failed.",
        "Not ranked, since they prove nothing: 1 invalid.",
    )


def test_of_few_drills_there_is_no_median_and_no_interval():
    summary = summarize(FACTS, [seen("a", 2.0), unseen("b", 30.0)])
    assert summary.median_ttd_s is None
    assert headlines(summary)[:2] == (
        "Detected: 1 of 2 drills that prove anything.",
        "Time to detect: 2.00 s, at least 30.0 s; under 5 drills there is no median.",
    )


def test_where_nothing_is_proven_that_is_all_there_is_to_say():
    summary = summarize(FACTS, [useless("a"), useless("b", 2)])
    assert headlines(summary) == (
        "No drill proves anything.",
        "Not ranked, since they prove nothing: 1 invalid, 1 not held.",
    )
    assert summary.median_ttd_s is None
    assert headlines(summarize(FACTS, []))[0] == "No drill proves anything."


@pytest.mark.parametrize(
    ("rows", "drilled", "others"),
    [
        ([seen("a", 1.0), useless("b")], "2 shops were drilled", ""),
        ([useless("a", 4), ShopRow("b"), ShopRow("c")], "1 of 3 shops was drilled", "2 were not begun"),
        (
            [useless("a", 4), useless("b", 3), useless("c", 2), ShopRow("d")],
            "2 of 4 shops were drilled",
            "1 could not be, 1 was not begun",
        ),
        ([useless("a", 2)], "No shop was drilled", "1 could not be"),
    ],
)
def test_only_what_was_drilled_is_said_to_be(rows, drilled, others):
    assert drilled_words(summarize(FACTS, rows)) == (drilled, others)


def test_a_method_is_explained_only_where_it_was_used():
    ranks = "Times to detect that are the same as they are shown share a rank."
    share = "The share's interval is exact (Clopper and Pearson)."
    bounds = "The median counts lower bounds as such, by the estimate of Kaplan and Meier."
    five = [seen(f"s{number}", 2.0 + number) for number in range(5)]
    assert methods(summarize(FACTS, [useless("a")])) == ()
    assert methods(summarize(FACTS, five[:1])) == (ranks,)
    assert methods(summarize(FACTS, five)) == (ranks, share)
    assert methods(summarize(FACTS, [*five, unseen("u", 30.0)])) == (ranks, share, bounds)


def test_a_placebo_that_nothing_detected_raised_no_false_alarm():
    rows = [ShopRow("a", 0), ShopRow("b", 1, detected_by="alert failed-purchases")]
    summary = summarize(replace(FACTS, is_placebo=True), rows)
    assert headlines(summary)[0] == "Raised a false alarm: 1 of 2 drills that prove anything."


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([0, 0], 0),
        ([0, 1], 1),
        ([1, 3], 3),
        ([3, 4], 4),
        ([4, 5, 0], 5),
        ([0, 2], 3),
        ([2, 2], 2),
        ([], 2),
        ([0, None], 4),
        ([None], 4),
        ([5, None], 5),
    ],
)
def test_the_worst_drill_is_the_fleet_s_exit_code(codes, worst):
    assert worst_exit_code([ShopRow(f"s{number}", code) for number, code in enumerate(codes)]) == worst


def test_what_could_not_be_written_proves_nothing_and_hides_nothing_worse():
    assert [at_least_invalid(code) for code in range(6)] == [3, 3, 3, 3, 4, 5]
