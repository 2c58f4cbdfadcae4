"""What an experiment declares of its drill, and every way in which it may not."""

import pytest

from chaos_pizza.errors import ExperimentError
from chaos_pizza.experiment.declaration import Declaration, read_declaration
from chaos_pizza.model.alert import AlertRule, Operator
from chaos_pizza.model.settings import (
    Budgets,
    DetectionFrom,
    DrillSettings,
    FaultKind,
    ResponderKind,
    ResponderSettings,
    SandboxWishes,
    StopConditions,
    TrafficSettings,
)

RULE = {"name": "mine", "metric": "m", "operator": ">", "threshold": 0, "window_s": 60}


def experiment(*others, **declared):
    block = {"name": "chaos-pizza", "experiment": "factory-fail", "fault": "fail", **declared}
    return {"title": "A drill", "extensions": [{"name": "somebody-elses"}, block, *others]}


def complaint_of(declared, alerting=None):
    with pytest.raises(ExperimentError) as refusal:
        read_declaration(declared, alerting)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_name_and_a_fault_are_enough():
    assert read_declaration(experiment()) == Declaration("factory-fail", "A drill", DrillSettings(FaultKind.FAIL))


def test_an_experiment_without_a_title_goes_by_its_name():
    assert read_declaration({"extensions": experiment()["extensions"]}).title == "factory-fail"


def test_everything_that_is_declared_is_read():
    declared = experiment(
        traffic={"rate_per_s": 15, "diners": 3},
        responder={"kind": "runbook", "reaction_s": 0},
        budgets={"ttd_s": 15, "success_ratio": 0.95},
        sandbox={"chaos_delay_s": "1-2", "backup_factory": True},
        min_samples=7,
    )
    assert read_declaration(declared).settings == DrillSettings(
        fault=FaultKind.FAIL,
        traffic=TrafficSettings(rate_per_s=15.0, diners=3),
        responder=ResponderSettings(ResponderKind.RUNBOOK, 0.0),
        budgets=Budgets(ttd_s=15.0, success_ratio=0.95),
        sandbox=SandboxWishes(chaos_delay_s="1-2", backup_factory=True),
        min_samples=7,
    )


def test_reading_a_declaration_leaves_the_experiment_as_it_is():
    declared = experiment(detection={"rules": ["failed-purchases"]})
    read_declaration(declared, {"source": "both"})
    assert declared == experiment(detection={"rules": ["failed-purchases"]})


def test_a_shipped_rule_is_taken_by_its_name_and_an_own_one_as_it_stands():
    shipped, own = read_declaration(
        experiment(detection={"rules": ["failed-purchases", RULE]})
    ).settings.detection.rules
    assert (shipped.name, shipped.metric) == ("failed-purchases", "pizza_purchases_total")
    assert own == AlertRule("mine", "m", Operator.ABOVE, 0.0, 60.0)


def test_a_targets_own_alerting_replaces_what_the_experiment_says_key_by_key():
    declared = experiment(detection={"source": "shop_metrics", "scrape_interval_s": 3})
    detection = read_declaration(declared, {"source": "synthetic_monitor", "rules": [RULE]}).settings.detection
    assert (detection.source, detection.scrape_interval_s) == (DetectionFrom.SYNTHETIC_MONITOR, 3.0)
    assert [rule.name for rule in detection.rules] == ["mine"]


@pytest.mark.parametrize("extensions", [None, [], {}, 5, "chaos-pizza", [None, "chaos-pizza"], [{"name": "other"}]])
def test_an_experiment_without_our_extension_is_told_what_it_needs(extensions):
    complaint = complaint_of({"title": "t", "extensions": extensions})
    assert "needs one extension named chaos-pizza" in complaint
    assert "has none" in complaint


def test_two_of_our_extensions_are_one_too_many():
    assert "has 2" in complaint_of(experiment({"name": "chaos-pizza", "experiment": "again"}))


@pytest.mark.parametrize(
    "name", [None, "", 5, "Factory-Fail", "-fail", "factory_fail", "../up", "a/b", "a b", "a\n", "x" * 62, "é"]
)
def test_a_name_that_makes_no_folder_is_refused(name):
    assert "needs `experiment`, a short name of a-z, 0-9 and -" in complaint_of(experiment(experiment=name))


