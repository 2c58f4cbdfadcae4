"""`chaos-pizza retro` as a person runs it: on a history in a folder of their own."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "retro"))

from retro_examples import blind_drill, drill, incident, took, two_versions

from chaos_pizza.cli.retro import retro
from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import open_history
from chaos_pizza.model.notes import ActionItem

ITEM = ActionItem(1, "Watch the pizzas themselves", "ann", date(2026, 1, 15), "ttd_s(factory-badjwt) <= 90")


def run(folder, *options):
    """Run the command as the shell does, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return subprocess.run(
        [sys.executable, "-m", "chaos_pizza", "retro", *options],
        cwd=folder,
        env={**kept, "PIZZA_STATE_DIR": str(folder / ".state")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run_here(folder, *options):
    """Run the command in this process, where what is slow to load is loaded once."""
    return CliRunner().invoke(retro, [*options, "--reports", str(folder / "reports")])


def keep(folder, drills, items=()):
    (folder / "reports").mkdir(exist_ok=True)
    with open_history(None, folder / "reports") as history:
        for each in drills:
            history.keep(each, items if each is drills[0] else ())


def reports(folder):
    return sorted(path.name for path in (folder / "reports").iterdir() if path.name != "history.db")


@pytest.fixture
def kept(tmp_path):
    """A history of 13 drills under two versions of the rules, three that no alert caught, an incident and an item."""
    keep(tmp_path, [incident(), *two_versions(), *(blind_drill(20 + number) for number in range(3))], (ITEM,))
    return tmp_path


def test_it_writes_the_page_and_says_the_three_sentences(kept):
    before = datetime.now(UTC).date()
    done = run(kept)
    today = next(day for day in (before, datetime.now(UTC).date()) if (kept / f"reports/retro-{day}.md").exists())
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"reports/retro-{today}.md", f"reports/retro-{today}.html"]
    assert [line.partition(":")[0] for line in lines[2:]] == [
        "What improved",
        "What no alert catches",
        "What is overdue",
    ]
    assert "median 41.5 s (n = 6)" in lines[2]
    assert "factory-badjwt: no alert fired in the latest 3 drills" in lines[3]
    assert "“Watch the pizzas themselves” (owner: ann; due 2026-01-15; " in lines[4]
    assert reports(kept) == [
        f"retro-{today}-factory-badjwt-points.svg",
        f"retro-{today}-factory-fail-points.svg",
        f"retro-{today}.html",
        f"retro-{today}.md",
    ]
    markdown = (kept / f"reports/retro-{today}.md").read_text()
    assert f"](retro-{today}-factory-fail-points.svg)" in markdown
    page = (kept / f"reports/retro-{today}.html").read_text()
    assert page.count("<svg") == 2
    docs = (Path(__file__).parents[2] / "docs" / "retro.md").read_text().splitlines()
    assert set(lines[2:]) <= set(docs)
    assert "<script" not in page


def test_the_same_drills_and_day_give_the_same_bytes(kept):
    run_here(kept)
    first = {name: (kept / "reports" / name).read_bytes() for name in reports(kept)}
    run_here(kept)
    second = {name: (kept / "reports" / name).read_bytes() for name in reports(kept)}
    # At midnight both days' files lie there; each run's own are compared in that case too, by name.
    assert {name: second[name] for name in first} == first


def test_a_drill_is_a_link_where_its_folder_lies_among_the_reports(kept):
    folder = two_versions()[0].drill_id
    (kept / "reports" / folder).mkdir()
    done = run_here(kept)
    assert f"]({folder}/)" in Path(done.stdout.splitlines()[0]).read_text()


def test_json_holds_the_figures_and_where_the_files_are(kept):
    done = run_here(kept, "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["drills"], document["incidents"]) == (0, 16, 1)
    assert Path(document["files"]["page"]).exists()
    assert document["overdue"] == [
        {"drill_id": "2025-12-02T19-35-00Z-incident", "number": 1, "state": document["overdue"][0]["state"]}
    ]


def test_the_range_includes_both_days(kept):
    """The drills of factory-fail began at 9:00 on the 1st to the 13th of January."""
    document = json.loads(run_here(kept, "--since", "2026-01-03", "--until", "2026-01-05", "--json").stdout)
    assert (document["drills"], document["incidents"]) == (3, 0)


def test_one_experiment_can_be_looked_back_on(kept):
    document = json.loads(run_here(kept, "--experiment", "factory-badjwt", "--json").stdout)
    assert [each["experiment"] for each in document["experiments"]] == ["factory-badjwt"]


def test_an_item_is_judged_by_all_drills_whatever_the_range(kept):
    """A drill of March would have closed it, were the range not to end before."""
    keep(kept, [blind_drill(80, took(20), detected_by="alert bad-pizzas (synthetic monitor)")])
    document = json.loads(run_here(kept, "--until", "2026-02-01", "--json").stdout)
    assert document["overdue"] == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            ("--since", "2030-01-01"),
            "the history holds no drill since 2030-01-01; `chaos-pizza history` lists those it holds",
        ),
        (
            ("--experiment", "nothing"),
            "the history holds no drill of nothing; `chaos-pizza history` lists those it holds",
        ),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "--until 2026-01-01 lies before --since 2026-02-01"),
        (("--since", "yesterday"), "'yesterday' is no day; write it as 2026-11-25"),
        (("--config", "missing.yaml"), "there is no configuration missing.yaml"),
    ],
)
def test_where_there_is_nothing_to_look_back_on_one_line_says_so_and_nothing_is_written(kept, options, complaint):
    done = run_here(kept, *options)
    assert (done.exit_code != 0, done.stdout) == (True, "")
    assert complaint in f"{done.stderr} {done.exception}"
    assert reports(kept) == []


