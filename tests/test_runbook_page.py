"""The runbook's page works: every command shown by hand is run, in its order, against a sandbox that is broken."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from real_programs import wanted

from chaos_pizza.model.incident import RunbookStep
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.wire.purchase import CHAOS_MONKEY

PAGE = (Path(__file__).parents[1] / "docs" / "runbooks" / "factory.md").read_text()
BY_HAND = PAGE.partition("## Step by step")[2].partition("## No link")[0]
FIRST, *BLOCKS = re.findall(r"^```sh\n(.*?)^```", BY_HAND, re.MULTILINE | re.DOTALL)
RUN = PAGE.partition("<!-- a run -->")[2].partition("<!-- end of the run -->")[0]
FIGURE = re.compile(r"\d+(?:[.:]\d+)*")


@pytest.fixture(scope="module")
def sandbox():
    with SandboxThread(SandboxSettings(stall_s=1.5)) as sandbox:
        yield sandbox


def schedule(sandbox, kind):
    url = f"{sandbox.environment['PIZZA_FACTORY_URL']}/api/vendor/chaos/{kind}"
    key = {"Authorization": f"Bearer {sandbox.environment['PIZZA_VENDOR_KEY']}"}
    assert httpx.put(url, headers=key, trust_env=False).status_code == 200


def environment(sandbox, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    urls = {name: sandbox.environment[name] for name in ("PIZZA_SHOP_URL", "PIZZA_FACTORY_URL")}
    return {**kept, **urls, "PIZZA_STATE_DIR": str(tmp_path / ".state"), "no_proxy": "*"}


def by_hand(sandbox, tmp_path, blocks):
    """Run blocks of the page in one shell, as somebody pastes them one after the other; return all they printed."""
    wanted("curl")
    done = subprocess.run(
        [wanted("bash"), "-eu"],
        input="\n".join(blocks),
        cwd=tmp_path,
        env=environment(sandbox, tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_the_pages_steps_are_those_that_a_report_tells():
    headings = re.findall(r"^### (\d)\. (.+)$", BY_HAND, re.MULTILINE)
    assert headings == [(str(number), step.label.capitalize()) for number, step in enumerate(RunbookStep, start=1)]


def test_the_first_block_names_the_two_addresses_and_keeps_what_is_saved_to_oneself():
    assert set(re.findall(r"export (\w+)=https://", FIRST)) == {"PIZZA_SHOP_URL", "PIZZA_FACTORY_URL"}
    assert "umask 077" in FIRST


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("fail", '"followLinkToEndChaos":"https://127.0.0.1/api/support/***"'),
        ("badjwt", '"jwt":"dead'),
        ("throttle", '"jwt":"eyJ'),
    ],
)
def test_who_pastes_the_commands_finds_the_link_ends_the_chaos_and_sees_it_verified(sandbox, tmp_path, kind, answer):
    schedule(sandbox, kind)
    printed = by_hand(sandbox, tmp_path, BLOCKS)
    assert answer in printed
    assert '"message":"Problem resolved. Pizza is back on the menu!"' in printed
    assert printed.count("status 200 after") >= 5
    assert printed.splitlines()[-9::2] == ["good"] * 5
    assert sandbox.truth[-1].ended_how == "link"
    assert re.search(r"status \d+ after [1-9]", printed) is None or kind == "throttle"


def test_what_is_pasted_neither_prints_the_key_nor_leaves_it_on_the_disk(sandbox, tmp_path):
    schedule(sandbox, "fail")
    printed = by_hand(sandbox, tmp_path, BLOCKS)
    assert sandbox.environment["PIZZA_VENDOR_KEY"] not in printed
    assert not re.search(r"/api/support/(?!\*\*\*)", printed)
    assert list(tmp_path.glob("*.json")) == []


def test_pasted_while_all_is_well_it_changes_nothing(sandbox, tmp_path):
    before = len(sandbox.truth)
    printed = by_hand(sandbox, tmp_path, [*BLOCKS[:3], BLOCKS[4]])
    assert printed.count("good") == 5
    assert "NOT GOOD" not in printed
    assert len(sandbox.truth) == before


def test_the_single_commands_for_looking_around_work(sandbox, tmp_path):
    looks = re.findall(r"`(curl [^`]+)`", PAGE)
    assert len(looks) == 2
    printed = by_hand(sandbox, tmp_path, looks)
    assert '"franchises"' in printed
    assert '"keys"' in printed


def test_the_messages_in_the_table_are_those_of_the_services():
    table = [line for line in BY_HAND.splitlines() if line.startswith("| ") and " | " in line]
    for message in (CHAOS_MONKEY, "Failed to fulfill order at factory", "fetch failed"):
        assert any(f"`{message}`" in line for line in table)


def test_the_run_shown_is_what_the_command_prints(sandbox, tmp_path):
    schedule(sandbox, "fail")
    command = [sys.executable, "-m", "chaos_pizza", "runbook", "factory", "--by", "Ann", "--yes"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(sandbox, tmp_path),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    shown = re.search(r"```console\n\$ .*?\n(.*?)```", RUN, re.DOTALL).group(1)
    assert FIGURE.sub("#", done.stdout) == FIGURE.sub("#", shown)
