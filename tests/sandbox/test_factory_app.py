from datetime import UTC, datetime

import pytest

from .visitor import bearer, until


def test_chaos_begins_at_the_very_millisecond_it_shows(open_sandbox):
    visitor = open_sandbox(chaos_delay_s=0.4)
    visitor.begin("fail")
    shown = visitor.chaos()["startDate"]
    seen = []

    def order():
        before = datetime.now(UTC)
        seen.append((before, visitor.order_at_factory().status_code, datetime.now(UTC)))
        return seen[-1][1] == 500

    assert until(order)
    until(order)
    (truth,) = visitor.sandbox.truth
    assert truth.began_at.isoformat(timespec="milliseconds").replace("+00:00", "Z") == shown
    assert (truth.began_at - truth.initiated_at).total_seconds() == pytest.approx(0.4, abs=0.001)
    assert {status for _, status, after in seen if after < truth.began_at} == {200}
    assert {status for before, status, _ in seen if before >= truth.began_at} == {500}


def test_chaos_begins_without_anybody_ordering(open_sandbox):
    visitor = open_sandbox(chaos_delay_s=0.3)
    visitor.begin("throttle")
    assert visitor.sandbox.truth[0].began_at is None
    assert until(lambda: visitor.sandbox.truth[0].began_at)


def test_pending_chaos_does_nothing_and_no_guessed_link_cancels_it(open_sandbox):
    visitor = open_sandbox(chaos_delay_s=600)
    visitor.begin("fail")
    assert visitor.chaos()["type"] == "fail"
    assert "reportUrl" not in visitor.order_at_factory().json()
    wrong = visitor.follow(f"/api/support/{visitor.env['PIZZA_VENDOR_KEY']}/report/guess")
    assert (wrong.status_code, wrong.json()) == (400, {"message": "Problem unresolved"})
    assert visitor.chaos()["type"] == "fail"


def test_asking_again_while_pending_draws_anew(open_sandbox):
    visitor = open_sandbox(chaos_delay_s="100-100000", seed=3)
    visitor.begin("fail")
    first = visitor.chaos()
    visitor.begin("badjwt")
    second = visitor.chaos()
    assert (first["type"], second["type"]) == ("fail", "badjwt")
    assert first["startDate"] != second["startDate"]
    assert [(each.kind, each.ended_how, each.began_at) for each in visitor.sandbox.truth] == [
        ("fail", "replaced", None),
        ("badjwt", None, None),
    ]


def test_nothing_to_resolve_is_said_kindly_to_anybody(visitor):
    for key in (visitor.env["PIZZA_VENDOR_KEY"], "nobody"):
        answer = visitor.follow(f"/api/support/{key}/report/whatever")
        assert (answer.status_code, answer.json()) == (200, {"message": "No chaos currently executing"})


@pytest.mark.parametrize(
    ("host", "named"),
    [("pizza-factory.cs329.click:8080", "pizza-factory.cs329.click"), ("[::1]:4000", "[::1]"), ("a b/@evil", None)],
)
def test_the_link_names_the_host_the_factory_was_called_by_and_no_port(visitor, host, named):
    visitor.begin("fail")
    answer = visitor.order_at_factory(Host=host)
    if named is None:
        assert "evil" not in answer.text
    else:
        assert answer.status_code == 500
        assert answer.json()["message"] == "chaos monkey"
        assert answer.json()["reportUrl"].startswith(f"https://{named}/api/support/{visitor.env['PIZZA_VENDOR_KEY']}/")


def test_only_a_factory_admin_deletes_chaos_and_then_no_trace_of_it_is_shown(visitor):
    visitor.begin("fail")
    url, wish = f"{visitor.factory}/api/admin/vendor", {"id": visitor.env["PIZZA_VENDOR_ID"], "deleteType": "chaos"}
    assert visitor.http.request("DELETE", url, json=wish, headers=visitor.vendor).status_code == 401
    assert visitor.chaos()["type"] == "fail"
    admin = bearer(visitor.env["PIZZA_FACTORY_ADMIN_KEY"])
    assert visitor.http.request("DELETE", url, json=wish, headers=admin).status_code == 204
    assert visitor.chaos() is None
    assert visitor.order_at_factory().status_code == 200
    assert visitor.sandbox.truth[0].ended_how == "admin"


def test_a_resolved_chaos_shows_the_date_of_its_end(visitor):
    visitor.begin("badjwt")
    link = visitor.order_at_factory().json()["reportUrl"]
    visitor.follow(link)
    chaos, (truth,) = visitor.chaos(), visitor.sandbox.truth
    assert chaos["type"] == "none"
    assert chaos["fixDate"] == truth.ended_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert truth.ended_how == "link"


def test_verifying_needs_a_vendor(visitor):
    jwt = visitor.order_at_factory().json()["jwt"]
    url = f"{visitor.factory}/api/order/verify"
    assert visitor.http.post(url, json={"jwt": jwt}).status_code == 401
    assert visitor.http.post(url, json={"jwt": jwt}, headers=visitor.vendor).json()["message"] == "valid"
    assert visitor.http.post(url, json={"jwt": 5}, headers=visitor.vendor).status_code == 403
