"""Which alerts of an alerting system count, and what tells those of one rule apart."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from chaos_pizza.alerting.scrapes import quoted
from chaos_pizza.errors import Refused
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.monitoring.answers import System

_LONGEST_INSTANCE = 200
_PLAIN_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NO_INSTANCE = {"alertname", "alertstate"}


@dataclass(frozen=True, slots=True)
class Counting:
    """The alerts with one of these `names` and all of these `labels` count; without names, any with the labels."""

    names: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_settings(cls, settings: DetectionSettings) -> "Counting":
        """Return which alerts count in a drill."""
        return cls(settings.counting, settings.alert_labels)

    def counts(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an alert with these labels counts; none does where neither names nor labels are given."""
        named = labels.get("alertname") in self.names if self.names else bool(self.labels)
        return named and all(labels.get(name) == value for name, value in self.labels.items())

    def may_count(self, rule: str, labels: Mapping[str, str]) -> bool:
        """Tell whether a rule of this name, which gives its alerts these labels, can raise one that counts.

        A label that the rule doesn't give may still come from what it watches, and a template may become anything.
        """
        named = rule in self.names if self.names else bool(self.labels)
        own = {**labels, "alertname": rule}
        return named and all(own.get(name, value) == value or "{{" in own[name] for name, value in self.labels.items())

    def matchers(self) -> tuple[str, ...]:
        """Return the same as matchers of labels, in the form that PromQL and Alertmanager have in common."""
        either = "|".join(re.escape(name) for name in self.names)
        named = (f"alertname=~{quoted(either)}",) if self.names else ()
        return named + tuple(f"{label_text(name)}={quoted(value)}" for name, value in sorted(self.labels.items()))

    def check(self, system: System) -> None:
        """Raise `Refused` where no alert can count."""
        if not self.names and not self.labels:
            raise Refused(
                f"nothing says which of {system.name}'s alerts count; name them in the experiment: detection.alerts, "
                "detection.alert_labels or detection.rules"
            )


def label_text(name: str) -> str:
    """Return a label's name as matchers have it, quoted where it is no plain one."""
    return name if _PLAIN_LABEL.fullmatch(name) else quoted(name)


def instance_text(labels: Mapping[str, str]) -> str:
    """Return the labels that tell the alerts of one rule apart: `job=shop, severity=page`; "" where there are none.

    One text for one set of labels, also where it is cut since they are many.
    """
    telling = {name: value for name, value in labels.items() if name not in _NO_INSTANCE and name[:2] != "__"}
    text = ", ".join(f"{name}={value}" for name, value in sorted(telling.items()))
    if len(text) <= _LONGEST_INSTANCE:
        return text
    return f"{text[: _LONGEST_INSTANCE - 10]}… {zlib.crc32(text.encode()):08x}"
