"""An experiment's file, and the variables that it is filled in from."""

from pathlib import Path

import pytest

from chaos_pizza.errors import ExperimentError
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

FAIL = Path(__file__).parents[2] / "experiments" / "factory-fail.yaml"


def test_a_variable_that_is_no_number_is_a_complaint_and_no_bug(monkeypatch):
    monkeypatch.setenv("PIZZA_RATE_PER_S", "many")
    with pytest.raises(ExperimentError, match=r"factory-fail\.yaml: a variable of its configuration .*'many'"):
        declaration_of(read_experiment(FAIL), FAIL)
