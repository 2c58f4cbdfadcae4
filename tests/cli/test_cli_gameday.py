"""`chaos-pizza gameday` beside its drill: what it lists, shows, reveals and refuses."""

import io
import os
import pty
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from chaos_pizza.cli.gameday_draw import tell_revealed
from chaos_pizza.cli.main import commands
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday_folder import create_gameday, list_gamedays, note_drill
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.result import BlindOutcome
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Secret
from chaos_pizza.runner.gameday import take_up_gameday
from chaos_pizza.runner.gameday_plan import read_planned

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import report_examples as examples

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
NOW = datetime.now(UTC)
DRAW = Draw("ab" * 32, 7, "fail.yaml", FaultKind.FAIL, NOW, NOW + timedelta(hours=1, minutes=17), "0f" * 32)
PASSPHRASE = "tomato and basil"
CONTENT = {
    "name": "friday",
    "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus"]},
    "pool": [{"experiment": str(EXPERIMENTS / "factory-fail.yaml")}],
    "window": "00:00-24:00 UTC",
}


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def plan(tmp_path):
    return plan_in(tmp_path)


def plan_in(folder, **changes):
    path = folder / "friday.yaml"
    path.write_text(yaml.safe_dump({**CONTENT, **changes}))
    return path


@pytest.fixture
def drawn(reports, plan):
    opened = OpenedDraw(DRAW, bytes(32))
    return create_gameday(reports, plan, read_planned(plan).plan, opened, Secret(PASSPHRASE), NOW)


def called(reports, *words, passphrase=None):
    environment = {"PIZZA_STATE_DIR": str(reports.parent / "state"), "PIZZA_COORDINATOR_PASSPHRASE": passphrase}
    result = CliRunner().invoke(commands, ["gameday", *words, "--reports", str(reports)], env=environment)
    return result.output, result.exception


def refusal(reports, *words, passphrase=None):
    output, error = called(reports, *words, passphrase=passphrase)
    assert isinstance(error, UsageError), (output, error)
    assert len(str(error).splitlines()) == 1
    return str(error)


def test_without_any_game_day_it_says_how_to_draw_one(reports):
    output, _ = called(reports)
    assert "no game day has been drawn yet" in output


def test_every_game_day_is_listed_with_its_commitment_and_nothing_of_its_draw(reports, drawn):
    output, _ = called(reports)
    assert f"{drawn.name}: sealed" in output
    assert commitment_of(DRAW) in output
    assert "fail" not in output
    assert f"{DRAW.starts_at:%H:%M}" not in output


@pytest.mark.parametrize("named", ["friday", "the plan's file", "its id", "its folder"])
def test_the_coordinator_sees_the_draw(reports, plan, drawn, named):
    places = {"the plan's file": str(plan), "its id": drawn.name, "its folder": str(drawn)}
    output, error = called(reports, places.get(named, named), "--role", "coordinator", passphrase=PASSPHRASE)
    assert error is None
    assert "experiment  fail.yaml (fail)" in output
    assert f"begins at   {DRAW.starts_at:%Y-%m-%d %H:%M:%S} UTC" in output
    assert "this draw matches it" in output


def test_who_guesses_the_passphrase_sees_nothing(reports, drawn):
    said = refusal(reports, "friday", "--role", "coordinator", passphrase="basil and tomato")
    assert "was sealed with another passphrase" in said
    assert "fail" not in said


def test_without_a_terminal_the_passphrase_has_to_be_given(reports, drawn):
    said = refusal(reports, "friday", "--role", "coordinator")
    assert said == ("there is no terminal to ask for the coordinator's passphrase on; set PIZZA_COORDINATOR_PASSPHRASE")


def test_a_game_day_that_nobody_goes_on_with_is_revealed(reports, drawn):
    output, error = called(reports, "friday", "--reveal", passphrase=PASSPHRASE)
    assert error is None
    assert f"Game day {drawn.name} is over. Its draw was:" in output
    assert "fail.yaml (fail)" in output
    assert f"{drawn.name}: over" in called(reports)[0]
    # From then on everybody may see it, and nobody may end it again.
    assert "fail.yaml (fail)" in called(reports, "friday", "--role", "coordinator")[0]
    assert "is over already" in refusal(reports, "friday", "--reveal", passphrase=PASSPHRASE)


