"""The answer at the top of a drill's page, for a tired person."""

import re
from dataclasses import replace
from html import unescape

import pytest
import report_examples as examples

from chaos_pizza.model.result import Judgement, Verdict
from chaos_pizza.model.settings import FaultKind, ResponderSettings
from chaos_pizza.report.lead import to_lead
from chaos_pizza.report.markdown import to_markdown
from chaos_pizza.report.notices import REHEARSED


def lead(name, **changes):
    fault = FaultKind.NONE if name == "placebo" else FaultKind.FAIL
    return to_lead(replace(getattr(examples, name)(), **changes), examples.settings(fault))


def cards(html):
    """The cards' texts, a list each."""
    parts = html.split('<div class="card ')[1:]
    texts = [[unescape(text) for text in re.findall(r">([^<>\n]+)<", part)] for part in parts]
    return [(re.match(r"tone-(\w+)", part).group(1), *text) for part, text in zip(parts, texts, strict=True)]


def test_a_passed_drill_shows_its_three_times_with_bounds_and_budgets_who_detected_and_who_ended_it():
    html = lead("passed")
    assert "tone-passed" in html
    assert cards(html) == [
        (
            "passed",
            "Time to detect (TTD)",
            "1.50 s",
            "✔ kept (at most 10 s)",
            "By the alert failed-purchases (shop /metrics)",
        ),
        (
            "passed",
            "Time to mitigate (TTM)",
            "7.30 s",
            "✔ kept (at most 30 s)",
            "Ended by the runbook, which the drill played in a person's place",
        ),
        ("muted", "Time to recover (TTR)", "8.00 s", "no budget"),
    ]


def test_what_never_happened_is_at_least_so_long():
    assert cards(lead("undetected"))[0] == (
        "alarm", "Time to detect (TTD)", "undetected", "at least 41.0 s", "✘ missed (at most 30 s)",
    )  # fmt: skip
    assert cards(lead("rollback_ended"))[1:] == [
        ("muted", "Time to mitigate (TTM)", "not mitigated", "at least 41 min 3 s", "no budget",
         "Ended by the drill's own rollback"),
        ("muted", "Time to recover (TTR)", "not recovered", "at least 43 min 0 s", "no budget"),
        ("alarm", "Good purchases", "7.5 %", "From the fault's start until the end of the drill",
         "✘ missed (at least 95 %)"),
    ]  # fmt: skip


def test_a_budget_that_can_t_be_judged_says_so():
    assert cards(lead("cut_off"))[1][-1] == "? can't be told (at most 30 s)"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_verdict_is_a_sign_a_word_and_a_colour(verdict):
    html = lead("passed", judgement=Judgement(verdict, ("because",)))
    shown = re.search(
        r'class="verdict tone-(\w+)"><span class="sign" aria-hidden="true">(.)</span> <span>([^<]+)<', html
    )
    assert shown.group(3) == verdict.value
    assert (shown.group(1) == "passed") == (shown.group(2) == "✔") == (verdict is Verdict.PASSED)
    assert f"exit code {verdict.exit_code}" in html
    assert "<li>because</li>" in html


def test_a_placebo_shows_whether_anybody_cried_wolf():
    assert cards(lead("placebo"))[0][1:3] == ("False alarms", "none")
    timeline = replace(examples.placebo().timeline, detected_by="alert a<b>")
    assert cards(lead("placebo", timeline=timeline))[0] == (
        "alarm", "False alarms", "raised", "Nothing was broken.", "By the alert a<b>",
    )  # fmt: skip


def test_a_drill_of_which_nothing_was_measured_has_no_cards():
    assert "card" not in lead("unproven")


def test_texts_from_outside_are_texts():
    hostile = "<script>alert(1)</script> \x1b[31m \u202eevil"
    drill = examples.passed()
    html = lead(
        "passed",
        judgement=Judgement(Verdict.FAILED, (hostile,)),
        timeline=replace(drill.timeline, detected_by=hostile),
    )
    assert "<script" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_a_rehearsal_says_so_above_its_verdict_on_the_page_and_in_markdown():
    plain = examples.settings(FaultKind.FAIL)
    settings = replace(plain, responder=ResponderSettings(simulated=True))
    for write, verdict in ((to_lead, "passed"), (to_markdown, "Verdict: **passed**")):
        written = write(examples.passed(), settings)
        assert written.index(REHEARSED) < written.index(f">{verdict}<" if write is to_lead else verdict)
        assert REHEARSED not in write(examples.passed(), plain)
