"""Whole drills whose purchases others make: Locust's workers, some in networks of their own, and a k6 script."""

import heapq
import json
import os
import re
import signal
import subprocess
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import yaml

from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.load_event import LoadWorkerJoined, LoadWorkerLost
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

from .conftest import PIZZA, ROOT, clean_environment, only_folder
from .processes import children_of, is_alive, watchdog_of
from .quick import write_quick
from .separate_networks import networks, relay
from .under_way import wait_for, wait_for_record

pytestmark = pytest.mark.drill

RATE_PER_S = 20
OWN_PURCHASES = 12
"""The drill's own besides its traffic: the runbook's four, and looks at whether calm is back."""
UNDER_WAY = 10
"""So many purchases at the most had no answer yet when k6 was told to end."""


@pytest.fixture
def sandbox():
    """A sandbox without a diner, so that everybody who buys registers their own."""
    with SandboxThread(SandboxSettings()) as running:
        yield running


def begin(workplace, env, *options, **traffic):
    """Begin a drill in a process of its own; what it says is in `communicate`."""
    name = write_quick(
        "factory-fail",
        workplace,
        traffic={"rate_per_s": RATE_PER_S, "diners": 5, **traffic},
        responder={"kind": "runbook", "reaction_s": 2},
    )
    command = [*PIZZA, "drill", name, *options]
    own = {**env, "PIZZA_STATE_DIR": str(workplace / ".state")}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=workplace, env=own, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def without_diner(sandbox, **more):
    known = {name: text for name, text in sandbox.environment.items() if not name.startswith("PIZZA_DINER")}
    return clean_environment(**known, **more)


def events_of(folder, kind):
    return [record.event for record in read_journal(folder).records if isinstance(record.event, kind)]


def samples_of(folder):
    return [sample for batch in events_of(folder, PurchasesObserved) for sample in batch.samples]


def process_of(joined):
    return int(re.fullmatch(r".*, process (\d+)", joined.place)[1])


def unmatched(samples, ledger, off_s):
    """How many of the shop's purchases no sample tells of; fails where a sample tells of none, or two of one.

    Every answer is given to the purchase under way then, with this status, that ended first.
    """
    off, left, waiting, rest = timedelta(seconds=off_s), sorted(samples, key=lambda each: each.sent_at), [], 0
    for record in sorted(ledger, key=lambda each: each.received_at):
        while left and left[0].sent_at - off <= record.received_at:
            sample = left.pop(0)
            heapq.heappush(waiting, (sample.answered_at + off, sample.number, sample))
        fitting = [
            entry for entry in sorted(waiting) if entry[0] >= record.received_at and entry[2].status == record.status
        ]
        if fitting:
            waiting.remove(fitting[0])
            heapq.heapify(waiting)
        else:
            rest += 1
    assert not left, "purchases that the shop never saw"
    assert not waiting, "purchases that the shop never saw, or saw once only"
    return rest


def test_four_workers_buy_one_is_killed_and_the_drill_goes_on(sandbox, tmp_path):
    drill = begin(tmp_path, without_diner(sandbox), "--target", "env", engine="locust", workers=4)
    folder = wait_for_record(tmp_path, "fault_proven", drill)
    joined = events_of(folder, LoadWorkerJoined)
    os.kill(process_of(joined[2]), signal.SIGKILL)
    said, _ = drill.communicate()
    assert drill.returncode == 0, said

    samples = samples_of(folder)
    assert [worker.worker for worker in joined] == [1, 2, 3, 4]
    (lost,) = events_of(folder, LoadWorkerLost)
    assert (lost.worker, lost.workers_left) == (3, 3)
    # The loss is told everywhere, and its purchases are missing, not failed.
    told = (
        "worker 3 of 4 was lost: its process ended; a quarter of the purchases, 5 a second, was not made from then on"
    )
    document = json.loads((folder / "drill.json").read_text())
    assert told in said
    assert any(told in entry["text"] for entry in document["timeline"])
    assert told in (folder / "report.md").read_text()
    assert document["impact"]["dropped"] >= 1
    numbers = [sample.number for sample in samples]
    assert len(set(numbers)) == len(numbers)
    killed = [sample for sample in samples if sample.number % 4 == 2]
    assert max(sample.sent_at for sample in killed) < lost.at
    assert {sample.number % 4 for sample in samples if sample.sent_at > lost.at} == {0, 1, 3}
    # What the shop saw is what the journal holds: nothing twice, nothing invented.
    off_s = max(worker.uncertainty_s for worker in joined) + 0.005
    assert unmatched(samples, sandbox.purchases, off_s) <= OWN_PURCHASES + lost.purchases_missing
    # And no process of the drill's is left.
    assert not [worker for worker in joined if is_alive(process_of(worker))]
    began = sandbox.truth[0].began_at
    instants = document["instants"]["fault_start"]
    assert instants["earliest"] <= f"{began:%Y-%m-%dT%H:%M:%S.%fZ}" <= instants["latest"]


