"""The people's part of the report: their words as text, their blanks as questions."""

import re
from dataclasses import fields
from datetime import date

import pytest
import report_examples as examples
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chaos_pizza.model.notes import ActionItem, Notes
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.answers import action_rows, paragraphs
from chaos_pizza.report.markdown import to_markdown
from chaos_pizza.report.questions import QUESTIONS

BLANK = "> **To fill in:** "
ANSWERED = [key for key in QUESTIONS if key != "action_items"]
HEADINGS = {"root_cause": "Root cause"} | {key: key.capitalize() for key in ANSWERED if key != "root_cause"}
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ITEM = ActionItem(1, "Tighten the alert", "Ann", date(2026, 1, 31), "ttd_s(factory-fail) <= 90")


def report(notes=None, name="passed"):
    fault = FaultKind.NONE if name == "placebo" else FaultKind.FAIL
    drill, settings = getattr(examples, name)(), examples.settings(fault)
    return to_markdown(drill, settings) if notes is None else to_markdown(drill, settings, notes)


def section(page, heading):
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def shown(markdown):
    """What a reader sees of a piece of Markdown: each block's text, and which tags are around it."""
    tokens = READER.parse(markdown)
    texts = [
        "".join("\n" if child.type == "hardbreak" else child.content for child in token.children)
        for token in tokens
        if token.type == "inline"
    ]
    tags = {token.tag for token in tokens} | {child.tag for token in tokens for child in token.children or ()}
    return texts, tags - {""}


def test_every_question_belongs_to_a_part_of_the_notes():
    assert list(QUESTIONS) == [field.name for field in fields(Notes)]


def test_without_notes_every_blank_is_a_question():
    page = report()
    assert page == report(Notes())
    for key, question in QUESTIONS.items():
        assert f"{BLANK}{question}\n" in section(page, HEADINGS.get(key, "Action items"))


@pytest.mark.parametrize("key", ANSWERED)
def test_an_answer_stands_in_its_section_in_the_place_of_the_blank(key):
    page = report(Notes(**{key: "We looked.\n\nThen we\nlooked again."}))
    assert f"_{QUESTIONS[key]}_\n\nWe looked.\n\nThen we\\\nlooked again.\n\n" in section(page, HEADINGS[key]) + "\n"
    assert page.count(BLANK) == len(QUESTIONS) - 1
    assert BLANK not in section(page, HEADINGS[key])


@pytest.mark.parametrize("key", ANSWERED)
def test_what_people_wrote_is_shown_even_where_nothing_was_asked(key):
    assert "Ann was here." in section(report(Notes(**{key: "Ann was here."}), "placebo"), HEADINGS[key])


def test_action_items_are_a_table_whose_blanks_are_questions():
    page = section(report(Notes(action_items=(ITEM, ActionItem(2, "Write a runbook")))), "Action items")
    assert BLANK not in page
    assert page.strip().splitlines() == [
        "| | What will be done | Owner | Due | Claim |",
        "| --- | --- | --- | --- | --- |",
        "| 1 | Tighten the alert | Ann | 2026-01-31 | `ttd_s(factory-fail) <= 90` |",
        "| 2 | Write a runbook | **By whom?** | **By when?** | **What would a drill show?** |",
    ]


HOSTILE = (
    "<script>alert(1)</script>",
    "# no heading",
    "- no list\n- at all",
    "1. no list",
    "> no quote",
    "| no | table |\n| --- | --- |",
    "[no](https://evil.example) ![no](x.png) https://evil.example",
    "*no* **no** _no_ `no` ~~no~~",
    "```\nno code\n```",
    "    no code",
    "no rule\n---\n===",
    "\\",
    "a\\\n\\b",
    "&amp; &lt;b&gt;",
    "@everyone",
    "\x1b[31mred\x1b[0m \u202eright to left",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text):
    answered = "\n\n".join(paragraphs(text))
    _, tags = shown(answered)
    assert tags <= {"p", "br"}
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", answered)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_an_action_item_stays_in_its_cell(text):
    for item, more in ((ActionItem(1, text, text), set()), (ActionItem(1, "x", claim=text), {"code"})):
        row = " | ".join(action_rows((item,))[0])
        texts, tags = shown(f"| a | b | c | d | e |\n| - | - | - | - | - |\n| {row} |")
        assert len(texts) == 10
        assert tags <= {"table", "thead", "tbody", "tr", "th", "td", "strong"} | more


@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.text("ab *_`#>-|\\\n<[]()!~1.", max_size=40))
def test_whatever_people_wrote_is_paragraphs_of_text_and_nothing_else(text):
    written = paragraphs(text)
    blocks, tags = shown("\n\n".join(written))
    assert len(blocks) == len(written)
    assert tags <= {"p", "br"}


@given(st.lists(st.lists(st.from_regex(r"[a-z]+( [a-z]+)*", fullmatch=True), min_size=1, max_size=3), max_size=3))
def test_paragraphs_and_line_breaks_are_kept(written):
    text = "\n\n".join("\n".join(lines) for lines in written)
    blocks, _ = shown("\n\n".join(paragraphs(text)))
    assert blocks == ["\n".join(lines) for lines in written]


def test_a_long_answer_is_shown_to_its_end():
    text = "word " * 20_000 + "end"
    assert paragraphs(text) == [text]


def test_no_answer_has_no_paragraphs():
    assert (paragraphs(None), paragraphs(" \n\n \u200b"), action_rows(())) == ([], [], [])
