"""docs/alert-rules.md, held to the rules' form, the shipped rules, and what is really exported."""

import re
from dataclasses import fields
from pathlib import Path

from chaos_pizza.alerting.export import prometheus_rules
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.model.alert import AlertRule

PAGE = (Path(__file__).parents[2] / "docs" / "alert-rules.md").read_text()


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    return [
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    ]


def test_every_key_of_a_rule_is_explained_once():
    assert sorted(first_cells(section("The form, key by key"))) == sorted(field.name for field in fields(AlertRule))


def test_every_shipped_rule_is_explained_once():
    assert sorted(first_cells(section("The rules that are shipped"))) == sorted(shipped_rules())


def test_the_export_shown_is_a_real_one():
    exported = prometheus_rules(shipped_rules().values())
    [shown] = re.findall(r"```yaml\n(groups:.*?)```", section("Export"), re.DOTALL)
    assert exported.startswith(shown)
    assert f"SUCCESS: {len(shipped_rules())} rules found" in PAGE
