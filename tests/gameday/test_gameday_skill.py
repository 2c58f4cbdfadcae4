"""Reaction times: the distribution that is stated, and the same draws again for the same seed."""

import itertools
import math
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, lognorm

from chaos_pizza.gameday.skill import REHEARSED_PER_REAL, SKILLS, Reaction, course_of

STEPS = ("notice", "take", "diagnose", "cure")
PEOPLE = [f"person {number}" for number in range(400)]
fractions = st.floats(0.0014, 0.9986)
"""Within three deviations of the middle."""
skills = st.sampled_from(sorted(SKILLS.values(), key=lambda skill: skill.name))


@pytest.mark.parametrize(
    ("fraction", "wanted_s"),
    [
        (0.5, 60.0),  # the median
        (0.8413447460685429, 120.0),  # one deviation above: the median times the spread
        (0.15865525393145707, 30.0),  # one below
        (0.9772498680518208, 240.0),  # two above
    ],
)
def test_a_reaction_is_off_its_median_by_a_factor_of_the_spread_for_each_deviation(fraction, wanted_s):
    assert Reaction(60.0, 2.0).at(fraction) == pytest.approx(wanted_s)


@given(st.floats(0.01, 1e5), st.floats(1.01, 5.0), fractions)
def test_reactions_are_those_of_scipys_log_normal_distribution(median_s, spread, fraction):
    wanted = lognorm(s=math.log(spread), scale=median_s).ppf(fraction)
    assert Reaction(median_s, spread).at(fraction) == pytest.approx(wanted, rel=1e-9)


@given(st.floats(0.01, 1e5), st.floats(1.0, 5.0), st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_reaction_is_further_from_its_median_than_three_spreads(median_s, spread, fraction):
    at_s = Reaction(median_s, spread).at(fraction)
    assert median_s / spread**3 * (1 - 1e-9) <= at_s <= median_s * spread**3 * (1 + 1e-9)


@given(fractions, st.floats(0.001, 10))
def test_another_pace_changes_the_time_and_not_the_spread(fraction, factor):
    reaction = Reaction(60.0, 1.7)
    assert reaction.scaled(factor).at(fraction) == pytest.approx(factor * reaction.at(fraction))


def test_a_reaction_without_spread_always_takes_the_same():
    assert {Reaction(7.0, 1.0).at(fraction) for fraction in (0.01, 0.5, 0.99)} == {7.0}


@pytest.mark.parametrize("step", STEPS)
def test_what_many_people_draw_is_distributed_as_their_skill_says(step):
    skill = SKILLS["trained"]
    reaction = getattr(skill, step)
    drawn = [getattr(course_of(skill, 1, 0, person), f"{step}_s") for person in PEOPLE]
    wanted = lognorm(s=math.log(reaction.spread), scale=reaction.median_s * REHEARSED_PER_REAL)
    # The draws are always the same, so this can't fail by chance.
    assert kstest(drawn, wanted.cdf).pvalue > 0.05


def test_what_one_person_draws_for_one_step_tells_nothing_of_the_next():
    courses = [course_of(SKILLS["novice"], 1, 0, person) for person in PEOPLE]
    logs = [[math.log(getattr(course, f"{step}_s")) for course in courses] for step in STEPS]
    pairs = [(one, other) for number, one in enumerate(logs) for other in logs[:number]]
    # Four deviations of a correlation that is none, among 400.
    assert all(abs(statistics.correlation(one, other)) < 4 / math.sqrt(len(PEOPLE)) for one, other in pairs)


@pytest.mark.parametrize("name", sorted(SKILLS))
def test_people_miss_give_up_and_raise_false_alarms_as_often_as_their_skill_says(name):
    skill = SKILLS[name]
    courses = [course_of(skill, 1, drill, person) for drill in range(5) for person in PEOPLE]
    counted = [
        (skill.misses_ratio, [course.misses for course in courses]),
        (skill.gives_up_ratio, [course.gives_up for course in courses]),
        (skill.false_alarm_ratio, [course.false_alarm_s is not None for course in courses]),
        # One has nothing to do with the other.
        (skill.misses_ratio * skill.gives_up_ratio, [course.misses and course.gives_up for course in courses]),
    ]
    for ratio, happened in counted:
        four_deviations = 4 * math.sqrt(ratio * (1 - ratio) / len(courses))
        assert statistics.fmean(happened) == pytest.approx(ratio, abs=four_deviations)


@given(skills, st.integers(), st.integers(0, 100), st.text(max_size=20))
def test_the_same_seed_draws_the_same_again(skill, seed, drill, person):
    assert course_of(skill, seed, drill, person) == course_of(skill, seed, drill, person)


def test_a_draw_is_the_same_on_every_machine_and_in_every_version():
    # The first 52 bits of the SHA-256 of "7/0/Ana/notice"; the median is 90 s, a minute a second.
    fraction = 0xB79A0DF59A9A1 / 2**52
    wanted_s = lognorm(s=math.log(1.7), scale=1.5).ppf(fraction)
    assert course_of(SKILLS["trained"], 7, 0, "Ana").notice_s == pytest.approx(wanted_s)
    assert wanted_s == pytest.approx(2.0346533)


@given(skills, st.integers(0, 10))
def test_another_seed_another_drill_and_another_person_draw_something_else(skill, seed):
    drawn = [
        course_of(skill, seed, 0, "Ana"),
        course_of(skill, seed + 1, 0, "Ana"),
        course_of(skill, seed, 1, "Ana"),
        course_of(skill, seed, 0, "Ben"),
    ]
    assert len({course.notice_s for course in drawn}) == 4


def test_the_incidents_team_is_as_slow_as_it_was_a_minute_a_second():
    # 19:35 down, 19:45 noticed, 19:50 tried a purchase, 20:14 saw the link, 20:16 restored.
    incident = SKILLS["incident"]
    medians_s = [getattr(incident, step).median_s for step in STEPS]
    assert medians_s == [600, 300, 1440, 120]
    assert sum(medians_s) * REHEARSED_PER_REAL == pytest.approx(41)
    assert not incident.hears_alerts


def test_the_more_skilled_are_faster_and_miss_less():
    ranked = [SKILLS[name] for name in ("incident", "novice", "trained", "veteran")]
    for slower, faster in itertools.pairwise(ranked):
        assert all(getattr(slower, step).median_s >= getattr(faster, step).median_s for step in STEPS)
    for slower, faster in itertools.pairwise(ranked[1:]):
        assert slower.misses_ratio > faster.misses_ratio
        assert slower.gives_up_ratio > faster.gives_up_ratio
        assert slower.false_alarm_ratio > faster.false_alarm_ratio


def test_the_documentation_shows_the_skills_as_they_are():
    page = (Path(__file__).parents[2] / "docs" / "rehearsal.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    shown = {row[0]: row[1:] for row in rows if row[0] in SKILLS}
    assert shown == {
        name: [
            *(f"{getattr(skill, step).median_s / 60:g} min" for step in STEPS),
            *{f"{getattr(skill, step).spread:g}" for step in STEPS},
            *(f"{ratio:.0%}".replace("%", " %") for ratio in (skill.misses_ratio, skill.gives_up_ratio)),
            f"{skill.false_alarm_ratio:.0%}".replace("%", " %"),
        ]
        for name, skill in SKILLS.items()
    }
