"""The files for Kubernetes: YAML of the kinds they claim, with commands that exist. None is run on a cluster."""

from pathlib import Path

import pytest
import yaml
from test_docs import all_commands

from chaos_pizza.model.target import VARIABLES

FILES = sorted((Path(__file__).parents[1] / "docs" / "kubernetes").glob("*.yaml"))
KINDS = {
    "drill-with-workers": ["Service", "NetworkPolicy", "CronJob", "Deployment"],
    "chaos-toolkit-operator": ["ChaosToolkitExperiment"],
    "locust-operator": ["LocustTest"],
    "k6-operator": ["TestRun"],
}
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def containers(tree):
    """Everything that has a command, however deep it stands."""
    if isinstance(tree, dict):
        if "command" in tree:
            yield tree
        for value in tree.values():
            yield from containers(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from containers(value)


@every_file
def test_it_is_yaml_of_the_kinds_that_the_page_names(path):
    documents = list(yaml.safe_load_all(path.read_text()))
    assert [document["kind"] for document in documents] == KINDS[path.stem]
    assert all(document["apiVersion"] and document["metadata"]["name"] for document in documents)


@every_file
def test_it_says_that_nobody_ran_it_on_a_cluster(path):
    assert "ot run on a cluster by us" in path.read_text().replace("\n# ", " ")


@every_file
def test_its_commands_exist_with_their_options(path):
    known = all_commands()
    for container in containers(list(yaml.safe_load_all(path.read_text()))):
        program, command, *words = container["command"]
        assert program == "chaos-pizza"
        options = {name for option in known[command].params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options


def test_workers_look_where_the_drill_listens_and_get_no_vendors_key():
    service, _, drill, workers = yaml.safe_load_all((FILES[0].parent / "drill-with-workers.yaml").read_text())
    (worker,) = containers(workers)
    assert worker["command"][-1] == f"{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert {variable["name"] for variable in worker["env"]} <= set(VARIABLES.values()) - {"PIZZA_VENDOR_KEY"}
    assert "envFrom" not in worker
    (drilling,) = containers(drill)
    assert "envFrom" in drilling
