"""A plan as it is rehearsed: the same lots, and nothing of the team's own time, target and people."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.gameday.plan import PlaceboShare, Plan, PoolEntry, Roles, StartedBy, read_plan
from chaos_pizza.gameday.rehearsed_plan import copied_as, rehearsed, simulated_names
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.settings import Budgets, SandboxWishes

PLAN = Plan(
    name="friday",
    roles=Roles("Ada", "Grace", ("Linus", "Margaret"), "Barbara"),
    pool=(PoolEntry("../factory-fail.yaml", 3), PoolEntry("../factory-badjwt.yaml", 1)),
    window="Mon-Thu 14:00-16:00 America/Denver",
    placebo=PlaceboShare("../placebo.yaml", 0.1),
    target="staging",
    rest_days=5,
    start=StartedBy.FACTORY,
    least_wait_s=600,
    mitigation_timeout_s=1800,
    rate_per_s=0.5,
    sandbox=SandboxWishes(stall_s=32, backup_factory=True),
    sha256="a" * 64,
)


def test_the_pool_its_weights_and_the_share_of_placebos_stay():
    played = rehearsed(PLAN, "trained")
    assert [entry.weight for entry in played.pool] == [3, 1]
    assert played.experiments == (
        "experiments/factory-fail.yaml",
        "experiments/factory-badjwt.yaml",
        "experiments/placebo.yaml",
    )
    assert played.placebo.share_ratio == 0.1


def test_nothing_of_the_teams_own_target_window_and_rest_is_left():
    played = rehearsed(PLAN, "trained")
    assert (played.target, played.window, played.rest_days) == (None, "00:00-24:00 UTC", 0)
    assert played.start is StartedBy.DRAWN
    assert played.least_wait_s <= played.greatest_wait_s <= 20


@pytest.mark.parametrize(
    ("real_s", "rehearsed_s"),
    [(1800, 30), (3600, 60), (7200, 60), (60, 20)],  # a minute a second, from 20 to 60
)
def test_the_time_to_mend_it_goes_a_minute_a_second(real_s, rehearsed_s):
    assert rehearsed(replace(PLAN, mitigation_timeout_s=real_s), "trained").mitigation_timeout_s == pytest.approx(
        rehearsed_s
    )


def test_a_sandbox_stalls_for_seconds_only_and_keeps_what_else_the_plan_wishes():
    assert rehearsed(PLAN, "trained").sandbox == SandboxWishes(chaos_delay_s="0-1", stall_s=4, backup_factory=True)


def test_name_and_people_say_that_it_is_a_rehearsal():
    played = rehearsed(PLAN, "veteran")
    assert played.name == "rehearsal-friday"
    assert played.roles.responders == ("simulated Linus (veteran)", "simulated Margaret (veteran)")


def test_a_plan_that_is_called_a_rehearsal_already_keeps_its_name():
    assert rehearsed(replace(PLAN, name="rehearsal"), "trained").name == "rehearsal"


def test_experiments_of_the_same_file_name_are_kept_apart():
    pool = tuple(PoolEntry(path) for path in ("a/fail.yaml", "b/fail.yaml", "c/fail.yaml"))
    kept = copied_as(replace(PLAN, pool=pool, placebo=None))
    assert kept == {
        "a/fail.yaml": "experiments/fail.yaml",
        "b/fail.yaml": "experiments/fail-2.yaml",
        "c/fail.yaml": "experiments/fail-3.yaml",
    }


def test_people_whose_long_names_begin_alike_are_told_apart():
    names = ("Maria " * 9 + "Alpha", "Maria " * 9 + "Beta")
    called = simulated_names(names, "trained")
    assert len(set(called.values())) == 2
    assert all(len(name) <= 60 and name.endswith(" (trained)") for name in called.values())


people = st.text(st.characters(categories=("L", "N", "Zs")), min_size=1, max_size=60).filter(
    lambda name: name.strip() == name and name.isprintable()
)


@given(
    st.lists(people, min_size=1, max_size=8, unique_by=str.casefold),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,60}", fullmatch=True),
    st.sampled_from(["incident", "novice", "trained", "veteran"]),
)
def test_what_is_rehearsed_of_any_sound_plan_is_a_sound_plan(names, name, skill):
    roles = replace(PLAN.roles, responders=tuple(names), coordinator="Grace " + "x" * 50)
    written = to_mapping(rehearsed(replace(PLAN, name=name, roles=roles), skill))
    read = read_plan({key: value for key, value in written.items() if key != "sha256"}, "plan.yaml")
    assert len(read.roles.responders) == len(names)


def test_budgets_go_a_minute_a_second_with_ten_seconds_for_the_machines():
    plan = replace(PLAN, budgets=Budgets(tta_s=300, ttm_s=900, success_ratio=0.5))
    assert rehearsed(plan, "trained").budgets == Budgets(tta_s=15, ttm_s=25, success_ratio=0.5)
    assert rehearsed(PLAN, "trained").budgets == Budgets()
