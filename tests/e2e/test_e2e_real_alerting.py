"""Detection by a real Prometheus and a real Alertmanager: their own timestamps, their own notification."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from .conftest import EXPERIMENTS, PIZZA, Held, only_folder, run
from .real_alerting import AlertmanagersWord, first_firing, need_real_alerting, observed_sandbox
from .undisturbed import held_undisturbed

pytestmark = pytest.mark.drill

KINDS = ("fail", "badjwt", "throttle")
each_kind = pytest.mark.parametrize("kind", KINDS)


@dataclass(frozen=True)
class Seen:
    """A drill, and what the alerting systems said of it by themselves."""

    held: Held
    starts: dict[tuple[str, str], set[datetime]]
    fired: dict[str, float]

    @property
    def rule(self) -> str:
        return re.fullmatch(r"alert (\S+) \(Alertmanager\)", self.held.document["detected_by"]).group(1)


def hold_on_real_alerting(kind, workplace):
    with observed_sandbox("--chaos-delay-s", "1", "--stall-s", "4") as sandbox:
        env = {**sandbox.env}
        del env["PIZZA_DINER_EMAIL"]
        with AlertmanagersWord(sandbox.variables["PIZZA_ALERTMANAGER_URL"]) as word:
            path = str(EXPERIMENTS / f"factory-{kind}.yaml")
            ran = run(*PIZZA, "drill", path, "--target", "env", cwd=workplace, env=env)
        held = Held(ran, only_folder(workplace / "reports"))
        assert held.folder, ran.said
        rule = re.search(r"alert (\S+) \(", held.document["detected_by"] or "alert none (")
        fired = first_firing(sandbox.variables["PIZZA_PROMETHEUS_URL"], rule.group(1))
    return Seen(held, word.starts, fired)


def hold_undisturbed(kind, workplace):
    def anew(attempt):
        (workplace / str(attempt)).mkdir()
        return hold_on_real_alerting(kind, workplace / str(attempt))

    return held_undisturbed(anew, lambda seen: seen.held.ran.code == 0)


@pytest.fixture(scope="module")
def drills(tmp_path_factory):
    """Each kind of fault once, all at the same time, each with alerting of its own."""
    need_real_alerting()
    workplaces = [tmp_path_factory.mktemp(kind) for kind in KINDS]
    with ThreadPoolExecutor(len(KINDS)) as pool:
        return dict(zip(KINDS, pool.map(hold_undisturbed, KINDS, workplaces), strict=True))


@each_kind
def test_it_passes_and_alertmanager_detects_it(drills, kind):
    held = drills[kind].held
    assert held.ran.code == 0, held.ran.said
    assert held.document["detected_by"].endswith("(Alertmanager)")
    assert held.document["measures"]["ttd_s"]["censored"] is False


@each_kind
def test_the_interval_of_the_detection_contains_alertmanagers_own_start(drills, kind):
    seen = drills[kind]
    firing = seen.held.document["instants"]["alert_firing"]
    earliest, latest = (datetime.fromisoformat(firing[bound]) for bound in ("earliest", "latest"))
    starts = {start for (rule, _), found in seen.starts.items() if rule == seen.rule for start in found}
    assert any(earliest <= start <= latest for start in starts), (firing, starts)
    # It is dated by Alertmanager's own clock, not by when somebody looked.
    assert (latest - earliest).total_seconds() < seen.held.document["measures"]["ttd_s"]["value"]


@each_kind
def test_alertmanagers_start_is_prometheuss_first_firing_evaluation(drills, kind):
    seen = drills[kind]
    fired = [datetime.fromtimestamp(at_s, UTC) for at_s in seen.fired.values()]
    starts = {start for (rule, _), found in seen.starts.items() if rule == seen.rule for start in found}
    assert {round(at.timestamp(), 3) for at in fired} & {round(at.timestamp(), 3) for at in starts}


@each_kind
def test_the_notification_arrives_after_the_alert_fired(drills, kind):
    instants = drills[kind].held.document["instants"]
    assert instants["notified"]["source"] == "webhook from Alertmanager"
    assert instants["notified"]["earliest"] > instants["alert_firing"]["earliest"]


@each_kind
def test_the_parts_of_the_waterfall_add_up_to_the_time_to_detect(drills, kind):
    document = drills[kind].held.document
    ttd = document["measures"]["ttd_s"]
    within = [part for part in document["waterfall"] if part["within_ttd"]]
    assert ttd["earliest"] <= sum(part["seconds"] for part in within) <= ttd["latest"]
    assert {part["part"] for part in within} == {"impact_delay", "scrape", "window", "evaluation", "for"}
    # What fails is seen at once. What is late is late after two seconds, and a pizza is bad once it was looked at: when
    # the figures could move between two scrapes, no scrape shows, and it is not called measured then.
    computed = {part["part"] for part in within if part["basis"] != "measured"}
    assert computed in (set(), {"impact_delay", "scrape"})
    # And only where a scrape would have taken longer than its interval; on a slow machine one may come late.
    scrape_s = next(part["seconds"] for part in within if part["part"] == "scrape")
    assert not computed or scrape_s == pytest.approx(1.0, abs=0.001)
    later = {part["part"]: part["seconds"] for part in document["waterfall"] if not part["within_ttd"]}
    assert {"group_wait", "notification", "reaction"} <= set(later)


def test_a_rule_that_counts_errors_is_blind_to_bad_pizzas(drills):
    """And so is what the shop counts as failed; the monitor that verifies its pizzas is not."""
    rules = {(sight["rule"], sight["source"]): sight["sight"] for sight in drills["badjwt"].held.document["rules"]}
    assert rules["http-errors", "alertmanager"] == "blind"
    assert rules["failed-purchases", "alertmanager"] == rules["bad-pizzas", "alertmanager"] == "fired"


def test_prometheuss_own_scrapes_are_kept(drills):
    journal = (drills["fail"].held.folder / "journal.jsonl").read_text()
    assert re.search(r'"type":"series_scraped","source":"prometheus".*job=', journal)
