"""The page's Markdown: what it holds, and that nothing from outside adds to it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from retro_examples import (
    TODAY,
    at_least,
    blind_drill,
    day,
    drill,
    incident,
    placebo,
    retro,
    sight,
    took,
    two_versions,
)

from chaos_pizza.claims.standing import standing_of
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.notes import ActionItem, OpenedItem
from chaos_pizza.model.result import Verdict
from chaos_pizza.report.page import to_page
from chaos_pizza.retro.markdown import to_markdown
from chaos_pizza.retro.pictures import illustrate
from chaos_pizza.retro.tables import MOST_DRILLS


def written(drills, items=(), links=None, **scope):
    found = retro(drills, standing_of(items, drills, TODAY), **scope)
    return to_markdown(found, illustrate(found), links or {})


def section(text, title):
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_answer_comes_right_after_what_is_covered():
    text = written([*two_versions(), incident(), drill(30, verdict=Verdict.INVALID, reasons=("not steady",))])
    titles = [line for line in text.splitlines() if line.startswith("#")]
    assert titles[:3] == ["# Retrospective: 2026-11-25", "## The answer", "## factory-fail"]
    assert text.splitlines()[2] == (
        "This looks back on all that the history holds: 13 drills of 1 experiment (factory-fail), from 2026-01-01 to "
        "2026-01-13. 1 incident, of 2025-12-02, as people wrote it down: drawn and listed, but in no median, rate or "
        "test. 1 drill left out, since nothing follows from what proves nothing; named below, each with its reason."
    )
    assert "- 2026-01-31T09-00-00Z-factory-fail: not steady" in section(text, "Left out")


def test_what_was_asked_for_is_said():
    text = written([drill(0, took(1))], since=date(2026, 1, 1), until=date(2026, 2, 1), experiment="factory-fail")
    assert (
        "This looks back on what the history holds since 2026-01-01 until 2026-02-01 of factory-fail: 1 drill" in text
    )


def test_medians_stand_with_their_interval_and_how_surely_it_holds():
    """Ten times 1 to 10 s: ranks 2 and 9, 97.85 %."""
    text = written([drill(number, took(number + 1)) for number in range(10)])
    row = "| Time to detect (TTD) | n = 10 | 5.50 s | 2.00 to 9.00 s, with 97.9 % | order statistics |"
    assert row in text


def test_under_five_drills_the_points_themselves_stand_there():
    text = written([drill(0, took(1.91)), drill(1, took(2)), drill(2, at_least(30))])
    assert (
        "| Time to detect (TTD) | n = 3, 1 of them undetected | 1.91 s, 2.00 s, at least 30.0 s "
        "| n = 3: too few for an interval | - |"
    ) in text
    assert "Detected: 2 of 3; n = 3: too few for an interval. First by an alert in 2, by nobody in 1." in text


def test_a_median_that_is_not_reached_says_so():
    text = written([drill(number, at_least(60)) for number in range(6)])
    row = "| Time to detect (TTD) | n = 6, 6 of them undetected | not reached | no end of it is known | Kaplan-Meier |"
    assert row in text


def test_the_detection_rate_has_its_interval():
    """Of 10 none went undetected: the lower end p has p ** 10 = 0.025."""
    text = written([drill(number, took(number + 1)) for number in range(10)])
    assert "Detected: 10 of 10 (100 %; the true rate is 69.2 to 100 %, with 95 %). First by an alert in 10." in text


def test_drills_that_were_cut_off_are_no_part_of_the_detection_rate():
    """Ten were detected, five aborted after 1.2 s: nobody knows whether these would have been."""
    aborted = [drill(10 + number, at_least(1.2), verdict=Verdict.ABORTED, failed=2) for number in range(5)]
    text = written([*(drill(number, took(number + 1)) for number in range(10)), *aborted])
    assert "Detected: 10 of 10 (100 %; the true rate is 69.2 to 100 %, with 95 %). First by an alert in 10.\n" in text
    assert "\nLeft out here: 5 drills that ended early (aborted, or calm not restored) before an alert" in text
    assert "Detected: unknown.\nLeft out here: 5 drills" in written(aborted)


def test_a_placebo_that_was_aborted_might_still_have_raised_an_alarm():
    aborted = placebo(1, verdict=Verdict.ABORTED)
    assert "False alarms: 0 of 1; n = 1: too few for an interval.\nLeft out here: 1 drill" in written(
        [placebo(0), aborted]
    )
    assert "False alarms: unknown.\nLeft out here: 1 drill" in written([aborted])


def test_how_many_drills_a_claim_would_take_is_said_with_its_basis():
    """Logarithms of four drills tell no spread; 55 on each side by the assumed one."""
    text = written([drill(number, took(5)) for number in range(4)])
    assert (
        "To see a change of 30 % in the median time to detect with a probability of 80 % takes 55 drills before the "
        "change and 55 after it, assuming that two of three drills lie within a factor of 1.8 of the median. There "
        "are 4 drills in all."
    ) in text


def test_what_the_drills_there_would_show_is_said_of_the_detected_ones_alone():
    """20 drills of which 4 in either half were detected: too few for a half to show anything."""
    times = [took(10 + number) if number % 10 < 4 else at_least(60) for number in range(20)]
    text = written([drill(number, time, rules_version=None) for number, time in enumerate(times)])
    assert "takes 55 detected drills before the change and 55 after it" in text
    assert "There are 20 drills in all." in text
    detected = written([drill(number, took(10 + number % 10), rules_version=None) for number in range(20)])
    assert "There are 20 drills in all: cut in halves, they would show it with a probability of " in detected


def test_more_tests_take_more_drills_and_that_is_said():
    """Two tests, at 2.5 % each: 2 ((2.2414 + 0.8416) * 0.6 / (0.3567 * 0.9032)) ** 2 = 65.9."""
    assumed = [drill(30 + number, took(5), announced=False) for number in range(4)]
    text = written([*two_versions(), *assumed])
    assert "2 log-rank tests were made" in text
    assert "takes 66 drills before the change and 66 after it, assuming that" in text
    assert "within a factor of 1.8 of the median, with 2 tests to allow for." in text


def test_a_placebos_false_alarms_are_a_rate_and_its_times_none():
    text = written([placebo(0, "alert budget-burns (shop /metrics)"), *(placebo(number) for number in range(1, 10))])
    told = section(text, "placebo")
    assert "Nothing was broken. False alarms: 1 of 10 (10 %; the true rate is 0.3 to 44.5 %, with 95 %)." in told
    assert "Median" not in told


def test_a_fault_that_diners_did_not_notice_is_a_rate():
    drills = [drill(number, at_least(60), failed=0, success_ratio=1.0) for number in range(9)]
    text = written([*drills, drill(9, at_least(60), failed=4, success_ratio=0.96)])
    assert "No purchase failed in 9 of 10 (90 %; the true rate is 55.5 to 99.7 %, with 95 %)." in text


def test_targets_that_differ_and_a_runbook_that_played_are_said():
    drills = [drill(number, took(5), took(9), ended_by=Actor.RUNBOOK) for number in range(5)]
    text = written([*drills[1:], replace(drills[0], target="staging")])
    assert "They were held on 2 targets (sandbox and staging); part of their spread may come from there." in text
    assert "In each of them the runbook, played by the drill, ended the fault: these times to mitigate say" in text


def test_a_time_to_recover_that_the_drill_itself_ended_is_no_ones_and_is_left_out():
    """Rollback, watchdog and abort end a fault after a set time, whoever sleeps: the median is that of 5 to 9 s."""

    def recovered(number, seconds, ended_by):
        measures = {MeasureName.TTD: took(1), MeasureName.TTM: took(2), MeasureName.TTR: took(seconds)}
        return drill(number, ended_by=ended_by, measures=measures)

    own = [recovered(number, 5 + number, Actor.RESPONDER) for number in range(5)]
    others = (Actor.ROLLBACK, Actor.WATCHDOG, Actor.ABORT)
    ended = [recovered(5 + number, 500, actor) for number, actor in enumerate(others)]
    text = written([*own, *ended, drill(9, took(1), took(2), ended_by=Actor.ROLLBACK)])
    assert "| Time to recover (TTR) | n = 5; 1 unknown; 3 left out | 7.00 s | 5.00 to 9.00 s," in text
    assert "In 3 of them the drill itself ended the fault: their times to recover say nothing of anybody's work" in text
    assert text.count("| 8 min 20 s |") == 3  # each drill's row still has it
    assert "the drill itself" not in written(own)
    alone = written(ended[:1])
    assert "In it the drill itself ended the fault: its time to recover says nothing of anybody's work, and is" in alone
    assert "Time to recover (TTR)" not in alone


def test_where_no_drill_counts_that_is_said_and_the_incidents_have_their_days():
    text = written([incident(), incident(drill_id="later", started_at=day(3), ended_at=day(4))])
    assert text.splitlines()[2] == (
        "This looks back on all that the history holds: no drill that counts. 2 incidents, of 2025-12-02 to "
        "2026-01-04, as people wrote them down: drawn and listed, but in no median, rate or test."
    )
    assert "1 drill of 1 experiment (factory-fail), held on 2026-01-01. 1 incident, of 2025-12-02, as" in written(
        [drill(0, took(1)), incident()]
    )


def test_versions_of_the_rules_are_said_and_the_spread_is_that_within_them():
    """Each version's times are all alike; by the spread across both it would take hundreds of drills."""
    text = written(two_versions(before=(40,) * 6, after=(2,) * 6))
    assert "They ran under 2 versions of the alert rules, and the figures are of all of them together." in text
    assert "takes 5 drills before the change and 5 after it, by the spread seen here" in text


