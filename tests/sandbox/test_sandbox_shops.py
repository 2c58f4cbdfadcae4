"""Many shops at one factory: each a vendor of its own."""

from pathlib import Path

import httpx
import pytest
import yaml

from chaos_pizza.cli.sandbox_fleet import write_fleet
from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

from .visitor import Visitor

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "factory-fail.yaml"


@pytest.fixture(scope="module")
def sandbox():
    with SandboxThread(SandboxSettings(shops=12, seed=1)) as running:
        yield running


@pytest.fixture
def http():
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


def vendor_of(http, variables):
    headers = {"Authorization": f"Bearer {variables['PIZZA_VENDOR_KEY']}"}
    return http.get(f"{variables['PIZZA_FACTORY_URL']}/api/vendor", headers=headers).json()


def buy(http, variables):
    """Buy a pizza at a shop as a diner of its own, and return the status."""
    shop = variables["PIZZA_SHOP_URL"]
    diner = {"name": "d", "email": "one@shop.example", "password": "secret-of-d"}
    token = http.post(f"{shop}/api/auth", json=diner).json()["token"]
    pizza = http.get(f"{shop}/api/order/menu").json()[0]
    items = [{"menuId": pizza["id"], "description": pizza["title"], "price": pizza["price"]}]
    order = {"franchiseId": 1, "storeId": 1, "items": items}
    return http.post(f"{shop}/api/order", json=order, headers={"Authorization": f"Bearer {token}"}).status_code


def test_each_has_an_address_a_key_and_secrets_of_its_own(sandbox, http):
    environments = sandbox.environments
    assert list(environments) == [f"team-{number:02}" for number in range(1, 13)]
    for name in ("PIZZA_SHOP_URL", "PIZZA_VENDOR_KEY", "PIZZA_DINER_PASSWORD", "PIZZA_VENDOR_ID"):
        assert len({each[name] for each in environments.values()}) == 12
    assert len({each["PIZZA_FACTORY_URL"] for each in environments.values()}) == 1
    assert {vendor_of(http, each)["id"] for each in environments.values()} == set(environments)
    assert sandbox.environment == environments["team-01"]


def test_one_s_chaos_is_nobody_else_s_and_each_truth_its_own(sandbox, http):
    third, fourth = sandbox.environments["team-03"], sandbox.environments["team-04"]
    headers = {"Authorization": f"Bearer {third['PIZZA_VENDOR_KEY']}"}
    assert http.put(f"{third['PIZZA_FACTORY_URL']}/api/vendor/chaos/fail", headers=headers).is_success
    assert (buy(http, third), buy(http, fourth)) == (500, 200)
    assert [spell.kind for spell in sandbox.truths["team-03"]] == ["fail"]
    assert sandbox.truths["team-04"] == ()
    figures = {name: http.get(sandbox.environments[name]["PIZZA_METRICS_URL"]).text for name in ("team-03", "team-04")}
    assert 'pizza_purchases_total{outcome="failed"} 1.0' in figures["team-03"]
    assert 'pizza_purchases_total{outcome="failed"} 0.0' in figures["team-04"]


def test_the_ports_follow_each_other_where_the_first_is_named():
    with httpx.Client(trust_env=False) as http:
        for first in range(42000, 60000, 100):
            try:
                with SandboxThread(SandboxSettings(shops=3, shop_port=first)) as sandbox:
                    urls = [each["PIZZA_SHOP_URL"] for each in sandbox.environments.values()]
                    assert urls == [f"http://127.0.0.1:{first + number}" for number in range(3)]
                    assert http.get(urls[2]).is_success
                    return
            except UsageError as error:
                assert "is already in use" in str(error)  # noqa: PT017 - the next three may be free


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"shops": 0}, "a sandbox of 0 shops is out of range"),
        ({"shops": 501}, "it has 1 to 500"),
        ({"shops": 3, "shop_port": 65534}, "there are no 3 ports from 65534 on"),
    ],
)
def test_how_many_shops_there_can_be_is_told_beforehand(settings, told):
    with pytest.raises(UsageError, match=told):
        SandboxSettings(**settings)


def test_the_fleet_s_file_has_every_shop_and_its_secrets_are_the_owner_s_alone(sandbox, tmp_path):
    path = write_fleet(tmp_path / "demo", sandbox.environments)
    plan = yaml.safe_load(path.read_text())
    assert [shop["name"] for shop in plan["shops"]] == list(sandbox.environments)
    secrets = tmp_path / "demo" / "fleet.env"
    assert secrets.stat().st_mode & 0o777 == 0o600
    keys = dict(line.split("=") for line in secrets.read_text().splitlines())
    assert keys["TEAM_12_VENDOR_KEY"] == sandbox.environments["team-12"]["PIZZA_VENDOR_KEY"]
    assert not any(key in path.read_text() for key in keys.values())
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose another --fleet"):
        write_fleet(tmp_path / "file", sandbox.environments)


@pytest.mark.parametrize(("folder", "named"), [("demo", "../experiments/factory-fail.yaml"), ("../other: one", None)])
def test_the_fleet_s_file_names_an_experiment_that_is_there(sandbox, tmp_path, monkeypatch, folder, named):
    here = tmp_path / "here"
    (here / "experiments").mkdir(parents=True)
    (here / "experiments" / "factory-fail.yaml").write_text("title: t\n")
    monkeypatch.chdir(here)
    path = write_fleet(Path(folder), sandbox.environments)
    experiment = yaml.safe_load(path.read_text())["experiment"]
    assert (path.parent / experiment).read_text() == "title: t\n"
    assert experiment == (named or str(here / "experiments" / "factory-fail.yaml"))


def test_without_experiments_in_this_folder_those_of_the_checkout_are_named(sandbox, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_fleet(Path("demo"), sandbox.environments)
    assert (path.parent / yaml.safe_load(path.read_text())["experiment"]).samefile(EXPERIMENT)


def test_a_sandbox_of_one_shop_is_as_it_ever_was(open_sandbox):
    visitor: Visitor = open_sandbox()
    assert visitor.sandbox.environment["PIZZA_VENDOR_ID"] == "pizza-shop"
    assert list(visitor.sandbox.environments) == ["pizza-shop"]
