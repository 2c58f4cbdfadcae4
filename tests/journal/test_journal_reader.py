"""The fast reader: it says of every journal what reading each line by itself says, and takes no line more readily."""

import hashlib
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.journal.batch_lines import batch_texts
from chaos_pizza.journal.chain import FIRST_HASH, read_line, write_line
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.journal.scrape_lines import scrape_texts
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.conversion import event_to_mapping, to_mapping
from chaos_pizza.model.event import PurchasesObserved, StageBegan
from chaos_pizza.model.incident import Peer, Stage
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample
from chaos_pizza.model.response_event import ResponderStep

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

from model_strategies import records

EPOCH = datetime(2026, 11, 24, 20, tzinfo=UTC)
micros = st.integers(0, 10**7)
odd_micros = micros | st.integers(-(10**7), 10**13)


def after_epoch(us):
    return EPOCH + timedelta(microseconds=us)


few = st.integers(0, 30)
times = micros.map(after_epoch)


@st.composite
def plan_batches(draw, offsets=micros):
    """Purchases that leave by a plan, some answered out of turn and some not as usual, as a drill records them."""
    first, count, every_us = draw(st.integers(0, 10**6)), draw(st.integers(0, 8)), draw(st.integers(1, 10**6))
    numbers = list(range(first, first + count))
    if draw(st.booleans()):
        numbers = draw(st.permutations(numbers))
    diners = draw(st.integers(1, 7))
    samples = []
    for number in numbers:
        intended_at = after_epoch((number - first) * every_us)
        sample = Sample(
            number, number % diners, intended_at, intended_at + timedelta(microseconds=draw(offsets)),
            intended_at + timedelta(microseconds=draw(offsets)), Outcome.OK, 200, None,
            draw(st.sampled_from([0.0042, 0.0066, 0.006999999999999999, 1.0, 1e-7, 0.0])),
        )  # fmt: skip
        if draw(st.integers(0, 5)) == 0:
            sample = replace(
                sample,
                outcome=draw(st.sampled_from(Outcome)),
                status=draw(st.sampled_from([None, 200, 404, 500])),
                evidence=draw(st.sampled_from([None, *Evidence])),
                diner=draw(st.integers(0, 9)),
            )
        samples.append(sample)
    late = draw(st.lists(st.builds(Overdue, few, few, times, times, times, st.just(0.5)), max_size=1))
    quiet = draw(st.integers(0, 3)) > 0
    return PurchasesObserved(
        tuple(samples), () if quiet else tuple(late), 0 if quiet else draw(st.integers(0, 9)), draw(st.integers(0, 2))
    )


names = st.sampled_from(
    ["pizza_total", 'pizza_total{outcome="ok"}', 'a{b="\\\\ \\" }"}', "ä☃", 'x{y="\n"}', '"', "", '":1.0,']
)
figures = st.sampled_from([0.0, 1.0, 91.0, 0.1, 7.961399999999994, 1e-7, 1e16, 1.5e300, -3.0])
scrapes = st.builds(
    SeriesScraped, st.sampled_from(AlertSource), times, st.dictionaries(names, figures, max_size=4),
    st.lists(names, max_size=1).map(tuple), st.none() | st.sampled_from(Peer),
)  # fmt: skip
steps = st.builds(ResponderStep, times, st.text(max_size=5)) | st.just(StageBegan(Stage.METHOD))
events = st.one_of(plan_batches(), plan_batches(), plan_batches(odd_micros), scrapes, scrapes, steps)
journals = st.lists(events, max_size=12)
ANY_BATCH = st.lists(records(PurchasesObserved), max_size=4)


def chained(told):
    lines, previous = [], FIRST_HASH
    for number, event in enumerate(told):
        line, previous = write_line(number, EPOCH + timedelta(seconds=number), event, previous)
        lines.append(line)
    return lines


def in_former_form(told):
    """Write a journal as it was written before purchases came in columns."""
    lines, previous = [], FIRST_HASH
    for number, event in enumerate(told):
        mapping = event_to_mapping(event)
        if isinstance(event, PurchasesObserved):
            mapping = {"type": "purchases_observed", **to_mapping(event)}
        at = instant_text(EPOCH + timedelta(seconds=number))
        line, previous = sealed({"number": number, "at": at, "event": mapping}, previous)
        lines.append(line)
    return lines


