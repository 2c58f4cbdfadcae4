"""`chaos-pizza fleet` before anything is begun: what it refuses, and why; and calm restored at all shops."""

import hashlib
import json
from pathlib import Path

import httpx
import pytest
import yaml
from click.testing import CliRunner

from chaos_pizza.cli.main import commands
from chaos_pizza.cli.sandbox_fleet import write_fleet
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetFacts
from chaos_pizza.fleet_folder import create_fleet, list_fleets, note_row
from chaos_pizza.model.instant import instant_of
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "factory-fail.yaml"
KEYS = {"A_KEY": "first-vendor-key", "B_KEY": "second-vendor-key"}
PLAN = {
    "experiment": str(EXPERIMENT),
    "defaults": {"factory_url": "http://localhost:1", "vendor_key_env": "{NAME}_KEY"},
    "shops": [{"name": "a", "shop_url": "http://localhost:2"}, {"name": "b", "shop_url": "http://localhost:3"}],
}


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def fleet(*options, plan=None, **changes):
    Path("fleet.yaml").write_text(yaml.safe_dump({**(plan or PLAN), **changes}))
    done = CliRunner().invoke(commands, ["fleet", "fleet.yaml", *options])
    said = done.output + (str(done.exception) if done.exception else "")
    return done, said


@pytest.mark.parametrize(
    ("options", "changes", "told"),
    [
        ((), {"shops": ["a"]}, "fleet.yaml, shops[0]: a has no shop_url; give it one, or write it under defaults"),
        ((), {"shops": [{"name": "a", "shop_ur": "http://localhost:2"}]}, "no 'shop_ur'; did you mean shop_url?"),
        (
            (),
            {"shops": [*PLAN["shops"], {"name": "stop", "shop_url": "http://localhost:4"}]},
            "shop 'stop' has the name of the fleet's own file STOP; give it another one",
        ),
        ((), {"shops": [{"name": "a", "shop_url": "ftp://x"}]}, "is no http or https URL"),
        ((), {"shops": [{"name": "a", "shop_url": "http://shop.example"}]}, "is not allowed"),
        (
            (),
            {"shops": [{"name": "a", "shop_url": "http://localhost:2", "vendor_key": "in-the-clear"}]},
            "has no 'vendor_key' (a secret never stands in this file, only the name of its variable)",
        ),
        (
            (),
            {"shops": [{"name": "c", "shop_url": "http://localhost:4"}]},
            "is to be in the environment variable C_KEY that vendor_key_env names, which is not set",
        ),
        (
            (),
            {"shops": [{"name": name, "shop_url": "http://localhost:2"} for name in "ab"]},
            "shop 'b' has the address of 'a'; each shop is drilled once",
        ),
        (
            (),
            {"defaults": {"factory_url": "http://localhost:1", "vendor_key_env": "A_KEY"}},
            "shop 'b' has the vendor key of 'a', whose fault would be its own too",
        ),
        ((), {"experiment": "none.yaml"}, "there is no experiment none.yaml"),
        ((), {"shops_file": "none.csv"}, "the list of shops none.csv can't be read"),
        ((), {"env_file": "none.env"}, "there is no file of secrets none.env"),
        (("--only", "z"), {}, "there is no shop 'z' in the fleet; it has a, b"),
        (("--resume",), {}, "there is no fleet 'factory-fail' in reports to go on with"),
        ((), {"defaults": {**PLAN["defaults"], "quiet_hours": ["Mon-Sun 00:00-24:00 UTC"]}}, "quiet hours"),
    ],
)
def test_what_can_t_be_is_refused_and_nothing_is_begun(options, changes, told):
    done, said = fleet(*options, **changes)
    assert done.exit_code in {1, 2}
    assert told in said
    assert not any(secret in said for secret in (*KEYS.values(), "in-the-clear"))
    assert list_fleets(Path("reports")) == []


def test_every_shop_that_can_t_be_is_named_at_once():
    done, said = fleet(shops=[{"name": name, "shop_url": f"http://{name}.example"} for name in "ab"])
    assert done.exit_code == 2
    assert said.count("is not allowed") == 2
    assert "2 complaints, and no shop was drilled; --skip leaves a shop out" in said


def test_a_shop_that_is_skipped_need_not_be_right():
    _, said = fleet("--skip", "b", "--resume", shops=[PLAN["shops"][0], "b"])
    assert "there is no fleet" in said  # all that is left to complain of


