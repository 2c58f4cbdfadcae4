"""A drill as a message in a Slack channel."""

import json

from accounts import by_the_book, hostile, nothing_known, undetected
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.publishing.slack import _cut, _escaped, slack_document, slack_message


def texts(document):
    """Every text object of a message."""
    for block in document["blocks"]:
        yield from [block["text"]] if "text" in block else block.get("fields") or block["elements"]


def test_the_message_says_verdict_figures_and_where_the_report_is():
    document = slack_document(by_the_book())
    assert document["blocks"][0]["text"]["text"] == "\u2705 passed: factory-fail on staging"
    assert [field["text"] for field in document["blocks"][2]["fields"]] == [
        "Time to detect\n1.50 s (1.40 to 1.60 s), by alert failed-purchases; budget 15 s: kept",
        "Time to mitigate\n7.25 s (7.20 to 7.30 s), ended by the team",
        "Time to recover\n8.00 s (7.90 to 8.10 s)",
    ]
    assert document["blocks"][3]["text"]["text"] == "<https://ci.example/d?a=1&amp;b=2|Read the report>"
    assert document["blocks"][4]["elements"][0]["text"] == (
        "2026-11-23 19:34 to 19:36 UTC, fault fail, announced, 2026-11-23T19-34-40Z-factory-fail"
    )
    assert document["text"].startswith("\u2705 passed: factory-fail on staging. Time to detect: 1.50 s (1.40 to")


def test_a_failed_drill_says_why():
    document = slack_document(undetected())
    assert document["blocks"][1]["text"]["text"].splitlines()[1:] == ["- undetected, at least 30.0 s"]
    assert not any(each["type"] == "mrkdwn" for each in texts(document))


def test_a_drill_without_figures_has_no_empty_part():
    assert all(each["text"] for each in texts(slack_document(nothing_known())))


def test_hostile_text_is_no_mention_no_link_and_no_markup():
    document = slack_document(hostile())
    for each in texts(document):
        if each["type"] == "mrkdwn":
            assert each["text"] == "<https://ci.example/d?a=1&amp;b=2|Read the report>"
            continue
        assert each["type"] == "plain_text"
        assert not {"<", ">", "@", "\x1b", "\u202e"} & set(each["text"])
    assert not {"<", ">", "@"} & set(document["text"])
    assert document["mrkdwn"] is False


def test_every_text_keeps_to_slack_s_limits():
    document = slack_document(hostile())
    header, *rest = texts(document)
    assert len(header["text"]) <= 150
    assert all(len(each["text"]) <= 3000 for each in rest)
    assert all(len(field["text"]) <= 2000 for block in document["blocks"] for field in block.get("fields", ()))
    assert len(document["text"]) <= 3000
    assert len(document["blocks"]) <= 50


@given(st.text(alphabet="a&<>;@", max_size=40), st.integers(8, 50))
def test_a_text_is_cut_short_but_no_entity_in_two(text, longest):
    cut = _cut(_escaped(text), longest)
    assert len(cut) <= longest
    for entity in ("&amp;", "&lt;", "&gt;"):
        cut = cut.replace(entity, "")
    assert "&" not in cut


def test_the_secret_path_is_in_no_text_of_the_message():
    message = slack_message(by_the_book(), "/services/T0/B0/s3cret")
    assert (message.method, message.path) == ("POST", "/services/T0/B0/s3cret")
    assert "s3cret" not in f"{message!r} {message.label}"
    assert json.loads(message.content) == slack_document(by_the_book())
