"""Read a drill's declaration out of a Chaos Toolkit experiment.

It stands among the experiment's `extensions`, the place that Chaos Toolkit keeps for such things:

    extensions:
      - name: chaos-pizza
        experiment: factory-fail
        fault: fail
        budgets: {ttd_s: 15}
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaos_pizza.alerting.rule_check import rule_complaints
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.errors import ExperimentError, TargetError
from chaos_pizza.experiment.engine_check import engine_complaints
from chaos_pizza.experiment.profile_check import profile_complaints, profile_limits
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.settings import DetectionSettings, DrillSettings
from chaos_pizza.model.target import checked_url

EXTENSION = "chaos-pizza"
_LONGEST_NAME = 200
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an experiment says of its drill: its short name, its title, and the drill's settings."""

    experiment: str
    title: str
    settings: DrillSettings


def read_declaration(experiment: Mapping[str, Any], alerting: Mapping[str, Any] | None = None) -> Declaration:
    """Return what an experiment (its variables filled in already) declares of its drill.

    `alerting` replaces what the experiment says of detection, key by key, for a target that has alerting of its own.
    Raises `ExperimentError`, in one line that names each place, where it declares none or a wrong one.
    """
    block = _block(experiment)
    if alerting:
        declared = block.get("detection")
        block["detection"] = {**(declared if isinstance(declared, Mapping) else {}), **alerting}
    slug = block.pop("experiment", None)
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise ExperimentError(
            f"the experiment's {EXTENSION} extension needs `experiment`, a short name of a-z, 0-9 and -"
        )
    try:
        settings = from_mapping(_with_rules(block), DrillSettings)
        _check(settings, block.get("traffic") or {})
    except ValueError as error:
        raise ExperimentError(f"experiment {slug}, extension {EXTENSION}: {error}") from None
    return Declaration(slug, str(experiment.get("title", slug)), settings)


def _block(experiment: Mapping[str, Any]) -> dict[str, Any]:
    extensions = experiment.get("extensions")
    found = [
        extension
        for extension in (extensions if isinstance(extensions, list) else [])
        if isinstance(extension, Mapping) and extension.get("name") == EXTENSION
    ]
    if len(found) != 1:
        raise ExperimentError(
            f"the experiment needs one extension named {EXTENSION} that says what fault it brings about, and has "
            f"{len(found) or 'none'}; docs/adding-a-drill.md shows how"
        )
    return {key: value for key, value in found[0].items() if key != "name"}


def _with_rules(block: dict[str, Any]) -> dict[str, Any]:
    """Put the shipped rules where the experiment names them."""
    detection = block.get("detection")
    rules = detection.get("rules") if isinstance(detection, Mapping) else None
    if not isinstance(rules, list):
        return block
    return {**block, "detection": {**detection, "rules": [_rule(rule) for rule in rules]}}  # type: ignore[dict-item]


def _rule(rule: Any) -> Any:
    if not isinstance(rule, str):
        return rule
    shipped = shipped_rules()
    if rule not in shipped:
        raise ValueError(f"no alert rule is called {rule!r}; shipped are {', '.join(shipped)} @ detection.rules")
    return to_mapping(shipped[rule])


Limit = tuple[str, float | None, float, float]


def _check(settings: DrillSettings, traffic: Mapping[str, Any]) -> None:
    """Raise `ValueError` for figures that no drill can be held with, and for what `traffic` gives in vain."""
    wrong = [
        f"{low:g} to {high:g} is allowed, not {value:g} @ {name}"
        for name, value, low, high in _limits(settings)
        if value is not None and not low <= value <= high
    ]
    wrong += [complaint for rule in settings.detection.rules for complaint in rule_complaints(rule)]
    wrong += profile_complaints(settings.traffic.profile, traffic.get("profile") or {})
    wrong += (
        _detection_complaints(settings.detection) + _stop_complaints(settings) + engine_complaints(settings, traffic)
    )
    if wrong:
        raise ValueError("; ".join(wrong))


def _detection_complaints(detection: DetectionSettings) -> list[str]:
    """Return what is wrong with the choice of alerts: two of one name could not be told apart."""
    names = [rule.name for rule in detection.rules]
    complaints = [f"two rules are called {name!r} @ detection.rules" for name in names if names.count(name) > 1]
    texts = [*detection.alerts, *detection.alert_labels, *detection.alert_labels.values()]
    if not all(text.strip() and text.isprintable() and len(text) <= _LONGEST_NAME for text in texts):
        place = "detection.alerts and detection.alert_labels"
        complaints.append(f"printable texts of 1 to {_LONGEST_NAME} characters are wanted @ {place}")
    return complaints[:1]


def _stop_complaints(settings: DrillSettings) -> list[str]:
    """Return what is wrong with the stop conditions beside their figures: one that can't hold protects nobody."""
    stop, complaints = settings.stop, []
    rules = list(dict.fromkeys([*(rule.name for rule in settings.detection.rules), *settings.detection.alerts]))
    for name in stop.alerts:
        if name not in rules:
            known = f"they are {', '.join(rules)}" if rules else "it has none"
            complaints.append(f"none of the drill's alert rules is called {name!r}; {known} @ stop.alerts")
    if stop.url is not None:
        try:
            checked_url(stop.url, "the address")
        except TargetError as error:
            complaints.append(f"{error} @ stop.url")
    if stop.file is not None and not (stop.file.strip() and stop.file.isprintable()):
        complaints.append("a file's path is wanted @ stop.file")
    return complaints


def _limits(settings: DrillSettings) -> list[Limit]:
    traffic, recovery, budgets, stop = settings.traffic, settings.recovery, settings.budgets, settings.stop
    return [
        ("traffic.rate_per_s", traffic.rate_per_s, 0.01, 10_000),
        ("traffic.diners", traffic.diners, 1, 1_000),
        ("traffic.latency_budget_s", traffic.latency_budget_s, 0.001, 3_600),
        ("traffic.timeout_s", traffic.timeout_s, traffic.latency_budget_s, 3_600),
        ("traffic.max_in_flight", traffic.max_in_flight, 1, 100_000),
        *profile_limits(traffic),
        ("traffic.workers", traffic.workers, 0, 64),
        ("traffic.expect_workers", traffic.expect_workers, 0, 1_000),
        ("traffic.master.port", traffic.master.port, 0, 65_535),
        ("recovery.good_purchases", recovery.good_purchases, 1, 100_000),
        ("recovery.timeout_s", recovery.timeout_s, 0.1, 86_400),
        ("detection.scrape_interval_s", settings.detection.scrape_interval_s, 0.1, 3_600),
        ("responder.reaction_s", settings.responder.reaction_s, 0, 86_400),
        ("greatest_duration_s", settings.greatest_duration_s, 10, 1_000_000),
        ("min_samples", settings.min_samples, 1, 1_000_000),
        ("sandbox.stall_s", settings.sandbox.stall_s, 0, 3_600),
        ("budgets.ttd_s", budgets.ttd_s, 0, 1e9),
        ("budgets.tta_s", budgets.tta_s, 0, 1e9),
        ("budgets.ttm_s", budgets.ttm_s, 0, 1e9),
        ("budgets.ttr_s", budgets.ttr_s, 0, 1e9),
        ("budgets.success_ratio", budgets.success_ratio, 0, 1),
        ("stop.greatest_impact_s", stop.greatest_impact_s, 0.1, 1_000_000),
        ("stop.failed_real_purchases", stop.failed_real_purchases, 0, 1_000_000),
        ("stop.url_interval_s", stop.url_interval_s, 0.25, 3_600),
    ]
