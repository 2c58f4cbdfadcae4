"""The report as people read it: figures and sentences of drills whose figures were worked out by hand."""

import re
from dataclasses import replace

import pytest
import report_examples as examples
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import PartName, RuleSight, Sight, WaterfallPart
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import BudgetCheck, Entry, Impact, Instant, InstantName, Judgement, Verdict
from chaos_pizza.model.settings import DetectionSettings, FaultKind, ResponderKind
from chaos_pizza.report.markdown import to_markdown

INCIDENT_FORM = [
    "Summary",
    "Detection",
    "Impact",
    "Timeline",
    "Response",
    "Root cause",
    "Resolution",
    "Prevention",
    "Action items",
]
MEASURED = ["Runbook", "How exact the figures are", "How this was measured"]
ALL = ("passed", "rollback_ended", "undetected", "placebo", "cut_off", "unproven", "aborted")
BLANK = "> **To fill in:** "
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def report(name, **wishes):
    fault = FaultKind.NONE if name == "placebo" else FaultKind.FAIL
    return to_markdown(getattr(examples, name)(), examples.settings(fault, **wishes))


def section(page, heading):
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def row(page, label):
    return next(line for line in page.splitlines() if line.startswith(f"| {label} |"))


@pytest.mark.parametrize("name", ALL)
def test_the_sections_are_those_of_the_incident_form_in_its_order(name):
    page = report(name)
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [*INCIDENT_FORM, *MEASURED]
    assert re.findall(r"^# (.*)$", page, re.MULTILINE) == ["Drill: 2026-11-23 19-34-40"]
    assert section(page, "Timeline").strip().startswith("All times are UTC.")


@pytest.mark.parametrize("name", ALL)
def test_a_report_is_tidy(name):
    page = report(name)
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
    assert "\n\n\n" not in page
    assert not re.search(r"[ \t]+$", page, re.MULTILINE)
    assert "None" not in page
    assert "nan" not in page
    assert all(section(page, heading).strip() for heading in INCIDENT_FORM)


def test_a_passed_drill_s_head_says_what_when_and_how_it_went():
    page = report("passed")
    head = page.split("\n## ")[0]
    assert "**The factory refuses every order**" in head
    assert "- Verdict: **passed** (exit code 0)\n- Date:" in head
    assert "- Date: 2026-11-23, 19:34:40 to 19:36:10 UTC (90.0 s)" in head
    assert "- Target: sandbox" in head
    assert "> [!" not in head


def test_a_passed_drill_s_table_shows_each_measure_with_its_bounds_floor_and_budget():
    page = report("passed")
    assert row(page, "Time to detect (TTD)") == (
        "| Time to detect (TTD) | 1.50 s; by the alert failed-purchases (shop /metrics); "
        "the rule alone allows 0.00 to 2.20 s in a total outage | at most 10 s: kept |"
    )
    assert row(page, "Time to acknowledge (TTA)") == "| Time to acknowledge (TTA) | 5.00 s after the detection | - |"
    assert row(page, "Time to mitigate (TTM)") == (
        "| Time to mitigate (TTM) | 7.30 s; ended by the runbook, which the drill played in a person's place "
        "| at most 30 s: kept |"
    )
    assert row(page, "Time to recover (TTR)") == "| Time to recover (TTR) | 8.00 s | - |"
    assert row(page, "Impact delay") == "| Impact delay | 0.05 s (0.00 to 0.10 s) | - |"
    assert row(page, "Recovery lag") == "| Recovery lag | 0.70 s | - |"


def test_a_passed_drill_s_summary_is_drawn_from_its_result():
    # 82 purchases less 2 rejected are 80, of which 74 failed: 92.5 %.
    assert section(report("passed"), "Summary").strip() == (
        "At 19:35:00.002 UTC the fault of this drill set in: the pizza factory answered every order with an error. "
        "Of the drill's 80 purchases from the fault's start until recovery, 74 failed (92.5 %). "
        "The fault was first detected by the alert failed-purchases (shop /metrics), 1.50 s after it began. "
        "The fault was ended by the runbook, which the drill played in a person's place, 7.30 s after it began. "
        "The shop had recovered 8.00 s after the fault began, 0.70 s after it ended."
    )


