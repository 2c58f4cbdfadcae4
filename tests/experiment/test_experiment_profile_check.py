"""A traffic's profile and its visitors, as they are declared, and every way in which they may not be."""

import pytest

from chaos_pizza.errors import ExperimentError
from chaos_pizza.experiment.declaration import read_declaration
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.traffic_profile import ProfileKind, SessionSettings, TrafficProfile


def read(**traffic):
    block = {"name": "chaos-pizza", "experiment": "mine", "fault": "fail", "traffic": traffic}
    return read_declaration({"extensions": [block]}).settings.traffic


def complaint_of(**traffic):
    with pytest.raises(ExperimentError) as refusal:
        read(**traffic)
    return str(refusal.value)


def test_without_a_word_purchases_are_evenly_apart_and_nobody_visits():
    assert read() == TrafficSettings()
    assert (read().profile.kind, read().sessions) == (ProfileKind.CONSTANT, None)


def test_every_kind_is_read_with_its_settings():
    assert read(profile={"kind": "poisson"}).profile == TrafficProfile(ProfileKind.POISSON)
    assert read(profile={"kind": "ramp", "from_per_s": 0, "over_s": 30}).profile == TrafficProfile(
        ProfileKind.RAMP, from_per_s=0, over_s=30
    )
    day = {"kind": "day", "period_s": 600, "lowest_ratio": 0.25, "begins_s": 300}
    assert read(profile=day).profile == TrafficProfile(ProfileKind.DAY, period_s=600, lowest_ratio=0.25, begins_s=300)


def test_visitors_are_let_in_by_an_empty_mapping_and_by_shares_of_their_own():
    assert read(sessions={}).sessions == SessionSettings()
    assert read(sessions={"browse_ratio": 0.8}).sessions == SessionSettings(browse_ratio=0.8)


@pytest.mark.parametrize(
    ("traffic", "words"),
    [
        ({"profile": "poisson"}, "traffic.profile"),
        ({"profile": {"kind": "random"}}, "traffic.profile.kind"),
        ({"profile": {"kind": "ramp", "over": 3}}, "did you mean over_s?"),
        ({"profile": {"kind": "ramp", "over_s": 0}}, "0.1 to 1e+06 is allowed, not 0 @ traffic.profile.over_s"),
        ({"profile": {"kind": "ramp", "from_per_s": -1}}, "0 to 10000 is allowed, not -1 @ traffic.profile.from_per_s"),
        ({"profile": {"kind": "day", "lowest_ratio": 2}}, "0 to 1 is allowed, not 2 @ traffic.profile.lowest_ratio"),
        ({"profile": {"kind": "day", "period_s": 60, "begins_s": 61}}, "0 to 60 is allowed, not 61"),
        ({"profile": {"kind": "day", "period_s": float("nan")}}, "@ traffic.profile.period_s"),
        (
            {"profile": {"kind": "poisson", "over_s": 10}},
            "only a profile of the kind ramp has this, and the kind is poisson @ traffic.profile.over_s",
        ),
        (
            {"profile": {"kind": "poisson", "from_per_s": 1}},
            "only a profile of the kind ramp has this, and the kind is poisson @ traffic.profile.from_per_s",
        ),
        (
            {"profile": {"lowest_ratio": 0.5}},
            "only a profile of the kind day has this, and the kind is constant @ traffic.profile.lowest_ratio",
        ),
        ({"sessions": {"verify_ratio": 1.5}}, "0 to 1 is allowed, not 1.5 @ traffic.sessions.verify_ratio"),
        ({"sessions": {"browse_ratio": 1}}, "0 to 0.95 is allowed, not 1 @ traffic.sessions.browse_ratio"),
        ({"sessions": True}, "traffic.sessions"),
        ({"engine": "k6", "script": "mine.js", "profile": {"kind": "ramp"}}, "your script says when"),
    ],
)
def test_what_can_not_be_is_refused_with_its_place(traffic, words):
    assert words in complaint_of(**traffic)
