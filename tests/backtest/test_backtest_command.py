"""`chaos-pizza backtest` over a small corpus, from the files to what stands on the terminal."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from corpus import EPOCH, write_calm, write_drill

from chaos_pizza.cli.backtest import backtest
from chaos_pizza.errors import UsageError
from chaos_pizza.model.settings import FaultKind

INCIDENT = Path(__file__).parents[2] / "experiments" / "alerts" / "incident-2025-12-02.yaml"
RULES = """\
rules:
  - name: many-failures
    metric: pizza_purchases_total
    labels: {outcome: failed}
    operator: ">="
    threshold: 100  # ten seconds of an outage
    window_s: 60
"""


@pytest.fixture(scope="module")
def corpus_folder(tmp_path_factory):
    """Three drills, one a kind, and forty minutes of calm in which every fifth minute one purchase fails."""
    folder = tmp_path_factory.mktemp("reports")
    for number, kind in enumerate((FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE)):
        begins_at = EPOCH + timedelta(hours=number)
        write_drill(folder / f"{number}-{kind.value}", kind, lasts_s=90, fault_s=(30, 80), begins_at=begins_at)
    write_calm(folder / "watch" / "w" / "journal-000001.jsonl", 1200, failing=range(150, 1200, 300), purchases=False)
    later = EPOCH + timedelta(seconds=1200)
    write_calm(folder / "watch" / "w" / "journal-000002.jsonl", 1200, range(150, 1200, 300), later, purchases=False)
    return folder


def run(folder, *arguments):
    """Run the command; an error of ours comes through as it is raised."""
    result = CliRunner().invoke(
        backtest, ["--reports", str(folder), *map(str, arguments)], catch_exceptions=False, env={"COLUMNS": "160"}
    )
    assert result.exit_code == 0
    return result.output


def found(folder, *arguments):
    return json.loads(run(folder, "--json", *arguments))


def trials_of(document):
    return {trial["label"]: trial for trial in document["trials"]}


def test_two_failures_a_minute_are_found_better_than_the_incident_s_boundary(corpus_folder):
    """The issue's own question: the incident's rule detects nothing in time, and the front is the shipped rules'."""
    document = found(corpus_folder, "--rules", INCIDENT, "--grid")
    trials = trials_of(document)
    ours, theirs = trials["failed-purchases (synthetic monitor)"], trials["incident-boundary (synthetic monitor)"]
    assert (ours["caught"], theirs["caught"]) == (3, 0)
    assert ours["mean_ttd_s"] < 2
    assert theirs["mean_ttd_s"] > 40
    assert theirs["mean_ttd_is_lower_bound"]
    # One failure now and then is no page for a rule that wants two within a minute.
    assert ours["false_pages"]["count"] == 0
    assert ours["on_front"]
    assert not theirs["on_front"]
    assert len({(trial["base"], str(trial["changes"])) for trial in document["trials"]}) == 1000


def test_one_failure_a_minute_would_page_for_nothing(corpus_folder):
    trials = trials_of(found(corpus_folder, "--grid"))
    hasty = trials["failed-purchases (threshold 1) (synthetic monitor)"]
    # Each of the eight single failures; calm is also what went before each of the three faults.
    assert hasty["false_pages"]["count"] == 8
    assert hasty["false_pages"]["weeks"] * 604_800 == pytest.approx(2 * 1199 + 1 + 3 * 29, abs=3)
    assert hasty["false_pages"]["least_per_week"] < hasty["false_pages"]["per_week"]
    assert not hasty["on_front"]


def test_a_rule_that_cannot_see_bad_pizzas_is_told_to_be_blind_to_them(corpus_folder):
    trials = trials_of(found(corpus_folder))
    shop = trials["failed-purchases (shop /metrics)"]["coverage"]
    assert {kind: cover["blind"] for kind, cover in shop.items()} == {"fail": False, "badjwt": True, "throttle": False}
    # It counts the HTTP 500s, and these journals say that none was ever counted: blind, not unknown.
    assert trials["http-errors (shop /metrics)"]["coverage"]["badjwt"]["blind"]
    assert trials["bad-pizzas (synthetic monitor)"]["coverage"]["badjwt"] == {
        "caught": 1, "by_luck": 0, "missed": 0, "unknown": 0, "blind": False,
    }  # fmt: skip
    assert not trials["http-errors (synthetic monitor)"]["coverage"]["badjwt"]["blind"]


def test_a_rule_file_is_answered_with_its_patch(corpus_folder, tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text(RULES)
    text = run(corpus_folder, "--rules", path)
    assert "One changed rule: many-failures" in text
    assert "-    threshold: 100  # ten seconds of an outage" in text
    assert "+    threshold: 50  # ten seconds of an outage" in text
    # The shop's own figures don't show bad pizzas, but the monitor's do: together the rules see every kind.
    assert "BLIND 0/1" in text
    assert text.index("No rule beats these") < text.index("What each rule sees") < text.index("What would have halved")


def test_each_drill_has_its_time_to_detect_or_how_long_it_went_undetected(corpus_folder):
    assert "undetected, at least 49.8 s" in run(corpus_folder, "--rules", INCIDENT)


def test_folders_can_be_named(corpus_folder, tmp_path):
    document = found(tmp_path, "--drills", corpus_folder / "1-badjwt", "--calm", corpus_folder / "watch")
    assert (document["drills"], document["calm"]) == (["1-badjwt"], ["w"])


def test_what_is_left_out_is_said(corpus_folder, tmp_path):
    write_drill(tmp_path / "unproven", lasts_s=5, fault_s=(10, 20))
    text = run(tmp_path)
    assert "left out: unproven, since nothing proves that its fault (fail) was ever on" in text
    assert "No drill with a proven fault is recorded" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "there is no recording in"),
        (("--drills", "nowhere"), "there is no recording in nowhere"),
        (("--rules", "nowhere.yaml"), "there is no rule file nowhere.yaml"),
        (("--rules", "broken.yaml"), "a rule file holds `rules`"),
        (("--rules", "empty.yaml"), "empty.yaml holds no rule"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("a text")
    Path("empty.yaml").write_text("rules: []")
    with pytest.raises(UsageError, match=complaint) as raised:
        run(tmp_path / "none", *arguments)
    assert "\n" not in str(raised.value)