def test_impact_is_told_in_people_s_figures():
    impact = section(report("passed"), "Impact")
    assert (
        "Diners could not rely on their purchases for 8.00 s: the fault began at 19:35:00.002 UTC, "
        "and the shop had recovered at 19:35:08.000 UTC." in impact
    )
    assert "That affected 5 of the drill's 5 diners." in impact
    assert "Purchases worth 0.2812 bitcoin were lost." in impact
    assert "Failed purchases fell into 8 different seconds of the clock." in impact  # 8 / 60 min
    assert "74 orders stand in the shop's books for which no pizza exists." in impact


def test_the_timeline_shows_each_entry_no_more_exactly_than_it_is_known():
    lines = [line for line in section(report("passed"), "Timeline").splitlines() if line.startswith("- ")]
    assert lines == [
        "- _19:35:00.002_ - fault on: fail (factory startDate, proven by a purchase)",
        "- _between 19:35:00.000 and 19:35:00.100_ - first failed purchase: the shop answered an error",
        "- _19:35:01.500_ - alert failed-purchases (shop /metrics): firing",
        "- _19:35:07.300_ - fault off, ended by the runbook (factory fixDate)",
    ]


def test_how_it_was_measured_says_what_was_promised_beforehand():
    method = section(report("passed"), "How this was measured")
    assert "10 purchases a second by 5 diners" in method
    assert "longer than 2 s counts as late, and none was waited for longer than 40 s" in method
    assert "2 alert rules, over figures read every 1 s" in method
    assert "the first of 20 good purchases in a row" in method
    assert "2 purchases rejected by the drill's own fault" in method
    assert "3 never sent from the fault's start until recovery, because too many were under way." in method
    assert (
        "| failed-purchases (shop /metrics) | 0.00 to 1.00 s | 0.00 to 0.20 s | 0.00 to 1.00 s | 0.00 s | 0.00 s "
        "| 0.00 to 2.20 s |" in method
    )
    assert "| failed | the shop answered an error | 74 |" in method
    assert "| late |" not in method


def test_what_only_people_know_is_a_blank_and_never_filled_in():
    page = report("passed")
    assert page.count(BLANK) == 7
    for heading in ("Detection", "Impact", "Response", "Root cause", "Resolution", "Prevention", "Action items"):
        assert section(page, heading).count(BLANK) == 1, heading
    assert "on call" in section(page, "Response")
    assert "support tickets" in section(page, "Impact")
    assert "owner and a due date" in section(page, "Action items")


def test_a_drill_that_its_rollback_ended_was_not_mitigated():
    page = report("rollback_ended", responder=ResponderKind.PEOPLE)
    assert row(page, "Time to mitigate (TTM)") == (
        "| Time to mitigate (TTM) | not mitigated, at least 41 min 3 s; ended by the drill's own rollback | - |"
    )
    assert "Nobody mitigated the fault for at least 41 min 3 s; then the drill's own rollback put an end to it." in (
        section(page, "Summary")
    )
    assert "**Nobody mitigated the fault.**" in page.split("\n## ")[0]
    assert "between 20:16:03.600 and 20:16:04.100 UTC; source: undo acknowledged." in section(page, "Resolution")
    assert row(page, "Time to recover (TTR)") == "| Time to recover (TTR) | not recovered, at least 43 min 0 s | - |"


def test_a_person_s_detection_reads_as_one_and_the_floor_still_stands_beside_it():
    page = report("rollback_ended", responder=ResponderKind.PEOPLE)
    assert row(page, "Time to detect (TTD)") == (
        "| Time to detect (TTD) | 2 min 10 s; by a person (mark by ann); "
        "the rule alone allows 0.00 to 2.20 s in a total outage | at most 10 s: **missed** |"
    )
    assert "A person noticed at 19:37:10.000 UTC; source: mark by ann." in section(page, "Detection")


def recalled():
    """The drill that a person detected, told from memory: some time before the first purchase was known to fail."""
    drill = examples.rollback_ended()
    told = Instant(examples.at(20.0, 20.02), "mark by ann, entered later")
    kept = {name: each for name, each in drill.timeline.instants.items() if name is not InstantName.NOTICED}
    measures = {**drill.measures, MeasureName.TTD: Measure(0.008, 0.0, 0.02), MeasureName.TTD_FROM_IMPACT: None}
    measures[MeasureName.TTA] = Measure(0.0, 0.0, 0.0)
    timeline = replace(
        drill.timeline, instants={**kept, InstantName.ACKNOWLEDGED: told}, detected_by="mark by ann, entered later"
    )
    return replace(drill, timeline=timeline, measures=measures)


