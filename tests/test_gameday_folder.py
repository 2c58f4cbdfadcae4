"""A game day lies on disk with its draw sealed: only the coordinator's passphrase opens it."""

import base64
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.gameday_folder import (
    create_gameday,
    find_gameday,
    is_over,
    list_gamedays,
    note_drill,
    open_draw,
    read_gameday,
    reveal_draw,
    revealed_draw,
    unfinished_gameday,
)
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.redaction import Secret

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
PASSPHRASE = Secret("tomato and basil")
DRAW = Draw("ab" * 32, 7, "fail.yaml", FaultKind.FAIL, NOW, NOW + timedelta(minutes=17), "0f" * 32)
OPENED = OpenedDraw(DRAW, bytes(range(32)))
PLAN = """
name: friday
roles: {owner: Ada, coordinator: Grace, responders: [Linus]}
pool: [{experiment: fail.yaml}, {experiment: badjwt.yaml}]
window: Mon-Thu 14:00-16:00 America/Denver
target: staging
"""


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "friday.yaml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def folder(reports, plan_file):
    return drawn(reports, plan_file)


def drawn(reports, plan_file, opened=OPENED, now=NOW):
    plan = read_plan(yaml.safe_load(PLAN), "friday.yaml", sha256="ab" * 32)
    return create_gameday(reports, plan_file, plan, opened, PASSPHRASE, now)


def test_everybody_may_know_what_is_in_the_clear(folder):
    facts = read_gameday(folder)
    assert facts.id == folder.name == "2026-03-02T20-00-00Z-friday"
    assert facts.commitment == commitment_of(DRAW)
    assert (facts.plan, facts.window, facts.target) == ("friday", "Mon-Thu 14:00-16:00 America/Denver", "staging")
    assert facts.opens_at == NOW
    assert facts.roles.responders == ("Linus",)
    assert (folder / "plan.yaml").read_text() == PLAN


def test_the_coordinator_opens_the_draw_and_the_journals_key(folder):
    assert open_draw(folder, PASSPHRASE) == OPENED


def test_another_passphrase_is_one_line(folder):
    with pytest.raises(UsageError, match="was sealed with another passphrase") as raised:
        open_draw(folder, Secret("tomato and basil "))
    assert len(str(raised.value).splitlines()) == 1


def test_nothing_but_its_owner_reads_the_files(folder):
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_folder_holds_neither_kind_nor_time(folder):
    # The plan holds all kinds alike; it was known before.
    texts = [path.read_bytes() for path in folder.iterdir() if path.name != "plan.yaml"]
    for hidden in ("fail", "20:17", DRAW.nonce, OPENED.key.hex()):
        for form in (hidden.encode(), hidden.encode().hex().encode(), base64.b64encode(hidden.encode())[:-2]):
            assert not any(form in text for text in texts)


def test_no_two_draws_are_sealed_to_lengths_that_tell_them_apart(reports, plan_file, folder):
    other = replace(OPENED, draw=replace(DRAW, experiment="experiments/with/a/long/way/to/go.yaml", starts_at=None))
    lengths = {
        len(json.loads((each / "draw.sealed").read_text())["box"])
        for each in (folder, drawn(reports, plan_file, other))
    }
    assert len(lengths) == 1


@pytest.mark.parametrize("name", ["draw.sealed", "gameday.json"])
def test_files_that_were_changed_are_caught(folder, name):
    path = folder / name
    content = json.loads(path.read_text())
    if name == "draw.sealed":
        content["box"] = "AAAA" + content["box"][4:]
    else:
        content["commitment"] = "0" * 64
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="or its files have been changed since"):
        open_draw(folder, PASSPHRASE)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"salt": 7}', '{"salt": "x", "nonce": "", "box": ""}', "\x00"])
def test_what_is_no_sealed_draw_is_one_line(folder, text):
    (folder / "draw.sealed").write_text(text)
    with pytest.raises(UsageError) as raised:
        open_draw(folder, PASSPHRASE)
    assert len(str(raised.value).splitlines()) == 1


def test_a_game_day_is_over_once_its_draw_is_revealed(reports, folder):
    assert not is_over(folder)
    assert revealed_draw(folder) is None
    assert unfinished_gameday(reports, "friday") == folder
    reveal_draw(folder, OPENED)
    assert is_over(folder)
    assert revealed_draw(folder) == DRAW
    assert unfinished_gameday(reports, "friday") is None


def test_the_newest_game_day_of_a_plan_counts(reports, plan_file, folder):
    reveal_draw(folder, OPENED)
    newer = drawn(reports, plan_file, now=NOW + timedelta(days=7))
    assert unfinished_gameday(reports, "friday") == newer
    assert unfinished_gameday(reports, "monday") is None
    assert list_gamedays(reports) == [folder, newer]


def test_a_game_day_is_found_by_its_plan_its_id_its_folder_and_its_drills(reports, folder):
    note_drill(folder, "2026-03-02T21-00-00Z-friday")
    note_drill(folder, "2026-03-02T21-00-00Z-friday")
    assert read_gameday(folder).drills == ("2026-03-02T21-00-00Z-friday",)
    for named in ("friday", folder.name, str(folder), "2026-03-02T21-00-00Z-friday"):
        assert find_gameday(reports, named) == folder
    with pytest.raises(UsageError, match="there is no game day 'monday'"):
        find_gameday(reports, "monday")


def test_two_of_the_same_second_have_two_folders(reports, plan_file, folder):
    assert drawn(reports, plan_file).name == f"{folder.name}-2"
