"""A watchdog that is started before its drill: taken once, and gone where there is no drill."""

import signal
import subprocess

from chaos_pizza.live import watchdog_process
from chaos_pizza.live.watchdog_process import start_watchdog, taken_ahead, watchdog_ahead

_PATIENCE_S = 60


def test_without_one_that_was_started_there_is_none_to_take():
    assert taken_ahead() is None


def test_a_drill_takes_the_one_that_was_started_for_it_and_sees_to_it_from_then_on():
    with watchdog_ahead():
        process = taken_ahead()
        assert isinstance(process, subprocess.Popen)
        assert taken_ahead() is None
    assert process.poll() is None
    process.kill()
    process.communicate()


def test_one_that_no_drill_took_is_gone():
    with watchdog_ahead():
        process = taken_ahead()
    with process:
        process.kill()
    with watchdog_ahead():
        pass
    assert taken_ahead() is None


def test_one_that_has_died_is_not_taken():
    with watchdog_ahead():
        process = taken_ahead()
        process.kill()
        process.wait()
        watchdog_process._AHEAD.append(process)
        assert taken_ahead() is None
    assert process.returncode == -signal.SIGKILL


def test_one_whose_drill_is_gone_before_it_gave_orders_ends_in_peace_and_says_nothing():
    process = start_watchdog()
    told, _ = process.communicate(timeout=_PATIENCE_S)
    assert (process.returncode, told) == (0, b"")
