"""The documentation, held to the truth: layers, links, experiments, settings, commands, variables, figures."""

import json
import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

import click
import pytest
import yaml
from test_layers import LAYERS

import chaos_pizza.actions
import chaos_pizza.probes
from chaos_pizza.alerting.floor import detection_floor
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.cli import passphrase
from chaos_pizza.cli.main import commands
from chaos_pizza.configuration import read_configuration
from chaos_pizza.drill.clock_offset import clock_offset, on_drill_clock
from chaos_pizza.drill.measures import at_least, between
from chaos_pizza.experiment.declaration import EXTENSION, read_declaration
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Actor, Peer
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import VARIABLES
from chaos_pizza.model.traffic_profile import SessionSettings
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "reports" / "README.md",
    *sorted(DOCS.glob("**/*.md")),
]
EXPERIMENTS = sorted((ROOT / "experiments").glob("*.yaml"))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
VARIABLE = re.compile(r"(?<![A-Z_])PIZZA_[A-Z][A-Z_]*[A-Z]")
OUR_FILE = re.compile(r"(?:chaos_pizza|tests|experiments|docs)/[\w/.-]+\.(?:py|yaml|json|md)")
FOREIGN_OPTIONS = {"--no-version-check", "--no-install"}  # the Chaos Toolkit's own
MADE_BY_THE_READER = {"experiments/revenue-alone.yaml"}


def text_of(name: str) -> str:
    return (DOCS / name).read_text()


def blocks(page: Path, language: str) -> list[str]:
    return [body for _, found, body in FENCE.findall(page.read_text()) if found == language]


def yaml_blocks(key: str) -> list[str]:
    """Every YAML example of any page that has this key at its top level."""
    found = [body for page in PAGES for body in blocks(page, "yaml") if key in yaml.safe_load(body)]
    assert found, f"no page has an example with {key}"
    return found


def code_of(page: Path) -> list[str]:
    """Every line of code of a page that is no data: the lines of its shell examples, and its code spans."""
    text = page.read_text()
    shell = [body for _, language, body in FENCE.findall(text) if language in {"", "sh", "console"}]
    return [line for body in shell for line in body.splitlines()] + CODE_SPAN.findall(FENCE.sub("", text))


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_diagram_of_the_layers_is_the_one_that_imports_are_held_to():
    diagram = next(block for block in blocks(DOCS / "architecture.md", "text") if "__main__" in block)
    layers = re.split(r"^-+$", diagram, flags=re.MULTILINE)
    named = [{line.split()[0] for line in layer.splitlines() if line.strip()} for layer in layers]
    assert named == list(reversed(LAYERS))


