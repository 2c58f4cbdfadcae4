"""`chaos-pizza gameday --rehearse`: what is refused before anything is begun."""

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.gameday import gameday
from chaos_pizza.errors import UsageError


def refused(*options):
    with pytest.raises(UsageError) as refusal:
        CliRunner().invoke(gameday, options, catch_exceptions=False)
    return str(refusal.value)


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("option", ["--skill=novice", "--drills=2", "--seed=0"])
def test_what_belongs_to_a_rehearsal_is_not_taken_for_a_real_game_day(option):
    assert refused("plan.yaml", option) == f"{option.partition('=')[0]} belongs to a rehearsal; give --rehearse too"


@pytest.mark.parametrize("option", ["--target=staging", "--production", "--role=coordinator", "--reveal"])
def test_a_rehearsal_touches_no_target_and_has_no_secret_draw(option):
    assert "goes with no target and no role" in refused("plan.yaml", "--rehearse", option)


def test_without_a_plan_where_none_is_at_hand_the_plan_is_named(workplace):
    assert "experiments/gamedays/rehearsal.yaml" in refused("--rehearse")
    assert list(workplace.iterdir()) == []


@pytest.mark.parametrize("options", [["--drills=0"], ["--drills=51"], ["--skill=hero"], ["--seed=one"]])
def test_what_no_rehearsal_can_be_is_bad_usage(options, workplace):
    assert CliRunner().invoke(gameday, ["--rehearse", *options]).exit_code == 2
    assert list(workplace.iterdir()) == []
