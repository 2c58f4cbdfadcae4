"""The watchdog: when the drill hangs, when the watchdog itself dies, when both do, and when calm can't be had."""

import os
import shutil
import signal
import subprocess

import psutil
import pytest
import yaml

from chaos_pizza.live.watchdog_link import SILENCE_S

from .conftest import EXPERIMENTS, PIZZA, only_folder, run
from .processes import watchdog_of
from .quick import write_quick
from .under_way import DEADLINE_S, chaos_of, document_of, journal_of, wait_for, wait_for_record
from .wiretap import Wiretap

pytestmark = pytest.mark.drill


@pytest.fixture
def start_drill(begin):
    """Starts a drill of the incident, with people who do nothing; waits until the fault is proven on."""

    def start(sandbox, workplace, experiment=None, **more):
        env = {**sandbox.env, "PIZZA_RESPONDER": "people", "PIZZA_STATE_DIR": str(workplace / ".state"), **more}
        command = [*PIZZA, "drill", experiment or write_quick("factory-fail", workplace), "--target", "env"]
        drill = begin(command, workplace, env)
        wait_for_record(workplace, '"type":"fault_proven"', drill)
        return drill, env

    return start


def kill_with_its_watchdog(drill):
    watchdog = watchdog_of(drill)
    os.kill(drill.pid, signal.SIGSTOP)  # so that it can't abort in order meanwhile
    os.kill(watchdog, signal.SIGKILL)
    drill.kill()
    drill.communicate(timeout=DEADLINE_S)


