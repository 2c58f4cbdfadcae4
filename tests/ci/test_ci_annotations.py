"""Annotations: read back as GitHub's runner reads them."""

import re
from dataclasses import replace

import ci_turns as told
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.ci.annotations import MOST_OF_A_LEVEL, harmless, to_annotations
from chaos_pizza.drill.verdict import beside_verdict


def read(line):
    """Read a workflow command as the runner does (`ActionCommand.TryParseV2`): its name, properties and data."""
    assert "\n" not in line
    assert "\r" not in line
    head, _, data = line.strip().removeprefix("::").partition("::")
    name, _, rest = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
    unescaped = {key: unescape(value, "%0D %0A %3A %2C %25") for key, value in properties.items()}
    return name, unescaped, unescape(data, "%0D %0A %25")


def unescape(text, codes):
    for code in codes.split():
        text = text.replace(code, bytes.fromhex(code[1:]).decode())
    return text


def annotations(*turns):
    return [read(line) for line in to_annotations(turns)]


def test_a_missed_budget_is_an_error_on_the_line_of_the_budget():
    assert annotations(told.failed()) == [
        (
            "error",
            {"title": "drill.yaml: budget ttd_s", "file": "experiments/drill.yaml", "line": "28"},
            "it took 4.250 s; at most 2 s is allowed",
        )
    ]


def test_a_drill_that_passed_is_a_notice_with_its_figures():
    ((level, properties, data),) = annotations(told.passed())
    assert (level, properties["title"], properties["line"]) == ("notice", "drill.yaml: passed", "27")
    assert data == "TTD 4.25 s (4.20 to 4.30 s), TTM 10.0 s (9.9 to 10.2 s), TTR 10.2 s (9.9 to 10.4 s)"


@pytest.mark.parametrize("name", ["invalid", "aborted", "calm not restored", "refused"])
def test_a_drill_that_proves_nothing_is_an_error_with_its_reasons(name):
    turn = told.ALL[name]()
    level, _, data = annotations(turn)[0]
    assert level == "error"
    assert all(beside_verdict(reason) in data for reason in turn.reasons)


def test_that_there_was_nothing_to_recover_from_is_no_news():
    ((level, _, data),) = annotations(told.unfelt())
    assert (level, "TTR" in data) == ("notice", False)


def test_what_can_not_be_told_of_a_placebo_is_no_news():
    assert [level for level, *_ in annotations(told.placebo())] == ["notice"]


def test_a_turn_that_never_came_is_a_warning():
    assert [level for level, *_ in annotations(told.not_begun())] == ["warning"]


def test_errors_come_first_and_the_last_of_ten_tells_how_many_more_there_are():
    lines = annotations(told.passed(), told.not_begun(), *[told.refused()] * 25)
    assert [level for level, *_ in lines] == ["error"] * MOST_OF_A_LEVEL + ["warning", "notice"]
    assert lines[MOST_OF_A_LEVEL - 1][2].startswith("16 more like these")


def test_hostile_texts_stay_within_their_command():
    lines = to_annotations([told.hostile()])
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning|notice) title=[^:,]*,file=[^:,]*,line=\d+::", line)
        assert line.isprintable()


@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_text_comes_back_as_it_went_but_for_its_blanks(text):
    turn = replace(told.refused(text), slug=f"a{text}")
    (line,) = to_annotations([turn])
    level, properties, data = read(line)
    assert level == "error"
    assert set(properties) == {"title", "file", "line"}
    shown = "".join(text.split())
    if shown.isprintable():
        assert "".join(data.split()) == f"notheld{':' if text else ''}{shown}"
        assert "".join(properties["title"].split()) == f"a{shown}:notheld"


@pytest.mark.parametrize(
    "line", ["::error::x", "  \t::add-mask::x", "x ##[error]y", "##[stop-commands]t", "::::", "\x0b::error::"]
)
def test_output_of_a_drill_is_never_a_command(line):
    told_on = harmless(line)
    assert not told_on.strip().startswith("::")
    assert "##[" not in told_on
    assert harmless("12:00:00  a::b c") == "12:00:00  a::b c"


@given(st.text(alphabet=":#[ x\t", max_size=12))
def test_no_line_is_a_command(text):
    assert not harmless(text).strip().startswith("::")
    assert "##[" not in harmless(text)
