"""The report's section on the runbook: the steps, how long each took, and never more than anybody told."""

import re
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest
import report_examples as examples
from report_examples import BEGIN, at, exactly

from chaos_pizza.model.incident import Actor, MarkKind, RunbookStep
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import StepTaken
from chaos_pizza.model.settings import FaultKind, ResponderKind
from chaos_pizza.report.document import to_document
from chaos_pizza.report.markdown import to_markdown
from chaos_pizza.report.page import to_page
from chaos_pizza.report.runbook import describe_runbook, is_walked_through, runbook_rows
from chaos_pizza.report.schema import drill_schema

TAKE, BUY, READ, FOLLOW, _, _ = RunbookStep
PEOPLE = examples.settings(responder=ResponderKind.PEOPLE)


def marked(seconds, kind=MarkKind.DIAGNOSED, by="ann", entered=None):
    when = BEGIN + timedelta(seconds=seconds)
    return Marked(kind, by, when, when if entered is None else BEGIN + timedelta(seconds=entered))


def walked():
    """Ann bought at 22 s, told from memory that she had read the answer at 26 s, and followed the link at 27.3 s."""
    taken = {step: StepTaken(step) for step in RunbookStep}
    taken[BUY] = StepTaken(BUY, at(22), "chaos-pizza runbook", None, 0.5)
    taken[READ] = StepTaken(READ, at(26), "mark by ann", exactly(4.0), None, (marked(26, entered=80),))
    taken[FOLLOW] = StepTaken(FOLLOW, at(27.2, 27.4), "chaos-pizza runbook", Measure(1.3, 1.2, 1.4))
    drill = examples.passed()
    return replace(drill, runbook=tuple(taken.values()))


def section(markdown):
    return markdown.partition("## Runbook\n")[2].partition("\n## ")[0]


def test_each_step_is_told_with_its_time_and_its_marks_and_what_nobody_said_as_that():
    rows = {row[0]: row[2:] for row in runbook_rows(walked())}
    assert rows == {
        "1. take it": ("nobody said", "unknown", "-"),
        "2. buy a pizza": ("19:35:02.000 (chaos-pizza runbook)", "unknown; with what came before at most 0.50 s", "-"),
        "3. read the answer": (
            "19:35:06.000 (mark by ann)",
            "4.00 s",
            "diagnosed 19:35:06.000 (mark by ann, entered later)",
        ),
        "4. follow the link": (
            "between 19:35:07.200 and 19:35:07.400 (chaos-pizza runbook)",
            "1.30 s (1.20 to 1.40 s)",
            "-",
        ),
        "5. verify": ("nobody said", "unknown", "-"),
        "6. tell the others": ("nobody said", "unknown", "-"),
    }


def test_what_took_next_to_nothing_does_not_read_as_nothing():
    drill = replace(walked(), runbook=(StepTaken(READ, at(22), "chaos-pizza runbook", exactly(0.0004)),))
    assert runbook_rows(drill)[0][3] == "under 0.01 s"


def test_the_step_that_took_longest_is_named():
    assert describe_runbook(walked(), PEOPLE)[1].endswith("this one took longest: read the answer, 4.00 s.")


@pytest.mark.parametrize(
    ("drill", "settings", "told"),
    [
        (examples.passed(), PEOPLE, "In this drill nobody was seen to take a step of it."),
        (examples.placebo(), examples.settings(FaultKind.NONE), "nobody needed it, and nobody was seen to use it."),
        (
            replace(examples.passed(), runbook=(StepTaken(TAKE, at(22), "mark by ann"),)),
            PEOPLE,
            "How long each of its steps took, nobody said.",
        ),
    ],
)
def test_where_nobody_told_no_time_stands_there(drill, settings, told):
    text = section(to_markdown(drill, settings))
    assert told in text
    assert "0.00 s" not in text


def test_every_report_names_the_runbook_and_the_commands_that_show_it_and_leads_nowhere():
    for drill in (examples.passed(), examples.placebo(), walked()):
        text = section(to_markdown(drill, PEOPLE))
        assert "stands in Chaos Pizza's docs/runbooks/factory.md" in text
        assert "`chaos-pizza runbook factory --print` shows it" in text
        assert "`chaos-pizza runbook factory` walks through it" in text
        assert "](" not in text


def test_on_the_page_which_may_lie_anywhere_a_path_from_a_root_is_no_link():
    page = to_page("# T\n\nSee [the runbook](/docs/x.md).\n", title="A drill", pictures={})
    assert "See the runbook." in page
    assert 'href="/' not in page


@pytest.mark.parametrize("link", ["//evil.example/x", "/\\evil.example", "/x:y", "javascript:/docs/x"])
def test_only_a_plain_path_loses_its_link_so(link):
    page = to_page(f"# T\n\n[text]({link})\n", title="T", pictures={})
    assert f'href="{link}"' not in page


def test_a_links_text_that_is_left_out_stands_between_links_that_are_kept():
    page = to_page("# T\n\n[a](https://a.example) [b](/b.md) [c](https://c.example)\n", title="T", pictures={})
    assert re.findall(r'<a href="([^"]+)"', page) == ["https://a.example", "https://c.example"]
    assert page.partition("https://a.example")[2].count("</a>") == 2


def test_the_hand_that_ended_it_is_a_persons_only_where_a_person_walked():
    assert is_walked_through(walked())
    assert not is_walked_through(examples.passed())
    played = replace(walked(), runbook=(StepTaken(FOLLOW, at(27.3), "the runbook"),))
    assert not is_walked_through(played)
    by_rollback = replace(walked(), timeline=replace(walked().timeline, ended_by=Actor.ROLLBACK))
    assert not is_walked_through(by_rollback)


def test_who_walked_through_the_runbook_is_not_called_the_drill():
    text = to_markdown(walked(), PEOPLE)
    assert "ended by the runbook, which a person walked through" in text
    assert "which the drill played" not in text
    assert "which the drill played in a person's place" in to_markdown(examples.passed(), examples.settings())


def test_what_people_call_themselves_adds_no_markup():
    mark = marked(26, by="[x](http://e.example)|<b>\n# no")
    drill = walked()
    drill = replace(drill, runbook=(StepTaken(READ, at(26), f"mark by {mark.by}", exactly(4.0), None, (mark,)),))
    text = section(to_markdown(drill, PEOPLE))
    (row,) = [line for line in text.splitlines() if line.startswith("| 1.")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "<b>" not in text
    assert re.findall(r"(?<!\\)\]\(([^)]*)\)", text) == []
    assert "\n# " not in text


def test_drill_json_has_the_steps_as_its_schema_says():
    document = to_document(walked())
    jsonschema.Draft202012Validator(drill_schema()).validate(document)
    read = document["runbook"][2]
    assert read == {
        "step": "read_the_answer",
        "ended": {"earliest": "2026-11-23T19:35:06.000000Z", "latest": "2026-11-23T19:35:06.000000Z"},
        "told_by": "mark by ann",
        "took_s": {"value": 4.0, "earliest": 4.0, "latest": 4.0, "censored": False},
        "at_most_s": None,
        "marks": [{"mark": "diagnosed", "by": "ann", "at": "2026-11-23T19:35:06.000000Z", "text": ""}],
    }
    assert document["runbook"][1]["at_most_s"] == 0.5
    assert document["runbook"][5] == {
        "step": "tell_the_others",
        "ended": None,
        "told_by": None,
        "took_s": None,
        "at_most_s": None,
        "marks": [],
    }
