"""`notes.yaml`: what people wrote is read word by word, added to only at its end, and never lost."""

import os
import re
import time
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.model.notes import ActionItem, Notes
from chaos_pizza.notes_file import GREATEST_BYTES, NOTES_NAME, offer_notes, read_notes
from chaos_pizza.notes_text import MOST_ITEMS
from chaos_pizza.report.questions import QUESTIONS, blank_notes

ANSWERED = [key for key in QUESTIONS if key != "action_items"]


@pytest.fixture
def folder(tmp_path):
    drill = tmp_path / "2026-11-24T02-05-40Z-factory-fail"
    drill.mkdir()
    return drill


@pytest.fixture
def write(folder):
    def written(content):
        path = folder / NOTES_NAME
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_without_a_file_everything_is_a_question(folder):
    assert read_notes(folder) == Notes()


def test_the_form_asks_every_question_above_its_empty_key(folder):
    lines = offer_notes(folder).read_text().splitlines()
    assert lines[0].startswith("# What only people know of 2026-11-24T02-05-40Z-factory-fail.")
    for key in ANSWERED:
        assert lines[lines.index(f"{key}: |") - 1] == f"# {QUESTIONS[key]}"
    assert f"# {QUESTIONS['action_items']}" in lines
    assert lines[-1] == "action_items:"
    assert read_notes(folder) == Notes()
    assert [path.name for path in folder.iterdir()] == [NOTES_NAME]


def test_the_form_filled_in_is_read_word_by_word(folder, write):
    form = blank_notes("a-drill")
    for key in ANSWERED:
        form = form.replace(f"{key}: |\n", f'{key}: |\n  The {key}: 50 % # of it.\n\n  - And "more"\n    of @it\n')
    form += "  - text: Tighten the alert\n    owner: Ann\n    due: 2026-01-31\n    claim: ttd_s(factory-fail) <= 90\n"
    form += "  - Write a runbook\n"
    write(form)
    notes = read_notes(folder)
    for key in ANSWERED:
        assert getattr(notes, key) == f'The {key}: 50 % # of it.\n\n- And "more"\n  of @it'
    assert notes.action_items == (
        ActionItem(1, "Tighten the alert", "Ann", date(2026, 1, 31), "ttd_s(factory-fail) <= 90"),
        ActionItem(2, "Write a runbook"),
    )


def test_the_example_in_the_form_is_one_that_works(folder, write):
    form = blank_notes("a-drill")
    example = "\n".join(line.removeprefix("# ") for line in form.splitlines() if line.startswith("#   "))
    write(f"action_items:\n{example.replace('  - text', '- text').replace('    ', '  ')}\n")
    (item,) = read_notes(folder).action_items
    assert (item.owner, item.due, item.claim) == ("Ann", date(2026, 1, 31), "ttd_s(factory-fail) <= 90")


@pytest.mark.parametrize(
    "written", ["no", "007", "12:30", "2026-01-31", "1e3", "0x1F", ".inf", "yes and no", "=", "<<"]
)
def test_a_text_is_what_stands_there_whatever_yaml_makes_of_it(folder, write, written):
    write(f"impact: {written}\naction_items: [{{text: x, owner: {written}}}]\n")
    notes = read_notes(folder)
    assert (notes.impact, notes.action_items[0].owner) == (written, written)


@pytest.mark.parametrize("empty", ["", " ", " ~", " null", " |\n\n", ' ""', " '  '", " >\n   \n", ' "\\u200b\\u202e"'])
def test_what_is_empty_or_can_not_be_seen_is_still_a_question(folder, write, empty):
    write(f"impact:{empty}\nresponse: here\n")
    assert read_notes(folder) == Notes(response="here")


