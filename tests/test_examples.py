"""The kept examples and the README's excerpt are what drills, an import and a look back really write."""

import re
import shutil
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from chaos_pizza.charting import draw
from chaos_pizza.claims.standing import standing_of
from chaos_pizza.history.catching_up import catch_up
from chaos_pizza.history.store import open_history
from chaos_pizza.model.history import Origin
from chaos_pizza.results import judge_drill, write_report
from chaos_pizza.retro.markdown import to_markdown
from chaos_pizza.retro.pictures import illustrate
from chaos_pizza.retro.retrospective import Scope, look_back

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "reports" / "examples"
LOOKED_BACK_ON = EXAMPLES / "retrospective"
KEPT_REPORT = {Origin.DRILL: "report.md", Origin.INCIDENT: "incident.md"}
DRILLS = sorted(path.parent for path in EXAMPLES.glob("**/journal.jsonl"))
PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)


def test_there_is_an_example_of_each_experiment():
    experiments = {path.stem for path in (ROOT / "experiments").glob("*.yaml")}
    assert {path.name for path in DRILLS if path.parent == EXAMPLES} == experiments


@pytest.fixture(scope="module")
def written_anew(tmp_path_factory):
    """Write what an example's journal says into a folder of its own, once, and return the folder."""

    @cache
    def written(example):
        folder = tmp_path_factory.mktemp("example")
        shutil.copy(example / "journal.jsonl", folder)
        # One process draws the pictures of them all: that another one can is held by `test_drawing`.
        write_report(judge_drill(folder), draw=lambda charts: {f"{chart.name}.svg": draw(chart) for chart in charts})
        return folder

    return written


@pytest.mark.parametrize("example", DRILLS, ids=lambda path: path.name)
def test_an_example_is_what_its_journal_says(example, written_anew):
    """After a change of the report: `chaos-pizza report reports/examples/factory-fail`, or `make examples` for all."""
    new = written_anew(example)
    for name in ("drill.json", "report.md"):
        assert (new / name).read_text() == (example / name).read_text()
    assert {path.name for path in new.glob("*.svg")} == {path.name for path in example.glob("*.svg")}


@pytest.mark.parametrize("example", [path for path in DRILLS if path.parent == EXAMPLES], ids=lambda path: path.name)
def test_an_examples_page_is_what_its_report_says(example, written_anew):
    # Another version of what draws may draw otherwise; all else is the same.
    new, kept = (PICTURE.sub("", (folder / "report.html").read_text()) for folder in (written_anew(example), example))
    assert new == kept


def test_the_retrospective_is_what_its_drills_and_the_incident_say(tmp_path):
    (page,) = LOOKED_BACK_ON.glob("retro-*.md")
    today = date.fromisoformat(page.stem.removeprefix("retro-"))
    with open_history(None, tmp_path) as history:
        assert catch_up(history, LOOKED_BACK_ON) == []
        drills, items = history.drills(), history.items()
    assert sum(drill.origin is Origin.DRILL for drill in drills) >= 12
    assert sum(drill.origin is Origin.INCIDENT for drill in drills) == 1
    found = look_back(drills, standing_of(items, drills, today), today=today, scope=Scope(None, None, None))
    links = {drill.drill_id: f"{drill.drill_id}/{KEPT_REPORT[drill.origin]}" for drill in drills}
    assert all((LOOKED_BACK_ON / link).is_file() for link in links.values())
    assert to_markdown(found, illustrate(found), links) == page.read_text()


def _links_of(page):
    """What a page leads to or shows: of Markdown what stands in round brackets, of HTML what an attribute names."""
    text = page.read_text()
    if page.suffix == ".md":
        return re.findall(r"(?<!\\)\]\(([^)\s]*)[^)]*\)", text)
    return [unescape(link) for link in re.findall(r'\s(?:href|src)="([^"]*)"', text)]


@pytest.mark.parametrize(
    "page",
    sorted([*EXAMPLES.glob("**/*.md"), *EXAMPLES.glob("**/*.html")]),
    ids=lambda page: f"{page.parent.name}/{page.name}",
)
def test_no_link_of_a_page_is_dead_wherever_its_folder_is_handed_to(page):
    given = next(folder for folder in page.parents if folder.parent == EXAMPLES)
    for link in _links_of(page):
        path, _, place = link.partition("#")
        assert not re.match(r"\w+:|/", link), f"{link} leads out of the folder"
        if path:
            assert (page.parent / path).resolve().is_relative_to(given)
            assert (page.parent / path).is_file(), link
        else:
            assert f'id="{place}"' in page.read_text(), link


def test_the_readmes_excerpt_stands_in_the_example():
    readme = (ROOT / "README.md").read_text()
    excerpt = readme.partition("<!-- excerpt -->\n")[2].partition("<!-- end of excerpt -->")[0]
    report = (EXAMPLES / "factory-fail" / "report.md").read_text()
    lines = [line.removeprefix(">").strip().removeprefix("**Summary.** ") for line in excerpt.splitlines()]
    assert len([line for line in lines if line]) > 5
    for line in filter(None, lines):
        assert line in report
