"""No secret that was ever said on the wire is in anything that a drill leaves behind or shows."""

from contextlib import ExitStack

import httpx
import pytest

from .conftest import CHAOS, PIZZA, run
from .quick import write_quick
from .wiretap import Wiretap

pytestmark = pytest.mark.drill


@pytest.mark.parametrize(
    ("command", "experiment", "diner"),
    [
        ([*PIZZA, "drill", "{}", "--target", "env"], "factory-fail", "registered"),
        ([*PIZZA, "drill", "{}", "--target", "env", "--json"], "factory-badjwt", "named"),
        ([*CHAOS, "--verbose", "run", "{}"], "shop-chaos", "named"),
        ([*CHAOS, "--verbose", "run", "{}"], "factory-badjwt", "registered"),
    ],
    ids=["drill factory-fail", "drill --json factory-badjwt", "chaos run shop-chaos", "chaos run factory-badjwt"],
)
def test_no_secret_is_left_behind_or_shown(start_sandbox, tmp_path, command, experiment, diner):
    sandbox = start_sandbox("--chaos-delay-s", "1")
    env = sandbox.env
    if diner == "registered":
        del env["PIZZA_DINER_EMAIL"], env["PIZZA_DINER_PASSWORD"]
    with ExitStack() as stack:
        taps = {
            name: stack.enter_context(Wiretap(env[name].removesuffix("/metrics")))
            for name in ("PIZZA_SHOP_URL", "PIZZA_FACTORY_URL")
        }
        env |= {name: tap.url for name, tap in taps.items()}
        # Good purchases for long enough that half a broken shop is not taken for a mended one.
        quick = write_quick(experiment, tmp_path, recovery={"good_purchases": 20})
        ran = run(*(part.format(quick) for part in command), cwd=tmp_path, env=env)
        said = {secret for tap in taps.values() for secret in tap.secrets()}
    assert ran.code == 0, ran.said

    secrets = said | set(sandbox.secrets)
    assert env["PIZZA_VENDOR_KEY"] in said
    assert len([secret for secret in said if secret.startswith("eyJ")]) > 20  # the pizzas
    texts = {"the terminal": ran.said}
    texts |= {str(path): path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()}
    assert len(texts) >= 5
    found = {(secret, name) for name, text in texts.items() for secret in secrets if secret in text}
    assert found == set()


def test_the_wiretap_hears_what_it_is_for(start_sandbox):
    """Otherwise the test above would find nothing by hearing nothing."""
    sandbox = start_sandbox()
    with Wiretap(sandbox.variables["PIZZA_SHOP_URL"]) as tap:
        login = {"email": sandbox.variables["PIZZA_DINER_EMAIL"], "password": sandbox.variables["PIZZA_DINER_PASSWORD"]}
        token = httpx.put(f"{tap.url}/api/auth", json=login, trust_env=False).json()["token"]
        assert {token, login["password"]} <= tap.secrets()