def test_secrets_may_come_from_a_file_and_the_environment_outweighs_it(monkeypatch):
    monkeypatch.delenv("B_KEY")
    keys = Path("keys.env")
    keys.write_text("A_KEY=first-of-the-file\nB_KEY=first-vendor-key\n")
    keys.chmod(0o600)
    _, said = fleet(env_file="keys.env")
    assert "shop 'b' has the vendor key of 'a'" in said


def test_a_fleet_is_gone_on_with_by_the_same_experiment_alone():
    Path("quick.yaml").write_text(EXPERIMENT.read_text())
    with SandboxThread(SandboxSettings(shops=2)) as sandbox:
        write_fleet(Path(), sandbox.environments)
        plan = {**yaml.safe_load(Path("fleet.yaml").read_text()), "experiment": "quick.yaml"}
        # A fleet in which all is done: there is nothing left but to tell of it.
        sha256 = hashlib.sha256(EXPERIMENT.read_bytes()).hexdigest()
        at = instant_of("2026-03-02T21:00:00Z")
        folder, _ = create_fleet(
            Path("reports"), FleetFacts("", "factory-fail", "factory-fail", "t", sha256, False, 2, at), ""
        )
        note_row(folder, ShopRow("team-01", 0))
        note_row(folder, ShopRow("team-02", 1, ("undetected",)))
        done, said = fleet("--resume", "--json", plan=plan)
        assert done.exit_code == 1
        assert done.stderr.startswith("All 2 have a verdict; nothing was drilled.\n")
        document = json.loads(done.stdout)
        assert [(row["shop"], row["verdict"]) for row in document["shops"]] == [
            ("team-01", "passed"),
            ("team-02", "failed"),
        ]
        assert all(not truth for truth in sandbox.truths.values())

        Path("quick.yaml").write_text(EXPERIMENT.read_text() + "# another one\n")
        done, said = fleet("--resume", plan=plan)
        assert "the experiment is not the one that" in said


def test_no_shop_of_a_fleet_is_lost_where_only_some_are_gone_on_with():
    sha256 = hashlib.sha256(EXPERIMENT.read_bytes()).hexdigest()
    at = instant_of("2026-03-02T21:00:00Z")
    facts = FleetFacts("", "factory-fail", "factory-fail", "t", sha256, False, 2, at, ("gone", "a", "b"))
    folder, _ = create_fleet(Path("reports"), facts, "")
    note_row(folder, ShopRow("a", 0))
    done, said = fleet("--resume", "--only", "a", "--json")
    assert done.exit_code == 4, said
    rows = [(row["shop"], row["verdict"]) for row in json.loads(done.stdout)["shops"]]
    assert rows == [("a", "passed"), ("b", "not begun"), ("gone", "not begun")]
    assert done.stderr.startswith("a has a verdict; nothing was drilled.\n")
    assert "--resume" in done.stderr
    assert (
        "1 of 3 shops was drilled by factory-fail, at most 2 at a time; 2 were not begun."
        in (folder / "summary.md").read_text()
    )


def test_calm_is_restored_at_every_shop_that_lets_it_be(monkeypatch):
    with SandboxThread(SandboxSettings(shops=3)) as sandbox:
        write_fleet(Path(), sandbox.environments)
        plan = {**yaml.safe_load(Path("fleet.yaml").read_text()), "experiment": str(EXPERIMENT)}
        first = sandbox.environments["team-01"]
        headers = {"Authorization": f"Bearer {first['PIZZA_VENDOR_KEY']}"}
        url = f"{first['PIZZA_FACTORY_URL']}/api/vendor"
        with httpx.Client(trust_env=False, headers=headers) as vendor:
            assert vendor.put(f"{url}/chaos/fail").is_success
            monkeypatch.setenv("TEAM_03_VENDOR_KEY", "no-such-key-at-all")
            done, said = fleet("--calm", "--timeout-s", "1", plan=plan)
            assert vendor.get(url).json()["chaos"]["type"] == "none"
    assert done.exit_code == 5
    assert "team-01: calm: the factory says so, and its pizza verifies" in said
    assert "team-02: calm" in said
    assert "NOT CALM: team-03: the factory doesn't know this vendor key; check TEAM_03_VENDOR_KEY" in said
    assert "no-such-key-at-all" not in said


