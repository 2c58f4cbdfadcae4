"""`chaos-pizza worker`: what it asks for, and what it says where it can't buy."""

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.worker import worker
from chaos_pizza.errors import TargetError, UsageError

WHERE = {"PIZZA_SHOP_URL": "http://127.0.0.1:9", "PIZZA_FACTORY_URL": "http://127.0.0.1:9"}


def run(*words, env=None):
    return CliRunner().invoke(worker, words, env={"PIZZA_SHOP_URL": None, "PIZZA_FACTORY_URL": None, **(env or {})})


@pytest.mark.parametrize(
    "address", ["drills.example", ":5557", "drills.example:", "drills.example:0", "host:70000", "host:x"]
)
def test_where_the_drill_is_has_to_be_a_host_and_a_port(address):
    ran = run("--master", address, env=WHERE)
    assert ran.exit_code == 2
    assert "is no HOST:PORT, such as drills.example:5557" in ran.output


def test_without_a_shop_there_is_nothing_to_buy_at():
    ran = run("--master", "127.0.0.1:5557")
    assert isinstance(ran.exception, TargetError)
    assert str(ran.exception) == "PIZZA_SHOP_URL, PIZZA_FACTORY_URL not set: a worker has to know where to buy"


def test_a_machine_that_there_is_not_is_named_before_anything_is_started():
    ran = run("--master", "nosuchhost.invalid:5557", env=WHERE)
    assert isinstance(ran.exception, UsageError)
    assert str(ran.exception) == "there is no machine nosuchhost.invalid; check --master"