@every_page
def test_every_link_within_the_project_leads_somewhere(page):
    text = CODE_SPAN.sub("", FENCE.sub("", page.read_text()))
    for link in LINK.findall(text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@every_page
def test_every_file_of_the_project_that_is_named_exists(page):
    for name in OUR_FILE.findall(page.read_text()):
        assert (ROOT / name).exists() or name in MADE_BY_THE_READER, name


@pytest.mark.parametrize("number", range(len(yaml_blocks("extensions"))))
def test_an_experiment_shown_is_a_valid_drill(number, tmp_path):
    path = tmp_path / "experiment.yaml"
    path.write_text(yaml_blocks("extensions")[number])
    experiment = read_experiment(path)
    declaration_of(experiment, path)
    assert experiment["runtime"]["rollbacks"]["strategy"] == "always"


def test_targets_shown_are_understood(tmp_path):
    for number, block in enumerate([*yaml_blocks("targets"), (ROOT / "chaos-pizza.example.yaml").read_text()]):
        path = tmp_path / f"{number}.yaml"
        path.write_text(block)
        assert read_configuration(path).targets


def test_alert_rules_shown_are_understood():
    for block in yaml_blocks("rules"):
        drill = {"extensions": [{"name": EXTENSION, "experiment": "shown", "fault": "none"}]}
        shown = {"rules": yaml.safe_load(block)["rules"]}
        assert read_declaration(drill, shown).settings.detection.rules


def all_commands() -> dict[str, click.Command]:
    """Every command by the words that call it; those of a group with the group's name before them."""
    found = {}
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": each for inner, each in command.commands.items()}
        found[name] = command
    return found


def options_of(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


@every_page
def test_every_command_and_its_options_exist(page):
    known = all_commands()
    for line in code_of(page):
        for words, rest in re.findall(r"chaos-pizza +([a-z][\w-]*(?: [a-z][\w-]*)?)(.*)", line):
            name = words if words in known else words.partition(" ")[0]
            assert name in known, line
            assert set(OPTION.findall(rest)) <= options_of(known[name]), line


@every_page
def test_every_option_mentioned_by_itself_exists(page):
    known = {option for command in all_commands().values() for option in options_of(command)}
    known |= {option for parameter in commands.get_params(click.Context(commands)) for option in parameter.opts}
    for line in code_of(page):
        if line.startswith("--"):
            assert set(OPTION.findall(line)) <= known | FOREIGN_OPTIONS, line


def known_variables() -> set[str]:
    names = ("controls/drill.py", "state_folder.py", "cli/person.py", "console/web/keys.py", "engines/k6_script.py")
    places = [*EXPERIMENTS, *(ROOT / "chaos_pizza" / name for name in names)]
    named = {name for path in places for name in VARIABLE.findall(path.read_text())}
    return {*VARIABLES.values(), passphrase.VARIABLE} | named


@every_page
def test_every_variable_mentioned_is_known(page):
    assert set(VARIABLE.findall(page.read_text())) <= known_variables()


def test_every_variable_is_described():
    pages = ("your-own-shop.md", "experiments.md", "scale.md")
    described = {name for page in pages for name in VARIABLE.findall(text_of(page))}
    assert described == known_variables()


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_every_experiment_is_described_with_its_budgets(path):
    assert path.stem in anchors(DOCS / "experiments.md")
    row = next(row for row in rows(text_of("experiments.md")) if f"(#{path.stem})" in row[0])
    budgets = declaration_of(read_experiment(path), path).settings.budgets
    declared = {field.name: getattr(budgets, field.name) for field in fields(budgets)}
    assert row[-1] == ", ".join(f"`{name}` {value:g}" for name, value in declared.items() if value is not None)


def flat_defaults() -> dict[str, str]:
    """The defaults of everything that an experiment can say, as the table shows them."""
    found = flat("", DrillSettings(FaultKind.NONE)) | flat("traffic.sessions.", SessionSettings())
    # A text in YAML, so that it may be a range.
    return {**found, "experiment": "needed", "fault": "needed", "sandbox.chaos_delay_s": '`"0"`'}


def flat(place: str, settings: object) -> dict[str, str]:
    found = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        found |= flat(f"{place}{field.name}.", value) if is_dataclass(value) else {place + field.name: shown(value)}
    return found


def shown(value: object) -> str:
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


def test_the_table_of_settings_has_every_key_with_its_default():
    section = text_of("adding-a-drill.md").partition("### The block, key by key")[2].partition("###")[0]
    table = {row[0].strip("`"): row[1] for row in rows(section) if row[0].startswith("`")}
    assert table == flat_defaults()
    assert {f"`{kind.value}`" for kind in FaultKind} <= set(re.findall(r"`[^`]*`", section))


def test_every_activity_is_listed():
    table = {row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in rows(text_of("adding-a-drill.md")) if len(row) == 2}
    assert table["`chaos_pizza.probes`"] == set(chaos_pizza.probes.__all__)
    assert table["`chaos_pizza.actions`"] == set(chaos_pizza.actions.__all__)


def test_every_verdict_has_its_exit_code():
    table = {row[0]: row[1] for row in rows(text_of("measures.md"))}
    assert {verdict: table[f"`{verdict.value}`"] for verdict in Verdict} == {
        verdict: str(verdict.exit_code) for verdict in Verdict
    }


@pytest.mark.parametrize("words", [Outcome, InstantName, Actor, MeasureName], ids=lambda words: words.__name__)
def test_every_word_of_a_result_is_explained(words):
    explained = {word for row in rows(text_of("measures.md")) for cell in row[:2] for word in CODE_SPAN.findall(cell)}
    assert {word.value for word in words} <= explained


def test_the_worked_example_is_worked_right():
    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-24T{text}+00:00")

    seconds = ("10.000", "10.040", "10.500", "10.501")
    look = ClockObserved(Peer.FACTORY, *(at(f"19:30:{second}") for second in seconds))
    start = on_drill_clock(at("19:35:00.000"), clock_offset([look], Peer.FACTORY))
    assert start == Interval(at("19:34:59.499"), at("19:34:59.540"))
    ttd = between(start, Interval.exactly(at("19:35:06.000")))
    ttm = at_least(start, at("19:36:59.500"))
    page = text_of("measures.md")
    for figure in (f"**{ttd.value:.4f} s**", f"**{ttd.earliest:.3f} s**", f"**{ttd.latest:.3f} s**"):
        assert figure in page
    assert f"at least {ttm.value:.2f} s**" in page


def test_the_detection_floors_shown_are_those_of_the_shipped_rules():
    table = {row[0].strip("`"): row[-1] for row in rows(text_of("measures.md")) if len(row) == 6}
    for name, rule in shipped_rules().items():
        floor = detection_floor(rule, AlertSource.SHOP_METRICS, scrape_interval_s=1, rate_per_s=10)
        assert table.get(name) == (f"{floor.least_s:.3g} to {floor.most_s:.3g} s" if floor else None)


def test_the_journal_lines_shown_are_those_of_the_kept_example():
    journal = (ROOT / "reports" / "examples" / "factory-fail" / "journal.jsonl").read_text().splitlines()
    lines = [line for block in blocks(DOCS / "architecture.md", "json") for line in block.splitlines()]
    assert lines
    for line in lines:
        assert any(kept.startswith(line.partition("…")[0]) for kept in journal), json.loads(line)["number"]
