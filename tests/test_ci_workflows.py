"""The ready workflows: valid by the published schemas, and every command, file and secret in them is real."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from test_docs import all_commands

from chaos_pizza.ci.budgets import read_budgets
from chaos_pizza.cli.main import commands
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / "docs" / "ci" / "github-actions.yml"
GITLAB = ROOT / "docs" / "ci" / "gitlab-ci.yml"
SCHEMAS = {GITHUB: "vendor.github-workflows", GITLAB: "vendor.gitlab-ci"}
CHECK = str(Path(sys.executable).with_name("check-jsonschema"))
SECRET_NAMES = re.compile(r"KEY|PASSWORD|TOKEN|SECRET")
every_workflow = pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)


def validate(path, schema):
    return subprocess.run([CHECK, "--builtin-schema", schema, str(path)], capture_output=True, text=True, check=False)


def github_jobs():
    return yaml.safe_load(GITHUB.read_text())["jobs"]


def gitlab_jobs():
    """The jobs with what they extend put in."""
    content = yaml.safe_load(GITLAB.read_text())
    return {name: {**content[".drills"], **job} for name, job in content.items() if "script" in job}


def scripts(path):
    """Every line of shell in a workflow, continued lines joined."""
    if path == GITHUB:
        told = [step["run"] for job in github_jobs().values() for step in job["steps"] if "run" in step]
    else:
        keys = ("before_script", "script", "after_script")
        told = [line for job in gitlab_jobs().values() for key in keys for line in job.get(key, ())]
    return [line.strip() for text in told for line in text.replace("\\\n", " ").splitlines()]


def our_commands(path):
    """The arguments of every call of `chaos-pizza`."""
    words = [shlex.split(line, comments=True) for line in scripts(path)]
    return [line[line.index("chaos-pizza") + 1 :] for line in words if "chaos-pizza" in line]


@every_workflow
def test_it_is_valid_by_the_published_schema(path):
    done = validate(path, SCHEMAS[path])
    assert done.returncode == 0, done.stdout


def write_resolved(path, **changes):
    """GitLab's file with each job in full: the schema does not look into the hidden ones that others extend."""
    jobs = {name: {**job, **changes} for name, job in gitlab_jobs().items()}
    for job in jobs.values():
        job.pop("extends", None)
    path.write_text(yaml.safe_dump({"stages": ["drill"], **jobs}))
    return path


def test_what_the_jobs_of_gitlab_extend_is_valid_too(tmp_path):
    done = validate(write_resolved(tmp_path / "resolved.yml"), SCHEMAS[GITLAB])
    assert done.returncode == 0, done.stdout


