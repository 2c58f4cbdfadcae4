"""Plans of game days, for tests."""

from copy import deepcopy

from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.model.settings import FaultKind

CONTENT = {
    "name": "friday",
    "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Linus", "Margaret"]},
    "pool": [{"experiment": "fail.yaml", "weight": 3}, {"experiment": "badjwt.yaml"}],
    "placebo": {"experiment": "placebo.yaml", "share_ratio": 0.2},
    "window": "Mon-Thu 14:00-16:00 America/Denver",
    "mitigation_timeout_s": 1800,
}
FAULTS = {"fail.yaml": FaultKind.FAIL, "badjwt.yaml": FaultKind.BADJWT, "placebo.yaml": FaultKind.NONE}


def content_with(**changes):
    """The plan's content with other entries; `None` takes one out."""
    content = {**deepcopy(CONTENT), **changes}
    return {key: value for key, value in content.items() if value is not None}


def plan_with(**changes):
    return read_plan(content_with(**changes), "plan.yaml", sha256="ab" * 32)