def test_workers_of_other_machines_buy_by_what_their_own_environment_says(sandbox, tmp_path, capsys):
    with ExitStack() as stack:
        apart = stack.enter_context(networks(2))
        env, prefixes, host = without_diner(sandbox), ((), ()), "127.0.0.1"
        urls = {name: env[f"PIZZA_{name}_URL"] for name in ("SHOP", "FACTORY")}
        if apart is None:
            with capsys.disabled():
                print("\nNOT TESTED: network namespaces (only root makes them); workers share this machine's network")
        else:
            prefixes, host = tuple(network.prefix for network in apart), apart[0].host
            for name, url in urls.items():
                urls[name] = f"http://{host}:{stack.enter_context(relay(host, urlsplit(url).port))}"
        port = free_port()
        target = {"shop_url": urls["SHOP"], "factory_url": urls["FACTORY"], "vendor_key_env": "KEY", "allowed": True}
        (tmp_path / "chaos-pizza.yaml").write_text(yaml.safe_dump({"targets": {"lab": target}}))
        drill = begin(
            tmp_path,
            clean_environment(KEY=env["PIZZA_VENDOR_KEY"]),
            *("--target", "lab"),
            engine="locust",
            workers=0,
            expect_workers=2,
            master={"bind": "127.0.0.1" if apart is None else "0.0.0.0", "port": port},
        )
        stack.callback(drill.kill)
        # No vendor's key: it is none of a worker's business.
        own = clean_environment(PIZZA_SHOP_URL=urls["SHOP"], PIZZA_FACTORY_URL=urls["FACTORY"])
        workers = [
            stack.enter_context(
                subprocess.Popen(
                    [*prefix, *PIZZA, "worker", "--master", f"{host}:{port}"],
                    cwd=tmp_path,
                    env=own,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
            for prefix in prefixes
        ]
        for worker in workers:
            stack.callback(worker.kill)
        said, _ = drill.communicate()
        assert drill.returncode == 0, said
        for worker in workers:
            assert worker.communicate()[0].splitlines()[-1] == "The drill is over."
            assert worker.returncode == 0
    folder = only_folder(tmp_path / "reports")
    assert {sample.number % 2 for sample in samples_of(folder)} == {0, 1}
    assert len(events_of(folder, LoadWorkerJoined)) == 2


def free_port():
    """A port that is free now; a master's has to be known beforehand."""
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_k6_script_buys_and_its_check_tells_pizzas(sandbox, tmp_path):
    script = str(ROOT / "experiments/k6/orders.js")
    drill = begin(
        tmp_path, without_diner(sandbox), "--target", "env", engine="k6", script=script, check="pizza verifies"
    )
    said, _ = drill.communicate()
    assert drill.returncode == 0, said
    folder = only_folder(tmp_path / "reports")
    samples = samples_of(folder)
    assert {sample.outcome.value for sample in samples} == {"ok", "failed"}
    # k6 may have begun more before it heard that it was to end, of which it tells nothing.
    told_until = max(sample.answered_at for sample in samples)
    ledger = [record for record in sandbox.purchases if record.received_at <= told_until]
    assert unmatched(samples, ledger, 0.005) <= OWN_PURCHASES + UNDER_WAY
    document = json.loads((folder / "drill.json").read_text())
    assert (document["impact"]["diners_affected"], document["impact"]["revenue_lost_btc"]) == (None, None)
    assert "By the team's own k6 script" in (folder / "report.md").read_text()


@pytest.mark.parametrize(
    "traffic",
    [
        {"engine": "locust", "workers": 2},
        {"engine": "k6", "script": str(ROOT / "experiments/k6/orders.js")},
    ],
    ids=["locust", "k6"],
)
def test_nobody_who_buys_outlives_a_killed_drill(sandbox, tmp_path, traffic):
    with begin(tmp_path, without_diner(sandbox), "--target", "env", **traffic) as drill:
        wait_for_record(tmp_path, '"answered_us"', drill)
        buyers, watchdog = children_of(drill.pid, "chaos_pizza.engines", "k6"), watchdog_of(drill)
        drill.kill()
    assert buyers
    wait_for(lambda: not any(map(is_alive, buyers)))
    # It has nobody to restore calm at once the sandbox is gone, and would go on trying.
    wait_for(lambda: not is_alive(watchdog))