def test_in_an_empty_folder_one_line_says_what_to_do_and_no_history_is_made(tmp_path):
    done = run(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "chaos-pizza: no drill is known yet; hold one with `chaos-pizza drill`, or run `chaos-pizza history rebuild`\n"
    )
    assert not (tmp_path / "reports").exists()


def complaint_of(done):
    """The one line that the command ends with, before `main` prints it."""
    assert isinstance(done.exception, UsageError)
    assert (done.stdout, str(done.exception).count("\n")) == ("", 0)
    return str(done.exception)


def test_a_history_that_is_no_database_is_one_line_and_stays_as_it_is(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "history.db").write_text("no database\n" * 1000)
    assert "history.db" in complaint_of(run_here(tmp_path))
    assert (tmp_path / "reports" / "history.db").read_text() == "no database\n" * 1000


def test_a_folder_in_a_pictures_place_is_one_line(kept):
    """A folder can't be replaced by a file, whoever tries."""
    for later in range(2):  # midnight may come meanwhile
        day = datetime.now(UTC).date() + timedelta(days=later)
        (kept / "reports" / f"retro-{day}-factory-fail-points.svg").mkdir()
    assert complaint_of(run_here(kept)).startswith(f"the retrospective can't be written to {kept / 'reports'}: ")


def test_what_an_earlier_run_of_the_day_wrote_is_replaced(kept):
    first = Path(run_here(kept).stdout.splitlines()[0])
    assert "### Announced: 13 drills" in first.read_text()
    keep(kept, [drill(40, took(3))])
    second = Path(run_here(kept).stdout.splitlines()[0])
    assert "### Announced: 14 drills" in second.read_text()


def test_a_drill_leads_to_what_is_best_to_read_of_it_in_its_folder(tmp_path):
    drills = [drill(number, took(5)) for number in range(4)]
    happened = incident()
    keep(tmp_path, [*drills, happened])
    files = [(drills[0], ["report.html", "report.md"]), (drills[1], ["report.md"]), (drills[2], [])]
    for each, names in [*files, (happened, ["incident.md"])]:
        folder = tmp_path / "reports" / each.drill_id
        folder.mkdir()
        for name in names:
            (folder / name).write_text("x", encoding="utf-8")
    run_here(tmp_path)
    (page,) = (tmp_path / "reports").glob("retro-*.md")
    text = page.read_text(encoding="utf-8")
    for each, name in zip((*drills[:3], happened), ("report.html", "report.md", "", "incident.md"), strict=True):
        assert f"]({each.drill_id}/{name})" in text
    assert f"]({drills[3].drill_id}" not in text