BROKEN = {
    "detektion: x": "line 1: the notes have no key 'detektion'; did you mean detection?",
    "Root cause: x": "line 1: the notes have no key 'Root cause'",
    "impact: |\nNote: five tickets\n": "what is no key but a text is indented by two spaces",
    "impact: |\n  a\n\nimpact: b\n": "line 4: `impact` stands there twice, first in line 1",
    "impact: [a]": "line 1: `impact` is to be a text, perhaps of several lines beneath a |",
    "impact:\n  who: x": "line 2: `impact` is to be a text",
    "- impact": "line 1: the notes are to be keys with a colon, of detection, impact, ",
    "just a text": "line 1: the notes are to be keys with a colon",
    "impact: |\nnot indented\n": "line 2, column 1: there is neither a key with its colon nor a text indented",
    "\nimpact: a: b\n": "line 2, column 10: mapping values are not allowed here; a text goes beneath its key and a |",
    "owner: x": "line 1: the notes have no key 'owner'",
    "impact: @ann": "line 1, column 9: found character '@' that cannot start any token",
    "impact: see #12": "line 1: YAML takes what follows the # for a comment",
    "impact: 'x\n": "found unexpected end of stream",
    "impact: \tx\n\tresponse: y": "found character '\\t' that cannot start any token",
    "impact: x\n---\nimpact: y\n": "line 2, column 1: but found another document",
    "impact: &a x\nresponse: *a\n": "line 2: an alias (*a) can't stand here",
    "impact: \x07": "line 1: a control character (number 7) can't stand here",
    "? [a]\n: b": "line 1: the notes have no key ''",
    "[" * 130_000 + "]" * 130_000: "line 1: notes hold texts and a list of action items, and no more",
    "impact:\n" + "- " * 130_000: "line 2: notes hold texts and a list of action items, and no more",
    "impact: [" + "a," * 130_000 + "]": "line 1: notes hold texts and a list of action items, and no more",
    "action_items: Tighten it": "line 1: `action_items` is to be a list, each item begun with a -",
    "action_items:\n  text: x\n": "line 2: `action_items` is to be a list",
    "action_items:\n  - owner: Ann\n": "line 2: action item 1 has no `text` that says what will be done",
    "action_items:\n  - text:\n": "line 2: what will be done is missing: `text` is empty",
    "action_items:\n  - [a]\n": "line 2: action items are to be keys with a colon, of text, owner, due, claim",
    "action_items:\n  - text: a\n    deu: 2026-01-31\n": "line 3: action items have no key 'deu'; did you mean due?",
    "action_items:\n  - text: a\n    text: b\n": "line 3: `text` stands there twice, first in line 2",
    "action_items:\n  - text: a\n    due: soon\n": "line 3: `due` is to be a date such as 2026-01-31, not 'soon'",
    "action_items:\n  - text: a\n    due: 2026-02-30\n": "line 3: `due` is to be a date such as 2026-01-31",
    "action_items:\n  - text: a\n    due: 20260131\n": "line 3: `due` is to be a date such as 2026-01-31",
    "action_items:\n  - text: a\n    due: 2026-01-31T10:00:00Z\n": "line 3: `due` is to be a date",
    "action_items:\n  - text: a\n    claim: ttd(x) <= 9\n": "line 3: character 1 of the claim: there is no figure",
    "action_items:\n" + "  - a\n" * (MOST_ITEMS + 1): f"there are more than {MOST_ITEMS} action items",
    b"impact: x\nresponse: \xff\n": "line 2: it is no text in UTF-8",
    b"impact: x\x00\n": "line 1: a control character (number 0) can't stand here",
    "impact: " + "x" * GREATEST_BYTES: "it is longer than 256 KiB",
}


@pytest.mark.parametrize(("content", "complaint"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_file_is_one_line_that_says_where_and_keeps_every_byte(folder, write, content, complaint):
    path = write(content)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=re.escape(complaint)) as caught:
        read_notes(folder)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).isprintable()
    try:
        offer_notes(folder)
    except UsageError as error:
        assert str(error).startswith(f"{path}: ")  # noqa: PT017 - what can't even be read is not opened
    assert path.read_bytes() == before
    assert [each.name for each in folder.iterdir()] == [NOTES_NAME]


def test_an_alias_bomb_costs_nothing(folder, write):
    write("impact: &a [x]\n" + "".join(f"k{n}: &k{n} [*a, *a, *a, *a, *a, *a, *a, *a]\n" for n in range(500)))
    began = time.process_time()
    with pytest.raises(UsageError, match="line 2: an alias"):
        read_notes(folder)
    assert time.process_time() - began < 2


