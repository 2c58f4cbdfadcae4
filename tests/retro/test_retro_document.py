"""The retrospective for machines."""

import json

from retro_examples import at_least, blind_drill, drill, incident, placebo, retro, took, two_versions

from chaos_pizza.model.result import Verdict
from chaos_pizza.retro.document import to_document


def test_the_figures_stand_there_under_the_words_of_the_page():
    drills = [*two_versions(), incident(), blind_drill(20), placebo(21), drill(22, verdict=Verdict.INVALID)]
    document = to_document(retro(drills), {"page": "reports/retro.html"})
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["drills"], document["incidents"], document["files"]) == (15, 1, {"page": "reports/retro.html"})
    assert document["left_out"] == [{"id": "2026-01-23T09-00-00Z-factory-fail", "reason": "it proves nothing"}]
    fail = next(each for each in document["experiments"] if each["experiment"] == "factory-fail")
    assert fail["incidents"] == ["2025-12-02T19-35-00Z-incident"]
    assert fail["groups"][0]["detected_by"] == {"alert": 13, "person": 0, "nobody": 0}
    assert fail["comparisons"][0]["finding"] == "shorter"
    assert fail["comparisons"][0]["after"]["rules_version"] == "3333bbbb4444"
    assert [each["experiment"] for each in document["uncaught"]] == ["factory-badjwt"]
    assert set(document["answer"]) == {"improved", "uncaught", "overdue"}


def test_a_median_stands_with_its_interval_and_what_is_not_reached_is_null():
    """Ten times 1 to 10 s: ranks 2 and 9, 1 - 22 / 1024."""
    ten = to_document(retro([drill(number, took(number + 1)) for number in range(10)]), {})
    (group,) = ten["experiments"][0]["groups"]
    assert group["measures"]["ttd_s"]["median"] == {
        "value_s": 5.5,
        "least_s": 2.0,
        "most_s": 9.0,
        "coverage_ratio": 0.978516,
        "method": "order_statistics",
    }
    assert group["measures"]["ttm_s"] == {
        "count": 0,
        "at_least": 0,
        "unknown": 10,
        "left_out": 0,
        "median": None,
        "curve": [],
    }
    undetected = to_document(retro([drill(number, at_least(60)) for number in range(6)]), {})
    (group,) = undetected["experiments"][0]["groups"]
    assert group["measures"]["ttd_s"]["median"]["value_s"] is None
    assert group["cut_off"] == 0
    assert group["detected"] == {"count": 0, "of": 6, "least_ratio": 0.0, "most_ratio": 0.459258}


def test_drills_that_were_cut_off_are_counted_beside_the_rate():
    drills = [drill(0, took(5)), drill(1, at_least(1.2), verdict=Verdict.ABORTED)]
    (group,) = to_document(retro(drills), {})["experiments"][0]["groups"]
    assert (group["drills"], group["detected"]["of"], group["cut_off"]) == (2, 1, 1)
    assert group["detected_by"] == {"alert": 1, "person": 0, "nobody": 0}


def test_a_curve_is_a_list_of_its_steps():
    """Of 6 two end at 10 and 20 s; the rest lasted at least 60 s."""
    drills = [drill(0, took(10)), drill(1, took(20)), *(drill(number, at_least(60)) for number in range(2, 6))]
    (group,) = to_document(retro(drills), {})["experiments"][0]["groups"]
    assert [step[:2] for step in group["measures"]["ttd_s"]["curve"]] == [
        [10, 0.833333],
        [20, 0.666667],
        [60, 0.666667],
    ]


def test_a_time_to_recover_that_nobody_needed_is_not_unknown():
    unfelt = [drill(0, took(1), failed=0), drill(1, took(1))]
    (group,) = to_document(retro(unfelt), {})["experiments"][0]["groups"]
    assert group["measures"]["ttr_s"]["unknown"] == 1