def test_a_drill_that_hangs_is_ended_and_calm_is_restored(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, _ = start_drill(sandbox, tmp_path)
    drill.send_signal(signal.SIGSTOP)
    drill.communicate(timeout=SILENCE_S + DEADLINE_S)
    assert drill.returncode == -signal.SIGKILL
    wait_for(lambda: chaos_of(sandbox) == "none")
    wait_for(lambda: not list(tmp_path.glob(".state/leases/*.lease")))
    told = [line["text"] for line in document_of(tmp_path)["timeline"]]
    assert f"the watchdog took the drill over: it gave no sign of life for {SILENCE_S:g} s" in told


def test_a_drill_that_lasts_too_long_is_ended(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    short = write_quick("factory-fail", tmp_path, greatest_duration_s=10)
    env = {**sandbox.env, "PIZZA_RESPONDER": "people"}
    ran = run(*PIZZA, "drill", short, "--target", "env", cwd=tmp_path, env=env)
    assert ran.code == -signal.SIGKILL
    wait_for(lambda: chaos_of(sandbox) == "none")
    wait_for(lambda: not list(tmp_path.glob(".state/leases/*.lease")))
    told = [line["text"] for line in document_of(tmp_path)["timeline"]]
    assert "the watchdog took the drill over: it lasted longer than the 10 s allowed" in told


def test_without_its_watchdog_a_drill_is_aborted_in_order(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, _ = start_drill(sandbox, tmp_path)
    os.kill(watchdog_of(drill), signal.SIGKILL)
    out, err = drill.communicate(timeout=DEADLINE_S)
    assert drill.returncode == 4, out + err
    assert chaos_of(sandbox) == "none"
    reasons = document_of(tmp_path)["reasons"]
    assert reasons[0] == "the drill was aborted: the watchdog is gone, and without it nothing may stay broken"


def test_when_both_died_the_next_command_takes_the_lease_up(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, env = start_drill(sandbox, tmp_path)
    kill_with_its_watchdog(drill)
    assert chaos_of(sandbox) == "fail"
    assert list(tmp_path.glob(".state/leases/*.lease"))

    ran = run(*PIZZA, "status", cwd=tmp_path, env=env)
    assert "had died; its watchdog restores calm now" in ran.err
    wait_for(lambda: chaos_of(sandbox) == "none")
    wait_for(lambda: not list(tmp_path.glob(".state/leases/*.lease")))
    assert document_of(tmp_path)["ended_by"] == "watchdog"
    done = run(*PIZZA, "watchdog", cwd=tmp_path, env=env)
    assert (done.code, done.out) == (0, "No drill has left anything behind.\n")


def test_a_lease_whose_target_is_not_known_any_more_is_told_of_and_kept(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, env = start_drill(sandbox, tmp_path)
    kill_with_its_watchdog(drill)
    nameless = {name: value for name, value in env.items() if name != "PIZZA_VENDOR_KEY"}
    ran = run(*PIZZA, "watchdog", cwd=tmp_path, env=nameless)
    assert ran.code == 5
    assert "may have left chaos on" in ran.err
    assert "PIZZA_VENDOR_KEY not set" in ran.err
    assert len(list(tmp_path.glob(".state/leases/*.lease"))) == 1
    assert run(*PIZZA, "watchdog", cwd=tmp_path, env=env).code == 0
    assert chaos_of(sandbox) == "none"


def test_the_second_signal_leaves_the_drill_to_its_watchdog_and_says_so(start_sandbox, tmp_path, begin):
    """The factory stalls, so that restoring calm takes a while and the second signal comes in the midst of it."""
    sandbox = start_sandbox("--stall-s", "5")
    slow = write_quick("factory-throttle", tmp_path)
    env = {**sandbox.env, "PIZZA_RESPONDER": "people", "PIZZA_STATE_DIR": str(tmp_path / ".state")}
    env["PIZZA_FACTORY_ADMIN_KEY"] = ""
    command = [*PIZZA, "drill", slow, "--target", "env"]
    drill = begin(command, tmp_path, env)
    wait_for_record(tmp_path, '"type":"fault_proven"', drill)
    drill.send_signal(signal.SIGINT)
    wait_for_record(tmp_path, '"stage":"rollback"', drill)
    drill.send_signal(signal.SIGINT)
    out, err = drill.communicate(timeout=DEADLINE_S)
    assert drill.returncode == 5, out + err
    assert "to its watchdog, which restores calm now" in err
    assert "run: chaos-pizza calm --target env" in err
    assert "Traceback" not in err
    wait_for(lambda: chaos_of(sandbox) == "none")
    wait_for(lambda: not list(tmp_path.glob(".state/leases/*.lease")))
    assert document_of(tmp_path)["ended_by"] == "watchdog"


def test_no_secret_is_in_the_command_line_or_environment_of_any_child(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, _ = start_drill(sandbox, tmp_path)
    watchdog = psutil.Process(watchdog_of(drill))
    shown = [*watchdog.cmdline(), *watchdog.environ().values(), *psutil.Process(drill.pid).cmdline()]
    shown.append(next(tmp_path.glob(".state/leases/*.lease")).read_text())
    drill.send_signal(signal.SIGINT)
    drill.communicate(timeout=DEADLINE_S)
    for secret in sandbox.secrets:
        assert not [text for text in shown if secret in text]


def test_a_shop_that_goes_away_for_good_is_not_called_calm(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, env = start_drill(sandbox, tmp_path)
    watchdog = watchdog_of(drill)
    sandbox.process.kill()
    drill.send_signal(signal.SIGINT)
    wait_for_record(tmp_path, '"stage":"rollback"', drill)
    drill.send_signal(signal.SIGINT)
    out, err = drill.communicate(timeout=120)
    try:
        assert drill.returncode == 5, out + err
        ran = run(*PIZZA, "status", cwd=tmp_path, env=env)
        assert "calm is owed by" in ran.out
        assert "its watchdog restores it" in ran.out
        assert list(tmp_path.glob(".state/leases/*.lease"))
    finally:
        os.kill(watchdog, signal.SIGKILL)  # it would try for ever


def test_a_drill_whose_process_died_can_be_resumed_while_the_fault_is_on(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, env = start_drill(sandbox, tmp_path, PIZZA_RESPONDER="runbook")
    kill_with_its_watchdog(drill)
    assert chaos_of(sandbox) == "fail"

    ran = run(*PIZZA, "resume", "latest", cwd=tmp_path, env=env)
    assert ran.code == 3, ran.said
    document = document_of(tmp_path)
    assert document["reasons"][0].startswith("the drill was cut off and resumed 1 time(s)")
    assert document["cut_off"] is False
    assert document["ended_by"] == "runbook"
    assert document["measures"]["ttm_s"]["censored"] is False
    assert "recovered" in document["instants"]
    assert chaos_of(sandbox) == "none"
    assert not list(tmp_path.glob(".state/leases/*.lease"))
    again = run(*PIZZA, "resume", "latest", cwd=tmp_path, env=env)
    assert again.code == 2
    assert "it has ended" in again.err


def test_a_full_disk_ends_the_drill_and_calm_is_restored_all_the_same(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    env = {**sandbox.env, "PIZZA_RESPONDER": "people", "PIZZA_STATE_DIR": str(tmp_path / ".state")}
    # No file may grow beyond 40 KB: the journal comes to that some seconds into the fault.
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))"
    command = [PIZZA[0], "-c", f"{limit}; from chaos_pizza.cli.main import main; main()"]
    arguments = ["drill", write_quick("factory-fail", tmp_path), "--target", "env"]
    done = subprocess.run(
        [*command, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in {3, 5}, done.stdout + done.stderr
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr
    wait_for(lambda: chaos_of(sandbox) == "none")


def test_a_folder_that_vanishes_costs_the_record_and_not_the_calm(start_sandbox, tmp_path, start_drill):
    sandbox = start_sandbox()
    drill, _ = start_drill(sandbox, tmp_path)
    shutil.rmtree(only_folder(tmp_path / "reports"))
    drill.send_signal(signal.SIGINT)
    out, err = drill.communicate(timeout=DEADLINE_S)
    assert drill.returncode == 3, out + err
    assert "no journal can be read" in err
    assert "Traceback" not in err
    assert chaos_of(sandbox) == "none"


def test_a_factory_that_refuses_the_cure_is_not_called_calm(start_sandbox, tmp_path, start_drill):
    """From the cure on this factory lies: it takes nothing back, whatever it is asked."""
    sandbox = start_sandbox()
    with Wiretap(sandbox.variables["PIZZA_FACTORY_URL"]) as tap:
        tap.replacements = [(rb"GET /api/support/\S+", b"GET /api/support/no/report/no")]
        more = {"PIZZA_FACTORY_URL": tap.url, "PIZZA_FACTORY_ADMIN_KEY": ""}
        impatient = yaml.safe_load((tmp_path / write_quick("factory-fail", tmp_path)).read_text())
        impatient["rollbacks"][0]["provider"]["arguments"] = {"timeout_s": 3}
        (tmp_path / "impatient.yaml").write_text(yaml.safe_dump(impatient))
        drill, _ = start_drill(sandbox, tmp_path, "impatient.yaml", **more)
        watchdog = watchdog_of(drill)
        drill.send_signal(signal.SIGINT)
        out, err = drill.communicate(timeout=180)
        try:
            assert drill.returncode == 5, out + err
            assert "CHAOS MAY STILL BE ON. Run: chaos-pizza calm --target env" in err
            assert document_of(tmp_path)["verdict"] == "calm not restored"
            assert list(tmp_path.glob(".state/leases/*.lease"))
            assert chaos_of(sandbox) == "fail"
        finally:
            os.kill(watchdog, signal.SIGKILL)  # it would try for ever


def test_a_resumed_drill_is_ended_in_order_by_a_signal(start_sandbox, tmp_path, begin, start_drill):
    sandbox = start_sandbox()
    drill, env = start_drill(sandbox, tmp_path)
    kill_with_its_watchdog(drill)

    resumed = begin([*PIZZA, "resume", "latest"], tmp_path, env)
    wait_for(lambda: '"purchases_observed"' in journal_of(tmp_path).partition('"drill_resumed"')[2])
    resumed.send_signal(signal.SIGINT)
    out, err = resumed.communicate(timeout=DEADLINE_S)
    assert resumed.returncode == 4, out + err
    assert "bug of ours" not in err
    assert chaos_of(sandbox) == "none"
    assert document_of(tmp_path)["reasons"][0] == "the drill was aborted: SIGINT was received"


def test_without_a_watchdog_no_drill_is_begun(start_sandbox, tmp_path):
    sandbox = start_sandbox()
    (tmp_path / ".state").mkdir()
    (tmp_path / ".state" / "leases").write_text("in the way of every lease")
    ran = run(*PIZZA, "drill", str(EXPERIMENTS / "factory-fail.yaml"), "--target", "env", cwd=tmp_path, env=sandbox.env)
    assert ran.code == 2, ran.said
    assert "can't be created: File exists" in ran.err
    assert "Traceback" not in ran.err
    # On a sandbox of the drill's own nobody asks for leases before the watchdog does.
    own = run(*PIZZA, "drill", str(EXPERIMENTS / "factory-fail.yaml"), cwd=tmp_path)
    assert own.code == 2, own.said
    assert "no drill without its watchdog" in own.err
    assert only_folder(tmp_path / "reports") is None
    assert chaos_of(sandbox) == "none"
    assert run(*PIZZA, "calm", cwd=tmp_path, env=sandbox.env).code == 0
