"""The page on fleets: the file it shows is one, and so is the one that a sandbox writes."""

import re
from pathlib import Path

import yaml

from chaos_pizza.configuration import configuration_of
from chaos_pizza.fleet.plan import read_plan, shops_file_of
from chaos_pizza.fleet.shop_list import read_shop_list

PAGE = (Path(__file__).parents[1] / "docs" / "fleet.md").read_text()


def test_the_file_shown_is_a_fleet_whose_shops_are_targets():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    content = yaml.safe_load(block)
    listed = read_shop_list("name,shop_url\nteam-03,https://pizza.team-three.example\n", shops_file_of(content))
    plan = read_plan(content, "fleet.yaml", listed)
    assert [shop.target["shop_url"] for shop in plan.shops] == [
        "https://pizza-service.team-01.example",
        "https://pizza.team-two.example",
        "https://pizza.team-three.example",
    ]
    targets = configuration_of(Path("fleet.yaml"), {"targets": {shop.name: dict(shop.target) for shop in plan.shops}})
    keys = {f"TEAM_0{number}_VENDOR_KEY": f"key-of-{number}" for number in (1, 2, 3)}
    assert targets.target("team-02", keys).vendor_key.reveal() == "key-of-2"
    assert all(entry.allowed and entry.windows for entry in targets.listed)
