"""The pictures' specifications and their texts; how they look is for `charting` and the eye."""

import pytest
from retro_examples import TODAY, at_least, blind_drill, day, drill, incident, placebo, retro, took

from chaos_pizza.charting import draw
from chaos_pizza.claims.standing import standing_of
from chaos_pizza.model.notes import ActionItem, OpenedItem
from chaos_pizza.retro.experiments import sort_out
from chaos_pizza.retro.pictures import MOST_EXPERIMENTS, illustrate
from chaos_pizza.retro.points_chart import _SERIES, points_chart


def chart_of(drills, limits=(), room=100):
    (experiment,), _ = sort_out(drills)
    return points_chart(experiment, "retro-points", limits, room)


def rows(chart, panel=0):
    return chart.spec["vconcat"][panel]["layer"][-1]["data"]["values"]


def test_every_drill_is_a_point_of_its_kind():
    drills = [
        incident(started_at=day(-1), ended_at=day(-1)),
        drill(0, took(10)),
        drill(1, at_least(60)),
        drill(2, took(20), announced=False),
        drill(3, at_least(60), announced=False),
        drill(4, took(7), announced=None),
        drill(5, at_least(8), announced=None),
    ]
    assert [row["series"] for row in rows(chart_of(drills))] == [
        "incident",
        "announced",
        "announced: at least",
        "blind",
        "blind: at least",
        "announced or not is unknown",
        "unknown: at least",
    ]


def test_no_two_kinds_of_points_have_the_same_shape():
    assert len({shape for shape, _, _ in _SERIES.values()}) == len(_SERIES)


def test_lower_bounds_are_open_and_times_are_filled():
    assert {name: filled for name, (_, _, filled) in _SERIES.items() if "incident" not in name} == {
        **dict.fromkeys(("announced", "blind", "announced or not is unknown"), True),
        **dict.fromkeys(("announced: at least", "blind: at least", "unknown: at least"), False),
    }


def test_a_wide_interval_is_a_line_behind_its_point_and_a_narrow_one_is_hidden_by_it():
    spans = chart_of([drill(0, took(600, 120)), drill(1, took(600, 2))]).spec["vconcat"][0]["layer"][0]["data"][
        "values"
    ]
    assert [(span["earliest"], span["latest"]) for span in spans] == [(540, 660)]


def test_the_alternative_tells_the_figures():
    soon = incident(started_at=day(-1), ended_at=day(-1))
    chart = chart_of([soon, drill(0, took(10)), drill(1, took(20)), drill(2, at_least(60))])
    assert chart.alternative == (
        "Time to detect, 4 points from 2025-12-31 to 2026-01-03; between 10.0 s and 10 min 0 s; "
        "1 undetected, for at least 60.0 s; 1 incident among them. "
        "Time to mitigate, 1 point on 2025-12-31; all 41 min 0 s; 1 incident among them."
    )


def test_an_incident_of_another_time_is_a_line_across_so_that_the_drills_are_not_squeezed():
    """A month before drills of three days; its time to mitigate has no drill to stand beside."""
    chart = chart_of([incident(), drill(0, took(10)), drill(1, took(20)), drill(2, took(30))])
    (panel,) = chart.spec["vconcat"]
    assert panel["layer"][0]["data"]["values"] == [{"value": 600, "label": "incident of 2025-12-02: 10 min 0 s"}]
    assert [row["series"] for row in rows(chart)] == ["announced"] * 3
    assert chart.alternative == (
        "Time to detect, 3 points from 2026-01-01 to 2026-01-03; between 10.0 s and 30.0 s; "
        "a line for the incident of 2025-12-02: 10 min 0 s."
    )


def test_incidents_without_any_drill_are_points():
    assert [row["series"] for row in rows(chart_of([incident()]))] == ["incident"]


def test_more_drills_than_room_are_thinned_and_the_picture_says_so():
    chart = chart_of([drill(number, took(10 + number)) for number in range(200)], room=30)
    assert len(rows(chart)) <= 30
    assert chart.title == "factory-fail: drills as points, too many to draw each of them"
    assert f"{len(rows(chart))} of the 200 are drawn: lower bounds evenly over time" in chart.alternative


