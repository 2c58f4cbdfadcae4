"""Journals of drills and of calm, told second by second, with real hashes and no cost of real time."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from random import Random

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.journal.chain import FIRST_HASH
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.settings import DetectionSettings, DrillSettings, FaultKind

EPOCH = datetime(2026, 11, 1, tzinfo=UTC)
PRICE_BTC = 0.004
# What the shop's own metrics make of each fault: the share of its purchases that it calls ok.
SOLD = {FaultKind.FAIL: 0.0, FaultKind.BADJWT: 1.0, FaultKind.THROTTLE: 0.0}


def text(at):
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


class Journal:
    """Writes lines as the drill's own writer does, from plain mappings."""

    def __init__(self, path, begins_at=EPOCH):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._begins_at = begins_at
        self._number = 0
        self._hash = FIRST_HASH

    def at(self, second):
        return text(self._begins_at + timedelta(seconds=second))

    def line(self, second, event, /, **fields):
        content = {"number": self._number, "at": self.at(second), "event": {"type": event, **fields}}
        body = json.dumps(content, separators=(",", ":"))
        self._hash = hashlib.sha256((self._hash + body).encode()).hexdigest()
        self._file.write(f'{body[:-1]},"hash":"{self._hash}"}}\n'.encode())
        self._number += 1

    def started(self, fault, rules=()):
        detection = DetectionSettings(rules=tuple(rules))
        settings = DrillSettings(fault=fault, detection=detection)
        self.line(
            0, "drill_started", drill_id="d", experiment="e", title="t", target="sandbox", shop_url="http://s",
            factory_url="http://f", settings=to_mapping(settings), tool_version="0", toolkit_version="0",
        )  # fmt: skip

    def scraped(self, second, source, values):
        self.line(second, "series_scraped", source=source, at=self.at(second), values=values, gone=[], peer=None)

    def bought(self, second, samples):
        self.line(second, "purchases_observed", samples=samples, overdue=[], dropped=0, in_flight=0)

    def sample(self, number, second, outcome="ok", evidence=None):
        sent, answered = self.at(second), self.at(second + 0.05)
        return {
            "number": number, "diner": number % 5, "intended_at": sent, "sent_at": sent, "answered_at": answered,
            "outcome": outcome, "status": 500 if outcome == "failed" else 200, "evidence": evidence,
            "price_btc": PRICE_BTC,
        }  # fmt: skip

    def close(self):
        self._file.close()


class Counted:
    """Counters, and what of them changed since they were last looked at."""

    def __init__(self, *names):
        self.values = dict.fromkeys(names, 0)
        self._shown = {}

    def add(self, name, count):
        self.values[name] += count

    def changed(self):
        changed = {name: round(value, 9) for name, value in self.values.items() if self._shown.get(name) != value}
        self._shown = dict(self.values)
        return changed


OK = 'pizza_purchases_total{outcome="ok"}'
FAILED = 'pizza_purchases_total{outcome="failed"}'
REVENUE = "pizza_revenue_btc_total"
BAD = 'pizza_failures_total{kind="bad_pizza"}'
ANSWERED = "pizza_purchase_latency_seconds_count"
SWIFT = 'pizza_purchase_latency_seconds_bucket{le="2.5"}'
ERRORS = 'http_requests_total{status="500"}'


def counters():
    shop, monitor = Counted(OK, FAILED, REVENUE, ANSWERED, SWIFT), Counted(OK, FAILED, REVENUE, BAD)
    return {"shop_metrics": shop, "synthetic_monitor": monitor}


def count(counted, source, kind, sold):
    """Count ten purchases of one second; `kind` is the fault that is on, `None` for calm."""
    good = 10 if kind is None else 0 if source == "synthetic_monitor" else round(10 * sold)
    counted.add(OK, good)
    counted.add(FAILED, 10 - good)
    counted.add(REVENUE, good * PRICE_BTC)
    if kind is FaultKind.BADJWT and source == "synthetic_monitor":
        counted.add(BAD, 10)
    if source == "shop_metrics":
        counted.add(ANSWERED, 10)
        counted.add(SWIFT, 10)


def write_drill(folder, kind=FaultKind.FAIL, lasts_s=180, fault_s=(60.3, 150.3), seed=0, begins_at=EPOCH):
    """Write a drill of 10 purchases a second; its fault begins and ends at these seconds, by the load's own hand."""
    random = Random(seed)
    fault_s = tuple(second + random.random() for second in fault_s)
    journal = Journal(folder / "journal.jsonl", begins_at)
    journal.started(kind, shipped_rules().values())
    counted, number, proven = counters(), 0, False
    for second in range(1, lasts_s + 1):
        on = fault_s[0] <= second < fault_s[1]
        if not proven and on:
            asked, proven = journal.at(fault_s[0]), True
            journal.line(second, "fault_injected", kind=kind.value, sent_at=asked, acknowledged_at=asked)
            journal.line(second, "fault_proven", how="an order", sent_at=asked, received_at=journal.at(second))
        bad = "bad_pizza" if kind is FaultKind.BADJWT else "failed"
        samples = [journal.sample(number + n, second - 0.95 + n / 10, bad if on else "ok") for n in range(10)]
        number += 10
        journal.bought(second, samples)
        for source, each in counted.items():
            count(each, source, kind if on else None, SOLD[kind])
            journal.scraped(second + 0.01 * random.random(), source, each.changed())
        if second == int(fault_s[1]) + 1:
            journal.line(
                second, "cure_attempted", by="rollback", means="link", sent_at=journal.at(fault_s[1]),
                received_at=journal.at(fault_s[1] + 0.1), answer="resolved",
            )  # fmt: skip
    journal.line(lasts_s, "drill_ended", at=journal.at(lasts_s), toolkit_status="completed", deviated=False)
    journal.close()


def write_calm(
    path, lasts_s, failing=(), begins_at=EPOCH, purchases=True, sources=("shop_metrics", "synthetic_monitor")
):
    """Write calm with 10 purchases a second, of which one fails in each second of `failing`."""
    journal = Journal(path, begins_at)
    journal.started(FaultKind.NONE, shipped_rules().values())
    counted, failing = counters(), set(failing)
    random = Random(0)
    for second in range(1, lasts_s + 1):
        if purchases:
            journal.bought(second, [journal.sample(10 * second + n, second - 1 + n / 10) for n in range(10)])
        for source in sources:
            each = counted[source]
            count(each, source, None, 1.0)
            if second in failing:
                each.add(OK, -1)
                each.add(FAILED, 1)
            journal.scraped(second + 0.01 * random.random(), source, each.changed())
    journal.line(lasts_s, "drill_ended", at=journal.at(lasts_s), toolkit_status="completed", deviated=False)
    journal.close()