def sealed(content, previous):
    return sealed_text(json.dumps(content, separators=(",", ":")), previous)


def sealed_text(text, previous):
    own_hash = hashlib.sha256((previous + text).encode()).hexdigest()
    return f'{text[:-1]},"hash":"{own_hash}"}}\n'.encode(), own_hash


def one_by_one(lines):
    """Read as the journal was read before: every line's JSON is written again and hashed."""
    found, previous = [], FIRST_HASH
    for line in lines:
        if not line.endswith(b"\n"):
            return found, None, True, previous
        try:
            record, previous = read_line(line, len(found), previous)
        except (ValueError, RecursionError, OverflowError) as error:
            return found, f"line {len(found) + 1} of the journal doesn't fit: {str(error)[:200]}", False, previous
        found.append(record)
    return found, None, False, previous


def assert_read_alike(lines):
    contents = read_lines(lines)
    found, complaint, cut, last_hash = one_by_one(lines)
    assert list(contents.records) == found
    assert (contents.complaint, contents.cut, contents.last_hash) == (complaint, cut, last_hash)
    return contents


@settings(max_examples=200)
@given(journals)
def test_whatever_was_written_is_read_back_equal(told):
    contents = assert_read_alike(chained(told))
    assert [record.event for record in contents.records] == told
    assert contents.complaint is None


@given(ANY_BATCH)
def test_batches_of_any_purchases_whatever_are_read_back_equal(told):
    contents = assert_read_alike(chained(told))
    assert [record.event for record in contents.records] == told


@given(journals)
def test_the_former_form_and_the_present_one_tell_the_same(told):
    assert read_lines(in_former_form(told)).records == read_lines(chained(told)).records


BATCH = PurchasesObserved(
    tuple(
        Sample(
            number, number % 5, after_epoch(number * 100_000), after_epoch(number * 100_000 + 900),
            after_epoch(number * 100_000 + 30_000), Outcome.OK, 200, None, 0.0042 * (number % 3 + 1),
        )
        for number in (7, 6, 8, 9)
    ),
    in_flight=2,
)  # fmt: skip
FAILED = PurchasesObserved(
    tuple(replace(each, outcome=Outcome.FAILED, status=500, evidence=Evidence.LINK) for each in BATCH.samples)
)
SCRAPE = SeriesScraped(AlertSource.SHOP_METRICS, EPOCH, {'a{b="c"}': 91.0, "d": 7.961399999999994})
TOLD = [StageBegan(Stage.METHOD), BATCH, SCRAPE, FAILED, PurchasesObserved(), SCRAPE, BATCH]


