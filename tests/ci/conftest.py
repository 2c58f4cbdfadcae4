"""Turns told by the stories that the drill's own tests tell."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "drill"))
