"""`chaos-pizza.yaml`: the team's targets, without a single secret in it."""

from pathlib import Path

import pytest

from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.errors import TargetError, UsageError
from chaos_pizza.redaction import Secret
from chaos_pizza.safety.allowance import ListedTarget
from chaos_pizza.safety.window import Window

STAGING = """
reports: our/reports
targets:
  staging:
    shop_url: https://shop.example/
    factory_url: https://factory.example
    vendor_id: 42
    vendor_key_env: STAGING_VENDOR_KEY
    diner_email: d@jwt.com
    diner_password_env: STAGING_DINER_PASSWORD
    alerting: {source: both}
  empty: {}
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "team.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def staging_variables(monkeypatch):
    monkeypatch.setenv("STAGING_VENDOR_KEY", "k3y-of-staging")
    monkeypatch.setenv("STAGING_DINER_PASSWORD", "passw0rd-of-staging")


def complaint_of(path):
    with pytest.raises(UsageError) as refusal:
        read_configuration(path)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def target_complaint_of(configuration, name):
    with pytest.raises(TargetError) as refusal:
        configuration.target(name)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_target_is_described_by_the_file_and_its_secrets_by_the_environment(written, staging_variables):
    configuration = read_configuration(written(STAGING))
    target = configuration.target("staging")
    assert (target.name, target.shop_url, target.vendor_id) == ("staging", "https://shop.example", "42")
    assert target.vendor_key == Secret("k3y-of-staging")
    assert target.diner_password == Secret("passw0rd-of-staging")
    assert configuration.reports == Path("our/reports")


def test_a_target_may_bring_its_own_alerting(written):
    configuration = read_configuration(written(STAGING))
    assert configuration.alerting("staging") == {"source": "both"}
    assert [configuration.alerting(name) for name in ("empty", "unheard of", None)] == [{}, {}, {}]


def test_no_file_at_all_is_an_empty_configuration(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_configuration(None) == TeamConfiguration(Path("chaos-pizza.yaml"))


def test_the_file_of_this_folder_is_read_unasked(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("chaos-pizza.yaml").write_text("reports: here\n", encoding="utf-8")
    assert read_configuration(None).reports == Path("here")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "targets:\n", "targets: {}\n"])
def test_an_empty_file_is_an_empty_configuration(written, text):
    configuration = read_configuration(written(text))
    assert (dict(configuration.targets), configuration.reports) == ({}, Path("reports"))


def test_a_file_that_was_asked_for_has_to_be_there(tmp_path):
    assert complaint_of(tmp_path / "gone.yaml").startswith("there is no configuration ")
    assert "can't be read" in complaint_of(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "is not YAML: "),
        ("targets: {s: {vendor_key: k3y-in-clear: x}}", "is not YAML: "),
        ("a\x00b", "is not YAML: "),
        ("reports: 2026-13-45", "is not YAML: "),
        (b"\xff\xfe\xfa", "can't be read"),
        ("targets: !!python/object:os.system {}", "is not YAML: "),
        ("- a list", "may hold `targets`, `reports`, `history` and `publish`, and nothing else"),
        ("just text", "may hold `targets`, `reports`"),
        ("rules: []", "may hold `targets`, `reports`"),
        ("5: []", "may hold `targets`, `reports`"),
        ("reports: 5", "`reports` is to be a folder's path"),
        ("reports: [a]", "`reports` is to be a folder's path"),
        ("reports:", "`reports` is to be a folder's path"),
        ("targets: [staging]", "`targets` is to be a mapping"),
        ("targets: {staging: here}", "target 'staging' is to be a mapping"),
        ("targets: {staging: }", "target 'staging' is to be a mapping"),
        ("targets: {5: {}}", "a target's name is to be a text, not 5"),
        ("targets: {staging: {oven: hot}}", "target 'staging' has no 'oven'; it has "),
        ("targets: {staging: {5: 5, oven: hot}}", "target 'staging' has no '5'"),
        ("targets: {staging: {alerting: loud}}", "target 'staging': `alerting` is to be a mapping"),
        ("targets: {staging: {alerting: [loud]}}", "target 'staging': `alerting` is to be a mapping"),
        ("targets: {staging: {allowed: perhaps}}", "target 'staging': `allowed` is to be true or false"),
        ("targets: {staging: {allowed: 1}}", "target 'staging': `allowed` is to be true or false"),
        ("targets: {staging: {windows: always}}", "target 'staging': `windows` is to be a list of texts such as"),
        ("targets: {staging: {windows: [14:00]}}", "target 'staging': `windows` is to be a list of texts"),
        ("targets: {staging: {quiet_hours: {a: b}}}", "target 'staging': `quiet_hours` is to be a list of texts"),
        ("targets: {staging: {windows: [always]}}", "target 'staging': `windows`: 'always' is no window; write it as "),
        ("targets: {s: {quiet_hours: ['14:00-15:00 Mars']}}", "`quiet_hours`: '14:00-15:00 Mars' is no window: "),
    ],
)
def test_what_is_not_understood_is_told_in_one_line(written, text, words):
    complaint = complaint_of(written(text))
    assert words in complaint
    assert "k3y-in-clear" not in complaint


@pytest.mark.parametrize("key", ["vendor_key", "diner_password", "admin_password", "factory_admin_key"])
def test_a_secret_in_clear_is_refused_without_showing_it(written, key):
    complaint = complaint_of(written(f"targets: {{staging: {{{key}: k3y-in-clear}}}}"))
    assert f"has no '{key}' (a secret never stands in this file, only the name of its variable)" in complaint
    assert f"{key}_env" in complaint
    assert "k3y-in-clear" not in complaint


def test_a_target_says_whether_and_when_it_may_be_drilled(written):
    text = """
