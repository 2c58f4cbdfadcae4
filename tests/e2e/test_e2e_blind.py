"""Twenty sealed drills: nothing that a responder can read tells what breaks, or when, before it is revealed."""

import base64
import hashlib
import json
import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import yaml

from chaos_pizza.folder import assess_folder
from chaos_pizza.gameday.commitment import commitment_of, matches
from chaos_pizza.journal.file import is_sealed
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind

from .blind_days import LEFT_CONNECTIONS, POOL, Reading, blind_day, wait_until_begun
from .conftest import EXPERIMENTS, PIZZA
from .under_way import wait_for

pytestmark = [pytest.mark.drill, LEFT_CONNECTIONS]

DRILLS = 20
LONG = 6
"""So many of them have a time drawn half an hour ahead, so that it is looked for to the minute."""
AT_ONCE = 4

TITLES = [yaml.safe_load((EXPERIMENTS / f"{name}.yaml").read_text())["title"] for name in POOL]
WORDS = (
    *POOL,
    *TITLES,
    *('"fail"', "'fail'", "(fail)", "badjwt", "bad_jwt", "placebo", "fault_injected", "fault_proven", "vendor_seen"),
    *("start_factory_chaos", "keep_watching", "startDate", "start_at", "wait for the drawn time"),
)
"""What would tell the kind, of any of them: whoever finds one kind's name alone knows as much as by its own."""
OTHER_FORMS = (*(word for word in WORDS if len(word) >= 6), '"fault":"fail"', '"kind":"fail"', '"fault": "badjwt"')
LEAST_BASE64 = 9
"""So long a text has to be for its base64 to be looked for: a few letters of that are found in any sealed box."""


def encoded(text: str) -> set[bytes]:
    """A text in hexadecimal, and in base64 wherever in it the text may begin."""
    raw = text.encode()
    forms = {raw.hex().encode(), raw.hex().upper().encode()}
    for before in range(3) if len(raw) >= LEAST_BASE64 else ():
        whole = base64.b64encode(b"\0" * before + raw)
        # The letters at either end depend on what stands beside it there.
        forms.add(whole[(4 if before else 0) : -4 if (before + len(raw)) % 3 else None])
    return forms


def times_of(at: datetime, *, to_the_minute: bool) -> set[str]:
    """An instant in every form that we write one in, and some that others do."""
    minute = f"{at:%H:%M}" if to_the_minute else f"{at:%H:%M:%S}"
    folder = f"{at:%H-%M}" if to_the_minute else f"{at:%H-%M-%S}"
    return {minute, folder, str(int(at.timestamp())), f"{at:%Y-%m-%dT%H:%M:%S}"}


def given_away(readings, draw, *, to_the_minute):
    """Every place where a reading tells the kind, or the drawn time while it lies ahead, with what stands around it."""
    return [find for reading in readings for find in finds_in(reading, draw, to_the_minute=to_the_minute)]


def finds_in(reading, draw, *, to_the_minute):
    # The plan's experiments lie beside it in the list of files, all alike.
    sought = [] if reading.place == "names of files" else [word.encode() for word in WORDS]
    sought += [form for word in OTHER_FORMS for form in encoded(word)]
    patterns = [re.escape(text) for text in sought]
    if draw.starts_at and reading.at < draw.starts_at - timedelta(seconds=1):
        times = times_of(draw.starts_at, to_the_minute=to_the_minute)
        patterns += [rb"(?<!\d)" + re.escape(text.encode()) for text in times]
    # The window of all these days is the whole day, whatever is drawn; a fault at midnight is not to be found in that.
    content = reading.content.replace(b"00:00-24:00 UTC", b"all day")
    for pattern in patterns:
        found = re.search(pattern, content)
        if found:
            around = content[max(0, found.start() - 60) : found.end() + 60]
            yield reading.place, around.decode(errors="replace")


def shape_of(readings):
    """What there is to read, without what is in it, numbers left out: the same for every kind."""
    return {re.sub(r"[0-9a-f]{8,}|\d+", "#", reading.place) for reading in readings}


def one_day(number, workplace):
    """Hold the game day of a number and return its draw, and what a responder read before and after the impact."""
    is_long = number < LONG
    waits = {"least_wait_s": 1800, "greatest_wait_s": 3600} if is_long else {}
    with blind_day(workplace, **waits) as day:
        wait_until_begun(day)
        draw = day.draw
        before, after = day.read_everything(), []
        if not is_long:
            over_at = draw.starts_at + timedelta(seconds=2)
            wait_for(
                lambda: datetime.now(UTC) > over_at and (draw.fault is FaultKind.NONE or "first_impact" in day.feed)
            )
            if draw.fault is not FaultKind.NONE:
                after = day.read_everything()
        assert is_sealed(day.folder), (workplace / "said.txt").read_text()
        return draw, is_long, before, after


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    workplace = tmp_path_factory.mktemp("blind")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda number: one_day(number, workplace / f"day-{number}"), range(DRILLS)))


