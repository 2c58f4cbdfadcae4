"""How fast simulated responders are: a reaction time for each step, drawn from a stated distribution.

A reaction is log-normal, the shape that human reliability analysis takes for the times people need (A. D. Swain and
H. E. Guttmann, Handbook of Human Reliability Analysis, NUREG/CR-1278, 1983): never below 0, mostly near its median, and
now and then very long. The medians of `incident` are those of the team's incident of 2025-12-02. All other figures are
assumptions, and measure nobody: see docs/rehearsal.md.
"""

import hashlib
import math
from dataclasses import dataclass
from statistics import NormalDist

REHEARSED_PER_REAL = 1 / 60
"""What a second of a team's is in a rehearsal: their minute is a second."""
_GREATEST_SPREADS = 3.0
"""How many spreads a reaction may be from its median: one in 740 takes longer, and nobody rehearses to wait for it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """How long a step takes: half of all times lie below `median_s` seconds, and two in three within a factor of
    `spread` of it, up or down (the geometric standard deviation, 1 for always the same).
    """

    median_s: float
    spread: float

    def at(self, fraction: float) -> float:
        """Return the time in seconds below which this `fraction` (between 0 and 1) of all times lies.

        Kept within three spreads of the median, so that no rehearsal waits for what is next to impossible.
        """
        deviation = NormalDist().inv_cdf(fraction)
        return self.median_s * math.pow(self.spread, max(-_GREATEST_SPREADS, min(deviation, _GREATEST_SPREADS)))

    def scaled(self, factor: float) -> "Reaction":
        """Return the same reaction in a time that runs at another pace; its spread stays what it is."""
        return Reaction(self.median_s * factor, self.spread)


@dataclass(frozen=True, slots=True)
class Skill:
    """How a responder does: the times are a real team's, in seconds.

    `notice` runs from the first sign, `take` from having noticed, `diagnose` from having taken it until they know where
    the cure is, `cure` from there until it is done. `hears_alerts` says whether an alert reaches them; else they only
    watch the wall. Of the ratios (0 to 1), `misses_ratio` is how often they see no sign whatever happens,
    `gives_up_ratio` how often they find no cure, `false_alarm_ratio` how often they think they saw something where
    nothing was.
    """

    name: str
    notice: Reaction
    take: Reaction
    diagnose: Reaction
    cure: Reaction
    hears_alerts: bool
    misses_ratio: float
    gives_up_ratio: float
    false_alarm_ratio: float


@dataclass(frozen=True, slots=True)
class Course:
    """What one person will do in one drill, drawn beforehand; the times are in seconds of the rehearsal.

    `false_alarm_s` is how long after the drill's begin they raise a false alarm, if nothing happened until then; `None`
    where they raise none.
    """

    notice_s: float
    take_s: float
    diagnose_s: float
    cure_s: float
    hears_alerts: bool
    misses: bool
    gives_up: bool
    false_alarm_s: float | None


_MINUTE_S = 60.0
_FALSE_ALARM = Reaction(10 * _MINUTE_S, 1.5)
"""When somebody who waits for a drill begins to see things; an assumption."""

SKILLS = {
    skill.name: skill
    for skill in (
        Skill(
            "incident",
            notice=Reaction(10 * _MINUTE_S, 1.3),
            take=Reaction(5 * _MINUTE_S, 1.3),
            diagnose=Reaction(24 * _MINUTE_S, 1.3),
            cure=Reaction(2 * _MINUTE_S, 1.3),
            hears_alerts=False,
            misses_ratio=0.2,
            gives_up_ratio=0.2,
            false_alarm_ratio=0.1,
        ),
        Skill(
            "novice",
            notice=Reaction(4 * _MINUTE_S, 2.0),
            take=Reaction(2 * _MINUTE_S, 2.0),
            diagnose=Reaction(8 * _MINUTE_S, 2.0),
            cure=Reaction(2 * _MINUTE_S, 2.0),
            hears_alerts=True,
            misses_ratio=0.3,
            gives_up_ratio=0.2,
            false_alarm_ratio=0.2,
        ),
        Skill(
            "trained",
            notice=Reaction(1.5 * _MINUTE_S, 1.7),
            take=Reaction(1 * _MINUTE_S, 1.7),
            diagnose=Reaction(3 * _MINUTE_S, 1.7),
            cure=Reaction(1 * _MINUTE_S, 1.7),
            hears_alerts=True,
            misses_ratio=0.15,
            gives_up_ratio=0.1,
            false_alarm_ratio=0.1,
        ),
        Skill(
            "veteran",
            notice=Reaction(0.5 * _MINUTE_S, 1.4),
            take=Reaction(0.5 * _MINUTE_S, 1.4),
            diagnose=Reaction(1 * _MINUTE_S, 1.4),
            cure=Reaction(0.5 * _MINUTE_S, 1.4),
            hears_alerts=True,
            misses_ratio=0.05,
            gives_up_ratio=0.02,
            false_alarm_ratio=0.05,
        ),
    )
}
"""The skills by their names."""


def course_of(skill: Skill, seed: int, drill: int, person: str) -> Course:
    """Draw what a person of this skill will do in the rehearsal's `drill` (from 0).

    A pure function: whoever has seed, drill and name draws the same again, on every machine and in every version.
    """

    def fraction(purpose: str) -> float:
        return _fraction(f"{seed}/{drill}/{person}/{purpose}")

    def time_s(purpose: str, reaction: Reaction) -> float:
        return reaction.scaled(REHEARSED_PER_REAL).at(fraction(purpose))

    raises_alarm = fraction("raises a false alarm") < skill.false_alarm_ratio
    return Course(
        notice_s=time_s("notice", skill.notice),
        take_s=time_s("take", skill.take),
        diagnose_s=time_s("diagnose", skill.diagnose),
        cure_s=time_s("cure", skill.cure),
        hears_alerts=skill.hears_alerts,
        misses=fraction("misses") < skill.misses_ratio,
        gives_up=fraction("gives up") < skill.gives_up_ratio,
        false_alarm_s=time_s("false alarm", _FALSE_ALARM) if raises_alarm else None,
    )


def _fraction(text: str) -> float:
    """Return a number between 0 and 1, both left out, that looks drawn by lot and always is the same for a text."""
    digest = hashlib.sha256(text.encode()).digest()
    # 52 bits and a half of the last: the greatest such number is the last one below 1.
    return math.ldexp((int.from_bytes(digest[:8], "big") >> 12) + 0.5, -52)
