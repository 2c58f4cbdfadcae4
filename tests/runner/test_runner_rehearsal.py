"""A rehearsal is set up in a folder of its own, and what it comes to is said by one exit code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from chaos_pizza.ci.turn import Turn
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.skill import SKILLS, course_of
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.runner.rehearsal import rehearsal_exit_code, set_up

PLANS = Path(__file__).parents[2] / "experiments" / "gamedays"
AT = datetime(2026, 3, 2, 21, 0, 7, tzinfo=UTC)


def rehearsal_of(plan, reports, seed=5, drills=3):
    return set_up(plan, reports, SKILLS["novice"], seed, drills, AT)


@pytest.mark.parametrize("plan", sorted(PLANS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_plan_can_be_rehearsed(plan, tmp_path):
    rehearsal = rehearsal_of(plan, tmp_path)
    assert rehearsal.folder.parent == tmp_path / "rehearsals"
    assert rehearsal.planned.plan.target is None
    assert all(name.startswith("simulated ") for name in rehearsal.planned.plan.roles.responders)
    assert set(rehearsal.planned.faults.values()) <= set(FaultKind)


def test_a_rehearsals_folder_holds_all_that_it_takes_to_hold_it_again(tmp_path):
    rehearsal = rehearsal_of(PLANS / "rehearsal.yaml", tmp_path)
    found = {str(path.relative_to(rehearsal.folder)) for path in rehearsal.folder.rglob("*") if path.is_file()}
    names = ("factory-fail", "factory-badjwt", "factory-throttle", "placebo")
    assert found == {"plan.yaml", "chaos-pizza.yaml", *(f"experiments/{name}.yaml" for name in names)}
    assert (rehearsal.folder / "experiments" / "placebo.yaml").read_bytes() == (PLANS / "../placebo.yaml").read_bytes()


def test_a_rehearsal_has_no_target_tells_no_tool_and_shares_no_history(tmp_path):
    own = read_configuration(rehearsal_of(PLANS / "rehearsal.yaml", tmp_path).folder / "chaos-pizza.yaml")
    assert (own.targets, own.publish, own.history) == ({}, {}, None)


def test_what_each_responder_does_is_drawn_by_their_name_in_the_teams_plan(tmp_path):
    courses = rehearsal_of(PLANS / "rehearsal.yaml", tmp_path, seed=5).courses(2)
    assert courses == {
        "simulated Linus (novice)": course_of(SKILLS["novice"], 5, 2, "Linus"),
        "simulated Margaret (novice)": course_of(SKILLS["novice"], 5, 2, "Margaret"),
    }


def test_two_rehearsals_of_the_same_second_have_folders_of_their_own(tmp_path):
    first, second = (rehearsal_of(PLANS / "rehearsal.yaml", tmp_path) for _ in range(2))
    assert first.folder != second.folder


def test_a_plan_that_is_not_there_or_not_sound_leaves_nothing_behind(tmp_path):
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump({"name": "bad"}))
    for plan in (tmp_path / "none.yaml", tmp_path / "bad.yaml"):
        with pytest.raises(UsageError, match=plan.name):
            rehearsal_of(plan, tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        ([0, 0], 0),
        ([0, 1, 1], 0),  # a budget that was missed is what a rehearsal is for
        ([0, 3, 1], 3),
        ([0, 4, None], 4),
        ([3, 5, None], 5),
        ([2], 2),
        ([2, 0], 3),
    ],
)
def test_a_rehearsal_is_as_good_as_its_worst_drill_but_for_budgets(codes, wanted):
    assert rehearsal_exit_code([Turn(f"drill {n}", exit_code=code) for n, code in enumerate(codes)]) == wanted
