"""A team's script, looked at by k6 itself before anything begins."""

import asyncio

import pytest

from chaos_pizza.engines.k6_script import look_at_script
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.model.settings import TrafficBy, TrafficSettings
from chaos_pizza.redaction import Redactor

SHOP = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("export default function () {\n", ", line 2:1: Unexpected end of input"),
        ('import "k6/nothing";\nexport default function () {}\n', ": unknown module: k6/nothing"),
    ],
)
def test_what_is_wrong_with_a_script_is_said_in_a_line_with_its_place(tmp_path, script, why):
    path = tmp_path / "broken.js"
    path.write_text(script)
    settings = TrafficSettings(engine=TrafficBy.K6, script=str(path))
    with pytest.raises(UsageError) as raised:
        asyncio.run(look_at_script(WorkerTarget(SHOP, SHOP), settings, Redactor(), 60))
    assert str(raised.value) == f"k6 can't run {path}{why}"
