"""What a drill could not find out is said, with its reason."""

from dataclasses import replace
from datetime import timedelta

import report_examples as examples
from course_examples import course_of, every, failing_from

from chaos_pizza.drill.clock_offset import ClockOffset
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import FaultKind, TrafficBy, TrafficSettings
from chaos_pizza.report.markdown import to_markdown
from chaos_pizza.report.method import describe_method
from chaos_pizza.report.unknowns import list_unknowns


def unknowns(name):
    return list_unknowns(getattr(examples, name)(), examples.settings())


def method(**wishes):
    return describe_method(examples.passed(), examples.settings(), **wishes)


def test_a_drill_that_knows_its_times_names_only_what_its_timeline_lacks():
    assert unknowns("passed") == [
        (
            "Not on the timeline: no alert was seen pending; no notification was seen to arrive; "
            "nobody told the drill that they noticed."
        )
    ]


def test_an_undetected_drill_says_until_when_nobody_noticed():
    assert unknowns("undetected")[:3] == [
        "Time to detect: at least 41.0 s, since nothing and nobody had detected the fault until it was over.",
        (
            "Time to detect from the first failed purchase: at least 41.0 s, "
            "since nothing and nobody had detected the fault until it was over."
        ),
        "Time to acknowledge: unknown, since there was no detection to count from.",
    ]


def test_what_the_drill_itself_ended_says_so():
    told = unknowns("rollback_ended")
    assert (
        "Time to mitigate: at least 41 min 3 s, since nobody had ended the fault until the drill itself ended it."
        in told
    )
    assert "Time to recover: at least 43 min 0 s, since no run of 20 good purchases was seen after the fault." in told
    assert "Time to acknowledge: at least 38 min 53 s, since nobody told the drill that they took it." in told


def test_a_record_that_breaks_off_is_the_reason():
    told = unknowns("cut_off")
    why = "since nobody had ended the fault until 19:35:12 UTC, where the record breaks off."
    assert f"Time to mitigate: at least 12.0 s, {why}" in told
    assert f"Recovery lag: unknown, {why}" in told


def test_without_a_proven_fault_there_is_one_reason_for_all():
    assert unknowns("unproven") == ["All times: nothing proves when the fault began, and they are counted from there."]
    assert list_unknowns(examples.placebo(), examples.settings(FaultKind.NONE)) == []


def test_the_report_lists_them_below_how_it_was_measured():
    page = to_markdown(examples.passed(), examples.settings())
    assert "What is not known, and why:\n\n- Not on the timeline: no alert was seen pending" in page


def test_the_rate_that_came_about_stands_beside_the_planned_one():
    """900 purchases, the first at 0 s and the last at 89.9 s: 899 / 89.9 s."""
    told = method(course=every(0.1, 90, failing_from(0, 0)))
    assert (
        "**Sampling.** 900 purchases came to an end that is known, 10 a second, as planned. "
        "Purchases were to be 0.1 s apart: what happened between two of them, none saw." in told
    )
    assert "**Sampling.** 1 purchase of the drill's came to an end that is known." in method(
        course=course_of([(0, Outcome.OK)])
    )


def test_a_rate_that_is_not_the_planned_one_is_told_beside_it():
    """450 purchases, the first at 0 s and the last at 89.8 s: 449 / 89.8 s."""
    (told,) = [line for line in method(course=every(0.2, 90, failing_from(0, 0))) if line.startswith("**Sampling.**")]
    assert "known, 5 a second; 10 were planned. Purchases were to be 0.1 s apart" in told


def test_of_a_script_nobody_says_how_many_purchases_were_planned_nor_how_far_apart():
    by_k6 = replace(examples.settings(), traffic=TrafficSettings(engine=TrafficBy.K6, script="orders.js"))
    told = describe_method(examples.passed(), by_k6, every(0.1, 90, failing_from(0, 0)))
    assert (
        "**Sampling.** 900 purchases came to an end that is known, 10 a second. "
        "What happened between two of them, none saw."
    ) in told


def test_clocks_are_said_as_far_as_they_are_known():
    def offset(least_s, most_s, steady=True):
        return ClockOffset(timedelta(seconds=least_s), timedelta(seconds=most_s), steady)

    clocks = {
        Peer.FACTORY: offset(0.4, 1.4),
        Peer.SHOP: offset(-2, -1, steady=False),
        Peer.PROMETHEUS: offset(-0.5, 0.25),
        Peer.GRAFANA: offset(-0.001, 0.002),
    }
    assert method(clocks=clocks)[-1] == (
        "**Clocks.** Compared with the drill's, as far as the looks at them tell: factory: 0.40 to 1.40 s ahead; "
        "shop: 1.00 to 2.00 s behind, and it moved during the drill; "
        "prometheus: between 0.50 s behind and 0.25 s ahead; grafana: the same, to within 0.01 s."
    )
    assert method(clocks={})[-1] == "**Clocks.** No other clock was compared with the drill's."
    assert not any("Clocks" in line for line in method())


def test_a_drill_without_purchases_says_that_there_is_no_picture_of_them():
    page = to_markdown(examples.unproven(), examples.settings(), course=course_of([]))
    assert "There is no picture of the purchases: the drill made none." in page
    assert "](course.svg)" not in page


def test_a_cut_off_drill_keeps_its_reasons_in_the_report():
    drill = replace(examples.cut_off(), title="![x](y.svg)")
    assert "![x](y.svg)" not in to_markdown(drill, examples.settings())
