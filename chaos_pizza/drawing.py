"""Pictures drawn in a process of its own: what draws may end as a whole, and nothing else is to end with it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from chaos_pizza.errors import DrawingError
from chaos_pizza.report.chart import Chart

TIMEOUT_S = 60.0


def draw_apart(charts: Sequence[Chart], *, timeout_s: float = TIMEOUT_S) -> dict[str, str]:
    """Return the charts' pictures, SVG texts by the names of their files; empty without charts.

    `charting.draw` draws each of them. Raises `DrawingError` where one can't be drawn, where there is no memory for it,
    or where it takes longer than `timeout_s` seconds in all.
    """
    if not charts:
        return {}
    order = json.dumps([asdict(chart) for chart in charts]).encode()
    command = [sys.executable, "-m", "chaos_pizza.charting"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=order, capture_output=True, timeout=timeout_s, check=False, start_new_session=True
        )
        pictures: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired:
        raise DrawingError(f"the pictures were not drawn within {timeout_s:g} s") from None
    except OSError as error:
        raise DrawingError(f"no process can be started to draw the pictures: {error.strerror}") from None
    except ValueError:
        pictures = {}
    if not pictures:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        told = lines[-1][:200] if lines and done.returncode > 0 else "it was ended"
        raise DrawingError(f"the process that draws the pictures failed (exit code {done.returncode}): {told}")
    return pictures
