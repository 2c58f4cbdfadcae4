"""Fleets by the real command: broken shops harm no others, and a fleet that is stopped or killed leaves calm behind."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import jsonschema
import pytest
import yaml

from chaos_pizza.fleet.document import fleet_schema
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

from .conftest import PIZZA, Ran, clean_environment, run
from .quick import write_quick
from .under_way import DEADLINE_S, PLAIN, wait_for

pytestmark = pytest.mark.drill


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(SandboxSettings(shops=6, stall_s=1)) as running:
        yield running


@contextmanager
def dumb_server() -> Iterator[str]:
    """A server that takes every connection and never says a word; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def write_fleet(place: Path, environments: Mapping[str, Mapping[str, str]], **course: object) -> None:
    """Write a fleet over shops whose variables are given, its secrets beside it."""
    shops = [
        {"name": name, "shop_url": each["PIZZA_SHOP_URL"], "metrics_url": each["PIZZA_METRICS_URL"]}
        for name, each in environments.items()
    ]
    factory_url = next(iter(environments.values()))["PIZZA_FACTORY_URL"]
    defaults = {"factory_url": factory_url, "vendor_key_env": "{NAME}_KEY"}
    plan = {"experiment": "factory-fail.yaml", "env_file": "keys.env", "start_spread_s": 0, "defaults": defaults}
    (place / "fleet.yaml").write_text(yaml.safe_dump({**plan, "shops": shops, **course}))
    keys = [f"{name.upper().replace('-', '_')}_KEY={each['PIZZA_VENDOR_KEY']}" for name, each in environments.items()]
    (place / "keys.env").write_text("\n".join(keys) + "\n")
    (place / "keys.env").chmod(0o600)


def only_fleet(place: Path) -> Path:
    (folder,) = (place / "reports" / "fleets").iterdir()
    return folder


def leases(place: Path) -> dict[str, dict]:
    """The leases of the drills under way, by the names of their shops."""
    found = [json.loads(path.read_text()) for path in (place / ".state" / "leases").glob("*.lease")]
    return {each["target_name"]: each for each in found}


