"""A whole rehearsal: blind drills on sandboxes, simulated responders, reports and a retrospective; and a Ctrl-C."""

import json
import signal
import subprocess

import pytest
import yaml

from .conftest import EXPERIMENTS, PIZZA, clean_environment, run
from .under_way import DEADLINE_S, wait_for

pytestmark = pytest.mark.drill

PLAN = {
    "name": "tuesday",
    "roles": {"owner": "Ada", "coordinator": "Grace", "responders": ["Ana", "Ben"]},
    "pool": [{"experiment": "own/fail.yaml"}, {"experiment": "own/badjwt.yaml"}],
    "window": "Mon 10:00-12:00 America/Denver",
    "target": "staging",
    "mitigation_timeout_s": 1800,
}
REHEARSE = [*PIZZA, "gameday", "plan.yaml", "--rehearse", "--skill", "veteran", "--seed", "1", "--drills", "2"]
"""By this seed the lot falls on both experiments, and the two neither miss anything nor give up."""


@pytest.fixture
def workplace(tmp_path):
    """A folder with a plan of the team's, and a configuration and a history that a rehearsal is to leave alone."""
    (tmp_path / "own").mkdir()
    for kind in ("fail", "badjwt"):
        described = yaml.safe_load((EXPERIMENTS / f"factory-{kind}.yaml").read_text())
        described["extensions"][0] |= {"recovery": {"good_purchases": 5}, "min_samples": 5}
        arguments = {"window_s": 1.5, "min_purchases": 5}
        described["steady-state-hypothesis"]["probes"][-1]["provider"]["arguments"] = arguments
        (tmp_path / "own" / f"{kind}.yaml").write_text(yaml.safe_dump(described, sort_keys=False))
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(PLAN))
    history = {"history": f"sqlite:///{tmp_path}/team.db", "publish": {"webhook": {"url": "http://127.0.0.1:9/"}}}
    (tmp_path / "chaos-pizza.yaml").write_text(yaml.safe_dump(history))
    return tmp_path


def drills_of(rehearsal):
    return sorted(path.parent for path in rehearsal.glob("*/journal.jsonl"))


def test_a_rehearsal_is_played_to_its_end_and_keeps_to_itself(workplace):
    # What is set for real drills is not for these.
    env = clean_environment(PIZZA_RESPONDER="runbook", PIZZA_SHOP_URL="http://127.0.0.1:9", PIZZA_RATE_PER_S="0.5")
    ran = run(*REHEARSE, cwd=workplace, env=env)
    assert ran.code == 0, ran.said
    assert ran.err == ""
    (rehearsal,) = (workplace / "reports" / "rehearsals").iterdir()
    assert rehearsal.name.endswith("-rehearsal-tuesday")

    first, second = drills_of(rehearsal)
    documents = [json.loads((folder / "drill.json").read_text()) for folder in (first, second)]
    assert [document["experiment"] for document in documents] == ["factory-fail", "factory-badjwt"]
    assert {document["ended_by"] for document in documents} == {"runbook"}
    assert {document["verdict"] for document in documents} <= {"passed", "failed"}
    for folder in (first, second):
        report = (folder / "report.md").read_text()
        assert "noticed (mark by simulated " in report
        assert "acknowledged (mark by simulated " in report
        assert "every responder was simulated (veteran, seed 1)" in report
        assert "They match" in report
        assert report.index("> **This was a rehearsal: every responder was simulated.") < report.index("- Verdict:")
        head = json.loads((folder / "journal.jsonl").read_text().partition("\n")[0])
        assert head["event"]["type"] == "blind_drill_started"

    (retro,) = rehearsal.glob("retro-*.md")
    assert "every responder was simulated (veteran, seed 1)" in retro.read_text()
    assert "2 drills of 2 experiments" in retro.read_text()
    *_, of_first, of_second, of_all = ran.out.splitlines()
    assert of_first.endswith(f"{first.name}/report.html")
    assert of_second.endswith(f"{second.name}/report.html")
    assert of_all.endswith(str(retro.with_suffix(".html").relative_to(workplace)))
    assert all((workplace / line.rpartition(": ")[2]).is_file() for line in (of_first, of_second, of_all))

    # The team's own history, tools and drills know nothing of it.
    assert not (workplace / "team.db").exists()
    assert [path.name for path in (workplace / "reports").iterdir()] == ["rehearsals"]
    assert not list((workplace / ".state").glob("leases/*.json"))


def test_a_rehearsal_that_is_interrupted_sums_up_what_was_held(workplace):
    env = clean_environment(PIZZA_STATE_DIR=str(workplace / ".state"))
    pipe = subprocess.PIPE
    with subprocess.Popen(REHEARSE, cwd=workplace, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        reports = workplace / "reports" / "rehearsals"
        wait_for(lambda: any('"purchases"' in path.read_text() for path in reports.glob("*/*/feed.jsonl")))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 4, out + err
    assert "Traceback" not in out + err
    (rehearsal,) = reports.iterdir()
    (folder,) = drills_of(rehearsal)
    assert json.loads((folder / "drill.json").read_text())["verdict"] == "aborted"
    assert "drill 2: not begun, since the drill before it was aborted" in out
    assert f"{folder.name}/report.html" in out
    assert "retro over all of them" in out
    assert not list((workplace / ".state").glob("leases/*.json"))
