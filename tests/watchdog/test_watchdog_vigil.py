"""How a watchdog hears of its drill: by the pipe between them, and by its silence."""

import os

import pytest

from chaos_pizza.watchdog.vigil import HUNG_UP, TOLD_TO_END, Pipe, keep_vigil

LONG_S = 600.0


@pytest.fixture
def line():
    """A pipe, and what to say into it; `None` hangs up."""
    reading, writing = os.pipe()
    ends = [writing]

    def say(words):
        if words is None:
            os.close(ends.pop())
        else:
            os.write(writing, words)

    yield Pipe(reading), say
    os.close(reading)
    for end in ends:
        os.close(end)


def test_a_drill_that_releases_its_watchdog_is_not_taken_over(line):
    pipe, say = line
    say(b"beat\nbeat\nreleased\n")
    assert keep_vigil(pipe, LONG_S, LONG_S) is None


def test_a_drill_that_hangs_up_is_taken_over(line):
    pipe, say = line
    say(b"beat\n")
    say(None)
    assert keep_vigil(pipe, LONG_S, LONG_S) == HUNG_UP


def test_a_drill_that_is_silent_or_lasts_too_long_is_taken_over(line):
    pipe, _ = line
    assert keep_vigil(pipe, 0.0, LONG_S) == "it gave no sign of life for 0 s"
    assert keep_vigil(pipe, LONG_S, 0.0) == "it lasted longer than the 0 s allowed"


def test_at_a_shutdown_a_watchdog_stays_until_its_drill_has_left_and_leaves_the_lease(line):
    """It heard of the shutdown before its drill: had it ended at once, the drill would have aborted."""
    pipe, say = line
    asked = []

    def is_told():
        # The drill hears of it only after the watchdog has been asked once.
        asked.append(True)
        if len(asked) == 1:
            say(None)
        return True

    say(b"beat\n")
    assert keep_vigil(pipe, LONG_S, LONG_S, is_told) == TOLD_TO_END
    assert len(asked) == 2


def test_a_watchdog_that_is_told_to_end_is_released_by_a_drill_that_ends_in_order(line):
    pipe, say = line
    say(b"beat\nreleased\n")
    assert keep_vigil(pipe, LONG_S, LONG_S, lambda: True) is None


def test_a_watchdog_that_alone_is_told_to_end_does_so_soon(line):
    pipe, say = line
    say(b"beat\n")
    assert keep_vigil(pipe, LONG_S, LONG_S, lambda: True, farewell_s=0.0) == TOLD_TO_END


def test_a_drill_that_hangs_is_taken_over_though_its_watchdog_was_told_to_end(line):
    pipe, _ = line
    assert keep_vigil(pipe, 0.0, LONG_S, lambda: True) == "it gave no sign of life for 0 s"
