"""What a fleet's processes are forked from: nothing is to be held by a thread that they do not inherit."""

import os
import subprocess
import sys

import pytest

_COUNT = "import os, sys, chaos_pizza.runner.fleet_nursery; print(len(os.listdir('/proc/self/task')), *sys.modules)"


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_it_has_one_thread_whatever_the_environment_asks_for():
    asked = {**os.environ, "OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}
    done = subprocess.run([sys.executable, "-c", _COUNT], env=asked, capture_output=True, text=True, check=True)
    threads, *modules = done.stdout.split()
    # Of what is loaded this alone starts threads by itself.
    assert "numpy" in modules
    assert threads == "1"