def test_measuring_that_is_coarse_against_the_spread_is_said():
    """Known to the minute, and half of the values within 20 s."""
    text = written([drill(number, took(600 + 10 * number, 60)) for number in range(5)])
    assert (
        "The time to detect is measured to within 60.0 s (in the middle), where half of its values lie within 20.0 s"
    ) in text
    assert "measured to within" not in written([drill(number, took(600 + 10 * number, 1)) for number in range(5)])


def test_rules_are_listed_by_what_they_saw_and_blind_ones_stand_out():
    sights = (sight(Sight.FIRED, "http-errors"), sight(Sight.BLIND))
    text = written([drill(number, took(5), sights=sights) for number in range(3)])
    assert "| failed-purchases (blind) | shop /metrics | 0 | 0 | 3 | 0 |" in text
    assert "| http-errors | shop /metrics | 3 | 0 | 0 | 0 |" in text


def test_every_drill_is_a_row_the_latest_first_and_a_link_where_its_report_is():
    known = drill(1, took(2, 0.5), took(60), announced=False)
    measures = {**known.measures, MeasureName.TTR: at_least(90)}
    text = written(
        [drill(0, at_least(30)), replace(known, measures=measures), incident()], links={known.drill_id: "x/report.html"}
    )
    rows = [line for line in section(text, "factory-fail").splitlines() if line.startswith(("| 20", "| [20"))]
    alert = "alert failed-purchases (shop\N{NO-BREAK SPACE}/metrics)"
    to_the_minute = "10 min 0 s (9 min 0 s to 11 min 0 s) | on-call team | 41 min 0 s"
    first = f"| [2026-01-02 09:00](x/report.html) | passed (blind) | 2.00 s (1.75 to 2.25 s) | {alert}"
    second = "| 2026-01-01 09:00 (2026-01-01T09-00-00Z-factory-fail) | passed (announced)"
    third = "| 2025-12-02 19:35 (2025-12-02T19-35-00Z-incident) | **incident**"
    assert rows == [
        f"{first} | 60.0 s | the team | at least 90.0 s | 1111aaaa |",
        f"{second} | at least 30.0 s | nobody | - | the team | - | 1111aaaa |",
        f"{third} | {to_the_minute} | the team | - | - |",
    ]


