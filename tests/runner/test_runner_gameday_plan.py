"""A plan is read together with every experiment that its lot may fall on, before anything is drawn."""

from pathlib import Path

import pytest
import yaml

from chaos_pizza.errors import UsageError
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.runner.gameday_plan import read_planned

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "experiments" / "gamedays").glob("*.yaml"))
FAIL = str(ROOT / "experiments" / "factory-fail.yaml")
PLACEBO = str(ROOT / "experiments" / "placebo.yaml")


def plan_in(folder, **changes):
    content = {
        "name": "friday",
        "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus"]},
        "pool": [{"experiment": FAIL}],
        "placebo": {"experiment": PLACEBO, "share_ratio": 0.2},
        "window": "00:00-24:00 UTC",
        **changes,
    }
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_plan_is_sound(path):
    planned = read_planned(path)
    assert set(planned.faults) == set(planned.plan.experiments)
    assert planned.plan.name == path.stem


def test_each_experiment_is_read_with_what_it_breaks(tmp_path):
    planned = read_planned(plan_in(tmp_path))
    assert planned.faults == {FAIL: FaultKind.FAIL, PLACEBO: FaultKind.NONE}
    assert len(planned.plan.sha256) == 64


def test_another_target_than_the_plans_is_meant(tmp_path):
    path = plan_in(tmp_path, target="staging")
    asked = []
    assert read_planned(path).plan.target == "staging"
    planned = read_planned(path, "env", lambda name: asked.append(name) or {})
    assert planned.plan.target == "env"
    assert set(asked) == {"env"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pool": [{"experiment": "nowhere.yaml"}]}, "there is no experiment"),
        (
            {"placebo": {"experiment": FAIL, "share_ratio": 0.2}, "pool": [{"experiment": PLACEBO}]},
            "is to break nothing",
        ),
        ({"name": "X"}, "a short name of a-z, 0-9 and - is wanted @ name"),
    ],
)
def test_what_is_not_sound_is_one_line_before_anything_is_drawn(tmp_path, changes, said):
    with pytest.raises(UsageError) as raised:
        read_planned(plan_in(tmp_path, **changes))
    assert said in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_plan_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="there is no plan"):
        read_planned(tmp_path / "monday.yaml")