def test_a_rule_that_nobody_ships_is_told_with_those_that_are():
    complaint = complaint_of(experiment(detection={"rules": ["oven-hot"]}))
    assert "no alert rule is called 'oven-hot'; shipped are failed-purchases" in complaint
    assert complaint.endswith("@ detection.rules")


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"fault": "flood"}, "fault"),
        ({"fault": None}, "fault"),
        ({"speed": 5}, "speed"),
        ({5: 5}, "5"),
        ({"traffic": {"rate": 5}}, "rate"),
        ({"traffic": 5}, "traffic"),
        ({"traffic": {"rate_per_s": "fast"}}, "'fast' is not a number @ traffic.rate_per_s"),
        ({"traffic": {"rate_per_s": True}}, "True is not a number @ traffic.rate_per_s"),
        ({"traffic": {"diners": 1.5}}, "1.5 is not a whole number @ traffic.diners"),
        ({"sandbox": {"chaos_delay_s": 5}}, "5 is not a text @ sandbox.chaos_delay_s"),
        ({"sandbox": {"backup_factory": "no"}}, "'no' is not true or false @ sandbox.backup_factory"),
        ({"detection": "none"}, "detection"),
        ({"detection": {"rules": 5}}, "detection.rules"),
        ({"detection": {"rules": [{**RULE, "operator": "="}]}}, "detection.rules[0].operator"),
        ({"detection": {"rules": [{"name": "x"}]}}, "metric"),
        ({"responder": {"kind": "robot"}}, "responder.kind"),
        ({"traffic": {"engine": "hand"}}, "'hand' is not asyncio, locust or k6 @ traffic.engine"),
        ({"traffic": {"engine": "k6"}}, "the engine k6 needs the path of your script @ traffic.script"),
        (
            {"traffic": {"engine": "locust", "check": "x"}},
            "only the engine k6 has this, and the engine is locust @ traffic.check",
        ),
        (
            {"traffic": {"expect_workers": 2}},
            "only the engine locust has this, and the engine is asyncio @ traffic.exp",
        ),
        ({"traffic": {"workers": 2}}, "only the engine locust has this, and the engine is asyncio @ traffic.workers"),
        ({"traffic": {"workers": 4}}, "@ traffic.workers"),
        ({"traffic": {"master": {"port": 5557}}}, "the engine is asyncio @ traffic.master"),
        ({"traffic": {"purchase": {"method": "POST"}}}, "only the engine k6 has this, and the engine is asyncio"),
        (
            {"traffic": {"engine": "k6", "script": "x.js", "workers": 2}},
            "only the engine locust has this, and the engine is k6 @ traffic.workers",
        ),
        ({"traffic": {"engine": "locust", "workers": 0}}, "needs at least one worker @ traffic.workers"),
        ({"traffic": {"engine": "locust", "expect_workers": 2}}, "need to know the port @ traffic.master.port"),
        (
            {"traffic": {"engine": "locust", "sessions": {}}},
            "only the engine asyncio has this, and the engine is locust @ traffic.sessions",
        ),
        ({"fault": "shop_chaos", "traffic": {"engine": "k6", "script": "x.js"}}, "by which shop_chaos is proven"),
    ],
)
def test_what_is_declared_wrongly_is_told_by_its_place(declared, words):
    complaint = complaint_of(experiment(**{str(k): v for k, v in declared.items()}))
    assert complaint.startswith("experiment factory-fail, extension chaos-pizza: ")
    assert words in complaint