def test_of_very_many_drills_the_latest_are_listed_and_the_others_counted():
    text = written([drill(number, took(5)) for number in range(MOST_DRILLS + 20)])
    assert f"The latest {MOST_DRILLS} are listed; 20 more stand in `chaos-pizza history`." in text
    assert text.count("| passed (announced) |") == MOST_DRILLS


def test_a_folder_whose_name_is_no_harmless_one_is_no_link():
    text = written([drill(0, took(1), drill_id="../x](http://evil")], links={"../x](http://evil": "x/"})
    assert "](" not in text.replace("](retro-2026", "").replace("\\](", "")


def test_action_items_stand_with_what_became_of_them():
    opened = OpenedItem(
        "x", day(0) - timedelta(days=1), ActionItem(1, "Tighten", "ann", date(2026, 1, 2), "ttd_s(factory-fail) <= 1")
    )
    text = written([drill(0, took(2))], [opened])
    (row,) = [line for line in section(text, "Action items").splitlines() if line.startswith("| Tighten")]
    assert row.startswith("| Tighten | ann | 2026-01-02 (**overdue**) | ttd_s(factory-fail) &lt;= 1 | refuted")


def test_the_number_of_tests_is_said():
    assert "No test was made." in written([drill(0, took(1))])
    found = retro(two_versions())
    assert f"{found.tests} log-rank tests were made; the p-values are adjusted for that (Holm)" in written(
        two_versions()
    )


