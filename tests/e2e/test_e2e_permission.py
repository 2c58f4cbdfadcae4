"""What is asked before a drill: the list of targets, the hours, the lock. A refusal reaches no network at all."""

import os
import signal
import sys
import time

import pytest

from .conftest import CHAOS, EXPERIMENTS, PIZZA, clean_environment, run
from .quick import write_quick
from .under_way import DEADLINE_S, wait_for_record

pytestmark = pytest.mark.drill

PLACEBO = str(EXPERIMENTS / "placebo.yaml")
# Whoever looks up a host or connects to one ends at once, with a code of its own.
OFF_LINE = """
import os, sys

def forbid(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        os.write(2, f"NETWORK: {event} {args}".encode())
        os._exit(97)

sys.addaudithook(forbid)
"""
PIZZA_OFF_LINE = [sys.executable, "-c", OFF_LINE + "from chaos_pizza.cli.main import main; main()"]
CHAOS_OFF_LINE = [
    sys.executable, "-c", OFF_LINE + "from chaostoolkit.__main__ import cli; cli()", "--no-version-check"
]  # fmt: skip
SHOP, FACTORY, PUBLIC = "https://shop.invalid", "https://factory.invalid", "https://pizza-factory.cs329.click"


def variables(shop_url=SHOP, factory_url=FACTORY, **more):
    """The environment that describes a target which must never be reached."""
    return clean_environment(
        PIZZA_SHOP_URL=shop_url, PIZZA_FACTORY_URL=factory_url, PIZZA_VENDOR_KEY="k3y-of-the-vendor", **more
    )


def listing(workplace, *lines, factory_url=FACTORY):
    keys = [f"shop_url: {SHOP}", f"factory_url: {factory_url}", "vendor_key_env: PIZZA_VENDOR_KEY", *lines]
    (workplace / "chaos-pizza.yaml").write_text("targets: {staging: {" + ", ".join(keys) + "}}\n")


def drill_off_line(workplace, *options, target="env", env=None):
    command = [*PIZZA_OFF_LINE, "drill", PLACEBO, "--target", target, *options]
    return run(*command, cwd=workplace, env=env or variables())


def assert_refused(ran, workplace, *words):
    """Nothing was started: exit 2, one line on stderr with these words in it, nothing written, nothing sent."""
    assert ran.code == 2, ran.said
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    assert "k3y-of-the-vendor" not in ran.err
    for word in words:
        assert word in ran.err
    assert not (workplace / "reports").exists()


def test_the_watch_over_the_network_sees_a_drill_that_is_allowed(tmp_path):
    """The other tests here prove nothing unless this one does: port 1 of this machine, where nobody listens."""
    ran = drill_off_line(tmp_path, env=variables("http://127.0.0.1:1", "http://127.0.0.1:1"))
    assert ran.code == 97
    assert "NETWORK: socket." in ran.err


def test_a_target_that_no_file_lists_is_refused(tmp_path):
    assert_refused(
        drill_off_line(tmp_path),
        tmp_path,
        "shop.invalid and factory.invalid is not allowed",
        "put its shop_url",
        "allowed",
    )


@pytest.mark.parametrize("target", ["env", "staging"])
@pytest.mark.parametrize("lines", [(), ("allowed: false",)])
def test_a_listed_target_that_is_not_allowed_is_refused(tmp_path, target, lines):
    listing(tmp_path, *lines)
    assert_refused(drill_off_line(tmp_path, target=target), tmp_path, f"target '{target}'", "is not allowed")


def test_a_file_that_allows_another_target_does_not_help(tmp_path):
    listing(tmp_path, "allowed: true")
    env = variables(factory_url="https://other.invalid")
    assert_refused(drill_off_line(tmp_path, env=env), tmp_path, "other.invalid is not allowed")


@pytest.mark.parametrize("target", ["env", "staging"])
def test_a_target_that_is_allowed_goes_on_to_the_network(tmp_path, target):
    listing(tmp_path, "allowed: true")
    assert drill_off_line(tmp_path, target=target).code == 97


def test_a_public_factory_has_to_be_meant(tmp_path):
    listing(tmp_path, "allowed: true", factory_url=PUBLIC)
    env = variables(factory_url=PUBLIC, PIZZA_PRODUCTION="yes")
    assert_refused(drill_off_line(tmp_path, env=env), tmp_path, "pizza-factory.cs329.click is public", "--production")
    assert drill_off_line(tmp_path, "--production", env=env).code == 97


def test_outside_its_windows_a_target_is_refused(tmp_path):
    listing(tmp_path, "allowed: true", "quiet_hours: ['00:00-24:00 UTC']")
    assert_refused(drill_off_line(tmp_path, target="staging"), tmp_path, "no drill now", "quiet hours 00:00-24:00 UTC")
    yesterday = time.strftime("%a", time.gmtime(time.time() - 86400))
    listing(tmp_path, "allowed: true", f"windows: ['{yesterday} 00:00-12:00 UTC']")
    assert_refused(
        drill_off_line(tmp_path), tmp_path, "no drill now", "the next window opens at", f"({yesterday} 00:00 UTC)"
    )


