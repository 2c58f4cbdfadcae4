import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.sandbox.json_text import Spelt, spelt, to_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
)


@given(JSON)
def test_what_is_spelt_is_json_in_ascii_without_spaces(value):
    assert spelt(value) == json.dumps(value, separators=(",", ":"))
    assert to_json(value).decode("ascii") == spelt(value)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.integers())
def test_an_object_is_spelt_the_same_whether_or_not_it_keeps_its_json(members, number):
    kept = Spelt(members, id=number)
    assert kept == {**members, "id": number}
    for _ in range(2):
        assert spelt(kept) == json.dumps({**members, "id": number}, separators=(",", ":"))
        assert json.loads(spelt({"order": kept})) == {"order": kept}


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_not_spelt(number):
    with pytest.raises(ValueError, match="JSON compliant"):
        spelt(Spelt(price=number))