def start(place: Path, *options: str) -> subprocess.Popen[str]:
    """Start a fleet in a process group of its own, as a terminal does."""
    environment = clean_environment(PIZZA_STATE_DIR=str(place / ".state"))
    return subprocess.Popen(
        [*PIZZA, "fleet", "fleet.yaml", *options],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def ended(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=DEADLINE_S)
    return Ran(process.returncode, out, err)


def journals(place: Path) -> list[str]:
    return [path.read_text() for path in (place / "reports").glob("fleets/*/*/*/journal.jsonl")]


def broken_so_far(place: Path) -> int:
    return sum('"type":"fault_proven"' in text for text in journals(place))


def wait_until_broken(place: Path, process: subprocess.Popen[str], count: int, before: int = 0) -> None:
    """Wait until so many drills more than `before` have a fault that is on and not mended."""

    def is_so() -> bool:
        assert process.poll() is None, process.communicate()
        return broken_so_far(place) >= before + count

    wait_for(is_so)


def chaos_of(variables: Mapping[str, str]) -> str:
    headers = {"Authorization": f"Bearer {variables['PIZZA_VENDOR_KEY']}"}
    vendor = httpx.get(f"{variables['PIZZA_FACTORY_URL']}/api/vendor", headers=headers, trust_env=False, verify=PLAIN)
    return vendor.json().get("chaos", {}).get("type", "none")


def document_of(place: Path) -> dict:
    return json.loads((only_fleet(place) / "fleet.json").read_text())


def test_each_broken_shop_is_a_row_of_its_own_and_no_other_row_changes(sandbox, tmp_path):
    environments = {name: dict(each) for name, each in sandbox.environments.items()}
    gone, wrong_key, dumb, broken, hangs, fine = environments
    with dumb_server() as nowhere, socket.create_server(("127.0.0.1", 0)) as closed:
        environments[gone]["PIZZA_SHOP_URL"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        closed.close()
        environments[wrong_key]["PIZZA_VENDOR_KEY"] = "no-such-key-at-all"
        environments[dumb]["PIZZA_SHOP_URL"] = nowhere
        write_quick("factory-fail", tmp_path)
        write_fleet(tmp_path, environments, at_a_time=3)
        headers = {"Authorization": f"Bearer {environments[broken]['PIZZA_VENDOR_KEY']}"}
        chaos_url = f"{environments[broken]['PIZZA_FACTORY_URL']}/api/vendor/chaos/fail"
        assert httpx.put(chaos_url, headers=headers, trust_env=False, verify=PLAIN).is_success

        with start(tmp_path) as process:
            try:
                lease = wait_for(lambda: leases(tmp_path).get(hangs))
                wait_for(lambda: sandbox.truths[hangs])
                os.kill(lease["runner_pid"], signal.SIGSTOP)
                ran = ended(process)
            finally:
                process.kill()
    assert ran.code in {3, 4}, ran.said
    document = document_of(tmp_path)
    rows = {row["shop"]: row for row in document["shops"]}
    # What it had seen of its fault before it hung is for its journal to say.
    assert rows[hangs]["verdict"] in {"invalid", "aborted"}
    assert {name: row["verdict"] for name, row in rows.items() if name != hangs} == {
        gone: "not held",
        wrong_key: "not held",
        dumb: "not held",
        broken: "not held",
        fine: "passed",
    }
    assert [row["shop"] for row in document["shops"] if row["rank"]] == [fine]
    reasons = {name: " ".join(row["reasons"]) for name, row in rows.items()}
    assert "can't be reached" in reasons[gone]
    assert f"this vendor key; check {wrong_key.upper().replace('-', '_')}_KEY" in reasons[wrong_key]
    assert "did not answer within" in reasons[dumb]
    assert "chaos (fail) is on" in reasons[broken]
    assert reasons[hangs].startswith("its process was ended by SIGKILL; its watchdog ended it")
    assert leases(tmp_path) == {}
    assert {name: chaos_of(sandbox.environments[name]) for name in (hangs, fine)} == {hangs: "none", fine: "none"}
    assert len(sandbox.truths[fine]) == 1
    assert sandbox.truths[gone] == sandbox.truths[wrong_key] == sandbox.truths[dumb] == ()

    jsonschema.validate(document, fleet_schema())
    page = (only_fleet(tmp_path) / "summary.html").read_text()
    assert f'href="{rows[fine]["report"]}"' in page
    assert (only_fleet(tmp_path) / rows[fine]["report"]).is_file()
    secrets = [each["PIZZA_VENDOR_KEY"] for each in environments.values()]
    for path in only_fleet(tmp_path).rglob("*"):
        assert not path.is_file() or not any(secret.encode() in path.read_bytes() for secret in secrets), path
    assert not any(secret in ran.said for secret in secrets)

    # What has a verdict is not drilled again.
    again = run(*PIZZA, "fleet", "fleet.yaml", "--resume", "--only", fine, "--json", cwd=tmp_path)
    assert json.loads(again.out)["shops"] == document["shops"], again.said
    assert len(sandbox.truths[fine]) == 1


def test_a_fleet_that_is_stopped_interrupted_or_killed_leaves_calm_and_is_gone_on_with(sandbox, tmp_path):
    environments = dict(list(sandbox.environments.items())[:2])
    write_quick("factory-fail", tmp_path, window_s=1.0, responder={"kind": "runbook", "reaction_s": 60})
    write_fleet(tmp_path, environments, at_a_time=3, name="night")

    def is_calm_everywhere() -> bool:
        return not leases(tmp_path) and {chaos_of(each) for each in environments.values()} == {"none"}

    with start(tmp_path) as process:
        wait_until_broken(tmp_path, process, 2)
        # Another fleet on the same shops holds none of them, and harms none.
        other = run(*PIZZA, "fleet", "fleet.yaml", "--reports", "others", "--json", cwd=tmp_path)
        assert other.code == 2, other.said
        rows = json.loads(other.out)["shops"]
        assert [(row["shop"], row["verdict"]) for row in rows] == [(name, "not held") for name in environments]
        assert all("being drilled already" in row["reasons"][0] for row in rows), rows
        assert all(len(sandbox.truths[name]) == 1 for name in environments)
        told = run(*PIZZA, "stop", "night", "--reason", "the bell rang", cwd=tmp_path)
        assert told.code == 0, told.said
        stopped = ended(process)
    assert stopped.code == 4, stopped.said
    assert "--resume" in stopped.out
    assert is_calm_everywhere()
    assert {row["verdict"] for row in document_of(tmp_path)["shops"]} == {"aborted"}
    assert "the bell rang; calm is proven" in (only_fleet(tmp_path) / "summary.md").read_text()
    for name in environments:
        log = (only_fleet(tmp_path) / name / "drill.log").read_text()
        assert " begins\n" in log
        assert "the bell rang; calm is proven" in log

    # It was told to stop once, and goes on now all the same.
    with start(tmp_path, "--resume") as process:
        wait_until_broken(tmp_path, process, 2, before=broken_so_far(tmp_path))
        status = run(*PIZZA, "status", cwd=tmp_path)
        process.send_signal(signal.SIGKILL)
        ended(process)
    assert ": 2 drills are under way, and a watchdog stands by each" in status.out, status.said
    wait_for(is_calm_everywhere)

    with start(tmp_path, "--resume") as process:
        wait_until_broken(tmp_path, process, 2, before=broken_so_far(tmp_path))
        process.send_signal(signal.SIGINT)
        assert "stopping, since SIGINT was received" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        twice = ended(process)
    # The second signal leaves calm to the watchdogs, unless the drill was quicker to restore it.
    assert twice.code in {4, 5}, twice.said
    assert "CHAOS MAY STILL BE ON" not in twice.said
    assert is_calm_everywhere()


def test_a_fleet_whose_folder_takes_nothing_goes_on_and_tells_what_came_of_it(sandbox, tmp_path):
    environments = {name: dict(each) for name, each in list(sandbox.environments.items())[:2]}
    wrong_key, fine = environments
    environments[wrong_key]["PIZZA_VENDOR_KEY"] = "no-such-key-at-all"
    write_quick("factory-fail", tmp_path)
    write_fleet(tmp_path, environments, at_a_time=1)
    with start(tmp_path) as process:
        wait_for(lambda: list(tmp_path.glob("reports/fleets/*/began.json")))
        for name in ("shops.jsonl", "fleet.json"):
            (only_fleet(tmp_path) / name).mkdir()
        ran = ended(process)
    assert ran.code == 3, ran.said
    assert ran.said.count("can't be written to") == 2, ran.said
    assert f"what came of {wrong_key} can't be written to" in ran.out
    assert f"[2/2] {fine}: passed" in ran.out
    assert "Detected: 1 of 1 drill that proves anything." in ran.out
    assert "chaos-pizza: the fleet's summary can't be written to" in ran.err
    assert len(sandbox.truths[fine]) == 1
