"""Drills put together by hand, by the report's own tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "report"))
