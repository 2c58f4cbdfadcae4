"""Our evaluator against Prometheus itself: the same samples and rules, and not one bit of difference."""

import math
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import yaml
from real_prometheus import Prometheus, installed_major, prometheus_over, promtool

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.export import prometheus_rules
from chaos_pizza.alerting.exposition import SeriesKey, series_key
from chaos_pizza.alerting.promql import to_promql, value_promql
from chaos_pizza.alerting.promtool import Recording, promtool_tests
from chaos_pizza.alerting.scrapes import Scrape, series_text
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LASTS_S = 480
STEP_S = 5
STEPS = LASTS_S // STEP_S + 1
JOBS = 36
SOURCE = AlertSource.SHOP_METRICS

SOLD = "pizza_purchases_total"
TAKEN = "pizza_revenue_btc_total"
FAILED = {"outcome": "failed"}


def rule(name, operator, threshold, window_s, metric=SOLD, **more):
    return AlertRule(name, metric, Operator(operator), threshold, window_s, evaluation_interval_s=STEP_S, **more)


RULES = [
    rule("two failures", ">=", 2, 60, labels=FAILED),
    rule("more than none", ">", 0, 30, labels=FAILED, for_s=20),
    rule("few sales", "<=", 10, 45, labels={"outcome": "ok"}, for_s=12.5),
    rule("any outcome, no till", ">=", 20, 20, labels={"till": ""}),
    rule("revenue against its past", "<", 0.5, 15, TAKEN, compare_window_s=30, for_s=5),
    rule("revenue against its past, and still now", "<", 0.8, 60, TAKEN, compare_window_s=90, short_window_s=20),
    rule("share of failures", ">", 0.144, 120, labels=FAILED, of_metric=SOLD, short_window_s=30),
    # Where nothing was sold it is infinite, or no number.
    rule("failures per sale", ">", 0.3, 25, labels=FAILED, of_metric=SOLD, of_labels={"outcome": "ok"}, for_s=10),
]


@dataclass(frozen=True)
class Job:
    """What one job showed at each scrape; the series that were not there, or scrapes that failed, are not in it."""

    name: str
    scrapes: list[tuple[datetime, dict[SeriesKey, float]]]


def made_job(number: int, drawn: random.Random) -> Job:
    """A job as they come: with resets, gaps, series that are born late or go, purchases that fail for a while."""
    interval_ms = drawn.choice([1000, 5000, 5000, 7300, 15000])
    jitter_ms = drawn.choice([0, 0, 40])
    phase_ms = drawn.choice([0, 500, drawn.randrange(interval_ms)])
    outage = sorted(drawn.uniform(0, LASTS_S) for _ in range(2))
    keys = [
        *(
            series_key(SOLD, outcome=outcome, store=store)
            for outcome in ("ok", "failed")
            for store in ("Lehi", 'O"r\\em')
        ),
        series_key(SOLD, outcome="ok", till="3"),
        series_key(TAKEN),
    ]
    lives = {
        key: (drawn.choice([0, 0, drawn.uniform(0, 300)]), drawn.choice([LASTS_S, LASTS_S, drawn.uniform(300, 500)]))
        for key in keys
    }
    values = {key: float(drawn.choice([0, 0, 1, 1000, 10**9])) for key in keys}
    restarts = [drawn.uniform(0, LASTS_S) for _ in range(drawn.choice([0, 1, 3]))]
    gap = (at := drawn.uniform(0, LASTS_S), at + drawn.choice([0, 10, 100]))
    scrapes, before_s = [], 0.0
    for due_ms in range(phase_ms, LASTS_S * 1000 + 1, interval_ms):
        at_ms = due_ms + drawn.randint(0, jitter_ms)
        at_s = at_ms / 1000
        if any(before_s < restart <= at_s for restart in restarts):
            values = dict.fromkeys(keys, 0.0)
        for key in keys:
            is_bad = dict(key[1]).get("outcome") == "failed"
            if is_bad == (outage[0] <= at_s <= outage[1]):
                values[key] += drawn.choice([0, 1, 1, 2, 7]) * (0.0001 if key[0] == TAKEN else 1)
            elif drawn.random() < 0.03:
                values[key] += 1
        if not gap[0] <= at_s <= gap[1]:
            shown = {key: values[key] for key in keys if lives[key][0] <= at_s <= lives[key][1]}
            scrapes.append((START + timedelta(milliseconds=at_ms), shown))
        before_s = at_s
    return Job(f"job-{number:02}", scrapes)


@cache
def jobs() -> list[Job]:
    drawn = random.Random(20251202)
    return [made_job(number, drawn) for number in range(JOBS)]


