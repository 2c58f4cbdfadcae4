"""`chaos-pizza gameday` beside its drill: what it lists, shows, reveals and refuses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday_folder import create_gameday, list_gamedays
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Secret
from chaos_pizza.runner.gameday import take_up_gameday
from chaos_pizza.runner.gameday_plan import read_planned

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
