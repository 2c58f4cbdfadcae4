"""The JSON Schema of `drill.json`."""

import json
from importlib import resources
from typing import Any


def drill_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) that every `drill.json` of this version fulfils."""
    text = resources.files(__package__).joinpath("drill.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