def test_what_is_claimed_is_a_line_with_its_figure():
    drills = [drill(0, took(10)), drill(1, took(20))]
    opened = OpenedItem("x", drills[0].started_at, ActionItem(1, "Do it", "ann", None, "ttd_s(factory-fail) <= 90"))
    found = retro(drills, standing_of([opened], drills, TODAY))
    (illustrated,) = illustrate(found)
    labels = illustrated.points.spec["vconcat"][0]["layer"][0]["data"]["values"]
    assert labels == [{"value": 90.0, "label": "claimed: at most 90 s"}]
    assert "claimed: at most 90 s" in illustrated.points.alternative


def test_a_fault_that_nobody_felt_shows_the_share_of_good_purchases():
    chart = chart_of([drill(0, at_least(60), failed=0, success_ratio=1.0), drill(1, at_least(60), success_ratio=0.97)])
    assert [panel["title"] for panel in chart.spec["vconcat"]] == [
        "Time to detect",
        "Good purchases while the fault was on",
    ]
    assert [row["value"] for row in rows(chart, 1)] == [1.0, 0.97]
    assert "between 97 % and 100 %" in chart.alternative


def test_drills_without_any_measure_have_no_picture():
    assert chart_of([drill(0)]) is None


def test_lower_bounds_have_a_curve_with_a_band_and_its_words():
    """Of 6 two end at 10 and 20 s, and four lasted at least 60 s: 4 of 6 are left."""
    drills = [drill(0, took(10)), drill(1, took(20)), *(drill(number, at_least(60)) for number in range(2, 6))]
    (illustrated,) = illustrate(retro(drills))
    lines = illustrated.curve.spec["vconcat"][0]["layer"][1]["data"]["values"]
    assert [(row["after_s"], round(row["waiting"], 3)) for row in lines] == [
        (0, 1),
        (10, 0.833),
        (20, 0.667),
        (60, 0.667),
    ]
    assert (
        "Time to detect, announced: of 6 drills 4 undetected; by 60.0 s an estimated 66.7 % ("
        in illustrated.curve.alternative
    )


def test_a_placebo_and_times_that_all_ended_have_no_curve():
    illustrated = illustrate(retro([placebo(0), *(drill(number, took(5)) for number in range(6))]))
    assert [(each.points is not None, each.curve is not None) for each in illustrated] == [
        (True, False),
        (False, False),
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["factory-fail"], ["retro-2026-11-25-factory-fail-points"]),
        (["A b", "a-b"], ["retro-2026-11-25-a-b-points", "retro-2026-11-25-a-b-2-points"]),
        (["../../etc"], ["retro-2026-11-25-etc-points"]),
        (["<é>"], ["retro-2026-11-25-incidents-points"]),
    ],
)
def test_pictures_have_harmless_names_unlike_each_other(names, expected):
    drills = [drill(number, took(5), experiment=name) for number, name in enumerate(names)]
    assert [chart.name for each in illustrate(retro(drills)) for chart in each.charts] == expected


def test_of_many_experiments_those_with_the_latest_drills_are_shown_in_full():
    drills = [drill(number, took(5), experiment=f"experiment-{number:02}") for number in range(MOST_EXPERIMENTS + 3)]
    shown = [each.figures.experiment.name for each in illustrate(retro(drills))]
    assert shown == [f"experiment-{number:02}" for number in range(3, MOST_EXPERIMENTS + 3)]


@pytest.mark.parametrize(
    "drills",
    [
        [drill(0, took(0))],
        [drill(0, took(0)), drill(1, took(0.001)), drill(2, took(100_000))],
        [drill(number, at_least(0)) for number in range(6)],
        [drill(0, took(5)), *(drill(0, at_least(5), drill_id=f"d{number}") for number in range(6))],
        [blind_drill(number) for number in range(7)],
        [incident()],
    ],
    ids=["a zero", "zeros and days", "zeros that are lower bounds", "one instant", "undetected", "an incident"],
)
def test_odd_figures_can_be_drawn(drills):
    for each in illustrate(retro(drills)):
        for chart in each.charts:
            assert draw(chart).startswith("<svg")
            assert "NaN" not in draw(chart)
