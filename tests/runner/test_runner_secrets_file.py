"""A file of secrets: read as a shell would, refused where others may read it, and never quoted."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.runner.secrets_file import read_secrets


@pytest.fixture
def write(tmp_path):
    def write_one(text, mode=0o600):
        path = tmp_path / "keys.env"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    return write_one


def test_lines_are_read_quoted_or_not_with_export_or_without(write):
    path = write("# keys\n\nA=1\nexport B='two words'\n C = x\nD=\nA=\"3\"\nE=a=b\n".replace(" C = x\n", ""))
    assert read_secrets(path) == {"A": "3", "B": "two words", "D": "", "E": "a=b"}


@pytest.mark.parametrize(
    "text", ["hunter2-of-the-team\n", "A B=hunter2\n", "A=hunter2 more\n", "A='hunter2\n", "=hunter2"]
)
def test_a_line_that_sets_nothing_is_told_by_its_number_and_not_quoted(write, text):
    with pytest.raises(UsageError) as raised:
        read_secrets(write(f"OK=1\n{text}"))
    assert "line 2" in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused_with_the_command_that_mends_it(write, mode):
    with pytest.raises(UsageError, match=r"others may read it; run: chmod 600 .*keys\.env"):
        read_secrets(write("A=1\n", mode))


def test_what_can_t_be_read_is_told(write, tmp_path):
    with pytest.raises(UsageError, match="there is no file of secrets"):
        read_secrets(tmp_path / "none.env")
    with pytest.raises(UsageError, match="it is no text"):
        read_secrets(write(b"A=\xff\n"))
    with pytest.raises(UsageError, match="can't be read"):
        read_secrets(tmp_path)


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9_]{0,10}", fullmatch=True), st.text(max_size=20), max_size=4))
def test_what_another_program_quotes_is_read_as_it_was(tmp_path_factory, variables):
    kept = {name: value for name, value in variables.items() if len(value.splitlines()) <= 1 and value.isprintable()}
    path = tmp_path_factory.mktemp("secrets") / "keys.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in kept.items()), encoding="utf-8")
    assert read_secrets(path) == kept
