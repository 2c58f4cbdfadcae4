"""A sandbox, and the configuration and secrets by which an experiment names it."""

import pytest

from chaos_pizza.model.target import SECRETS, VARIABLES
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings


@pytest.fixture
def sandbox():
    with SandboxThread(SandboxSettings(stall_s=0.5)) as running:
        yield running


@pytest.fixture
def given(sandbox):
    """What the engine hands to an activity: `configuration` and `secrets`."""
    known = sandbox.environment
    values = {key: known[variable] for key, variable in VARIABLES.items() if variable in known}
    return {
        "configuration": {key: value for key, value in values.items() if key not in SECRETS},
        "secrets": {key: value for key, value in values.items() if key in SECRETS},
    }