DEFAULTS = "; {} takes the defaults"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (
            {"traffic": {"profile": "poisson"}},
            "a mapping is wanted, such as {kind: poisson} @ traffic.profile",
        ),
        (
            {"traffic": {"profile": ["ramp"]}},
            f"a mapping is wanted, such as {{kind: constant}}{DEFAULTS} @ traffic.profile",
        ),
        (
            {"traffic": {"sessions": True}},
            f"a mapping is wanted, such as {{register_ratio: 0.1}}{DEFAULTS} @ traffic.sessions",
        ),
        ({"traffic": 10}, f"a mapping is wanted, such as {{rate_per_s: 10.0}}{DEFAULTS} @ traffic"),
        ({"traffic": None}, f"a mapping is wanted, such as {{rate_per_s: 10.0}}{DEFAULTS} @ traffic"),
        ({"detection": "failed-purchases"}, f"a mapping is wanted, such as {{source: auto}}{DEFAULTS} @ detection"),
        (
            {"detection": {"rules": [5]}},
            "a mapping is wanted with name, metric, operator, threshold, window_s @ detection.rules[0]",
        ),
        ({"detection": {"alert_labels": ["team"]}}, "a mapping is wanted @ detection.alert_labels"),
        ({"budgets": "none"}, f"a mapping is wanted{DEFAULTS} @ budgets"),
        ({"traffic": {"at_a_tme": 2}}, "there is no at_a_tme @ traffic"),
        ({"traffic": {"at_a_tme": 2, 5: 5}}, "there is no 5, at_a_tme @ traffic"),
        ({"traffic": {"two\nlines": 2}}, "there is no 'two\\nlines' @ traffic"),
        ({"traffic": {"diner": 2}}, "there is no diner; did you mean diners? @ traffic"),
    ],
)
def test_a_complaint_is_in_the_words_of_the_file_and_shows_nothing_of_python(declared, said):
    assert complaint_of(experiment(**declared)) == f"experiment factory-fail, extension chaos-pizza: {said}"


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"traffic": {"rate_per_s": 0}}, "0.01 to 10000 is allowed, not 0 @ traffic.rate_per_s"),
        ({"traffic": {"rate_per_s": 10_001}}, "@ traffic.rate_per_s"),
        ({"traffic": {"rate_per_s": float("nan")}}, "not nan @ traffic.rate_per_s"),
        ({"traffic": {"diners": 0}}, "1 to 1000 is allowed, not 0 @ traffic.diners"),
        ({"traffic": {"latency_budget_s": 0}}, "@ traffic.latency_budget_s"),
        ({"traffic": {"latency_budget_s": 5, "timeout_s": 4}}, "5 to 3600 is allowed, not 4 @ traffic.timeout_s"),
        ({"traffic": {"max_in_flight": 0}}, "@ traffic.max_in_flight"),
        ({"recovery": {"good_purchases": 0}}, "@ recovery.good_purchases"),
        ({"recovery": {"timeout_s": 0}}, "@ recovery.timeout_s"),
        ({"detection": {"scrape_interval_s": 0}}, "@ detection.scrape_interval_s"),
        ({"responder": {"reaction_s": -1}}, "0 to 86400 is allowed, not -1 @ responder.reaction_s"),
        ({"min_samples": 0}, "@ min_samples"),
        ({"sandbox": {"stall_s": 3601}}, "@ sandbox.stall_s"),
        ({"budgets": {"ttd_s": -1}}, "@ budgets.ttd_s"),
        ({"budgets": {"ttr_s": float("inf")}}, "@ budgets.ttr_s"),
        ({"budgets": {"success_ratio": 95}}, "0 to 1 is allowed, not 95 @ budgets.success_ratio"),
        ({"detection": {"rules": [{**RULE, "window_s": 0}]}}, "@ rule mine: window_s"),
        ({"detection": {"rules": [{**RULE, "threshold": float("nan")}]}}, "@ rule mine: threshold"),
        ({"detection": {"rules": [{**RULE, "threshold": float("inf")}]}}, "@ rule mine: threshold"),
        ({"detection": {"rules": [{**RULE, "evaluation_interval_s": 0}]}}, "@ rule mine: evaluation_interval_s"),
    ],
)
def test_a_figure_that_no_drill_can_be_held_with_is_told_with_its_limits(declared, words):
    assert words in complaint_of(experiment(**declared))


@pytest.mark.parametrize(
    "traffic",
    [
        {"sessions": None, "script": None},
        {"engine": "locust", "workers": 4, "expect_workers": 0, "master": {"bind": "127.0.0.1"}},
        {"engine": "k6", "script": "x.js", "check": None, "purchase": {}, "profile": {"kind": "constant"}},
        {"engine": "asyncio", "sessions": {}, "profile": {"kind": "ramp", "from_per_s": 1, "over_s": 60}},
    ],
)
def test_what_an_engine_has_may_be_given_with_its_default_too_and_none_is_not_given(traffic):
    assert read_declaration(experiment(traffic=traffic)).settings.traffic.rate_per_s == 10


