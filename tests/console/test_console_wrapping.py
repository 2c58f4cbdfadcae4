"""Lines break between words on a terminal; commands that are printed can be typed as they stand."""

import shlex
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.console.wrapping import command_line, wrapped


def test_a_line_goes_on_below_its_own_beginning():
    line = "   The factory does not take this link (any more): a new answer will hold a new one."
    assert wrapped(line, 49) == (
        "   The factory does not take this link (any\n   more): a new answer will hold a new one."
    )


def test_what_has_no_place_to_break_stays_whole_so_that_it_can_be_copied():
    url = "http://127.0.0.1:8090/coordinator#token=" + "x" * 43
    assert wrapped(f"The coordinator alone: {url}", 60) == f"The coordinator alone:\n{url}"


def test_an_empty_line_before_stays():
    assert wrapped("\nNothing had begun. Run the same command again to go on.", 40).startswith("\nNothing had begun.")


@given(st.text(st.sampled_from("abc -/:."), max_size=200), st.integers(1, 120))
def test_no_word_is_lost_or_broken(line, columns):
    assert wrapped(line, columns).split() == line.split()


def test_a_command_says_where_things_are_as_it_was_told():
    assert command_line("console", config=None, reports=None) == "chaos-pizza console"
    told = command_line("console", config=Path("our pizza.yaml"), reports=Path("/srv/reports"))
    assert told == "chaos-pizza console --config 'our pizza.yaml' --reports /srv/reports"
    assert shlex.split(told)[3] == "our pizza.yaml"