@pytest.mark.parametrize("option", [["--reveal"], ["--role", "coordinator"]])
def test_what_is_to_be_shown_or_revealed_has_to_be_named(reports, drawn, option):
    assert "wants a PLAN" in refusal(reports, *option, passphrase=PASSPHRASE)


def test_a_list_shows_each_drill_with_its_verdict(reports, drawn):
    assert "drill" not in called(reports)[0]
    note_drill(drawn, "2026-03-02T20-00-00Z-friday")
    assert "  drill       2026-03-02T20-00-00Z-friday: unreadable, since" in called(reports)[0]


def told_of(draw, *departures, commitment=None):
    outcome = BlindOutcome("friday", commitment or commitment_of(draw), draw, departures)
    out = io.StringIO()
    with redirect_stdout(out):
        tell_revealed(replace(examples.passed(), blind=outcome))
    return out.getvalue()


def test_the_end_says_what_was_drawn_and_that_it_was_promised_so():
    commitment = commitment_of(DRAW)
    short = f"{commitment[:6]}…{commitment[-4:]}"
    assert told_of(DRAW) == f"  drawn: fail at {DRAW.starts_at:%H:%M:%S} UTC; it matches the commitment {short}\n"
    assert "drawn: a placebo at a time of the factory's" in told_of(replace(DRAW, fault=FaultKind.NONE, starts_at=None))
    other = told_of(DRAW, "the draw that was revealed is another", commitment="0" * 64)
    assert "IT DOES NOT MATCH" in other
    assert "THIS IS NOT WHAT HAD BEEN COMMITTED TO (000000…0000): the draw that was revealed is another" in other


def chosen_on_a_terminal(*typed):
    """What is said to whoever types this for a new passphrase, and the passphrase; `None` where there is none."""
    parent, child = pty.openpty()
    script = "from chaos_pizza.cli.passphrase import coordinator_passphrase as c; print('GOT', c(is_new=True).reveal())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=child, stdout=subprocess.PIPE, stderr=child, env=environment) as process:
        os.close(child)
        said = ""
        for word in typed:
            before = len(said)
            while not said[before:].endswith(("coordinator: ", "once more: ")):
                said += os.read(parent, 1000).decode()
            os.write(parent, f"{word}\n".encode())
        out = process.communicate(timeout=300)[0].decode()
    with suppress(OSError):
        said += os.read(parent, 10_000).decode()
    os.close(parent)
    return said, out.removeprefix("GOT ").strip() or None


def test_a_passphrase_that_is_too_short_is_told_before_it_is_repeated():
    said, chosen = chosen_on_a_terminal("short", PASSPHRASE, "another one", PASSPHRASE, PASSPHRASE)
    assert chosen == PASSPHRASE
    assert said.count("That is too short: at least 8 characters are wanted.") == 1
    assert said.count("These two are not the same.") == 1
    assert PASSPHRASE not in said


def test_nobody_is_asked_for_a_passphrase_for_ever():
    said, chosen = chosen_on_a_terminal("a", "b", "c")
    assert chosen is None
    assert "no passphrase was chosen in 3 tries; nothing was drawn" in said


def test_with_a_wrong_passphrase_nothing_is_revealed(reports, drawn):
    refusal(reports, "friday", "--reveal", passphrase="basil and tomato")
    assert f"{drawn.name}: sealed" in called(reports)[0]


def test_a_plan_that_was_changed_goes_on_with_no_draw_of_before(reports, plan, drawn):
    with pytest.raises(UsageError, match=r"has been changed since game day .* put it back .* --reveal"):
        take_up_gameday(read_planned(plan_in(plan.parent, rate_per_s=7)), drawn, Secret(PASSPHRASE))
    with pytest.raises(UsageError, match="was drawn for target None, not for 'env'"):
        take_up_gameday(read_planned(plan_in(plan.parent), "env"), drawn, Secret(PASSPHRASE))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"window": "soon"}, "'soon' is no window"),
        ({"pool": [{"experiment": "nowhere.yaml"}]}, "there is no experiment"),
        ({"target": "staging"}, "there is no target 'staging'"),
    ],
)
def test_a_plan_that_can_t_be_held_is_refused_before_anything_is_drawn(reports, tmp_path, changes, said):
    assert said in refusal(reports, str(plan_in(tmp_path, **changes)))
    assert list_gamedays(reports) == []


def test_a_game_day_is_not_drawn_without_a_passphrase(reports, plan):
    assert "there is no terminal" in refusal(reports, str(plan))
    assert list_gamedays(reports) == []
