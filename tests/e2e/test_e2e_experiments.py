"""Every experiment of the project, held in full on a sandbox by `chaos-pizza drill`."""

import json

import jsonschema
import pytest

from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.report.chart import CHART_NAMES
from chaos_pizza.report.schema import drill_schema

from .conftest import EXPERIMENTS

pytestmark = pytest.mark.drill

NAMES = sorted(path.stem for path in EXPERIMENTS.glob("*.yaml"))
SECTIONS = [
    "Summary",
    "Detection",
    "Impact",
    "Timeline",
    "Response",
    "Root cause",
    "Resolution",
    "Prevention",
    "Action items",
]


PICTURES = {f"{name}.svg" for name in CHART_NAMES}


def test_the_experiments_are_the_ones_we_ship():
    assert NAMES == [
        "backup-factory",
        "factory-badjwt",
        "factory-fail",
        "factory-throttle",
        "oven-full",
        "placebo",
        "shop-chaos",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_it_passes_and_leaves_its_files(held_drills, name):
    held = held_drills[name]
    assert held.ran.code == 0, held.ran.said
    left = {path.name for path in held.folder.iterdir()}
    records = {"chaos-journal.json", "feed.jsonl", "journal.jsonl"}
    assert left - PICTURES == {*records, "drill.json", "report.html", "report.md"}
    assert {"course.svg", "outcomes.svg"} <= left
    assert (held.document["verdict"], held.document["exit_code"]) == ("passed", 0)
    assert held.folder.name.endswith(f"Z-{name}")


@pytest.mark.parametrize("name", NAMES)
def test_its_document_fits_the_schema(held_drills, name):
    jsonschema.validate(held_drills[name].document, drill_schema())


@pytest.mark.parametrize("name", NAMES)
def test_its_report_has_the_sections_of_the_teams_form_in_their_order(held_drills, name):
    headings = [line[3:] for line in held_drills[name].report.splitlines() if line.startswith("## ")]
    assert headings[: len(SECTIONS)] == SECTIONS


@pytest.mark.parametrize("name", ["factory-fail", "factory-badjwt", "factory-throttle", "shop-chaos"])
def test_the_runbook_ended_the_fault_and_all_times_are_known(held_drills, name):
    document = held_drills[name].document
    assert document["ended_by"] == "runbook"
    for measure in ("ttd_s", "tta_s", "ttm_s", "ttr_s"):
        assert document["measures"][measure]["censored"] is False
    assert set(document["instants"]) >= {
        "fault_start",
        "first_impact",
        "alert_firing",
        "acknowledged",
        "mitigated",
        "recovered",
    }


def test_the_incident_is_detected_by_the_shops_own_metrics(held_drills):
    document = held_drills["factory-fail"].document
    assert document["detected_by"] == "alert failed-purchases (shop /metrics)"
    assert document["impact"]["outcomes"]["failed"] > 0


def test_bad_pizzas_are_detected_although_every_answer_is_a_200(held_drills):
    document = held_drills["factory-badjwt"].document
    assert document["detected_by"] == "alert failed-purchases (synthetic monitor)"
    assert document["impact"]["outcomes"]["bad_pizza"] == document["impact"]["failed"] > 0
    fired = {line["text"] for line in document["timeline"] if line["text"].endswith(": firing")}
    assert not any("shop /metrics" in text for text in fired)


def test_late_pizzas_are_detected_although_every_answer_is_a_200(held_drills):
    document = held_drills["factory-throttle"].document
    assert document["detected_by"] == "alert failed-purchases (synthetic monitor)"
    outcomes = document["impact"]["outcomes"]
    assert outcomes["late"] == document["impact"]["failed"] > 0
    assert outcomes["failed"] == 0


def test_with_a_backup_factory_the_fault_is_proven_and_no_diner_feels_it(held_drills):
    document = held_drills["backup-factory"].document
    assert "fault_start" in document["instants"]
    assert "first_impact" not in document["instants"]
    assert document["impact"]["success_ratio"] == 1
    assert document["detected_by"] is None
    assert document["ended_by"] == "rollback"
    assert document["measures"]["ttm_s"]["censored"] is True


def test_a_full_oven_is_detected_and_hurts_nobody_else(held_drills):
    document = held_drills["oven-full"].document
    assert document["detected_by"] == "alert failed-purchases (shop /metrics)"
    assert document["impact"]["success_ratio"] == 1
    assert document["measures"]["ttm_s"]["censored"] is True


def test_half_a_broken_shop_is_detected(held_drills):
    document = held_drills["shop-chaos"].document
    assert document["detected_by"].startswith("alert failed-purchases")
    assert 0 < document["impact"]["success_ratio"] < 1


def test_in_a_placebo_nothing_is_detected(held_drills):
    document = held_drills["placebo"].document
    assert document["detected_by"] is None
    assert document["instants"] == {}
    assert all(measure is None for measure in document["measures"].values())


def test_without_a_terminal_the_progress_is_plain_lines(held_drills):
    said = held_drills["factory-fail"].ran.out
    assert "\x1b" not in said
    assert "alert failed-purchases (shop /metrics): firing" in said
    assert said.splitlines()[-1].strip().startswith("report: reports/")


def test_the_toolkits_own_journal_is_kept(held_drills):
    journal = json.loads((held_drills["factory-fail"].folder / "chaos-journal.json").read_text())
    assert journal["status"] == "completed"
    assert [run["status"] for run in journal["run"]] == ["succeeded"] * 4
    assert [run["status"] for run in journal["rollbacks"]] == ["succeeded"]


def test_the_clocks_of_shop_and_factory_are_compared_with_the_drills(held_drills):
    peers = {
        recorded.event.peer
        for recorded in read_journal(held_drills["factory-fail"].folder).records
        if isinstance(recorded.event, ClockObserved)
    }
    assert peers == {Peer.SHOP, Peer.FACTORY}