@pytest.mark.parametrize("drills", [[], [incident()], [drill(0, verdict=Verdict.INVALID)], [drill(0)]])
def test_with_hardly_anything_known_there_still_is_a_page(drills):
    text = written(drills)
    assert "## The answer" in text
    assert "None" not in text


def test_the_same_drills_in_another_order_give_the_same_bytes():
    drills = [*two_versions(), *(blind_drill(20 + number) for number in range(7)), incident(), placebo(40)]
    assert written(drills) == written(drills[::-1])


HOSTILE = "<script>alert(1)</script> [x](http://evil) | `a` **b** \x1b[31m \u202e # ![i](j) &amp;\n\n# New"


def test_hostile_text_shows_as_text():
    evil = drill(
        0,
        at_least(5),
        experiment=HOSTILE,
        drill_id=HOSTILE,
        target=HOSTILE,
        detected_by=HOSTILE,
        rules_version=HOSTILE,
        sights=(sight(Sight.BLIND, HOSTILE),),
    )
    left = replace(evil, drill_id="left", verdict=Verdict.INVALID, reasons=(HOSTILE,))
    opened = OpenedItem(HOSTILE, day(0), ActionItem(1, HOSTILE, HOSTILE, date(2026, 1, 2), HOSTILE))
    found = retro([evil, left], standing_of([opened], [evil], TODAY), experiment=HOSTILE)
    text = to_markdown(found, illustrate(found), [HOSTILE])
    assert not {"\x1b", "\u202e"} & set(text)
    page = to_page(text, title="Retrospective", pictures={})
    assert "<script" not in page
    assert "<b>" not in page
    assert 'href="http' not in page
    assert "<h1" not in page.partition("</h1>")[2]
    assert "alert(1)" in page
    for headline in found.answer.headlines:
        assert not {"\x1b", "\u202e", "\n"} & set(headline)


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_adds_a_heading_or_a_column(experiment, detected_by):
    text = written([drill(0, took(1), experiment=experiment, detected_by=detected_by)])
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert len(titles) == 3
    (row,) = [line for line in text.splitlines() if line.startswith("| 2026-01-01 09:00")]
    assert row.replace("\\|", "").count("|") == 9
