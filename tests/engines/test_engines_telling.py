"""What workers tell, written and read; and what nobody should believe."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.engines.telling import LONGEST_LINE, Batch, Bought, Waiting, read_batch, read_line
from chaos_pizza.model.purchase import Evidence, Outcome

NUMBERS = st.integers(0, 2**53)
TIMES_US = st.integers(0, 86_400_000_000)
BOUGHT = st.builds(
    Bought,
    number=NUMBERS,
    late_us=TIMES_US,
    took_us=TIMES_US,
    outcome=st.sampled_from(Outcome),
    status=st.none() | st.integers(100, 999),
    evidence=st.none() | st.sampled_from(Evidence),
)
BATCHES = st.builds(
    Batch,
    bought=st.lists(BOUGHT, max_size=3).map(tuple),
    waiting=st.lists(st.builds(Waiting, number=NUMBERS, late_us=TIMES_US), max_size=3).map(tuple),
    dropped=st.lists(NUMBERS, max_size=3).map(tuple),
    in_flight=st.integers(0, 1_000_000),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def told(read, given):
    """What a reader makes of it, and what it complains of."""
    try:
        return read(given), ""
    except ValueError as error:
        return None, str(error)


@given(BATCHES)
def test_a_batch_comes_over_the_wire_as_it_was(batch):
    assert read_batch(json.loads(json.dumps(batch.told(), allow_nan=False))) == batch


@given(batch=BATCHES, key=st.sampled_from(["tell", "bought", "waiting", "dropped", "in_flight"]), instead=ANYTHING)
def test_a_batch_with_anything_in_it_is_a_batch_or_refused_in_one_line(batch, key, instead):
    _, complaint = told(read_batch, {**batch.told(), key: instead})
    assert "\n" not in complaint


@given(cells=st.lists(ANYTHING, max_size=7))
def test_a_row_with_anything_in_it_is_a_row_or_refused(cells):
    try:
        (bought,) = read_batch({**Batch().told(), "bought": [cells]}).bought
    except ValueError:
        return
    assert bought.row() == cells


@given(st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_a_line_with_anything_in_it_says_something_or_is_refused(line):
    found, complaint = told(read_line, line)
    assert "\n" not in complaint
    sender, said = found or (None, {})
    assert isinstance(said, dict)
    assert sender is None or isinstance(sender, str)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ([1, 0, 0, "ok", 200], "a row that is none"),
        ([1, -1, 0, "ok", 200, None], "a number that is none, or too large"),
        ([True, 0, 0, "ok", 200, None], "a number that is none, or too large"),
        ([1, 0, 0.5, "ok", 200, None], "a number that is none, or too large"),
        ([1, 0, 10**12, "ok", 200, None], "a number that is none, or too large"),
        ([1, 0, 0, "splendid", 200, None], "an outcome that is none"),
        ([1, 0, 0, ["ok"], 200, None], "an outcome that is none"),
        ([1, 0, 0, "ok", 99, None], "a status that is none"),
        ([1, 0, 0, "ok", 200, "hearsay"], "an evidence that is none"),
    ],
)
def test_a_row_that_no_worker_of_ours_writes_is_refused(row, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_batch({**Batch().told(), "bought": [row]})


def test_a_line_that_is_too_long_is_not_even_read():
    with pytest.raises(ValueError, match="too long"):
        read_line(b'{"say": {"x": "' + b"a" * LONGEST_LINE + b'"}}')


def test_a_line_nested_without_end_is_refused():
    with pytest.raises(ValueError, match="no JSON"):
        read_line(b"[" * 100_000)