def test_the_schemas_find_a_mistake(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text(GITHUB.read_text().replace("runs-on:", "runs-at:", 1))
    assert validate(broken, SCHEMAS[GITHUB]).returncode == 1
    assert validate(write_resolved(tmp_path / "resolved.yml", interruptible="never"), SCHEMAS[GITLAB]).returncode == 1


@every_workflow
def test_every_command_of_ours_is_one_that_our_command_line_understands(path):
    calls = our_commands(path)
    assert {call[0] for call in calls} == {"ci", "calm"}
    for name, *arguments in calls:
        command = all_commands()[name]
        with click.Context(commands) as parent, command.make_context(name, list(arguments), parent=parent) as context:
            assert context.params


@every_workflow
def test_every_experiment_is_there_and_every_budget_is_one(path):
    held = [call for call in our_commands(path) if call[0] == "ci"]
    assert len(held) == 2
    for call in held:
        experiments = [word for word in call if word.endswith(".yaml")]
        assert experiments[0] == "experiments/placebo.yaml"  # a false alarm is no moment to break anything
        for name in experiments:
            declaration_of(read_experiment(ROOT / name), ROOT / name)
        assert read_budgets(call[place + 1] for place, word in enumerate(call) if word == "--budget")


@every_workflow
def test_staging_ends_with_a_look_at_calm_however_the_drills_ended(path):
    if path == GITHUB:
        steps = github_jobs()["staging"]["steps"]
        (calm,) = [step for step in steps if "chaos-pizza calm" in step.get("run", "")]
        assert calm["if"] == "always()"
        names = [step.get("name") for step in steps]
        assert names.index("Make sure of calm") == names.index("Drills") + 1
    else:
        assert gitlab_jobs()["staging"]["after_script"] == ["chaos-pizza calm --target staging"]


@every_workflow
def test_secrets_come_from_the_stores_of_the_ci_system_alone(path):
    text = path.read_text()
    for line in text.splitlines():
        key, _, value = line.strip().partition(": ")
        if SECRET_NAMES.search(key) and value and not key.startswith(("#", "-")):
            assert re.fullmatch(r"\$\{\{ (secrets\.\w+|github\.token) \}\}", value), line
    for call in scripts(path):
        assert "secrets." not in call
        assert not SECRET_NAMES.search(call.replace("GH_TOKEN", ""))
    if path == GITHUB:
        assert "env" not in github_jobs()["sandbox"]
        assert github_jobs()["staging"]["environment"] == "staging"


def test_github_gives_no_more_rights_than_to_read():
    content = yaml.safe_load(GITHUB.read_text())
    assert content["permissions"] == {"contents": "read", "actions": "read"}
    assert not any("permissions" in job for job in content["jobs"].values())
    checkouts = [
        step for job in content["jobs"].values() for step in job["steps"] if "checkout" in step.get("uses", "")
    ]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_two_drills_overlap():
    content = yaml.safe_load(GITHUB.read_text())
    assert content["concurrency"] == {"group": "chaos-drills", "cancel-in-progress": False}
    assert content["jobs"]["staging"]["needs"] == "sandbox"
    jobs = gitlab_jobs()
    assert {job["resource_group"] for job in jobs.values()} == {"chaos-drills"}
    assert not any(job["interruptible"] for job in jobs.values())


def greatest_duration_s(call):
    paths = [ROOT / word for word in call if word.endswith(".yaml")]
    return max(declaration_of(read_experiment(path), path).settings.greatest_duration_s for path in paths)


def test_a_drill_is_ended_by_its_own_watchdog_before_the_ci_system_ends_it():
    longest_s = max(greatest_duration_s(call) for path in SCHEMAS for call in our_commands(path) if call[0] == "ci")
    for job in github_jobs().values():
        (drills,) = [step for step in job["steps"] if "chaos-pizza ci" in step.get("run", "")]
        assert longest_s + 600 < drills["timeout-minutes"] * 60 < job["timeout-minutes"] * 60 <= 360 * 60
    for job in gitlab_jobs().values():
        script_s, after_s = (seconds(job["variables"][f"RUNNER_{name}SCRIPT_TIMEOUT"]) for name in ("", "AFTER_"))
        assert longest_s + 600 < script_s < script_s + after_s < seconds(job["timeout"])


def seconds(text):
    units = {"h": 3600, "m": 60}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([hm])", text))


def test_reports_are_kept_whatever_the_verdict_and_fetched_before_the_next_run():
    for name, job in github_jobs().items():
        steps = [step for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
        assert all(step["if"] == "always()" for step in steps)
        assert [step["with"]["name"] for step in steps] == [f"chaos-reports-{name}", f"chaos-junit-{name}"]
        runs = [step.get("run", "") for step in job["steps"]]
        fetch = next(place for place, text in enumerate(runs) if "gh run download" in text)
        assert fetch < next(place for place, text in enumerate(runs) if "chaos-pizza ci" in text)
    for job in gitlab_jobs().values():
        assert job["cache"]["when"] == job["artifacts"]["when"] == "always"
        assert job["artifacts"]["reports"] == {"junit": "ci/junit.xml"}
    for path in SCHEMAS:
        for call in our_commands(path):
            assert call[0] != "ci" or call[call.index("--reports") + 1] == "chaos-reports"
            assert call[0] != "ci" or call[call.index("--junit") + 1] == "ci/junit.xml"


def test_no_pull_requests_run_is_asked_for_a_history():
    """A fork's pull request may come from a branch that is called as ours is."""
    for job in github_jobs().values():
        (fetch,) = (step["run"] for step in job["steps"] if "gh run list" in step.get("run", ""))
        words = shlex.split(fetch[fetch.index("gh run list") : fetch.index(')"')])
        assert words[words.index("--json") + 1].split(",") == ["databaseId", "event"]
        assert words[words.index("--jq") + 1] == '.[] | select(.event != "pull_request") | .databaseId'


def test_a_cancelled_run_reaches_the_drill_and_the_watchdog_outlives_the_step():
    for job in github_jobs().values():
        (text,) = [step["run"] for step in job["steps"] if "chaos-pizza ci" in step.get("run", "")]
        assert "export RUNNER_TRACKING_ID=\n" in text
        assert "exec chaos-pizza ci" in text
