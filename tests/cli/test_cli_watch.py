"""`chaos-pizza watch` as a person runs it: on a sandbox of its own, until it is told to end."""

import os
import signal
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from chaos_pizza.cli.watch import _seconds, watch
from chaos_pizza.errors import UsageError
from chaos_pizza.journal.rotation import read_segment, segments_of
from chaos_pizza.model.event import DrillEnded

WATCH = [sys.executable, "-m", "chaos_pizza", "watch"]


def environment(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIZZA_")}
    return {**kept, "PIZZA_STATE_DIR": str(tmp_path / ".state")}


def test_a_signal_ends_a_watch_in_order(tmp_path):
    command = [*WATCH, "--rate", "20", "--scrape-interval-s", "0.25"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert first.startswith("Watching sandbox; the record is in reports/watch/")
    assert " purchases, 0 failed; 0 alerts fired; journal-000001.jsonl" in out
    (folder,) = (tmp_path / "reports" / "watch").iterdir()
    (path,) = segments_of(folder)
    contents = read_segment(path)
    assert (contents.complaint, contents.cut) == (None, False)
    assert isinstance(contents.records[-1].event, DrillEnded)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--target", "env"], "chaos-pizza watch --production"),
        (["--target", "nowhere"], "there is no target 'nowhere'"),
        (["--for", "soon"], "'soon' is no duration"),
        (["--rate", "0"], "0.0 is not in the range"),
    ],
)
def test_what_can_not_be_watched_is_refused_before_anything_is_sent(tmp_path, monkeypatch, options, complaint):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIZZA_SHOP_URL", "https://pizza-service.cs329.click")
    monkeypatch.setenv("PIZZA_FACTORY_URL", "https://pizza-factory.cs329.click")
    monkeypatch.setenv("PIZZA_VENDOR_KEY", "key-of-nobody")
    refused = CliRunner().invoke(watch, options)
    assert isinstance(refused.exception, UsageError) or refused.exit_code == 2
    assert complaint in f"{refused.output} {refused.exception}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("1.5h", 5400), ("7d", 604_800), ("1d12h", 129_600)]
)
def test_durations_are_understood(text, seconds):
    assert _seconds(None, None, text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "12", "-1h", "1 h", "1w", "h", "999d", "1h,", "٣h"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(click.BadParameter, match="no duration"):
        _seconds(None, None, text)
