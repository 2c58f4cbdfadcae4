"""The link to end the chaos: only its path, and only of the factory's own form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.wire.factory import link_path
from chaos_pizza.wire.message import Answer

from wire_json import HOSTILE  # isort: skip
from wire_bakery import answered  # isort: skip

PATH = "/api/support/0a_B-9/report/f1X_-"


@pytest.mark.parametrize(
    "link",
    [
        f"https://factory.example{PATH}",
        f"http://[::1]:4000{PATH}",
        f"https://evil.example{PATH}",
        f"https://user:pass@evil.example{PATH}",
        f"https://factory.example{PATH}?to=https://evil.example",
        f"https://factory.example{PATH}#fragment",
        f"file://{PATH}",
        f"javascript:{PATH}",
        f"//evil.example{PATH}",
        PATH,
    ],
)
@pytest.mark.parametrize("key", ["followLinkToEndChaos", "reportUrl"])
def test_of_any_link_only_the_path_is_taken(key, link):
    path = link_path(answered({key: link}))
    assert path is not None
    assert path.reveal() == PATH


@pytest.mark.parametrize(
    "link",
    [
        "https://factory.example/",
        "https://factory.example/api/support/key/report/",
        "https://factory.example/api/support//report/code",
        "https://factory.example/api/support/../report/code",
        "https://factory.example/api/support/key/../../admin/vendor",
        "https://factory.example/api/support/key/report/code/../../../../order",
        "https://factory.example/api/support/key/report/%2e%2e",
        "https://factory.example/api/support/k%2Fy/report/code",
        "https://factory.example//api/support/key/report/code",
        "https://factory.example/x/api/support/key/report/code",
        "https://factory.example/api/support/key/report/code/more",
        "https://factory.example/api/support/key/report/code;x",
        "https://factory.example/api/support/key/report/co de",
        "https://factory.example/API/support/key/report/code",
        "https://factory.example/api/support/kéy/report/code",
        "https://evil.example/?/api/support/key/report/code",
        "https://evil.example/#/api/support/key/report/code",
        "javascript:alert(1)",
        "https://[::1/api/support/key/report/code",
        f"https://factory.example/api/support/{'k' * 201}/report/code",
        f"https://factory.example/api/support/key/report/{'c' * 10_000}",
        f"https://factory.example{PATH}?{'x' * 10_000}",
        "",
        None,
        5,
        True,
        [f"https://factory.example{PATH}"],
        {"followLinkToEndChaos": f"https://factory.example{PATH}"},
    ],
)
def test_what_is_not_of_the_factorys_own_form_is_no_link(link):
    assert link_path(answered({"followLinkToEndChaos": link})) is None


@pytest.mark.parametrize("body", [None, [], [PATH], PATH, 5, {"order": {"followLinkToEndChaos": PATH}}, {"link": PATH}])
def test_a_link_in_another_place_is_none(body):
    assert link_path(answered(body)) is None


@given(st.text() | HOSTILE)
def test_no_link_breaks_the_reader_and_every_path_stays_on_the_factory(link):
    answer: Answer = answered({"reportUrl": link})
    path = link_path(answer)
    assert path is None or path.reveal().startswith("/api/support/")