def test_what_can_be_read_before_the_fault_holds_neither_kind_nor_time(days):
    for draw, is_long, before, _ in days:
        assert len(before) > 15
        assert given_away(before, draw, to_the_minute=is_long) == []


def test_the_kind_is_not_told_either_while_everybody_sees_that_something_is_broken(days):
    # What diners, alerts and people show is for all to see: success ratio, latency, alerts, and when they began.
    seen = [(draw, after) for draw, _, _, after in days if after]
    assert seen, "no fault was drawn in any of them"
    for draw, after in seen:
        assert given_away(after, draw, to_the_minute=False) == []


def test_there_is_the_same_to_read_whatever_was_drawn(days):
    by_kind = {}
    for draw, _, before, _ in days:
        by_kind.setdefault(draw.fault, set()).update(shape_of(before))
    assert len(by_kind) > 1, Counter(draw.fault for draw, *_ in days)
    shapes = list(by_kind.values())
    assert all(shape == shapes[0] for shape in shapes), [shape ^ shapes[0] for shape in shapes]


def test_the_commitment_is_there_from_the_start(days):
    for draw, _, before, _ in days:
        readings = {reading.place: reading.content for reading in before}
        commitment = json.loads(next(text for place, text in readings.items() if place.endswith("gameday.json")))[
            "commitment"
        ]
        assert matches(draw, commitment)
        for place in ("said.txt", "chaos-pizza gameday"):
            assert commitment.encode() in readings[place]
        (journal,) = (text for place, text in readings.items() if place.endswith("journal.jsonl"))
        assert commitment.encode() in journal.splitlines()[0]


def test_what_would_give_it_away_is_found(days):
    draw, *_ = next(day for day in days if day[1])
    for text in (
        b'{"fault":"fail"}',
        base64.b64encode(b"x/factory-fail.yaml"),
        b"the factory is badjwt".hex().encode(),
        f"begins at {draw.starts_at:%H:%M}".encode(),
        json.dumps({"at": draw.starts_at.timestamp()}).encode(),
    ):
        assert given_away([Reading("somewhere", text)], draw, to_the_minute=True), text


def console_answers(day):
    """What a responder's browser is told by the console of a game day, a second of its stream included."""
    command = [*PIZZA, "console", "--port", "0", "--reports", str(day.reports)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, env=day.environment, text=True) as console:
        try:
            address = next(found[0] for line in console.stdout if (found := re.search(r"http://127[.0-9:]+", line)))
            with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
                pages = ("/", "/session", "/coordinator")
                answers = [Reading(f"console {path}", client.get(path).content) for path in pages]
                with client.stream("GET", "/stream") as stream:
                    told = b""
                    for chunk in stream.iter_bytes():
                        told += chunk
                        if b"standing" in told and told.count(b'"purchases"') > 2:
                            break
                answers.append(Reading("console /stream", told))
            return answers
        finally:
            console.kill()


def test_the_console_shows_the_commitment_and_neither_kind_nor_time(tmp_path):
    with blind_day(tmp_path / "day", least_wait_s=1800, greatest_wait_s=3600) as day:
        wait_until_begun(day)
        answers = console_answers(day)
        assert commitment_of(day.draw).encode() in answers[-1].content
        assert given_away(answers, day.draw, to_the_minute=True) == []


def rewritten(journal, change):
    """A journal written anew as its owner might: its draw changed, and every hash from there on made to fit again."""
    lines, before = [], "0" * 64
    for line in journal.splitlines():
        record = json.loads(line)
        del record["hash"]
        if record["event"]["type"] == "revealed":
            record["event"]["draw"].update(change)
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        own = hashlib.sha256((before + text).encode()).hexdigest()
        lines.append(f'{text[:-1]},"hash":"{own}"}}')
        before = own
    return "\n".join(lines) + "\n"


def test_at_the_end_the_draw_is_revealed_and_one_that_was_changed_is_caught(tmp_path):
    with blind_day(tmp_path / "day", mitigation_timeout_s=1) as day:
        wait_until_begun(day)
        draw = day.draw
        wait_for(lambda: day.process.poll() is not None)
        assert day.folder.name in (day.workplace / "said.txt").read_text()
        path = day.folder / "journal.jsonl"
        journal = path.read_text()
        blind = assess_folder(day.folder).result.blind
        assert (blind.matches, blind.draw) == (True, draw)
        path.write_text(rewritten(journal, {}))
        assert path.read_text() == journal
        for change in ({"nonce": "00" * 32}, {"starts_at": instant_text(draw.opens_at)}, {"fault": "throttle"}):
            path.write_text(rewritten(journal, change))
            result = assess_folder(day.folder).result
            assert result.judgement.verdict is Verdict.INVALID
            assert not result.blind.matches
