"""Prometheus itself, for tests that hold us to it: found on this machine, started, asked."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from real_programs import wanted

from chaos_pizza.alerting.series import PrometheusMajor

_START_TIMEOUT_S = 120.0


def installed_major() -> PrometheusMajor:
    told = subprocess.run([wanted("promtool"), "--version"], capture_output=True, text=True, check=True)
    return PrometheusMajor(int(re.search(r"version (\d+)\.", told.stdout + told.stderr).group(1)))


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([wanted("promtool"), *map(str, arguments)], capture_output=True, text=True, check=False)


class Prometheus:
    """A running Prometheus; all it does is answer."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)

    def is_ready(self) -> bool:
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self._client.close()

    def over_time(self, expression: str, start_s: float, end_s: float, step_s: float) -> dict[str, dict[float, float]]:
        """Return every job's values by their time."""
        asked = {"query": expression, "start": start_s, "end": end_s, "step": step_s}
        answer = self._client.post("/api/v1/query_range", data=asked).json()
        assert answer["status"] == "success", answer
        return {
            series["metric"]["job"]: {at: float(value) for at, value in series["values"]}
            for series in answer["data"]["result"]
        }


@contextmanager
def prometheus_over(openmetrics: str, folder: Path) -> Iterator[Prometheus]:
    """Run Prometheus over these samples alone."""
    program = wanted("prometheus")
    (folder / "samples").write_text(openmetrics)
    (folder / "prometheus.yml").write_text("global: {}\n")
    loaded = promtool("tsdb", "create-blocks-from", "openmetrics", folder / "samples", folder / "data")
    assert loaded.returncode == 0, loaded.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    with (
        log.open("w") as written,
        subprocess.Popen(
            [
                program,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=written,
            stderr=written,
        ) as process,
    ):
        server = Prometheus(port)
        try:
            give_up = time.monotonic() + _START_TIMEOUT_S
            while not server.is_ready():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < give_up, log.read_text()
                time.sleep(0.05)
            yield server
        finally:
            server.close()
            process.terminate()
