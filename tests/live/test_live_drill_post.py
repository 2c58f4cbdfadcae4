"""Which drill is told of what somebody does beside it, and that no journal, whatever it holds, is in the way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter
from chaos_pizza.live.drill_post import DrillPost, drill_under_way, is_held_on, named_drill_under_way, target_of_drill
from chaos_pizza.model.event import BlindDrillStarted, DrillStarted
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Secret

SHOP, FACTORY = "http://shop.example:3000", "http://factory.example"
TARGET = Target("t", SHOP, FACTORY, Secret(""))


@pytest.fixture
def write(tmp_path):
    """Begin a journal that stays open, and so a drill that is under way, in a folder of this name."""
    writers = []

    def begin(name, event=None):
        folder = tmp_path / name
        folder.mkdir()
        writers.append(JournalWriter(folder, AnchoredClock()))
        writers[-1].record(event or started())
        return folder

    yield begin
    for writer in writers:
        writer.close()


def started(shop=SHOP, factory=FACTORY):
    return DrillStarted("d", "e", "E", "t", shop, factory, DrillSettings(FaultKind.FAIL), "0", "0")


def test_the_newest_drill_under_way_on_the_same_addresses_is_found_however_they_are_spelled(write, tmp_path):
    write("2026-01-01")
    newest = write("2026-01-02", started("HTTP://SHOP.example:3000/", "http://factory.example:80"))
    write("2026-01-03", started("http://another.example"))
    assert drill_under_way(tmp_path, TARGET) == newest


def test_a_blind_drill_is_found_by_what_its_first_line_tells(write, tmp_path):
    folder = write("2026-01-01", BlindDrillStarted("d", "p", "t", SHOP, FACTORY, "0" * 64, "0", "0"))
    assert drill_under_way(tmp_path, TARGET) == folder
    assert target_of_drill(folder) == TARGET


def test_a_drill_that_is_over_or_was_killed_is_not_under_way(tmp_path):
    folder = tmp_path / "2026-01-01"
    folder.mkdir()
    writer = JournalWriter(folder, AnchoredClock())
    writer.record(started())
    writer.close()
    assert drill_under_way(tmp_path, TARGET) is None
    with pytest.raises(UsageError, match="the drill 2026-01-01 is not under way"):
        named_drill_under_way(tmp_path, "2026-01-01")


def test_where_there_are_no_drills_none_is_under_way(tmp_path):
    assert drill_under_way(tmp_path / "nowhere", TARGET) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
LINES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(lambda value: json.dumps({"event": value}).encode()),
    st.builds(
        lambda shop, factory: json.dumps(
            {"event": {"type": "drill_started", "shop_url": shop, "factory_url": factory}}
        ).encode(),
        JSON,
        st.sampled_from([FACTORY, "http://user:password@factory.example", "", None, 3]),
    ),
)


@given(LINES)
def test_a_journal_that_begins_with_anything_is_on_no_target_and_raises_nothing_but_one_line(tmp_path_factory, line):
    folder = tmp_path_factory.mktemp("any")
    (folder / JOURNAL_NAME).write_bytes(line + b"\n")
    assert not is_held_on(folder, TARGET)
    with pytest.raises(TargetError):
        target_of_drill(folder)


def test_without_a_drill_nothing_is_sent_and_nothing_waited_for(tmp_path):
    post = DrillPost(None)
    now = AnchoredClock().now()
    post.send(Marked(MarkKind.NOTE, "Ann", now, now, "x"))
    assert post.troubles(60.0) == []
    assert list(tmp_path.iterdir()) == []