STOP = {
    "greatest_impact_s": 60,
    "failed_real_purchases": 2,
    "alerts": ["revenue-down", "mine"],
    "url": "http://127.0.0.1:9/health/",
    "url_interval_s": 1,
    "file": "STOP",
}


def test_stop_conditions_are_read():
    declared = experiment(stop=STOP, detection={"rules": ["revenue-down", RULE]})
    expected = StopConditions(60.0, 2, ("revenue-down", "mine"), "http://127.0.0.1:9/health/", 1.0, "STOP")
    assert read_declaration(declared).settings.stop == expected


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        ({"greatest_impact_s": 0}, "0.1 to 1e+06 is allowed, not 0 @ stop.greatest_impact_s"),
        ({"greatest_impact_s": "long"}, "@ stop.greatest_impact_s"),
        ({"failed_real_purchases": -1}, "@ stop.failed_real_purchases"),
        ({"failed_real_purchases": 1.5}, "1.5 is not a whole number @ stop.failed_real_purchases"),
        ({"alerts": ["mine"]}, "none of the drill's alert rules is called 'mine'; it has none @ stop.alerts"),
        ({"url": "ftp://shop"}, "the address is no http or https URL @ stop.url"),
        ({"url": "http://me:word@shop/health"}, "the address holds credentials; take them out of the URL @ stop.url"),
        ({"url": "http://shop/health?key=word"}, "@ stop.url"),
        ({"url": ""}, "@ stop.url"),
        ({"url_interval_s": 0}, "@ stop.url_interval_s"),
        ({"file": ""}, "a file's path is wanted @ stop.file"),
        ({"file": "a\nb"}, "a file's path is wanted @ stop.file"),
        ({"patience": 5}, "patience"),
    ],
)
def test_a_stop_condition_that_could_not_hold_is_told(stop, words):
    complaint = complaint_of(experiment(stop=stop))
    assert words in complaint
    assert "word" not in complaint


def test_all_wrong_figures_are_told_at_once():
    complaint = complaint_of(experiment(traffic={"rate_per_s": 0, "diners": 0}, min_samples=0))
    assert [place in complaint for place in ("rate_per_s", "diners", "min_samples")] == [True] * 3


def test_the_limits_themselves_are_allowed():
    declared = experiment(
        traffic={"rate_per_s": 0.01, "latency_budget_s": 3600, "timeout_s": 3600}, budgets={"ttd_s": 0}
    )
    assert read_declaration(declared).settings.traffic.timeout_s == 3600.0


def test_wrong_alerting_of_a_target_is_told_too():
    assert "source" in complaint_of(experiment(), {"source": "crystal ball"})
    assert (
        read_declaration(experiment(detection="none"), {"source": "both"}).settings.detection.source
        is DetectionFrom.BOTH
    )


def test_which_of_the_teams_alerts_count_is_read():
    """Without names or labels, those that are called as the rules are."""
    detection = read_declaration(experiment(detection={"rules": [RULE]})).settings.detection
    assert detection.counting == ("mine",)
    named = {"rules": [RULE], "alerts": ["PizzaDown"], "alert_labels": {"team": "pizza"}}
    assert read_declaration(experiment(detection=named)).settings.detection.counting == ("PizzaDown",)
    labelled = {"rules": [RULE], "alert_labels": {"team": "pizza"}}
    assert read_declaration(experiment(detection=labelled)).settings.detection.counting == ()


@pytest.mark.parametrize(
    ("detection", "words"),
    [
        ({"rules": [RULE, RULE]}, ["two rules are called 'mine'", "detection.rules"]),
        ({"alerts": [" "]}, ["printable texts", "detection.alerts"]),
        ({"alert_labels": {"team": "a\nb"}}, ["printable texts", "detection.alert_labels"]),
        ({"rules": [{**RULE, "of_metric": "n", "compare_window_s": 5}]}, ["not both", "rule mine: of_metric"]),
    ],
)
def test_alerts_that_can_not_be_told_apart_or_evaluated_are_refused(detection, words):
    complaint = complaint_of(experiment(detection=detection))
    assert all(word in complaint for word in words), complaint


def test_a_stop_condition_may_name_an_alert_of_the_teams():
    declared = experiment(detection={"alerts": ["PizzaDown"]}, stop={"alerts": ["PizzaDown"]})
    assert read_declaration(declared).settings.stop.alerts == ("PizzaDown",)
