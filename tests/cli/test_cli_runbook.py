"""`chaos-pizza runbook`: listed, asked, answered and interrupted, as a person at a terminal does."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from wire_tap import WireTap

from chaos_pizza.cli.runbook import runbook
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.inbox import Delivery, DeliveryState, answer, messages_in, open_message
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

COMMAND = [sys.executable, "-m", "chaos_pizza", "runbook", "factory", "--by", "Ann"]
NOWHERE = "http://127.0.0.1:9"
URLS = ("PIZZA_SHOP_URL", "PIZZA_FACTORY_URL")


@pytest.fixture(scope="module")
def shared_sandbox():
    """Its throttle is slower than anybody is patient: nobody waits for it here."""
    with SandboxThread(SandboxSettings(stall_s=600)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox):
    """A sandbox that is calm at first, and again once the test is over."""
    yield shared_sandbox
    named = shared_sandbox.environment
    body = {"id": named["PIZZA_VENDOR_ID"], "deleteType": "chaos"}
    headers = {"Authorization": f"Bearer {named['PIZZA_FACTORY_ADMIN_KEY']}"}
    url = f"{named['PIZZA_FACTORY_URL']}/api/admin/vendor"
    assert httpx.request("DELETE", url, json=body, headers=headers, trust_env=False).status_code == 204


def schedule(sandbox, kind):
    url = f"{sandbox.environment['PIZZA_FACTORY_URL']}/api/vendor/chaos/{kind}"
    key = {"Authorization": f"Bearer {sandbox.environment['PIZZA_VENDOR_KEY']}"}
    assert httpx.put(url, headers=key, trust_env=False).status_code == 200


def urls_of(sandbox):
    return tuple(sandbox.environment[name] for name in URLS)


def variables(sandbox, tmp_path, names=URLS):
    """The environment with these variables of a target alone; `None` takes one away."""
    mine = {name: None for name in os.environ if name.startswith("PIZZA_")}
    given = {name: sandbox.environment[name] for name in names} if sandbox else {}
    return {**mine, **given, "PIZZA_STATE_DIR": str(tmp_path / ".state")}


def call(sandbox, tmp_path, *options, typed=None, names=URLS):
    """Call the command in a folder of its own, with the two addresses in its environment and no key."""
    return CliRunner().invoke(
        runbook,
        ["factory", "--reports", str(tmp_path), "--config", str(_nothing(tmp_path)), *options],
        input=typed,
        env=variables(sandbox, tmp_path, names),
    )


def _nothing(tmp_path):
    path = tmp_path / "chaos-pizza.yaml"
    path.write_text("targets: {}\n")
    return path


class UnderWay:
    """A drill whose journal is being written, and what it takes out of its inbox; `None` for one that takes nothing."""

    def __init__(self, folder, event, *, takes=True):
        folder.mkdir()
        self.folder = folder
        self.writer = JournalWriter(folder, AnchoredClock())
        self.writer.record(event)
        self.taken = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._take_all if takes else lambda: None)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join()
        self.writer.close()

    def marks(self):
        return [event.mark.value for event in self.taken if isinstance(event, Marked)]

    def _take_all(self):
        while not self._is_over.wait(0.02):
            for message in messages_in(self.folder, 100):
                self.taken.append(open_message(message))
                answer(message, Delivery(DeliveryState.TAKEN, len(self.taken)))


def started(drill, shop_url, factory_url):
    return DrillStarted(drill, "e", "E", "sandbox", shop_url, factory_url, DrillSettings(FaultKind.FAIL), "0", "0")


def blindly_started(drill, shop_url, factory_url):
    return BlindDrillStarted(drill, "plan", "sandbox", shop_url, factory_url, "0" * 64, "0", "0")


def test_without_a_name_the_runbooks_are_listed():
    result = CliRunner().invoke(runbook, [])
    assert result.exit_code == 0
    assert result.output.startswith("factory  what to do when purchases fail: chaos-pizza runbook factory")


def test_who_says_yes_ends_it_with_the_two_addresses_and_no_key(sandbox, tmp_path):
    schedule(sandbox, "fail")
    result = call(sandbox, tmp_path, "--by", "Ann", typed="y\n")
    assert result.exit_code == 0
    assert "End it now? [Y/n]" in result.output
    assert "it is cured" in result.output
    assert "No drill is under way here." in result.output
    assert sandbox.truth[-1].ended_how == "link"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("n\n", "Nothing was followed"), ("", "Nobody is here to answer; with --yes nothing is asked.")],
)
def test_who_says_no_or_nothing_leaves_it_as_it_is_and_the_exit_code_is_1(sandbox, tmp_path, typed, said):
    schedule(sandbox, "fail")
    result = call(sandbox, tmp_path, typed=typed)
    assert result.exit_code == 1
    assert said in result.output
    assert sandbox.truth[-1].ended_how is None


def test_where_nothing_is_wrong_nothing_is_asked(sandbox, tmp_path):
    result = call(sandbox, tmp_path)
    assert result.exit_code == 0
    assert "nothing is wrong here" in result.output


@pytest.mark.parametrize("begun", [started, blindly_started])
def test_a_drill_under_way_there_is_told_and_one_elsewhere_is_not(sandbox, tmp_path, begun):
    schedule(sandbox, "fail")
    with (
        UnderWay(tmp_path / "2026-01-01T00-00-00Z-here", begun("here", *urls_of(sandbox))) as here,
        UnderWay(tmp_path / "2026-01-02T00-00-00Z-there", begun("there", NOWHERE, NOWHERE)) as there,
    ):
        result = call(sandbox, tmp_path, "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "What you do here goes to the drill 2026-01-01T00-00-00Z-here." in result.output
    assert here.marks() == ["acknowledged", "diagnosed", "mitigated"]
    assert there.taken == []


def test_what_the_drill_has_not_taken_up_is_said_and_the_cure_is_a_cure_all_the_same(sandbox, tmp_path):
    schedule(sandbox, "fail")
    with UnderWay(tmp_path / "drill", started("drill", *urls_of(sandbox)), takes=False):
        result = call(sandbox, tmp_path, "--yes")
    assert result.exit_code == 0
    assert "Not in the drill's record: 9 things wait for the drill drill, which has not taken them up" in result.stderr


def test_who_has_said_so_already_takes_it_again_since_that_may_have_been_another_alarm(sandbox, tmp_path):
    schedule(sandbox, "fail")
    with UnderWay(tmp_path / "drill", started("drill", *urls_of(sandbox))) as drill:
        now = AnchoredClock().now()
        drill.writer.record(Marked(MarkKind.ACKNOWLEDGED, "ann", now, now))
        call(sandbox, tmp_path, "--yes", "--by", "Ann")
    assert drill.marks() == ["acknowledged", "diagnosed", "mitigated"]


def test_without_any_variable_it_walks_where_the_drill_under_way_is_held(sandbox, tmp_path):
    schedule(sandbox, "fail")
    with UnderWay(tmp_path / "drill", started("drill", *urls_of(sandbox))):
        result = call(None, tmp_path, "--yes")
    assert result.exit_code == 0
    assert sandbox.truth[-1].ended_how == "link"


def test_a_drill_that_is_named_is_told(sandbox, tmp_path):
    with UnderWay(tmp_path / "drill", started("drill", *urls_of(sandbox))) as drill:
        result = call(None, tmp_path, "--drill", "drill")
    assert "What you do here goes to the drill drill." in result.output
    assert drill.marks() == ["note"]


def test_what_can_not_be_done_as_asked_is_bad_usage_and_nothing_is_started(sandbox, tmp_path):
    with UnderWay(tmp_path / "over", started("over", *urls_of(sandbox))):
        pass
    complaints = {
        ("--target", "nowhere"): "there is no target 'nowhere'",
        ("--drill", "over"): "the drill over is not under way",
        ("--drill", "nothing"): "there is no drill 'nothing'",
        ("--drill", "elsewhere", "--target", "env"): "is held on another shop or factory",
    }
    with UnderWay(tmp_path / "elsewhere", started("elsewhere", NOWHERE, NOWHERE)) as elsewhere:
        for options, complaint in complaints.items():
            result = call(sandbox, tmp_path, *options)
            assert isinstance(result.exception, UsageError), options
            assert complaint in str(result.exception)
    assert elsewhere.taken == []


def test_a_targets_key_that_is_missing_keeps_nobody_from_the_cure(sandbox, tmp_path):
    schedule(sandbox, "fail")
    shop, factory = urls_of(sandbox)
    path = tmp_path / "team.yaml"
    described = {"shop_url": shop, "factory_url": factory, "vendor_key_env": "A_KEY_THAT_NOBODY_SET"}
    path.write_text(json.dumps({"targets": {"staging": described}}))
    result = call(None, tmp_path, "--config", str(path), "--target", "staging", "--yes")
    assert result.exit_code == 0
    assert "Going on as a new diner, without this: target 'staging'" in result.output
    assert "A_KEY_THAT_NOBODY_SET" in result.output
    assert sandbox.truth[-1].ended_how == "link"


def test_without_a_target_and_without_a_drill_it_says_what_to_set(tmp_path):
    result = call(None, tmp_path)
    assert isinstance(result.exception, TargetError)
    assert "PIZZA_SHOP_URL" in str(result.exception)


def started_process(sandbox, tmp_path, **other):
    given = {**os.environ, **variables(sandbox, tmp_path), **other}
    env = {name: value for name, value in given.items() if value is not None}
    pipe = subprocess.PIPE
    return subprocess.Popen(COMMAND, cwd=tmp_path, env=env, stdin=pipe, stdout=pipe, stderr=pipe)


def read_until(process, text):
    said = b""
    while text not in said:
        piece = os.read(process.stdout.fileno(), 4096)
        assert piece, said
        said += piece


@pytest.mark.parametrize(("kind", "moment"), [("throttle", b"as an ordinary diner"), ("fail", b"End it now?")])
def test_ctrl_c_while_it_waits_or_asks_ends_it_at_once_and_changes_nothing(sandbox, tmp_path, kind, moment):
    schedule(sandbox, kind)
    with (
        WireTap(urls_of(sandbox)[0]) as tap,
        started_process(sandbox, tmp_path, PIZZA_SHOP_URL=tap.url) as process,
    ):
        read_until(process, moment)
        # By then it waits: for the shop's answer to its order, or for a person's.
        while not tap.count("POST /api/order"):
            assert process.poll() is None
            threading.Event().wait(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 1
    assert out.decode().rstrip().endswith("Stopped. Nothing was changed.")
    assert err == b""
    assert sandbox.truth[-1].ended_how is None


def test_the_runbook_can_be_read_where_there_is_no_checkout_and_no_shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(runbook, ["factory", "--print"])
    assert result.exit_code == 0
    assert result.output == (Path(__file__).parents[2] / "docs" / "runbooks" / "factory.md").read_text()
