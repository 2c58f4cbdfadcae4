"""Scrapes in the journal: a series' name both ways, and scrapes folded to changes and back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.exposition import read_exposition, series_key
from chaos_pizza.alerting.scrapes import (
    Scrape,
    ScrapeDecoder,
    ScrapeEncoder,
    recorded_scrapes,
    series_of,
    series_text,
)
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertSourceLost, SeriesScraped
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.event import DrillResumed, Recorded
from chaos_pizza.model.incident import Peer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOP, MONITOR = AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR
OK = series_key("sold_total", outcome="ok")
FAILED = series_key("sold_total", outcome="failed")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (series_key("up"), "up"),
        (series_key("a:b_total", z="1", a="2"), 'a:b_total{a="2",z="1"}'),
        (series_key("m", store='O"r\\em\n'), 'm{store="O\\"r\\\\em\\n"}'),
        (series_key("m", store="a,b={}"), 'm{store="a,b={}"}'),
        (series_key("a.name"), '{"a.name"}'),
        (series_key("a name", **{"a-label": "1"}), '{"a name","a-label"="1"}'),
        (series_key("m", metric="x"), 'm{metric="x"}'),
        (series_key("m", gone=""), "m"),
    ],
)
def test_a_series_is_named_as_in_the_text_format(key, text):
    assert series_text(key) == text
    assert series_of(text) == key


@pytest.mark.parametrize(
    "text",
    ["", "{}", "1a", "a b", "a 1", "a{", "a}", "a{b}", "a{b=c}", 'a{b="c}', 'a{b="c"d="e"}', 'a{b="1",b="2"}', 'a{"b"}',
     '{"a","b"}', '{a="b"}', 'a{,}', 'a{b="\\x"}', 'a{b="c"}x', "a\n", 'a{b="\n"}', '{""}', 'a{=""}'],
)  # fmt: skip
def test_what_names_no_series_is_refused(text):
    with pytest.raises(ValueError, match="no series is called"):
        series_of(text)


names = st.text(min_size=1, max_size=8)
keys = st.tuples(names, st.dictionaries(names, names, max_size=3)).map(lambda it: series_key(it[0], **it[1]))


@given(keys)
def test_every_series_is_read_back(key):
    assert series_of(series_text(key)) == key


@given(st.text(max_size=30) | st.text(alphabet='ab{}="\\,n\n', max_size=20))
def test_any_text_names_a_series_or_is_refused(text):
    try:
        key = series_of(text)
    except ValueError:
        return
    assert series_of(series_text(key)) == key


plain_names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@given(plain_names, st.dictionaries(plain_names, st.text(alphabet='a "\\{},=\né', max_size=6), max_size=3))
def test_it_is_what_a_page_of_metrics_would_say(metric, labels):
    key = series_key(metric, **labels)
    assert read_exposition(f"{series_text(key)} 1\n") == {key: 1.0}


def test_an_event_holds_what_changed_and_what_is_gone():
    encoder = ScrapeEncoder()
    first = encoder.encode(SHOP, NOON, {OK: 1.0, FAILED: 0.0}, Peer.SHOP)
    assert first == SeriesScraped(
        SHOP, NOON, {'sold_total{outcome="failed"}': 0.0, 'sold_total{outcome="ok"}': 1.0}, (), Peer.SHOP
    )
    assert encoder.encode(SHOP, NOON, {OK: 1.0, FAILED: 2.0}).values == {'sold_total{outcome="failed"}': 2.0}
    assert encoder.encode(MONITOR, NOON, {OK: 1.0}).values == {'sold_total{outcome="ok"}': 1.0}
    gone = encoder.encode(SHOP, NOON, {OK: 1.0})
    assert (gone.values, gone.gone) == ({}, ('sold_total{outcome="failed"}',))


def test_what_is_no_finite_number_counts_as_not_shown():
    encoder = ScrapeEncoder()
    encoder.encode(SHOP, NOON, {OK: 1.0})
    event = encoder.encode(SHOP, NOON, {OK: float("nan"), FAILED: float("inf")})
    assert (event.values, event.gone) == ({}, ('sold_total{outcome="ok"}',))


scrapes = st.lists(
    st.tuples(st.sampled_from([SHOP, MONITOR]), st.dictionaries(keys, st.floats(allow_nan=False, allow_infinity=False),
                                                                max_size=4)),
    max_size=12,
)  # fmt: skip


@given(scrapes)
def test_scrapes_are_folded_back_to_what_they_showed(scrapes):
    """By way of the journal's JSON form, whatever order the sources come in."""
    encoder, decoder = ScrapeEncoder(), ScrapeDecoder()
    for source, shown in scrapes:
        event = event_from_mapping(event_to_mapping(encoder.encode(source, NOON, shown)))
        assert decoder.decode(event) == shown


def test_a_decoded_scrape_is_the_caller_s_own():
    decoder = ScrapeDecoder()
    decoder.decode(SeriesScraped(SHOP, NOON, {"a": 1.0})).clear()
    assert decoder.decode(SeriesScraped(SHOP, NOON, {})) == {series_key("a"): 1.0}


def test_a_journal_s_scrapes_show_nothing_where_a_source_was_lost_and_begin_anew_after_a_resume():
    events = [
        SeriesScraped(SHOP, NOON, {"a": 1.0, "b": 1.0}),
        AlertSourceLost(SHOP, NOON + timedelta(seconds=1), "no answer"),
        SeriesScraped(SHOP, NOON + timedelta(seconds=2), {"a": 2.0}),
        DrillResumed(NOON + timedelta(seconds=3)),
        SeriesScraped(SHOP, NOON + timedelta(seconds=4), {"a": 3.0}),
    ]
    found = list(recorded_scrapes(Recorded(number, event.at, event) for number, event in enumerate(events)))
    a, b = series_key("a"), series_key("b")
    shown = [(0, {a: 1.0, b: 1.0}), (1, {}), (2, {a: 2.0, b: 1.0}), (4, {a: 3.0})]
    assert found == [Scrape(SHOP, NOON + timedelta(seconds=second), series) for second, series in shown]


def test_a_journal_that_names_no_series_is_refused():
    with pytest.raises(ValueError, match="no series is called"):
        ScrapeDecoder().decode(SeriesScraped(SHOP, NOON, {"<html>": 1.0}))
