"""Plain `chaos run` records and measures the same as our own command."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import CHAOS, EXPERIMENTS, PIZZA, hold, only_folder, run

pytestmark = pytest.mark.drill


def test_chaos_run_gives_the_same_folder_and_verdict_as_our_own_command(start_sandbox, tmp_path):
    sandboxes = [start_sandbox("--chaos-delay-s", "1-2") for _ in range(2)]
    theirs_at, ours_at = tmp_path / "theirs", tmp_path / "ours"
    theirs_at.mkdir()
    ours_at.mkdir()
    path = str(EXPERIMENTS / "factory-fail.yaml")
    with ThreadPoolExecutor(2) as pool:
        by_chaos = pool.submit(run, *CHAOS, "run", path, cwd=theirs_at, env=sandboxes[0].env)
        by_pizza = pool.submit(hold, "factory-fail", ours_at, "--target", "env", env=sandboxes[1].env)
    ran, ours = by_chaos.result(), by_pizza.result()
    assert ran.code == 0, ran.said
    assert ours.ran.code == 0, ours.ran.said
    theirs = only_folder(theirs_at / "reports")

    assert sorted(path.name for path in theirs.iterdir()) == sorted(path.name for path in ours.folder.iterdir())
    their_document = json.loads((theirs / "drill.json").read_text())
    for key in ("experiment", "title", "target", "verdict", "exit_code", "reasons", "ended_by", "detected_by"):
        assert their_document[key] == ours.document[key], key
    assert set(their_document["instants"]) == set(ours.document["instants"])
    assert {name: measure["censored"] for name, measure in their_document["measures"].items()} == {
        name: measure["censored"] for name, measure in ours.document["measures"].items()
    }
    secrets = [secret for sandbox in sandboxes for secret in sandbox.secrets]
    _no_secret_anywhere(secrets, tmp_path, ran.said + ours.ran.said)
    _the_report_can_be_written_again(theirs, theirs_at)


def _no_secret_anywhere(secrets, folder, said):
    texts = {"the terminal": said} | {
        str(path): path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()
    }
    assert any(name.endswith("chaostoolkit.log") for name in texts)
    for name, text in texts.items():
        for secret in (*secrets, "/report/", "eyJ", "Bearer "):
            assert secret not in text, name


def _the_report_can_be_written_again(folder, workplace):
    before = {name: (folder / name).read_text() for name in ("drill.json", "report.md")}
    for name in before:
        (folder / name).unlink()
    ran = run(*PIZZA, "report", "latest", cwd=workplace)
    assert ran.code == 0, ran.said
    assert {name: (folder / name).read_text() for name in before} == before
    shutil.rmtree(folder)