def test_calm_is_restored_at_a_shop_whatever_is_wrong_with_others_and_with_the_fleet():
    with SandboxThread(SandboxSettings(shops=2)) as sandbox:
        shop = sandbox.environments["team-01"]
        Path("keys.env").write_text(f"FINE_KEY={shop['PIZZA_VENDOR_KEY']}\n")
        Path("keys.env").chmod(0o600)
        fine = {"name": "fine", "shop_url": shop["PIZZA_SHOP_URL"], "metrics_url": shop["PIZZA_METRICS_URL"]}
        wrong = [
            {"name": "keyless", "shop_url": "http://localhost:2"},
            {"name": "odd", "shop_url": "http://localhost:3", "vendor_key": "in-the-clear"},
            {"name": "Not a name"},
        ]
        plan = {
            "experiment": "gone.yaml",
            "env_file": "keys.env",
            "shops_file": "gone.csv",
            "at_a_time": 0,
            "defaults": {
                "factory_url": shop["PIZZA_FACTORY_URL"],
                "vendor_key_env": "{NAME}_KEY",
                "windows": ["never"],
            },
            # The same shop three times: as it is, and under another name.
            "shops": [fine, *wrong, fine, {**fine, "name": "twin", "vendor_key_env": "FINE_KEY"}],
        }
        headers = {"Authorization": f"Bearer {shop['PIZZA_VENDOR_KEY']}"}
        url = f"{shop['PIZZA_FACTORY_URL']}/api/vendor"
        with httpx.Client(trust_env=False, headers=headers) as vendor:
            assert vendor.put(f"{url}/chaos/fail").is_success
            Path("chaos-pizza.yaml").write_text("no: configuration\n")
            done, said = fleet("--calm", "--timeout-s", "5", plan=plan)
            assert vendor.get(url).json()["chaos"]["type"] == "none"
            alone, _ = fleet("--calm", "--timeout-s", "5", "--only", "fine", plan=plan)
    calm = "calm: the factory says so, and its pizza verifies"
    assert done.stdout.splitlines() == [f"fine: {calm}", f"twin: {calm}"]
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["NOT CALM", "an entry of the fleet"],
        ["NOT CALM", "an entry of the fleet"],
        ["NOT CALM", "keyless"],
        ["NOT CALM", "odd"],
    ]
    assert "a short name of a-z, 0-9 and - is wanted @ shops[3].name" in said
    assert "the list of shops gone.csv can't be read" in said
    assert "in-the-clear" not in said
    assert (done.exit_code, alone.exit_code) == (5, 0)


def test_where_what_was_owed_can_t_be_settled_the_other_shops_are_told_of_all_the_same(monkeypatch):
    Path("no-folder").mkdir()
    Path("no-folder/leases").write_text("")
    monkeypatch.setenv("PIZZA_STATE_DIR", "no-folder")
    with SandboxThread(SandboxSettings(shops=2)) as sandbox:
        write_fleet(Path(), sandbox.environments)
        plan = yaml.safe_load(Path("fleet.yaml").read_text())
        monkeypatch.setenv("TEAM_02_VENDOR_KEY", "no-such-key-at-all")
        done, said = fleet("--calm", "--timeout-s", "1", plan=plan)
    assert done.exit_code == 5
    assert "team-01: calm: " in said
    assert "chaos-pizza: what was owed can't be settled: " in said
    assert "NOT CALM: team-02: " in said


def test_calm_needs_no_file_of_secrets_where_the_environment_has_them():
    done, said = fleet("--calm", "--timeout-s", "0.1", "--only", "a", env_file="gone.env")
    assert done.exit_code == 5
    assert "chaos-pizza: there is no file of secrets gone.env" in said
    assert "NOT CALM: a: " in said
    assert "b: " not in said


@pytest.mark.parametrize(
    ("options", "changes", "told"),
    [
        ((), {"shops": []}, "no shop is to be found in fleet.yaml"),
        ((), {"shops": [], "shops_file": "gone.csv"}, "the list of shops gone.csv can't be read"),
        (("--only", "z"), {}, "there is no shop 'z' in the fleet; it has a, b"),
        (("--only", "z"), {"shops_file": "gone.csv"}, "the list of shops gone.csv can't be read"),
    ],
)
def test_where_no_shop_is_known_no_calm_is_told(options, changes, told):
    done, said = fleet("--calm", *options, **changes)
    assert done.exit_code in {1, 2}
    assert told in said
