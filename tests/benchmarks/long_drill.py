"""The journal of a long drill: ten purchases a second, a scrape of each source every second, an hour of outage.

Its lines are those that the drill's own writer writes, but made straight from figures, for a day has a quarter of a
million of them; a test holds the two together.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import pairwise
from random import Random

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import series_text
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.journal.chain import FIRST_HASH
from chaos_pizza.model.conversion import event_to_mapping
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.settings import (
    Budgets,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    ResponderKind,
    ResponderSettings,
)

EPOCH = datetime(2026, 11, 1, 6, tzinfo=UTC)
RATE_PER_S = 10
DINERS = 5
EVERY_US = 1_000_000 // RATE_PER_S
BEAT_US = 500_000
LATENCY_BUDGET_US = 2_000_000
DISHES_BTC = (0.0038, 0.0042, 0.0028, 0.005, 0.0014, 0.0099)
SHOP, MONITOR = "shop_metrics", "synthetic_monitor"
OK = series_text(series_key("pizza_purchases_total", outcome="ok"))
FAILED = series_text(series_key("pizza_purchases_total", outcome="failed"))
REVENUE = "pizza_revenue_btc_total"
ERRORS = 'http_requests_total{method="POST",route="/api/order",status="500"}'
SWIFT = 'pizza_purchase_latency_seconds_bucket{le="2.5"}'
ANSWERED = "pizza_purchase_latency_seconds_count"
MONITOR_SERIES = [series_text(key) for key in SyntheticCounters().values()]


class LongDrill:
    """Writes the journal; `lasts_s` seconds of it, of which the fault is on from the middle on for a 24th part."""

    def __init__(self, path, lasts_s, sources=(MONITOR,), seed=0):
        self.samples = self.failed = self.lines = 0
        self.batch_bytes = 0
        self._lasts_s, self._sources, self._random = lasts_s, sources, Random(seed)
        self._fault_us = (lasts_s * 500_000, lasts_s * 500_000 + max(20, lasts_s // 24) * 1_000_000)
        self._hash = FIRST_HASH
        self._pending = []
        self._shown = {}
        self._counted = {
            SHOP: dict.fromkeys((SWIFT, ANSWERED, FAILED, OK, REVENUE), 0.0),
            MONITOR: dict.fromkeys(MONITOR_SERIES, 0.0),
        }
        with path.open("wb") as self._file:
            self._write()

    def _write(self):
        self._begin()
        due = self._events()
        for beat in range(1, 2 * self._lasts_s + 1):
            now_us = beat * BEAT_US
            while due and due[0][0] <= now_us:
                at_us, event, fields = due.pop(0)
                self._line(at_us, event, **fields)
            self._batch(now_us)
            if beat % 2 == 0:
                for source in self._sources:
                    self._scrape(now_us + 9_000, source)
        self._line(now_us + 20_000, "drill_ended", at=_at(now_us + 20_000), toolkit_status="completed", deviated=False)

    def _begin(self):
        settings = DrillSettings(
            fault=FaultKind.FAIL,
            recovery=RecoverySettings(good_purchases=20),
            detection=DetectionSettings(rules=tuple(shipped_rules().values())),
            responder=ResponderSettings(ResponderKind.RUNBOOK),
            budgets=Budgets(ttd_s=15.0, ttr_s=4000.0),
        )
        started = DrillStarted(
            "long", "factory-fail", "A long drill", "sandbox", "http://127.0.0.1:1", "http://127.0.0.1:2", settings,
            "0.1.0", "1.44.0",
        )  # fmt: skip
        self._line(0, **_named(event_to_mapping(started)))
        self._line(10, "stage_began", stage="baseline")
        self._line(
            20, "clock_observed", **_window(10, 20), peer_earliest=_at(0), peer_latest=_at(1_000_000), peer="factory"
        )
        self._line(30, "alerting_chosen", sources=list(self._sources))
        nothing = {"chaos": None, "previous_sent_at": None}
        self._line(40, "vendor_seen", **_window(10, 20), **nothing)

    def _events(self):
        """Return what else happens and when: fault, alert, cure, and the usual few hundred looks and steps."""
        on_us, off_us = self._fault_us
        chaos = {"type": "fail", "initiated_at": None, "start_at": _at(on_us + 500_000), "fix_at": None}
        calm = {"type": "none", "initiated_at": None, "start_at": None, "fix_at": _at(off_us + 500_000)}
        alert = {
            "rule": "failed-purchases",
            "source": self._sources[0],
            "value": 3.0,
            "peer": None,
            "seen_at": None,
            "instance": "",
        }
        asked = {"kind": "fail", "sent_at": _at(on_us - 1_000_000), "acknowledged_at": _at(on_us - 990_000)}
        on = {**_window(on_us + 900_000, on_us + 910_000), "chaos": chaos, "previous_sent_at": _at(on_us)}
        off = {**_window(off_us + 900_000, off_us + 910_000), "chaos": calm, "previous_sent_at": _at(off_us - 100_000)}
        taken_at = _at(on_us + 9_000_000)
        taken = {"mark": "acknowledged", "by": "runbook", "at": taken_at, "entered_at": taken_at, "text": ""}
        cured = {"by": "runbook", "means": "link", **_window(off_us - 5_000, off_us), "answer": "resolved"}
        looked = {"factory_calm": True, "pizza_verified": True, "text": ""}
        told = [
            (on_us - 30_000_000, "hypothesis_checked", {"when": "before", "met": True, "probes": []}),
            (on_us - 20_000_000, "stage_began", {"stage": "method"}),
            (on_us - 990_000, "fault_injected", asked),
            (on_us + 1_000_000, "vendor_seen", on),
            (on_us + 3_100_000, "alert_changed", {**alert, "state": "firing", "at": _at(on_us + 3_100_000)}),
            (on_us + 9_000_000, "marked", taken),
            (off_us, "cure_attempted", cured),
            (off_us + 1_000_000, "vendor_seen", off),
            (off_us + 6_000_000, "hypothesis_checked", {"when": "after", "met": True, "probes": []}),
            (off_us + 7_000_000, "calm_checked", {**_window(off_us + 6_900_000, off_us + 7_000_000), **looked}),
            *(
                (second * 1_000_000 + 70, "responder_step", {"at": _at(second * 1_000_000), "text": "looked around"})
                for second in range(1, self._lasts_s, max(1, self._lasts_s // 300))
            ),
        ]
        return sorted(told, key=lambda each: each[0])

    def _batch(self, now_us):
        """Write what was answered since the last one; what is to be sent meanwhile is on its way."""
        overdue = []
        for intended_us in range(now_us - BEAT_US, now_us, EVERY_US):
            bought = self._buy(intended_us // EVERY_US, intended_us)
            heappush(self._pending, (bought["answered_at_us"], bought["number"], bought))
        for _, _, bought in self._pending:
            if now_us - BEAT_US <= bought["intended_us"] + LATENCY_BUDGET_US < min(now_us, bought["answered_at_us"]):
                overdue.append(self._overdue(bought))
        ended = []
        while self._pending and self._pending[0][0] < now_us:
            ended.append(heappop(self._pending)[2])
        for bought in ended:
            self._count(bought)
        besides = {"overdue": overdue} if overdue else {}
        if self._pending:
            besides["in_flight"] = len(self._pending)
        written = self._line(now_us, "purchases_observed", **_columns(ended), **besides)
        self.samples += len(ended)
        self.batch_bytes += written

    def _buy(self, number, intended_us):
        draw = self._random
        on = self._fault_us[0] + 500_000 <= intended_us < self._fault_us[1]
        chance = draw.random()
        failed = on or chance < 0.0002
        latency_us = 9_000 + int(draw.expovariate(1 / 30_000))
        if 0.0002 <= chance < 0.0003:
            latency_us += LATENCY_BUDGET_US
        price = sum(draw.choice(DISHES_BTC) for _ in range(draw.randint(1, 3)))
        late = latency_us > LATENCY_BUDGET_US
        return {
            "number": number, "intended_us": intended_us, "sent_us": 300 + int(draw.random() * 900),
            "answered_us": latency_us, "answered_at_us": intended_us + latency_us, "price_btc": price,
            "outcome": "failed" if failed else "late" if late else "ok", "status": 500 if failed else 200,
            "evidence": "link" if on else None,
        }  # fmt: skip

    def _overdue(self, bought):
        return {
            "number": bought["number"], "diner": bought["number"] % DINERS, "intended_at": _at(bought["intended_us"]),
            "sent_at": _at(bought["intended_us"] + bought["sent_us"]),
            "overdue_at": _at(bought["intended_us"] + LATENCY_BUDGET_US), "price_btc": bought["price_btc"],
        }  # fmt: skip

    def _count(self, bought):
        shop, monitor = self._counted[SHOP], self._counted[MONITOR]
        shop[SWIFT] += 1.0
        shop[ANSWERED] += 1.0
        if bought["outcome"] == "ok":
            for counted in (shop, monitor):
                counted[OK] += 1.0
                counted[REVENUE] += bought["price_btc"]
            return
        self.failed += 1
        for counted in (shop, monitor):
            counted[FAILED] += 1.0
        monitor[f'pizza_failures_total{{kind="{bought["outcome"]}"}}'] += 1.0
        shop[ERRORS] = shop.get(ERRORS, 0.0) + (bought["outcome"] == "failed")

    def _scrape(self, at_us, source):
        shown, counted = self._shown.get(source, {}), self._counted[source]
        values = {name: counted[name] for name in sorted(counted) if counted[name] != shown.get(name)}
        self._shown[source] = dict(counted)
        self._line(at_us + 90, "series_scraped", source=source, at=_at(at_us), values=values, gone=[], peer=None)

    def _line(self, at_us, event, **fields):
        content = {"number": self.lines, "at": _at(at_us), "event": {"type": event, **fields}}
        body = json.dumps(content, separators=(",", ":"))
        self._hash = hashlib.sha256((self._hash + body).encode()).hexdigest()
        self.lines += 1
        return self._file.write(f'{body[:-1]},"hash":"{self._hash}"}}\n'.encode())


def _named(mapping):
    return {"event" if name == "type" else name: value for name, value in mapping.items()}


def _window(sent_us, received_us):
    return {"sent_at": _at(sent_us), "received_at": _at(received_us)}


def _at(at_us):
    return instant_text(EPOCH + timedelta(microseconds=at_us))


def _columns(ended):
    """Return the columns of purchases (`model.purchase_batch`) that leave by a plan as regular as this."""
    if not ended:
        return {}
    numbers = [bought["number"] for bought in ended]
    steps = [after - before for before, after in pairwise(numbers)]
    modulus = max(number % DINERS for number in numbers) + 1
    diners = [number % DINERS for number in numbers]
    fits = [number % modulus for number in numbers] == diners
    columns = {
        "since": _at(ended[0]["intended_us"]),
        "number": numbers[0] if set(steps) <= {1} else [numbers[0], *steps],
        **({"diners": modulus} if fits else {"diner": diners}),
        **({"every_us": EVERY_US} if len(ended) > 1 else {}),
        "sent_us": [bought["sent_us"] for bought in ended],
        "answered_us": [bought["answered_us"] for bought in ended],
    }
    for name, usual in (("outcome", "ok"), ("status", 200), ("evidence", None), ("price_btc", "")):
        values = [bought[name] for bought in ended]
        if any(value != values[0] for value in values):
            columns[name] = values
        elif values[0] != usual:
            columns[name] = values[0]
    return columns
