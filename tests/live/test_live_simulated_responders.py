"""Simulated responders with a real feed and a real inbox, whose other end this test plays."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import ServiceError
from chaos_pizza.feed_file import FeedFile
from chaos_pizza.gameday.skill import Course
from chaos_pizza.inbox import Delivery, DeliveryState, answer, messages_in, open_message
from chaos_pizza.live.simulated_responders import SimulatedResponders
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.feed import FeedAlert, FeedDrill, FeedEnded, FeedInstant, FeedMark
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.result import InstantName

QUICK = Course(0.02, 0.02, 0.02, 0.5, hears_alerts=True, misses=False, gives_up=False, false_alarm_s=None)
GIVES_UP = Course(0.02, 0.02, 0.02, 0.5, hears_alerts=True, misses=False, gives_up=True, false_alarm_s=None)
CRIES_WOLF = Course(0.02, 0.02, 0.02, 0.5, hears_alerts=True, misses=True, gives_up=False, false_alarm_s=0.02)
LONGEST_S = 60


def ana(course, folder, **other):
    parts = {"walk": lambda *_who: None, "tell": lambda _line: None, **other}
    return SimulatedResponders(folder, {"Ana": course}, clock=AnchoredClock(), **parts)


def taken_up(folder, stop, state=DeliveryState.TAKEN, text=""):
    """Play the drill, which takes up whatever lies in its inbox; return the marks in the order they came."""
    found = []
    while not stop.is_set():
        for message in messages_in(folder, 10):
            found.append(open_message(message))
            answer(message, Delivery(state, len(found), text))
        time.sleep(0.01)
    return found


def play(folder, responders, until, **answered):
    """Tell of a drill in which an alert fires, up to when `until` holds; return the marks that came meanwhile."""
    stop, now = threading.Event(), datetime.now(UTC)
    with ThreadPoolExecutor(2) as pool, ExitStack() as ending:
        ending.callback(stop.set)
        marks = pool.submit(taken_up, folder, stop, **answered)
        feed = FeedFile(folder)
        feed.append(FeedDrill("drill", "Drill", "sandbox", blind=True, commitment=None), now)
        feed.append(FeedAlert("failed-purchases", "shop /metrics", AlertState.FIRING, now), now)
        at_work = pool.submit(responders.respond, lambda: False)
        deadline_s = time.monotonic() + LONGEST_S
        while not until() and time.monotonic() < deadline_s:
            time.sleep(0.01)
        feed.append(FeedEnded(None), now)
        feed.close()
        at_work.result(LONGEST_S)
        stop.set()
        return marks.result(LONGEST_S)


def test_a_responder_marks_what_they_do_and_walks_the_runbook(tmp_path):
    walked, lines = [], []
    responders = ana(QUICK, tmp_path, walk=lambda *who: walked.append(who), tell=lines.append)
    marks = play(tmp_path, responders, lambda: len(lines) == 3)
    assert [(mark.mark, mark.by) for mark in marks] == [(MarkKind.NOTICED, "Ana"), (MarkKind.ACKNOWLEDGED, "Ana")]
    assert walked == [("Ana", 0.5)]
    assert lines == ["Ana saw it", "Ana has it", "Ana walked the runbook"]


def test_marks_are_given_as_of_now_by_hand(tmp_path):
    lines = []
    before = datetime.now(UTC)
    marks = play(tmp_path, ana(QUICK, tmp_path, tell=lines.append), lambda: len(lines) == 3)
    assert all(before <= mark.at == mark.entered_at <= datetime.now(UTC) for mark in marks)


@pytest.mark.parametrize(
    ("course", "wanted"),
    [(GIVES_UP, [MarkKind.NOTICED, MarkKind.ACKNOWLEDGED, MarkKind.NOTE]), (CRIES_WOLF, [MarkKind.NOTICED])],
)
def test_whoever_gives_up_or_raises_a_false_alarm_says_so(tmp_path, course, wanted):
    walked, lines = [], []
    responders = ana(course, tmp_path, walk=lambda *who: walked.append(who), tell=lines.append)
    marks = play(tmp_path, responders, lambda: len(lines) == len(wanted))
    assert [mark.mark for mark in marks] == wanted
    assert walked == []


def test_a_refused_mark_is_told_with_its_reason_and_stops_nobody(tmp_path):
    lines = []
    responders = ana(QUICK, tmp_path, tell=lines.append)
    play(tmp_path, responders, lambda: len(lines) == 3, state=DeliveryState.REFUSED, text="it was taken already")
    assert lines == [
        "Ana saw it; that did not work: it was taken already",
        "Ana has it; that did not work: it was taken already",
        "Ana walked the runbook",
    ]


def test_a_runbook_that_leads_nowhere_is_told_with_its_reason(tmp_path):
    def walk(person, after_s):
        raise ServiceError("the shop does not answer")

    lines = []
    play(tmp_path, ana(QUICK, tmp_path, walk=walk, tell=lines.append), lambda: len(lines) == 3)
    assert lines[-1] == "Ana walked the runbook; that did not work: the shop does not answer"


def test_a_mistake_of_ours_in_a_deed_is_not_swallowed(tmp_path):
    walked = threading.Event()

    def walk(person, after_s):
        walked.set()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        play(tmp_path, ana(QUICK, tmp_path, walk=walk), walked.is_set)


def test_responders_go_home_when_the_drill_is_gone_without_an_end(tmp_path):
    ana(QUICK, tmp_path).respond(lambda: True)


def test_what_everybody_sees_and_what_people_mark_is_told_once(tmp_path):
    lines, now = [], datetime.now(UTC)
    feed = FeedFile(tmp_path)
    feed.append(FeedDrill("drill", "Drill", "sandbox", blind=True, commitment=None), now)
    for name in (InstantName.FIRST_IMPACT, InstantName.FIRST_IMPACT, InstantName.NOTICED, InstantName.RECOVERED):
        feed.append(FeedInstant(name, now, now, "purchase"), now)
    for number, by in enumerate(("Ana", "Thea")):
        feed.append(FeedMark(number, MarkKind.ACKNOWLEDGED, by, now, now, ""), now)
    feed.append(FeedMark(2, MarkKind.NOTE, "the rehearsal", now, now, "a note"), now)
    feed.append(FeedEnded(None), now)
    feed.close()
    ana(CRIES_WOLF, tmp_path, tell=lines.append).respond(lambda: False)
    seen = ["first impact: a purchase failed", "purchases are good again", "Thea marked: acknowledged"]
    assert [line for line in lines if not line.startswith("Ana ")] == seen
