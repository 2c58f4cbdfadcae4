"""Programs of other people that tests are held on, where they are installed; in CI they have to be."""

import os
import shutil

import pytest

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "postgres": "postgresql",
    "chromium": "chromium",
    "bash": "bash",
    "curl": "curl",
}
"""The package of Debian's that brings a program."""
OTHER_NAMES = {"prometheus-alertmanager": "alertmanager"}
"""What a program is called by its makers, where Debian calls it otherwise."""


def wanted(program: str) -> str:
    """Return where a program is; without it the test is skipped, loudly, but in CI it fails."""
    found = shutil.which(program) or shutil.which(OTHER_NAMES.get(program, program))
    if found is None:
        missing = f"NOT TESTED: {program} is not installed (Debian: apt-get install {PACKAGES[program]})"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return found