def test_usual_lines_are_indeed_taken_apart():
    """Else all of this would hold, and the reader be as slow as before."""
    lines = chained(TOLD)
    assert all(batch_texts([lines[place] for place in (1, 3, 4, 6)]))
    at = len('{"number":0,"at":"')
    assert all(scrape_texts([lines[place] for place in (2, 5)], at))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"since":"2026-11-24T20:00:00.700000Z"', '"since":"2026-13-24T20:00:00.700000Z"'),
        ('"since":"2026-11-24T20:00:00.700000Z"', '"since":"2026-11-24T20:00:60.700000Z"'),
        ('"since":"2026-11-24T20:00:00.700000Z"', '"since":"0000-11-24T20:00:00.700000Z"'),
        ('"since":"2026-11-24T20:00:00.700000Z"', '"since":"9999-12-31T23:59:59.999999Z"'),
        ('"number":[7,-1,2,1]', '"number":[07,-1,2,1]'),
        ('"number":[7,-1,2,1]', '"number":[7,-1,2]'),
        ('"number":[7,-1,2,1]', '"number":[7,-1,2,-0]'),
        ('"number":[7,-1,2,1]', '"number":[7,-1,2-1]'),
        ('"number":[7,-1,2,1]', '"number":[7,-1,,2,1]'),
        ('"number":[7,-1,2,1]', '"number":[7,-1,2,1,]'),
        ('"number":[7,-1,2,1]', '"number":[7,--1,2,1]'),
        ('"number":[7,-1,2,1]', '"number":[7, -1,2,1]'),
        ('"number":[7,-1,2,1]', '"number":07'),
        ('"number":[7,-1,2,1]', '"number":[99999999999999999999,-1,2,1]'),
        ('"number":[7,-1,2,1]', '"number":[9223372036854775807,1,1,1]'),
        ('"diners":5', '"diners":0'),
        ('"diners":5', '"diner":[1,2,3]'),
        ('"diners":5', '"diner":[1,2,3,4]'),
        ('"diners":5', '"diners":5,"diners":5'),
        ('"every_us":100000', '"every_us":999999999999999'),
        ('"every_us":100000', '"intended_us":[0,1,2]'),
        ('"every_us":100000', '"intended_us":[0,1,2,3]'),
        ('"sent_us":[900,900,900,900]', '"sent_us":[900,900,900]'),
        ('"sent_us":[900,900,900,900]', '"sent_us":[900,900,900,900.0]'),
        ('"sent_us":[900,900,900,900]', '"sent_us":[900,900,900,true]'),
        ('"answered_us":[30000,', '"answered_us":[9999999999999999999,'),
        ('"answered_us":[30000,', '"answered_us":[300000000000000000,'),
        ('"in_flight":2', '"in_flight":02'),
        ('"in_flight":2', '"in_flight":2,"oven":1'),
        ('"in_flight":2', '"in_flight":-2'),
        ('"price_btc":[', '"price_btc":[[1.0],'),
        ('"price_btc":[0.0084,', '"price_btc":[0.00840,'),
        ('"price_btc":[0.0084,', '"price_btc":[8.4e-3,'),
        ('"price_btc":[0.0084,', '"price_btc":[1e999,'),
        ('"price_btc":[0.0084,', '"price_btc":[5,'),
        ('"price_btc":[0.0084,', '"price_btc":["",'),
        ('"outcome":"failed"', '"outcome":"eaten"'),
        ('"outcome":"failed"', '"outcome":["failed","failed","failed"]'),
        ('"outcome":"failed"', '"outcome":["failed","failed","failed","ok"]'),
        ('"outcome":"failed"', '"outcome":["failed"]'),
        ('"status":500', '"status":0500'),
        ('"status":500', '"status":99999'),
        ('"status":500', '"status":null'),
        ('"status":500', '"status":[500,null,500,500]'),
        ('"status":500', '"status":[500,null]'),
        ('"evidence":"link"', '"evidence":"gossip"'),
        ('"evidence":"link"', '"evidence":["link",null,null,null]'),
        (':91.0', ':91'),
        (':91.0', ':91.00'),
        (':91.0', ':091.0'),
        (':91.0', ':9.1e1'),
        (':91.0', ':1e999'),
        (':91.0', ':NaN'),
        (':91.0', ':"91.0"'),
        (':91.0', ':true'),
        ('"d":7', '"a{b=\\"c\\"}":7'),
        ('"d":7', '"\\u0064":7'),
        ('"d":7', '"d\\n":7'),
        ('"d":7', '"ä":7'),
        ('"d":7', '"d":8.0,"d":7'),
        ('"source":"shop_metrics"', '"source":"crystal_ball"'),
        ('"peer":null', '"peer":"oracle"'),
        ('"peer":null', '"peer":"prometheus"'),
        ('"gone":[]', '"gone":["d"]'),
        ('"gone":[]', '"gone":[ ]'),
        ('"number":2,"at"', '"number":3,"at"'),
        ('"number":2,"at"', '"number":02,"at"'),
        ('20:00:02.000000Z","event', '20:00:02Z","event'),
        ('20:00:02.000000Z","event', '25:00:02.000000Z","event'),
        ('"type":"series_scraped"', '"type":"series_scraped","type":"series_scraped"'),
        ('{"number":2', ' {"number":2'),
    ],
)  # fmt: skip
def test_a_line_whose_hash_is_that_of_its_bytes_is_taken_only_as_it_was_before(was, becomes):
    """Somebody wrote the whole file anew: only what it says decides, and how, and that is as strict as it ever was."""
    lines, previous, changed = [], FIRST_HASH, 0
    for line in chained(TOLD):
        body = line.decode()[: -len(',"hash":""}\n') - 64] + "}"
        changed += was in body
        sealed_line, previous = sealed_text(body.replace(was, becomes), previous)
        lines.append(sealed_line)
    assert changed
    assert_read_alike(lines)