def test_what_rests_on_a_time_that_was_told_later_says_so_at_the_top():
    head = to_markdown(recalled(), examples.settings()).split("\n## ")[0]
    assert (
        "> [!WARNING]\n> **The time to detect and the time to acknowledge rest on what somebody told later** "
        "(mark by ann, entered later). No clock of the drill's shows it, and the verdict was judged with it.\n"
    ) in head
    for name in ("passed", "rollback_ended"):
        assert "told later" not in report(name)
    alarm = examples.placebo()
    alarm = replace(alarm, timeline=replace(alarm.timeline, detected_by="mark by ann, entered later"))
    head = to_markdown(alarm, examples.settings(FaultKind.NONE)).split("\n## ")[0]
    assert "**The false alarm rests on what somebody told later** (mark by ann, entered later)." in head


def test_what_was_noticed_before_a_purchase_failed_is_said_in_words_and_in_no_seconds():
    page = to_markdown(recalled(), examples.settings())
    detection = section(page, "Detection")
    assert "It was detected before any purchase was known to have failed." in detection
    assert "From the first failed purchase to the detection" not in detection
    assert (
        "- Time to detect from the first failed purchase: none, since it was detected before any purchase was known to "
        "have failed."
    ) in page


def test_an_acknowledgement_that_was_the_detection_did_not_come_after_it():
    page = to_markdown(recalled(), examples.settings())
    assert row(page, "Time to acknowledge (TTA)").split(" | ")[1] == "0.00 s: it was how the fault was detected"
    assert "That was how it was detected." in section(page, "Response")
    assert "after the detection" not in section(page, "Response")


def test_missed_budgets_are_named_with_the_actions():
    page = report("rollback_ended", responder=ResponderKind.PEOPLE)
    assert row(page, "Good purchases") == "| Good purchases | 7.5 % | at least 95 %: **missed** |"
    actions = section(page, "Action items")
    assert "- Time to detect (TTD): at most 10 s\n- Good purchases: at least 95 %\n" in actions
    assert "missed" not in section(report("passed"), "Action items")


def test_what_each_of_several_rules_allows_is_told_by_its_name():
    drill = examples.undetected()
    other = replace(drill.detection_floors[0], rule="revenue-down (shop /metrics)", parts={"window": (6.4, 15.0)})
    drill = replace(drill, detection_floors=(*drill.detection_floors, other))
    page = to_markdown(drill, examples.settings())
    assert (
        "the rule failed-purchases (shop /metrics) alone allows 0.00 to 2.20 s in a total outage; "
        "the rule revenue-down (shop /metrics) alone allows 6.4 to 15.0 s in a total outage"
        in row(page, "Time to detect (TTD)")
    )
    assert (
        "In a total outage, the rule failed-purchases (shop /metrics) by itself allows detection after 0.00 to 2.20 s, "
        "and the rule revenue-down (shop /metrics) by itself allows detection after 6.4 to 15.0 s."
        in section(page, "Detection")
    )
    assert "| revenue-down (shop /metrics) | - | 6.4 to 15.0 s | - | - | - | 6.4 to 15.0 s |" in page


def test_only_the_rule_that_detected_is_told_of_though_its_name_ends_as_another_s():
    drill = examples.passed()
    other = replace(drill.detection_floors[0], rule="purchases (shop /metrics)", parts={"window": (6.4, 15.0)})
    drill = replace(drill, detection_floors=(other, *drill.detection_floors))
    page = to_markdown(drill, examples.settings())
    assert "; the rule alone allows 0.00 to 2.20 s" in row(page, "Time to detect (TTD)")
    assert "6.4 to 15.0 s" not in row(page, "Time to detect (TTD)")
    assert "the rule purchases (shop /metrics) by itself" not in section(page, "Detection")
    assert "the rule failed-purchases (shop /metrics) by itself" in section(page, "Detection")


def test_an_undetected_fault_has_no_time_to_detect_but_a_lower_bound():
    page = report("undetected", responder=ResponderKind.PEOPLE)
    assert row(page, "Time to detect (TTD)") == (
        "| Time to detect (TTD) | undetected, at least 41.0 s; the rule alone allows 0.00 to 2.20 s in a total outage "
        "| at most 30 s: **missed** |"
    )
    assert "Nothing and nobody detected the fault, for at least 41.0 s." in section(page, "Detection")
    assert row(page, "Time to acknowledge (TTA)").endswith("| unknown | at most 60 s: can't be told |")
    assert "- undetected within at least 41.0 s (budget for time to detect: 30 s)" in page.split("\n## ")[0]
    assert "Nobody acknowledged the incident" in section(page, "Response")
    assert "Time to acknowledge" not in section(page, "Action items")  # not told, so not missed either


