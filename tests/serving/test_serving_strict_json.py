import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.serving.strict_json import parsed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
)


@given(VALUES, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_json_says_what_was_written(value, ascii_only, encoding):
    raw = json.dumps(value, ensure_ascii=ascii_only).encode(encoding, "surrogatepass")
    assert parsed(raw) == json.loads(raw) == value


@pytest.mark.parametrize("raw", [b"", b"{", b"[NaN]", b"-Infinity", b"1e999", b"{} {}", b"\xff", b"[" * 100_000])
def test_what_is_none_is_told_as_a_wrong_value(raw):
    with pytest.raises(ValueError):  # noqa: PT011 - every kind of it is one
        parsed(raw)
