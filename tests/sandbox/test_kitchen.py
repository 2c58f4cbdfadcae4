import pytest


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
def test_with_a_backup_factory_diners_feel_no_chaos(open_sandbox, kind):
    visitor = open_sandbox(backup_factory=True, stall_s=600.0)  # no patience of a client is as long
    diner = visitor.log_in()
    visitor.begin(kind)
    answer = visitor.buy(diner)
    assert answer.status_code == 200
    assert "followLinkToEndChaos" not in answer.json()
    verify = {"json": {"jwt": answer.json()["jwt"]}, "headers": visitor.vendor}
    assert visitor.http.post(f"{visitor.factory}/api/order/verify", **verify).status_code == 200
    assert visitor.sandbox.purchases[0].outcome == "ok"
    assert visitor.sandbox.truth[0].began_at is not None
