"""The feed that a drill writes while it goes on: soon, only what may be known, and never at the drill's cost."""

import sys
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "drill"))

from story import alert, at, bought, ended, injected, journal, mark, seen, started

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.result import judge
from chaos_pizza.feed_file import FEED_NAME, FeedFile, complete_feed, read_feed
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.live.feed_writer import FeedWriter
from chaos_pizza.live.growing_timeline import GrowingTimeline
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import PurchasesObserved, Recorded, StageBegan
from chaos_pizza.model.feed import (
    FeedDrill,
    FeedEnded,
    FeedEntry,
    FeedInstant,
    FeedMark,
    FeedPurchases,
    FeedRevealed,
    FeedStage,
)
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import FaultKind

DRAW = Draw("0" * 64, 7, "experiments/factory-fail.yaml", FaultKind.FAIL, at(0), at(9), "f" * 64)
OPEN = FeedDrill("d1", "A drill", "sandbox", blind=False, commitment=None)
BLIND = FeedDrill("d1", "Tuesday", "sandbox", blind=True, commitment=commitment_of(DRAW), responders=("Ada",))
SECRET_WORDS = ("fail", "fault", "method", "factory")


def batch(*samples):
    return PurchasesObserved(tuple(samples))


FAULT = [
    (0.0, started()),
    (0.1, StageBegan(Stage.METHOD)),
    (1.0, batch(bought(0, 0.5, 0.6), bought(1, 0.9, 0.95))),
    (10.0, injected(9.9, 10)),
    (10.1, seen(10.05, 10.1, "fail", start=10.0)),
    (10.5, batch(bought(2, 10.2, 10.3, Outcome.FAILED, Evidence.LINK))),
    (11.0, alert(11.0, AlertState.FIRING)),
    (12.0, mark(12.0, MarkKind.NOTICED)),
]


class Drill:
    """A drill whose records a test tells one by one."""

    def __init__(self, folder, about=OPEN, build_share=0.0):
        self.folder = folder
        self.records = []
        self.timeline = GrowingTimeline(self.records, build_share)
        self.about = about
        self.writer = None

    def begin(self, before=()):
        self.records += before
        self.writer = FeedWriter(self.folder, AnchoredClock(), self.timeline, self.about, before)

    def tell(self, told):
        for second, event in told:
            recorded = Recorded(len(self.records), at(second), event)
            self.records.append(recorded)
            if self.writer is not None:
                self.writer.hear(recorded)
            elif len(self.records) == 1:
                self.begin()

    @property
    def events(self):
        return [line.event for line in read_feed(self.folder / FEED_NAME)]


def of(events, kind):
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def drill(tmp_path):
    made = Drill(tmp_path)
    yield made
    if made.writer is not None:
        made.writer.close()


def wait_for(drill, holds):
    """Wait until the feed holds something; the writer's thread comes to it by itself."""
    deadline_s = time.monotonic() + 60
    while not holds(drill.events):
        assert time.monotonic() < deadline_s, drill.events
        time.sleep(0.01)


def test_an_announced_drill_tells_all_it_knows(drill):
    drill.tell(FAULT)
    drill.writer.close()
    events = drill.events
    assert events[0] == OPEN
    assert {event.name for event in of(events, FeedInstant)} == {
        InstantName.FAULT_START,
        InstantName.FIRST_IMPACT,
        InstantName.ALERT_FIRING,
        InstantName.NOTICED,
    }
    assert of(events, FeedMark) == [FeedMark(7, MarkKind.NOTICED, "Ada", at(12), at(12), "")]
    assert of(events, FeedStage) == [FeedStage(Stage.METHOD)]
    assert any("first failed purchase" in event.text for event in of(events, FeedEntry))
    told = of(events, FeedPurchases)
    assert (sum(each.purchases for each in told), sum(each.good for each in told)) == (3, 2)


def test_the_lines_are_numbered_without_a_gap(drill):
    drill.tell(FAULT)
    drill.writer.close()
    numbers = [line.number for line in read_feed(drill.folder / FEED_NAME)]
    assert numbers == list(range(len(numbers)))


def test_the_first_impact_is_told_at_once_however_long_the_drill_has_made_its_timeline(tmp_path):
    # A timeline that is built again only after a million times what it took, which is: never.
    drill = Drill(tmp_path, build_share=1e9)
    drill.tell(FAULT[:3])
    wait_for(drill, lambda events: of(events, FeedEntry) or of(events, FeedPurchases))
    drill.timeline.so_far()
    drill.tell(FAULT[3:6])
    wait_for(drill, lambda events: InstantName.FIRST_IMPACT in {each.name for each in of(events, FeedInstant)})
    drill.writer.close()


