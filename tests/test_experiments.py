"""The experiments as files: what each must have, whatever it drills."""

from pathlib import Path

import pytest
import yaml

from chaos_pizza.model.settings import FaultKind
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

PATHS = sorted((Path(__file__).parents[1] / "experiments").glob("*.yaml"))
every_experiment = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@every_experiment
def test_it_is_named_like_its_file_and_declares_a_drill(path):
    declaration = declaration_of(read_experiment(path), path)
    assert declaration.experiment == path.stem


@every_experiment
def test_it_has_hypothesis_tolerance_method_and_rollback(path):
    experiment = yaml.safe_load(path.read_text())
    probes = experiment["steady-state-hypothesis"]["probes"]
    assert probes
    assert all("tolerance" in probe for probe in probes)
    assert experiment["method"]
    assert [action["provider"]["func"] for action in experiment["rollbacks"]] == ["restore_calm"]


@every_experiment
def test_its_rollbacks_are_always_played_and_its_runtime_is_whole(path):
    """A runtime that names only one strategy resets the other to the engine's default."""
    runtime = yaml.safe_load(path.read_text())["runtime"]
    assert runtime["rollbacks"]["strategy"] == "always"
    assert "strategy" in runtime["hypothesis"]


@every_experiment
def test_it_has_a_budget(path):
    budgets = declaration_of(read_experiment(path), path).settings.budgets
    assert any(getattr(budgets, name) is not None for name in ("ttd_s", "ttm_s", "ttr_s", "success_ratio"))


def test_together_they_bring_about_every_kind_of_fault():
    kinds = {declaration_of(read_experiment(path), path).settings.fault for path in PATHS}
    assert kinds == set(FaultKind)
