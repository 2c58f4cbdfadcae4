"""YAML that people write: read alike on every machine, and what is wrong with it is one line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.yaml_file import read_yaml, yaml_of

PIECES = st.sampled_from(
    [
        "a",
        "b: ",
        "- ",
        "\n",
        "  ",
        "\t",
        "'",
        '"',
        "[",
        "]",
        "{",
        "}",
        ", ",
        ": ",
        " #",
        "|\n",
        "1",
        "\ufeff",
        "\u2028",
        "é",
    ]
)


def said_by(read, text):
    try:
        return read(text)
    except yaml.YAMLError as error:
        return str(error)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_text_says_the_same_whatever_the_library_was_built_with(text):
    assert said_by(yaml_of, text) == said_by(yaml.safe_load, text)


@pytest.mark.parametrize("text", ["a: b\t\n", "a: b\t# c\n", "key:\n\ufeff"])
def test_what_only_one_of_the_two_loaders_takes_is_taken_or_refused_as_by_the_slow_one(text):
    assert said_by(yaml_of, text) == said_by(yaml.safe_load, text)


@pytest.mark.parametrize(
    "value", ["!!timestamp soon", "!!bool maybe", "!!int ''", "!!int many", "!!float much", "2026-13-45", "[" * 5000]
)
def test_what_the_library_fails_by_is_a_line_that_quotes_nothing(tmp_path, value):
    path = tmp_path / "chaos-pizza.yaml"
    path.write_text(f"reports: {value}\n")
    with pytest.raises(UsageError) as told:
        read_yaml(path)
    assert str(told.value) == f"{path} is not YAML: it holds what YAML does not allow"