@pytest.mark.parametrize(
    ("lines", "factory_url", "more", "words"),
    [
        (None, FACTORY, {}, "is not allowed"),
        ((), FACTORY, {}, "is not allowed"),
        (("allowed: true",), PUBLIC, {}, "PIZZA_PRODUCTION=yes"),
        (("allowed: true",), PUBLIC, {"PIZZA_PRODUCTION": "no"}, "is public"),
        (("allowed: true", "quiet_hours: ['00:00-24:00 UTC']"), FACTORY, {}, "no drill now"),
        (("allowed: true", "windows: [soon]"), FACTORY, {}, "'soon' is no window"),
    ],
)
def test_chaos_run_is_refused_for_the_same_reasons(tmp_path, lines, factory_url, more, words):
    if lines is not None:
        listing(tmp_path, *lines, factory_url=factory_url)
    ran = run(*CHAOS_OFF_LINE, "run", PLACEBO, cwd=tmp_path, env=variables(factory_url=factory_url, **more))
    assert ran.code not in {0, 97}, ran.said
    assert "no drill: " in ran.said
    assert words in ran.said
    assert "Traceback" not in ran.said
    assert not (tmp_path / "reports").exists()


def test_chaos_run_of_an_allowed_target_goes_on_to_the_network(tmp_path):
    listing(tmp_path, "allowed: true", factory_url=PUBLIC)
    env = variables(factory_url=PUBLIC, PIZZA_PRODUCTION="yes")
    assert run(*CHAOS_OFF_LINE, "run", PLACEBO, cwd=tmp_path, env=env).code == 97


def test_the_doctor_tells_of_permission_and_hours(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    env = sandbox.env
    ready = run(*PIZZA, "doctor", cwd=tmp_path, env=env)
    assert "✓ permission: this target may be drilled" in ready.out
    assert "✓ hours: a drill may be held now" in ready.out
    shop_url, factory_url = sandbox.variables["PIZZA_SHOP_URL"], sandbox.variables["PIZZA_FACTORY_URL"]
    text = (
        f"targets: {{local: {{shop_url: '{shop_url}', factory_url: '{factory_url}', vendor_key_env: PIZZA_VENDOR_KEY, "
    )
    (tmp_path / "chaos-pizza.yaml").write_text(text + "quiet_hours: ['00:00-24:00 UTC']}}\n")
    quiet = run(*PIZZA, "doctor", "--target", "local", cwd=tmp_path, env=env)
    assert "· hours: no drill now" in quiet.out
    assert quiet.code == 0, quiet.said


@pytest.fixture
def start(begin):
    """Starts a drill and returns it once it is under way."""

    def started(command, workplace, env):
        workplace.mkdir(exist_ok=True)
        process = begin(command, workplace, env)
        wait_for_record(workplace, '"drill_started"', process)
        return process

    return started


PLACEBO_BY_PIZZA = [*PIZZA, "drill", PLACEBO, "--target", "env"]
PLACEBO_BY_CHAOS = [*CHAOS, "run", PLACEBO]


@pytest.mark.parametrize("first", [PLACEBO_BY_PIZZA, PLACEBO_BY_CHAOS], ids=["drill", "chaos run"])
def test_a_target_has_one_drill_at_a_time_until_its_holder_dies(start_sandbox, start, tmp_path, first):
    env = {**start_sandbox().env, "PIZZA_STATE_DIR": str(tmp_path / "state")}
    lasting = str(tmp_path / write_quick("placebo", tmp_path, window_s=300))  # however long the others take to start
    holder = start([lasting if part == PLACEBO else part for part in first], tmp_path / "first", env)
    try:
        second, third = tmp_path / "second", tmp_path / "third"
        second.mkdir()
        third.mkdir()
        told = f"target 'env' is being drilled already, by placebo (process {holder.pid}, since "
        assert_refused(run(*PLACEBO_BY_PIZZA, cwd=second, env=env), second, told, "wait for that drill's end")
        by_chaos = run(*PLACEBO_BY_CHAOS, cwd=third, env=env)
        assert f"no drill: {told}" in by_chaos.said
        assert not (third / "reports").exists()
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate(timeout=DEADLINE_S)
    after = start(PLACEBO_BY_PIZZA, tmp_path / "after", env)
    after.send_signal(signal.SIGTERM)
    after.communicate(timeout=DEADLINE_S)
    assert after.returncode == 4
    assert list((tmp_path / "state").glob("locks/*.json")) == []


def test_the_lock_of_a_drill_that_ended_is_free(start_sandbox, start, tmp_path):
    """By `chaos run`, which takes it in the control and has to let go of it there."""
    env = {**start_sandbox().env, "PIZZA_STATE_DIR": str(tmp_path / "state")}
    for workplace in (tmp_path / "first", tmp_path / "second"):
        process = start(PLACEBO_BY_CHAOS, workplace, env)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=DEADLINE_S)
        assert "Drill aborted" in out + err
        assert list((tmp_path / "state").glob("locks/*.json")) == []
