"""The sandbox behaves as the real services were seen to: the same checks pass on both."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .command import running

SHARED = Path(os.environ.get("PIZZA_SHARED") or Path(__file__).parents[2].parent / "shared")
CHECK = SHARED / "jwt-pizza" / "check_contract.py"

# With a command that waits for the beginning, the check also sees that pending chaos does nothing.
LATER = ["--begin-chaos", "sleep 3.3"]


@pytest.mark.parametrize(("delay_s", "begin_chaos"), [("0", []), ("2.8-3", LATER)], ids=["at-once", "later"])
def test_the_contract_of_the_real_services_holds(delay_s, begin_chaos):
    if not CHECK.exists():
        missing = (
            f"THE CONTRACT WAS NOT CHECKED: there is no {CHECK.name}; PIZZA_SHARED names the folder it is shared in"
        )
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with running("--stall-s", "0.5", "--chaos-delay-s", delay_s) as (process, env):
        check = [sys.executable, str(CHECK), *begin_chaos, "--stall-s", "0.5", "--shop", env["PIZZA_SHOP_URL"]]
        check += ["--factory", env["PIZZA_FACTORY_URL"], "--vendor-key", env["PIZZA_VENDOR_KEY"]]
        check += ["--vendor-id", env["PIZZA_VENDOR_ID"]]
        check += ["--admin", f"{env['PIZZA_ADMIN_EMAIL']}:{env['PIZZA_ADMIN_PASSWORD']}"]
        done = subprocess.run(check, capture_output=True, text=True, timeout=300, check=False)
        process.terminate()
        _, complaints = process.communicate(timeout=60)
    passed, _, failed = done.stdout.splitlines()[-1].partition(" passed, ")
    assert (done.returncode, failed) == (0, "0 failed"), done.stdout
    assert int(passed) > 50
    assert "Traceback" not in complaints