def test_a_quiet_placebo_reads_as_a_good_thing():
    page = report("placebo")
    assert "**A placebo:**" in page.split("\n## ")[0]
    assert "There was no fault, so there are no times to measure." in page
    assert section(page, "Summary").strip() == (
        "This drill was a placebo: nothing was broken, and the right answer was silence. "
        "Nothing and nobody raised an alarm. Of the drill's 500 purchases during its method, none failed."
    )
    assert page.count(BLANK) == 1
    assert "Nothing was recorded." in section(page, "Timeline")


def test_a_placebo_s_false_alarm_is_named():
    drill = examples.placebo()
    drill = replace(drill, timeline=replace(drill.timeline, detected_by="alert revenue-down (synthetic monitor)"))
    page = to_markdown(drill, examples.settings(FaultKind.NONE))
    assert "There was a false alarm, by the alert revenue-down (synthetic monitor)." in section(page, "Detection")
    assert "Who was on call" in section(page, "Response")


def test_chaos_that_may_still_be_on_is_shouted_with_the_one_command():
    head = report("cut_off").split("\n## ")[0]
    assert "> [!CAUTION]\n> **CHAOS MAY STILL BE ON.**" in head
    assert ">     chaos-pizza calm --target sandbox\n" in head
    assert "(exit code 5)" in head
    assert "It breaks off at 19:35:12 UTC" in head
    assert head.index("CAUTION") < head.index("cut off; its record")


@pytest.mark.parametrize("target", ["$(reboot)", "a b", "`x`", "x; rm -rf /", "-rf", "<b>", "a\n> b", ""])
def test_a_target_that_is_no_plain_name_is_never_put_into_a_command(target):
    page = to_markdown(replace(examples.cut_off(), target=target), examples.settings())
    assert ">     chaos-pizza calm --target NAME\n" in page
    assert "CHAOS MAY STILL BE ON" in page


def test_a_fault_that_nobody_saw_end_is_told_so():
    summary = section(report("cut_off"), "Summary")
    assert "The fault was not seen to end; it lasted at least 12.0 s." in summary
    assert "The shop was not seen to recover within 12.0 s of the fault's start." in summary
    assert "until the end of the drill, 74 failed" in summary


def test_an_invalid_drill_claims_nothing():
    page = report("unproven")
    assert "**This drill proves nothing**" in page.split("\n## ")[0]
    assert "Nothing could be measured." in page
    assert "nothing proves that it was ever on" in section(page, "Summary")
    assert "set in" not in page


def test_an_aborted_drill_says_so():
    page = report("aborted", responder=ResponderKind.PEOPLE)
    assert "**This drill was aborted**" in page
    assert "then the abort of the drill put an end to it" in section(page, "Summary")


def test_a_fault_that_no_customer_felt_is_told_so():
    impact = Impact(purchases=70, outcomes={Outcome.OK: 70}, success_ratio=1.0)
    page = to_markdown(replace(examples.passed(), impact=impact), examples.settings())
    assert "Of the drill's 70 purchases from the fault's start until recovery, none failed." in section(page, "Impact")
    assert "bitcoin" not in section(page, "Impact")


def test_the_known_root_cause_is_the_drill_unless_the_fault_was_not_its_own():
    assert "was brought about on purpose, for this drill (kind: fail)" in section(report("passed"), "Root cause")
    drill = examples.passed()
    start = Instant(drill.timeline.instants[InstantName.FAULT_START].when, "not injected by the drill, proven by x")
    instants = {**drill.timeline.instants, InstantName.FAULT_START: start}
    drill = replace(drill, timeline=replace(drill.timeline, instants=instants))
    cause = section(to_markdown(drill, examples.settings()), "Root cause")
    assert "The fault is not of this drill's making (kind: fail)" in cause
    assert "on purpose" not in cause


def test_a_drill_without_a_title_is_still_a_page():
    page = to_markdown(replace(examples.passed(), title="", experiment=""), examples.settings())
    assert "**A drill without a title**" in page
    assert "- Experiment: -\n" in page


def test_no_purchases_are_unknown_impact_and_not_none():
    page = to_markdown(replace(examples.passed(), impact=Impact()), examples.settings())
    assert "what customers would have felt is unknown" in section(page, "Summary")
    assert "The drill made no purchases" in section(page, "How this was measured")


