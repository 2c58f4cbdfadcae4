"""What a lot fell on is held as its experiment says, without anything that tells it from the others."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from plans import plan_with

from chaos_pizza.gameday.blind_course import FACTORY_PATIENCE_S, blind_course
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import Budgets, FaultKind, ResponderKind, SandboxWishes
from chaos_pizza.model.traffic_profile import ProfileKind, SessionSettings, TrafficProfile
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
NOW = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)


def drawn(fault=FaultKind.FAIL, after_s=600.0):
    starts_at = None if after_s is None else NOW + timedelta(seconds=after_s)
    return Draw("ab" * 32, 7, "x.yaml", fault, NOW, starts_at, "0f" * 32)


def course_of(name, plan, draw=None):
    path = EXPERIMENTS / f"{name}.yaml"
    experiment = read_experiment(path)
    before = deepcopy(experiment)
    course, declaration = blind_course(experiment, declaration_of(experiment, path), plan, draw or drawn(), NOW)
    assert experiment == before, "what was read is left as it was"
    return course, declaration.settings


def timeouts(course):
    providers = [activity["provider"] for activity in course["method"]]
    return {
        each["func"]: each["arguments"]["timeout_s"] for each in providers if "timeout_s" in each.get("arguments", {})
    }


EVERY = sorted(path.stem for path in EXPERIMENTS.glob("*.yaml"))


@pytest.mark.parametrize("name", EVERY)
def test_every_experiment_waits_for_the_drawn_time_first_and_names_it_nowhere(name):
    draw = drawn()
    course, settings = course_of(name, plan_with(), draw)
    assert course["method"][0]["provider"]["func"] == "wait_for_the_draw"
    assert f"{draw.starts_at:%H:%M}" not in yaml.safe_dump(course)
    assert settings.responder.kind is ResponderKind.PEOPLE
    assert not settings.announced


def test_a_sandbox_is_set_up_alike_whatever_was_drawn():
    plan = plan_with(sandbox={"stall_s": 6, "chaos_delay_s": "1"})
    wishes = {course_of(name, plan)[1].sandbox for name in EVERY}
    assert wishes == {SandboxWishes(stall_s=6, chaos_delay_s="1")}


def test_purchases_and_visitors_are_alike_whatever_was_drawn():
    """An experiment of the team's own may have a profile and visitors; its draw is not to be read from the traffic."""
    own = read_experiment(EXPERIMENTS / "factory-fail.yaml")
    declaration = declaration_of(own, EXPERIMENTS / "factory-fail.yaml")
    profile, sessions = TrafficProfile(ProfileKind.POISSON), SessionSettings()
    traffic = replace(declaration.settings.traffic, profile=profile, sessions=sessions)
    lively = replace(declaration, settings=replace(declaration.settings, traffic=traffic))
    plain, told = (blind_course(own, each, plan_with(), drawn(), NOW)[1].settings for each in (declaration, lively))
    assert told.traffic == plain.traffic


def test_people_have_as_long_as_the_plan_says():
    course, settings = course_of("factory-fail", plan_with(mitigation_timeout_s=1800))
    assert timeouts(course) == {"wait_for_fault": 60, "wait_for_mitigation": 1800, "wait_for_recovery": 60}
    # Ten minutes until it begins, half an hour for people, five minutes around that, a quarter of an hour to spare.
    assert settings.greatest_duration_s == max(14_400, 600 + 1800 + 300 + 900)


def test_the_factory_is_waited_for_as_long_as_it_takes():
    course, settings = course_of("factory-fail", plan_with(start="factory"), drawn(after_s=None))
    assert timeouts(course)["wait_for_fault"] == FACTORY_PATIENCE_S == 3 * 86_400
    assert settings.greatest_duration_s == FACTORY_PATIENCE_S + 1800 + 300 + 900


def test_a_placebo_is_watched_over_as_long_as_a_fault_of_the_factorys():
    plan = plan_with(start="factory")
    placebo, fault = (
        course_of(name, plan, drawn(after_s=after))[1] for name, after in (("placebo", 9), ("factory-fail", None))
    )
    assert placebo.greatest_duration_s == fault.greatest_duration_s


def test_at_a_slow_rate_what_is_counted_is_given_its_time():
    course, settings = course_of("factory-fail", plan_with(rate_per_s=0.5, scrape_interval_s=5))
    (probe,) = [each for each in course["steady-state-hypothesis"]["probes"] if "arguments" in each["provider"]]
    # Twenty purchases take 40 s at this rate; a fifth more for those that are late.
    assert probe["provider"]["arguments"] == {"window_s": 48, "min_purchases": 20}
    assert timeouts(course)["wait_for_recovery"] == settings.recovery.timeout_s == 3 * 20 / 0.5
    assert settings.traffic.rate_per_s == 0.5
    assert settings.detection.scrape_interval_s == 5


def test_at_a_fast_rate_the_experiments_own_times_stand():
    course, settings = course_of("factory-fail", plan_with(rate_per_s=20))
    (probe,) = [each for each in course["steady-state-hypothesis"]["probes"] if "arguments" in each["provider"]]
    assert probe["provider"]["arguments"] == {"window_s": 5, "min_purchases": 20}
    assert settings.recovery.timeout_s == 60
    assert settings.detection.scrape_interval_s == 1


def test_people_are_held_to_the_plans_budgets_and_never_to_a_robots():
    plan = plan_with(budgets={"tta_s": 600, "ttm_s": 1800})
    assert {course_of(name, plan)[1].budgets for name in EVERY} == {Budgets(tta_s=600, ttm_s=1800)}
    assert {course_of(name, plan_with())[1].budgets for name in EVERY} == {Budgets()}