targets:
  staging:
    shop_url: https://shop.example/
    factory_url: https://factory.example
    allowed: yes
    windows: ["Mon-Fri 14:00-16:00 America/Denver", "20:00-22:00 UTC"]
    quiet_hours: [Fri 15:00-16:00 America/Denver]
  empty: {windows: }
"""
    staging, empty = read_configuration(written(text)).listed
    assert (staging.name, staging.shop_url, staging.factory_url) == (
        "staging", "https://shop.example/", "https://factory.example"
    )  # fmt: skip
    assert staging.allowed
    assert [window.text for window in staging.windows] == ["Mon-Fri 14:00-16:00 America/Denver", "20:00-22:00 UTC"]
    assert staging.quiet_hours == (Window.parse("Fri 15:00-16:00 America/Denver"),)
    assert empty == ListedTarget("empty", "", "", allowed=False)


def test_a_target_that_nobody_described_is_told_with_those_that_are(written):
    complaint = target_complaint_of(read_configuration(written(STAGING)), "prod")
    assert "there is no target 'prod'; known are env, staging, empty" in complaint


def test_a_variable_that_is_not_set_is_named(written, monkeypatch):
    monkeypatch.delenv("STAGING_VENDOR_KEY", raising=False)
    complaint = target_complaint_of(read_configuration(written(STAGING)), "staging")
    assert "its vendor key is to be in the environment variable STAGING_VENDOR_KEY" in complaint
    assert complaint.endswith("which is not set")


@pytest.mark.parametrize("variable", ["0123-the-key-itself", "theKeyItself", "5", "[a]"])
def test_a_secret_written_where_its_variable_belongs_is_not_shown(written, variable):
    configuration = read_configuration(written(f"targets: {{staging: {{vendor_key_env: {variable}}}}}"))
    complaint = target_complaint_of(configuration, "staging")
    assert "the environment variable that vendor_key_env names, which is not set" in complaint


def test_a_target_without_what_it_needs_is_told_by_what_is_missing(written):
    complaint = target_complaint_of(read_configuration(written(STAGING)), "empty")
    assert "target 'empty': PIZZA_SHOP_URL, PIZZA_FACTORY_URL, PIZZA_VENDOR_KEY not set" in complaint


def test_the_target_called_env_is_what_the_variables_describe(written, monkeypatch):
    monkeypatch.setenv("PIZZA_SHOP_URL", "http://shop:3000")
    monkeypatch.setenv("PIZZA_FACTORY_URL", "http://factory:4000")
    monkeypatch.setenv("PIZZA_VENDOR_KEY", "k3y-of-env")
    target = read_configuration(written(STAGING)).target("env")
    assert (target.name, target.shop_url, target.vendor_key.reveal()) == ("env", "http://shop:3000", "k3y-of-env")
