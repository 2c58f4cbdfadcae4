"""What is wrong with a traffic's profile and its sessions: a figure out of bounds, a setting of another kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.traffic_profile import ProfileKind, TrafficProfile

_BELONG = {
    ProfileKind.CONSTANT: (),
    ProfileKind.POISSON: (),
    ProfileKind.RAMP: ("from_per_s", "over_s"),
    ProfileKind.DAY: ("period_s", "lowest_ratio", "begins_s"),
}
_MOST_BROWSING = 0.95
"""Twenty visitors for every purchase; with more the purchases would drown in them."""


def profile_limits(traffic: TrafficSettings) -> Iterator[tuple[str, float | None, float, float]]:
    """Yield the bounds of each figure: its place, what it is, the least and the most that is allowed."""
    profile, sessions = traffic.profile, traffic.sessions
    yield "traffic.profile.from_per_s", profile.from_per_s, 0, 10_000
    yield "traffic.profile.over_s", profile.over_s, 0.1, 1_000_000
    yield "traffic.profile.period_s", profile.period_s, 1, 1_000_000
    yield "traffic.profile.lowest_ratio", profile.lowest_ratio, 0, 1
    yield "traffic.profile.begins_s", profile.begins_s, 0, profile.period_s
    if sessions:
        yield "traffic.sessions.register_ratio", sessions.register_ratio, 0, 1
        yield "traffic.sessions.verify_ratio", sessions.verify_ratio, 0, 1
        yield "traffic.sessions.browse_ratio", sessions.browse_ratio, 0, _MOST_BROWSING


def profile_complaints(profile: TrafficProfile, given: Mapping[str, Any]) -> list[str]:
    """Return a complaint for each setting that was given, but belongs to another kind of profile.

    `given` is the profile as it stands in the experiment: a setting that is given with its default counts too.
    """
    strange = (name for name in given if name not in {"kind", *_BELONG[profile.kind]})
    return [f"{_of(name)} has this, and the kind is {profile.kind.value} @ traffic.profile.{name}" for name in strange]


def _of(name: str) -> str:
    return next(f"only a profile of the kind {kind.value}" for kind, names in _BELONG.items() if name in names)
