"""A fleet's folder: what is done stays done, whatever happens to the fleet."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetFacts, summarize
from chaos_pizza.fleet_folder import (
    ROWS_NAME,
    check_shop_name,
    create_fleet,
    fleet_lock,
    fleet_of,
    fleets_under_way,
    list_fleets,
    newest_fleet,
    note_row,
    read_facts,
    read_rows,
    write_summary,
)
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.model.instant import instant_of
from chaos_pizza.model.measure import Measure

AT = instant_of("2026-03-02T21:00:00Z")
FACTS = FleetFacts("", "night", "factory-fail", "The team notices", "5" * 64, False, 20, AT)
ROW = ShopRow("team-01", 0, drill="d", began_at=AT, ended_at=AT, ttd_s=Measure(2.0, 1.5, 2.5), detected_by="alert")


def test_a_folder_is_its_owner_s_alone_and_found_by_name(tmp_path):
    first, _ = create_fleet(tmp_path, FACTS, "experiment: e.yaml\n")
    second, facts = create_fleet(tmp_path, FACTS, "experiment: e.yaml\n")
    assert (first.name, second.name) == ("2026-03-02T21-00-00Z-night", "2026-03-02T21-00-00Z-night-2")
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    assert newest_fleet(tmp_path, "night") == (second, facts)
    assert read_facts(second) == facts
    assert newest_fleet(tmp_path, "day") is None
    assert list_fleets(tmp_path / "nowhere") == []


def test_rows_are_read_as_they_were_written_and_the_last_of_a_shop_counts(tmp_path):
    folder, _ = create_fleet(tmp_path, FACTS, "")
    assert read_rows(folder) == {}
    note_row(folder, ShopRow("team-01", 4, ("SIGINT was received",), cut=True))
    note_row(folder, ShopRow("team-02"))
    note_row(folder, ROW)
    assert read_rows(folder) == {"team-01": ROW, "team-02": ShopRow("team-02")}


def test_the_line_that_a_killed_fleet_did_not_finish_is_none(tmp_path):
    folder, _ = create_fleet(tmp_path, FACTS, "")
    note_row(folder, ROW)
    whole = (folder / ROWS_NAME).read_bytes()
    for length in range(len(whole)):
        (folder / ROWS_NAME).write_bytes(whole + whole[:length])
        assert read_rows(folder) == {"team-01": ROW}
    (folder / ROWS_NAME).write_bytes(b"no row\n" + whole)
    with pytest.raises(UsageError, match=r"shops\.jsonl, line 1, is not to be understood"):
        read_rows(folder)


@pytest.mark.parametrize("name", ["stop", "STOP", "Stop", "Fleet.yaml", "fleet.lock", "shops.jsonl", "summary.html"])
def test_no_shop_has_the_name_of_a_file_of_the_fleet_s_own(name):
    with pytest.raises(UsageError, match="has the name of the fleet's own file"):
        check_shop_name(name)
    check_shop_name(f"{name}-01")


def test_a_row_after_the_line_that_was_not_finished_is_one_of_its_own(tmp_path):
    folder, _ = create_fleet(tmp_path, FACTS, "")
    note_row(folder, ROW)
    with (folder / ROWS_NAME).open("a") as file:
        file.write('{"shop":"team-0')
    note_row(folder, ShopRow("team-02", 1))
    assert read_rows(folder) == {"team-01": ROW, "team-02": ShopRow("team-02", 1)}


def test_a_verdict_is_settled_unless_the_fleet_s_end_cut_it():
    assert ROW.is_settled
    assert ShopRow("a", 4, ("an alert fired that must not",)).is_settled
    assert not ShopRow("a", 4, cut=True).is_settled
    assert not ShopRow("a", 2, ("no such host",)).is_settled
    assert not ShopRow("a").is_settled


def test_its_summary_is_written_for_people_and_machines(tmp_path):
    folder, facts = create_fleet(tmp_path, FACTS, "")
    page = write_summary(folder, summarize(facts, [ROW]))
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads((folder / "fleet.json").read_text())["shops"][0]["shop"] == "team-01"
    assert (folder / "summary.md").read_text().startswith("# Fleet night: The team notices\n")


def test_a_fleet_is_held_by_one_process_at_a_time(tmp_path):
    folder, _ = create_fleet(tmp_path, FACTS, "")
    create_fleet(tmp_path, FleetFacts("", "day", "e", "t", "5", False, 1, AT + timedelta(days=1)), "")
    assert fleets_under_way(tmp_path) == []
    with fleet_lock(folder):
        assert fleets_under_way(tmp_path) == [folder]
        with pytest.raises(UsageError, match="is under way already; chaos-pizza stop ends it"), fleet_lock(folder):
            pass
    assert fleets_under_way(tmp_path) == []


def test_a_fleet_s_drills_are_no_drills_of_the_team_s_own(tmp_path):
    folder, _ = create_fleet(tmp_path, FACTS, "")
    drill = folder / "team-01" / "2026-03-02T21-00-05Z-factory-fail"
    drill.mkdir(parents=True)
    (drill / "journal.jsonl").write_text("")
    assert list_drill_folders(tmp_path) == []
    assert fleet_of(drill) == folder.name
    assert fleet_of(tmp_path / "2026-03-02T21-00-05Z-factory-fail") is None
    assert fleet_of(Path("fleets")) is None
