"""docs/calibration.md: what it shows is what the tool says."""

from pathlib import Path

from chaos_pizza.report.calibration import HEAD

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "calibration.md").read_text()


def shown(name):
    return PAGE.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end of {name} -->")[0]


def test_the_section_shown_is_the_kept_examples():
    report = (ROOT / "reports" / "examples" / "factory-fail" / "report.md").read_text()
    section = report.partition("## How exact the figures are\n")[2].partition("\n## ")[0]
    lines = [line.removeprefix(">").strip() for line in shown("exactness").splitlines()]
    assert [line for line in lines if line] == [line for line in section.splitlines()[:-2] if line]


def test_the_calibration_shown_has_the_commands_own_columns():
    head = shown("calibrate").splitlines()[1]
    assert head.split() == " ".join(HEAD).split()
