"""No mutilation of a journal makes a drill look better than it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.drill.result import judge
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.model.result import Verdict

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail" / "journal.jsonl"
WHOLE = EXAMPLE.read_bytes().splitlines(keepends=True)
FROM_BEST = (Verdict.PASSED, Verdict.FAILED, Verdict.INVALID, Verdict.ABORTED, Verdict.CALM_NOT_RESTORED)

places = st.integers(0, len(WHOLE) - 1)


def verdict_of(lines: list[bytes]) -> Verdict | None:
    """The verdict on what these bytes hold, read as a file would be; `None` where they are no drill at all."""
    contents = read_lines(b"".join(lines).splitlines(keepends=True))
    try:
        return judge(contents.records, contents.complaint).judgement.verdict
    except JournalError:
        return None


@st.composite
def mutilated(draw):
    lines = list(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(places) % max(1, len(lines))
        how = draw(st.sampled_from(["cut", "drop", "swap", "twice", "alter", "torn"]))
        if how == "cut":
            lines = lines[:place]
        elif how == "drop":
            del lines[place : place + 1]
        elif how == "swap" and lines:
            other = draw(places) % len(lines)
            lines[place], lines[other] = lines[other], lines[place]
        elif how == "twice" and lines:
            lines.insert(draw(places) % len(lines), lines[place])
        elif how == "alter" and lines:
            byte = draw(st.integers(0, max(0, len(lines[place]) - 2)))
            lines[place] = lines[place][:byte] + draw(st.binary(min_size=1, max_size=3)) + lines[place][byte + 1 :]
        elif how == "torn" and lines:
            lines = [*lines[:place], lines[place][: draw(st.integers(0, max(0, len(lines[place]) - 1)))]]
    return lines


def test_the_whole_journal_gives_the_best_verdict():
    assert verdict_of(WHOLE) is Verdict.PASSED


@given(mutilated())
def test_a_mutilated_journal_is_read_without_an_exception_and_never_passes(lines):
    if b"".join(lines) == b"".join(WHOLE):
        return
    verdict = verdict_of(lines)
    assert verdict is None or FROM_BEST.index(verdict) >= FROM_BEST.index(Verdict.INVALID)


@pytest.mark.parametrize("word", [b'"verdict"', b'"met":true', b'"outcome":"failed"'])
def test_a_line_changed_by_hand_is_told_of(word):
    place = next((number for number, line in enumerate(WHOLE) if word in line), None)
    if place is None:
        place, word = 0, b'"experiment"'
    lines = list(WHOLE)
    lines[place] = lines[place].replace(word, word[:-1] + b"x" + word[-1:], 1)
    contents = read_lines(lines)
    assert contents.complaint is not None
    assert f"line {place + 1} of the journal" in contents.complaint
