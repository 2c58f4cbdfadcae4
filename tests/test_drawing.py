"""Pictures drawn in a process of its own: whatever that does, it is a line."""

import resource
import signal

import pytest

from chaos_pizza.charting import draw
from chaos_pizza.drawing import Drawer, draw_apart
from chaos_pizza.errors import DrawingError
from chaos_pizza.report.chart import Chart

BARS = Chart(
    "bars",
    "Bars",
    "Two bars.",
    {"data": {"values": [{"x": 1}, {"x": 2}]}, "mark": "bar", "encoding": {"x": {"field": "x"}}},
)


def test_a_picture_is_the_same_as_one_drawn_here():
    assert draw_apart([BARS]) == {"bars.svg": draw(BARS)}


def test_without_charts_nothing_is_started():
    assert draw_apart([], timeout_s=0) == {}


def test_what_can_not_be_drawn_is_a_line():
    with pytest.raises(DrawingError, match=r"the process that draws the pictures failed \(exit code 1\)"):
        draw_apart([Chart("none", "None", "None.", {"mark": "no such mark"})])


def test_one_that_takes_too_long_is_ended():
    with pytest.raises(DrawingError, match=r"the pictures were not drawn within 0.01 s"):
        draw_apart([BARS], timeout_s=0.01)


def test_one_that_gets_no_memory_ends_alone():
    former = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, former[1]))
    try:
        with pytest.raises(DrawingError, match="the process that draws the pictures failed"):
            draw_apart([BARS])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, former)


def test_a_drawer_that_got_ready_draws_the_same_and_so_does_one_that_did_not_or_has_drawn():
    with Drawer() as drawer:
        drawer.get_ready()
        drawer.get_ready()
        ready = drawer._process
        assert drawer.draw([BARS]) == drawer.draw([BARS]) == {"bars.svg": draw(BARS)}
    assert ready.returncode is not None


def test_a_drawer_whose_process_has_died_draws_by_another():
    with Drawer() as drawer:
        drawer.get_ready()
        drawer._process.kill()
        drawer._process.wait()
        assert drawer.draw([BARS]) == {"bars.svg": draw(BARS)}


def test_a_drawer_that_was_not_needed_leaves_no_process():
    with Drawer() as drawer:
        drawer.get_ready()
        process = drawer._process
    assert process.returncode == -signal.SIGKILL