@pytest.mark.parametrize("actor", Actor)
@pytest.mark.parametrize("fault", FaultKind)
def test_every_kind_of_fault_and_end_can_be_told(actor, fault):
    drill = examples.rollback_ended()
    drill = replace(drill, timeline=replace(drill.timeline, ended_by=actor))
    assert len(section(to_markdown(drill, examples.settings(fault)), "Resolution")) > 50


def test_a_drill_without_rules_or_floors_reads_well():
    wishes = replace(examples.settings(), detection=DetectionSettings())
    page = to_markdown(replace(examples.undetected(), detection_floors=()), wishes)
    assert "No alert rule was watched" in page
    assert "| undetected, at least 41.0 s |" in page


EVIL = (
    '<img src=x onerror="y">\n# Evil\n\n[go](https://evil.example) | cell | ![p](//x) `c` **b**\x1b[31m <!-- '
    + "z" * 999
)


def poisoned(text):
    drill = examples.rollback_ended()
    instants = {name: Instant(i.when, text) for name, i in drill.timeline.instants.items()}
    floors = tuple(replace(floor, rule=text) for floor in drill.detection_floors)
    return replace(
        drill,
        drill_id=text,
        experiment=text,
        title=text,
        target=f"the {text}",  # never a plain name, so the page's shape is one
        timeline=replace(
            drill.timeline,
            instants=instants,
            entries=tuple(Entry(entry.when, text) for entry in drill.timeline.entries),
            detected_by=text,
        ),
        budgets=(BudgetCheck(text, 1.0, 2.0, kept=False),),
        detection_floors=floors,
        judgement=Judgement(Verdict.CALM_NOT_RESTORED, (text,)),
    )


def shape(page):
    """All that a reader makes of a page but its plain text."""
    tokens = READER.parse(page)
    inline = [child.type for token in tokens for child in token.children or ()]
    return [token.type for token in tokens], [kind for kind in inline if kind not in {"text", "text_special"}]


def test_hostile_texts_add_nothing_to_the_page_s_shape():
    page = to_markdown(poisoned(EVIL), examples.settings())
    assert "<" not in page
    assert "://" not in page
    assert "\x1b" not in page
    assert "# Evil" not in page.replace("\\# Evil", "")
    assert shape(page) == shape(to_markdown(poisoned("an ordinary text"), examples.settings()))


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=30) | st.text(alphabet="a1.-+=*_`#|<>[]()!&~\\/ \n", min_size=1, max_size=30))
def test_no_text_whatever_changes_the_page_s_shape(text):
    # Around a letter, so that no place is left empty; what stands at a place's very ends is `plain`'s own test.
    page = to_markdown(poisoned(f"a{text}a"), examples.settings())
    assert shape(page) == shape(to_markdown(poisoned("a a"), examples.settings()))


def test_every_measure_of_the_table_is_one_of_the_drill_s():
    page = report("passed")
    assert sum(line.startswith("| ") and " | - |" in line for line in page.split("\n## ")[0].splitlines()) == 4
    assert MeasureName.TTD_FROM_IMPACT in examples.passed().measures
    assert "From the first failed purchase to the detection it took 1.45 s (1.40 to 1.50 s)." in section(
        page, "Detection"
    )
    assert InstantName.NOTICED not in examples.passed().timeline.instants
    assert "A person noticed" not in page


def test_the_teams_own_alerting_is_named_where_it_detected():
    drill = replace(examples.passed(), watched=(AlertSource.ALERTMANAGER, AlertSource.GRAFANA))
    method = section(to_markdown(drill, examples.settings()), "How this was measured")
    assert "By the team's own alerting, Alertmanager and Grafana." in method
    assert "Of its alerts counted those called failed-purchases, revenue-down." in method


def test_the_detection_shows_where_the_time_went_what_each_rule_saw_and_what_would_have_halved_it():
    took = Measure(2.0, 2.0, 2.0)
    drill = replace(
        examples.passed(),
        waterfall=(WaterfallPart(PartName.FOR, took, measured=True, within_ttd=True),),
        sights=(RuleSight("http-errors", AlertSource.ALERTMANAGER, Sight.BLIND),),
    )
    detection = section(to_markdown(drill, examples.settings()), "Detection")
    assert "| for | 2.00 s | measured | a shorter `for` |" in detection
    assert "| http-errors | Alertmanager | **blind** to this fault: its figures did not move |" in detection
    assert "by half? Of the 2.00 s, 2.00 s belong to settings of the alerting" in detection
