"""The page on action items, held to the truth: its claims are claims, its table of rulings is right."""

import re
from pathlib import Path

import pytest
import yaml
from claimed_drills import drill, lasted, ttd

from chaos_pizza.claims.claim import FIGURES
from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.claims.ruling import rule_on
from chaos_pizza.claims.standing import ItemState
from chaos_pizza.notes_file import NOTES_NAME, read_notes
from chaos_pizza.report.questions import QUESTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "action-items.md").read_text()
CLAIMS = re.findall(r"`([a-z_]+(?:\[[^\]]+\] ?)?\([a-z-]+\) [<>=]=? [^`]+)`", PAGE)


@pytest.mark.parametrize("text", [*CLAIMS, *re.findall(r"\bclaim: (.+)$", PAGE, re.MULTILINE)])
def test_every_claim_shown_is_understood(text):
    parse_claim(text)


def test_every_figure_is_explained_with_an_example():
    table = PAGE.partition("## Claims")[2].partition("## ")[0]
    assert len(CLAIMS) >= 7
    for figure in FIGURES:
        assert re.search(rf"`{figure}[`\[]", table), figure


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("88 s (85 to 90 s)", ttd(88, 85, 90)),
        ("92 s (91 to 95 s)", ttd(92, 91, 95)),
        ("90 s (80 to 95 s)", ttd(90, 80, 95)),
        ("undetected, at least 50 s", lasted(50)),
        ("undetected, at least 100 s", lasted(100)),
    ],
)
def test_the_table_of_rulings_is_right(row, found):
    said = rule_on(parse_claim("ttd_s(factory-fail) <= 90").conditions, drill(1, found))
    assert re.search(rf"^\| {re.escape(row)} \| {said.value}\b", PAGE, re.MULTILINE)


def test_every_state_and_every_key_is_explained():
    for word in [*(state.value for state in ItemState), *QUESTIONS]:
        assert f"`{word}`" in PAGE


def test_the_notes_shown_are_notes(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        assert set(yaml.safe_load(block)) <= set(QUESTIONS)
        (tmp_path / NOTES_NAME).write_text(block)
        read_notes(tmp_path)
    assert [item.owner for item in read_notes(tmp_path).action_items] == ["Ann", None]