KEPT = (
    "# mine\nroot_cause:   'we did'   # truly\n\n\nimpact: >\n  folded\n  text\n",
    "impact: x",
    "impact: |\n  a\n  b",
    "impact: |+\n  a\n\n\n",
    "impact: x\r\nresponse: |\r\n  a\r\n\r\n  b",
    "action_items:\n- a\n-\n- {text: b}\n",
    "---\n# nothing yet\n",
    "# only a comment",
    "",
    "\ufeffimpact: x\n",
    "impact: |\n    deep\n  # no comment, but text of the wrong depth\n",
)


@pytest.mark.parametrize("content", KEPT, ids=range(len(KEPT)))
def test_missing_questions_are_added_at_the_end_and_nothing_before_it_changes(folder, write, content):
    path = write(content)
    before = read_notes(folder)
    assert offer_notes(folder) == path
    after = path.read_bytes()
    assert after.startswith(content.encode())
    assert read_notes(folder) == before
    assert set(yaml.safe_load(after.decode())) == set(QUESTIONS)
    added = after.removeprefix(content.encode()).decode()
    for key in yaml.safe_load(content) or {}:
        assert QUESTIONS[key] not in added
    assert ("\r\n" in added) is ("\r\n" in content)
    offer_notes(folder)
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    "content",
    ["{impact: x}\n", "  impact: x\n  response: y\n", "impact: x\n...\n", blank_notes("a"), "impact: y\n" * 2],
)
def test_a_file_that_can_not_be_added_to_stays_as_it_is(folder, write, content):
    path = write(content)
    offer_notes(folder)
    assert path.read_bytes() == content.encode()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30)


@given(
    st.lists(st.sampled_from(ANSWERED), unique=True),
    st.lists(TEXTS, min_size=6, max_size=6),
    st.sampled_from(["'", '"', "|", ">", None]),
    st.sampled_from(["", "\n", "\n\n# the end"]),
)
def test_whatever_people_wrote_stays_byte_for_byte(tmp_path_factory, keys, texts, style, end):
    folder = tmp_path_factory.mktemp("drill")
    answers = dict(zip(keys, texts, strict=False))
    written = yaml.safe_dump(answers, default_style=style, allow_unicode=True, sort_keys=False) if answers else ""
    path = folder / NOTES_NAME
    path.write_bytes((written + end).encode())
    before = path.read_bytes()
    notes = read_notes(folder)
    assert {key: getattr(notes, key) for key in keys} == {key: answers[key].strip() or None for key in keys}
    offer_notes(folder)
    assert path.read_bytes().startswith(before)
    assert read_notes(folder) == notes


@given(st.binary(max_size=60) | st.text("aimpct: |\n -#'\"{}[]&*!%@", max_size=60).map(str.encode))
def test_whatever_stands_in_the_file_nothing_of_it_is_lost(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("drill")
    path = folder / NOTES_NAME
    path.write_bytes(content)
    try:
        notes = read_notes(folder)
    except UsageError as error:
        assert str(error).isprintable()  # noqa: PT017
        notes = None
    try:
        offer_notes(folder)
    except UsageError:
        assert notes is None
    assert path.read_bytes().startswith(content)
    assert notes is None or read_notes(folder) == notes


def test_a_link_to_notes_kept_elsewhere_stays_a_link_and_rights_stay_as_they_are(folder, tmp_path):
    elsewhere = tmp_path / "shared.yaml"
    elsewhere.write_text("impact: x\n")
    elsewhere.chmod(0o640)
    (folder / NOTES_NAME).symlink_to(elsewhere)
    offer_notes(folder)
    assert (folder / NOTES_NAME).is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
    assert elsewhere.read_text().startswith("impact: x\n\n# ")


def test_what_is_no_file_is_not_read(folder):
    os.mkfifo(folder / NOTES_NAME)
    for ask in (read_notes, offer_notes):
        with pytest.raises(UsageError, match=r"notes\.yaml: it is no file"):
            ask(folder)


@pytest.fixture
def forbidden(write):
    """Notes that nobody may read, and be a user to whom that is forbidden, for the length of a test."""
    write("impact: x\n").chmod(0)
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    yield
    os.seteuid(own)


def test_notes_that_can_not_be_read_are_named(folder, forbidden):
    with pytest.raises(UsageError, match=r"notes\.yaml: it can't be read: Permission denied"):
        read_notes(folder)


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"notes\.yaml can't be written: No such file or directory"):
        offer_notes(tmp_path / "gone")
