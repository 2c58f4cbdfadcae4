import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings


def test_the_truth_outlives_the_sandbox(open_sandbox):
    visitor = open_sandbox()
    visitor.begin("fail")
    visitor.buy(visitor.log_in())
    visitor.sandbox.__exit__(None, None, None)
    assert visitor.sandbox.truth[0].kind == "fail"
    assert visitor.sandbox.purchases[0].outcome == "failed"


def test_a_port_in_use_is_told_on_entry_by_the_option_to_change(visitor):
    taken = int(visitor.shop.rsplit(":", 1)[1])
    with pytest.raises(UsageError, match=f"port {taken} is already in use; choose another with --factory-port"):
        SandboxThread(SandboxSettings(factory_port=taken)).__enter__()


def test_two_sandboxes_know_nothing_of_each_other(open_sandbox):
    one, other = open_sandbox(), open_sandbox()
    assert other.http.get(f"{other.factory}/api/vendor", headers=one.vendor).status_code == 401