@pytest.mark.parametrize("date", ["0001-01-01", "1968-12-31", "9001-01-01", "9999-12-31"])
@pytest.mark.parametrize("scope", [r'"since":"', r'_metrics","at":"', r':\d+,"at":"', '"'])
def test_an_instant_that_can_not_be_reckoned_with_is_a_complaint_wherever_it_stands(date, scope):
    """With the last one all instants are of one day, as they nearly always are."""
    lines, previous, changed = [], FIRST_HASH, []
    for number, line in enumerate(chained(TOLD)):
        body = line.decode()[: -len(',"hash":""}\n') - 64] + "}"
        moved = re.sub(f"({scope})2026-11-24(?=T)", rf"\g<1>{date}", body)
        changed += [number] if moved != body else []
        sealed_line, previous = sealed_text(moved, previous)
        lines.append(sealed_line)
    complaint = assert_read_alike(lines).complaint
    place = f"line {changed[0] + 1} of the journal doesn't fit: "
    assert complaint is not None
    assert complaint.startswith(place)
    assert "outside the years 1969 to 9000" in complaint


@pytest.mark.parametrize("column", ["number", "sent_us", "answered_us", "price_btc"])
def test_what_one_line_has_too_much_is_not_made_up_for_by_what_another_lacks(column):
    lines, previous = [], FIRST_HASH
    for number, line in enumerate(chained([StageBegan(Stage.METHOD), BATCH, BATCH])):
        content = json.loads(line)
        del content["hash"]
        if number:
            values = content["event"][column]
            content["event"][column] = [*values, 1] if number == 1 else values[:-1]
        sealed_line, previous = sealed(content, previous)
        lines.append(sealed_line)
    assert "line 2 of the journal doesn't fit" in str(assert_read_alike(lines).complaint)


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_written_into_a_line_and_sealed_anew_is_taken_only_as_it_was_before(data):
    lines, previous = [], FIRST_HASH
    place = data.draw(st.integers(0, len(TOLD) - 1))
    for number, line in enumerate(chained(TOLD)):
        body = line.decode()[: -len(',"hash":""}\n') - 64] + "}"
        if number == place:
            start = data.draw(st.integers(0, len(body)))
            end = data.draw(st.integers(start, min(len(body), start + 4)))
            put = data.draw(st.sampled_from([*'0123456789-,.[]{}":e ', "null", "ok", "1e9", "00"]))
            body = body[:start] + put + body[end:]
        sealed_line, previous = sealed_text(body, previous)
        lines.append(sealed_line)
    assert_read_alike(lines)


@settings(max_examples=200)
@given(st.data())
def test_a_journal_mutilated_anywhere_is_read_as_it_was_before(data):
    lines = list(chained(TOLD))
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "swap", "twice", "alter", "cut"]))
        if how == "drop" and len(lines) > 1:
            del lines[place]
        elif how == "swap":
            lines[place], lines[0] = lines[0], lines[place]
        elif how == "twice":
            lines.insert(place, lines[place])
        elif how == "alter":
            at = data.draw(st.integers(0, len(lines[place]) - 1))
            lines[place] = lines[place][:at] + data.draw(st.binary(min_size=1, max_size=2)) + lines[place][at + 1 :]
        else:
            lines[place] = lines[place][:-1]
    assert_read_alike(lines)


def test_a_long_journal_is_told_wrong_at_the_very_line():
    told = [BATCH, SCRAPE, FAILED] * 1500
    lines = chained(told)
    lines[4321] = lines[4321].replace(b'"number":4321', b'"number":4320')
    contents = read_lines(lines)
    assert contents.complaint is not None
    assert contents.complaint.startswith("line 4322 of the journal doesn't fit: its hash is wrong")
    assert len(contents.records) == 4321
    assert contents.records[4320] == read_lines(chained(told[:4321])).records[4320]
    assert [record.event for record in contents.records[4318:]] == told[4318:4321]


def test_records_are_a_sequence_like_any_other():
    contents = read_lines(chained(TOLD))
    plain = [record for record in contents.records]  # noqa: C416 - by iteration
    assert contents.records == plain == [contents.records[place] for place in range(len(TOLD))]
    assert contents.records[-1] == plain[-1]
    assert contents.records[1:3] == plain[1:3]
    assert contents.records != plain[:-1]
    with pytest.raises(IndexError):
        contents.records[len(TOLD)]
