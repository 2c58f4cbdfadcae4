"""A watchdog that dies right before the fault: the drill's next heartbeat is yet to come, and nothing may break."""

import httpx
import pytest
from chaoslib.exceptions import ActivityFailed

from chaos_pizza.actions.factory import start_factory_chaos
from chaos_pizza.actions.oven import order_too_many_pizzas
from chaos_pizza.actions.shop import start_shop_chaos
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.live.commission import Commission
from chaos_pizza.live.current import set_current_session
from chaos_pizza.live.opening import open_session
from chaos_pizza.live.watchdog_link import stand_by
from chaos_pizza.live.watchdog_process import start_watchdog
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target


@pytest.fixture
def drill(sandbox, tmp_path, monkeypatch):
    """A drill that has not begun, so that no heartbeat tells of its watchdog, which has just died."""
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / ".state"))
    watchdog = start_watchdog()
    stand_by(watchdog)
    settings = DrillSettings(fault=FaultKind.FAIL)
    target = Target.of_environment("sandbox", sandbox.environment)
    session = open_session(Commission(Declaration("unwatched", "Unwatched", settings), target, tmp_path))
    set_current_session(session)
    watchdog.kill()
    watchdog.wait()
    yield session
    set_current_session(None)
    session.discard()


@pytest.mark.parametrize("break_it", [start_factory_chaos, start_shop_chaos, order_too_many_pizzas])
def test_without_its_watchdog_a_drill_asks_for_no_fault_and_ends(drill, sandbox, given, break_it):
    wishes = given if break_it is not order_too_many_pizzas else {}
    with pytest.raises(ActivityFailed, match="no fault without the drill's watchdog, and that is gone"):
        break_it(**wishes)
    key = {"Authorization": f"Bearer {sandbox.environment['PIZZA_VENDOR_KEY']}"}
    vendor = httpx.get(f"{sandbox.environment['PIZZA_FACTORY_URL']}/api/vendor", headers=key, trust_env=False).json()
    assert vendor.get("chaos", {"type": "none"})["type"] == "none"
    assert not drill.has_broken_something
    assert drill.interruption == "the watchdog is gone, and without it nothing may stay broken"