def openmetrics() -> str:
    """Everything as promtool loads it: a line a sample, each series' samples in the order of time."""
    points: dict[str, list[str]] = {}
    for job in jobs():
        for at, shown in job.scrapes:
            for (metric, labels), value in shown.items():
                text = series_text(series_key(metric, job=job.name, **dict(labels)))
                points.setdefault(text, []).append(f"{text} {value!r} {at.timestamp():.3f}")
    assert len(points) >= 200
    return "\n".join(line for lines in points.values() for line in lines) + "\n# EOF\n"


def evaluated(watched: AlertRule, job: Job, major: PrometheusMajor) -> list[tuple[float | None, AlertState]]:
    """What our evaluator sees and says at every step."""
    evaluator = RuleEvaluator(watched, SOURCE, major)
    place, found = 0, []
    for step in range(STEPS):
        at = START + timedelta(seconds=step * STEP_S)
        while place < len(job.scrapes) and job.scrapes[place][0] <= at:
            evaluator.observe(*job.scrapes[place])
            place += 1
        evaluator.evaluate(at)
        found.append((evaluator.value(at), evaluator.state))
    return found


def states(holding: list[bool], for_s: float) -> list[AlertState]:
    """Prometheus's states over what its expression returned, told apart from our own code."""
    found, since = [], None
    for step, holds in enumerate(holding):
        since = (step if since is None else since) if holds else None
        held = since is not None and (step - since) * STEP_S >= for_s
        found.append(AlertState.INACTIVE if since is None else AlertState.FIRING if held else AlertState.PENDING)
    return found


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    with prometheus_over(openmetrics(), tmp_path_factory.mktemp("prometheus")) as server:
        yield server


def asked(server: Prometheus, expression: str) -> dict[str, list[float | None]]:
    """Every job's values at every step, `None` where there is none."""
    begin_s = START.timestamp()
    told = server.over_time(expression, begin_s, begin_s + LASTS_S, STEP_S)
    return {job.name: [told.get(job.name, {}).get(begin_s + step * STEP_S) for step in range(STEPS)] for job in jobs()}


def is_same(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@pytest.mark.parametrize("watched", RULES, ids=lambda watched: watched.name)
def test_every_value_and_every_state_is_prometheus_s_own(prometheus, watched):
    values = asked(prometheus, value_promql(watched, watched.window_s))
    held = asked(prometheus, to_promql(watched))
    seen = Counter()
    for job in jobs():
        theirs = states([value is not None for value in held[job.name]], watched.for_s)
        for step, (value, state) in enumerate(evaluated(watched, job, installed_major())):
            assert is_same(value, values[job.name][step]), (job.name, step, value, values[job.name][step])
            assert state is theirs[step], (job.name, step, value)
            seen[state] += 1
            seen[None if value is None else "infinite" if math.isinf(value) else "known"] += 1
    # The data has something to tell of every kind.
    assert min(seen[AlertState.INACTIVE], seen[AlertState.FIRING], seen[None], seen["known"]) > 50, seen
    assert seen[AlertState.PENDING] > 5 or not watched.for_s, seen
    assert seen["infinite"] > 5 or not watched.of_labels, seen


def test_the_other_major_version_s_arithmetic_would_be_noticed(prometheus):
    other = next(major for major in PrometheusMajor if major is not installed_major())
    watched = RULES[0]
    values = asked(prometheus, value_promql(watched, watched.window_s))
    differing = sum(
        not is_same(value, values[job.name][step])
        for job in jobs()
        for step, (value, _) in enumerate(evaluated(watched, job, other))
    )
    assert differing > 100


def test_promtool_sees_the_alerts_that_our_evaluator_raises(tmp_path):
    recordings = [Recording(job.name, [Scrape(SOURCE, at, shown) for at, shown in job.scrapes]) for job in jobs()[:8]]
    text = promtool_tests(RULES, recordings, "rules.yaml", installed_major())
    assert text.count("stale") > 10
    assert 'alertstate="pending"' in text
    assert 'alertstate="firing"' in text
    (tmp_path / "rules.yaml").write_text(prometheus_rules(RULES))
    (tmp_path / "tests.yaml").write_text(text)
    told = promtool("test", "rules", tmp_path / "tests.yaml")
    assert told.returncode == 0, (told.stdout + told.stderr)[-4000:]


def test_promtool_notices_an_alert_that_is_expected_a_step_too_late(tmp_path):
    recordings = [Recording("job", [Scrape(SOURCE, at, shown) for at, shown in jobs()[0].scrapes])]
    tests = yaml.safe_load(promtool_tests(RULES, recordings, "rules.yaml", installed_major()))
    expected = tests["tests"][0]["alert_rule_test"]
    # Every rule's tests come in pairs, before a change and at it: so each is moved to its neighbour's place.
    for sooner, later in zip(expected[::2], expected[1::2], strict=False):
        sooner["exp_alerts"], later["exp_alerts"] = later["exp_alerts"], sooner["exp_alerts"]
    (tmp_path / "rules.yaml").write_text(prometheus_rules(RULES))
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(tests))
    assert promtool("test", "rules", tmp_path / "tests.yaml").returncode != 0
