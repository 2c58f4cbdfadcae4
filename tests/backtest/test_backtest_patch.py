"""A patch changes what it is to change, and nothing else."""

import re
from importlib import resources

import pytest
import yaml

from chaos_pizza.alerting.shipped import read_rules, shipped_rules
from chaos_pizza.backtest.candidate import Change, changed
from chaos_pizza.backtest.grid import spread
from chaos_pizza.backtest.patch import patch_of

BLOCK = """\
# Ours.
rules:
  - name: first
    metric: a_total
    operator: ">="
    threshold: 50   # too high?
    window_s: 900
    evaluation_interval_s: 60

  - {name: second, metric: b_total, operator: "<", threshold: 1, window_s: 30}
"""


def applied(text, patch):
    """Apply a unified diff, holding every line of context against the text."""
    lines, result, place = text.splitlines(keepends=True), [], 0
    for line in patch.splitlines(keepends=True)[2:]:
        if found := re.match(r"@@ -(\d+)", line):
            begin = int(found.group(1)) - 1
            result += lines[place:begin]
            place = begin
        elif line[0] in " -":
            assert lines[place] == line[1:]
            result += [line[1:]] if line[0] == " " else []
            place += 1
        elif line[0] == "+":
            result.append(line[1:])
    return "".join(result + lines[place:])


def rule_of(text, name):
    return read_rules(yaml.safe_load(text))[name]


def test_values_are_replaced_where_they_stand_and_the_comment_stays():
    candidate = changed(rule_of(BLOCK, "first"), {"threshold": 2.0, "window_s": 60.0})
    assert candidate.changes == (Change("threshold", 50, 2.0), Change("window_s", 900, 60.0))
    patch = patch_of(BLOCK, "rules/ours.yaml", candidate)
    assert patch.splitlines()[:2] == ["--- a/rules/ours.yaml", "+++ b/rules/ours.yaml"]
    assert [line for line in patch.splitlines()[3:] if line[0] in "-+"] == [
        "-    threshold: 50   # too high?",
        "-    window_s: 900",
        "+    threshold: 2   # too high?",
        "+    window_s: 60",
    ]


def test_a_key_that_the_rule_did_not_have_is_put_behind_its_window():
    candidate = changed(rule_of(BLOCK, "first"), {"for_s": 5.0})
    assert "     window_s: 900\n+    for_s: 5\n     evaluation" in patch_of(BLOCK, "ours.yaml", candidate)


def test_a_rule_in_one_line_is_changed_in_that_line():
    candidate = changed(rule_of(BLOCK, "second"), {"threshold": 0.5, "for_s": 2.5})
    added = [line for line in patch_of(BLOCK, "ours.yaml", candidate).splitlines() if line.startswith("+ ")]
    assert added == ['+  - {name: second, metric: b_total, operator: "<", threshold: 0.5, window_s: 30, for_s: 2.5}']


def test_a_file_without_a_last_line_break_says_so_as_patches_do():
    candidate = changed(rule_of(BLOCK, "second"), {"threshold": 0.5})
    assert patch_of(BLOCK.rstrip("\n"), "ours.yaml", candidate).count("\n\\ No newline at end of file\n") == 2


@pytest.mark.parametrize("text", ["rules: [", "rules: []", "a text", "", BLOCK.replace("name: first", "name: other")])
def test_where_the_rule_is_not_to_be_found_there_is_no_patch(text):
    assert patch_of(text, "ours.yaml", changed(rule_of(BLOCK, "first"), {"threshold": 2.0})) is None


def test_a_value_that_another_rule_shares_is_not_changed_behind_its_back():
    text = BLOCK.replace("threshold: 50 ", "threshold: &many 50 ").replace("threshold: 1,", "threshold: *many ,")
    assert rule_of(text, "second").threshold == 50
    assert patch_of(text, "ours.yaml", changed(rule_of(text, "second"), {"threshold": 3.0})) is None
    assert patch_of(text, "ours.yaml", changed(rule_of(text, "first"), {"threshold": 3.0})) is None


def test_a_rule_that_is_another_with_a_change_is_left_to_people():
    text = """\
rules:
  - &one {name: one, metric: a_total, operator: "<", threshold: 1, window_s: 30}
  - {<<: *one, name: two}
"""
    assert patch_of(text, "ours.yaml", changed(rule_of(text, "one"), {"threshold": 2.0})) is None
    assert patch_of(text, "ours.yaml", changed(rule_of(text, "two"), {"window_s": 60.0})) is None


def test_every_variation_of_the_shipped_rules_can_be_written_and_is_read_back_as_itself():
    text = resources.files("chaos_pizza.alerting").joinpath("shipped_rules.yaml").read_text()
    rules = shipped_rules()
    for candidate in spread(list(rules.values()), 60):
        if candidate.changes:
            patched = applied(text, patch_of(text, "shop.yaml", candidate))
            assert read_rules(yaml.safe_load(patched)) == rules | {candidate.base: candidate.rule}
            assert [line for line in patched.splitlines() if "#" in line] == [
                line for line in text.splitlines() if "#" in line
            ]