def blind(folder, told, fault=FaultKind.FAIL):
    drill = Drill(folder, BLIND)
    drill.tell([(0.0, started(fault)), *told])
    return drill


def test_of_a_blind_drill_nothing_is_told_but_what_anybody_sees(tmp_path):
    drill = blind(tmp_path, FAULT[1:])
    wait_for(drill, lambda events: of(events, FeedMark) and of(events, FeedPurchases))
    drill.writer.close()
    events = drill.events
    assert not of(events, FeedStage)
    assert not of(events, FeedEntry)
    assert [each.name for each in of(events, FeedInstant)] == [
        InstantName.FIRST_IMPACT,
        InstantName.ALERT_FIRING,
        InstantName.NOTICED,
    ]
    # The alert is called failed-purchases, by the team.
    raw = (tmp_path / FEED_NAME).read_text().replace("failed-purchases", "")
    assert not [word for word in SECRET_WORDS if word in raw]


def test_a_placebo_and_a_fault_look_the_same_until_somebody_feels_a_difference(tmp_path):
    feeds = []
    for name, told in (("fault", FAULT[1:5]), ("placebo", [FAULT[1], FAULT[2]])):
        (tmp_path / name).mkdir()
        marked = [(11.0, mark(11.0, MarkKind.NOTICED)), (11.5, alert(11.5, AlertState.PENDING))]
        drill = blind(tmp_path / name, [*told, *marked], FaultKind.FAIL if name == "fault" else FaultKind.NONE)
        drill.writer.close()
        # The number of a mark in the journal counts what is sealed before it.
        feeds.append([event for event in drill.events if not isinstance(event, FeedMark)])
    assert feeds[0] == feeds[1]


def test_once_it_is_revealed_a_blind_drill_tells_everything(tmp_path):
    drill = blind(tmp_path, FAULT[1:])
    drill.tell([(20.0, Revealed(DRAW, "00" * 32)), (21.0, ended(21.0))])
    drill.writer.close()
    events = drill.events
    assert of(events, FeedRevealed) == [FeedRevealed(DRAW.experiment, FaultKind.FAIL, at(9), matches=True)]
    place = events.index(of(events, FeedRevealed)[0])
    assert InstantName.FAULT_START in {each.name for each in of(events[place:], FeedInstant)}
    assert of(events[place:], FeedEntry)
    assert not of(events[:place], FeedEntry)


def test_a_feed_that_cannot_be_written_costs_the_drill_nothing_and_is_said_once(tmp_path, capsys):
    drill = Drill(tmp_path / "nowhere")
    drill.tell(FAULT)
    drill.writer.close()
    drill.writer.close()
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("chaos-pizza: consoles show no more of this drill: the feed ")


def test_a_drill_that_is_gone_on_with_goes_on_with_its_feed(tmp_path):
    first = Drill(tmp_path)
    first.tell(FAULT[:6])
    first.writer.close()
    told = first.events
    second = Drill(tmp_path)
    second.begin(before=journal(FAULT[:6]))
    second.tell(FAULT[6:])
    second.writer.close()
    events = second.events
    assert events[: len(told)] == told
    assert events.count(OPEN) == 1
    assert sum(each.purchases for each in of(events, FeedPurchases)) == 3


def test_whoever_judges_a_drill_that_is_over_completes_its_feed_once(tmp_path):
    drill = Drill(tmp_path)
    drill.tell(FAULT)
    drill.writer.close()
    records = [*drill.records, Recorded(8, at(30), mark(13, MarkKind.ACKNOWLEDGED, entered=30))]
    result = judge(records)
    for _ in range(2):
        complete_feed(tmp_path, records, result)
    events = drill.events
    assert [each.mark for each in of(events, FeedMark)] == [MarkKind.NOTICED, MarkKind.ACKNOWLEDGED]
    assert of(events, FeedEnded) == [FeedEnded(result.judgement.verdict)]
    assert events[-1] == FeedEnded(Verdict.CALM_NOT_RESTORED)


def test_a_drill_under_way_is_nobody_elses_to_end(tmp_path):
    drill = Drill(tmp_path)
    drill.tell(FAULT)
    complete_feed(tmp_path, drill.records, judge(drill.records))
    drill.writer.close()
    assert not of(drill.events, FeedEnded)


def test_a_drill_without_a_feed_gets_none(tmp_path):
    records = journal(FAULT)
    complete_feed(tmp_path, records, judge(records))
    assert not (tmp_path / FEED_NAME).exists()
    FeedFile(tmp_path).close()
