"""A drill as annotations."""

import json
from dataclasses import replace

import pytest
from accounts import BEGIN_S, by_the_book, hostile, nothing_known, undetected

from chaos_pizza.errors import BadAnswer
from chaos_pizza.publishing.grafana import annotation_messages, annotations, find_message
from chaos_pizza.publishing.settings import GrafanaSettings
from chaos_pizza.redaction import Secret

SETTINGS = GrafanaSettings("https://g.example", "TOKEN", tags=("team-pizza",))
TOKEN = Secret("glsa_t0ken")
ID = "2026-11-23T19-34-40Z-factory-fail"


def ms(seconds):
    return 1000 * BEGIN_S + round(1000 * seconds)


def test_the_fault_is_a_region_and_the_rest_are_points():
    made = annotations(by_the_book(), SETTINGS)
    assert {kind: (each["time"], each.get("timeEnd")) for kind, each in made.items()} == {
        "fault": (ms(20.002), ms(27.25)),
        "detection": (ms(21.5), None),
        "cure": (ms(27.25), None),
        "recovery": (ms(28), None),
    }
    assert made["detection"]["text"] == "Detected by alert failed-purchases"
    assert made["cure"]["text"] == "Fault ended by the team"
    assert made["fault"]["text"] == (
        "\u2705 passed: factory-fail on staging<br>fault: fail"
        "<br>Time to detect: 1.50 s (1.40 to 1.60 s), by alert failed-purchases; budget 15 s: kept"
        "<br>Time to mitigate: 7.25 s (7.20 to 7.30 s), ended by the team"
        "<br>Time to recover: 8.00 s (7.90 to 8.10 s)"
        '<br><a href="https://ci.example/d?a=1&amp;b=2">Report</a>'
    )


def test_the_tags_find_all_of_a_drill_or_of_an_experiment_or_of_a_verdict():
    made = annotations(by_the_book(), SETTINGS)
    assert made["cure"]["tags"] == [
        *("chaos-pizza", f"drill:{ID}", "kind:cure", "factory-fail", "passed", "team-pizza"),
    ]


def test_what_is_not_known_to_have_happened_has_no_annotation():
    made = annotations(undetected(), SETTINGS)
    assert {kind: each["time"] for kind, each in made.items()} == {"fault": ms(20), "cure": ms(50)}
    assert "undetected, at least 30.0 s" in made["fault"]["text"]
    only = annotations(nothing_known(), SETTINGS)
    assert {kind: (each["time"], each["timeEnd"]) for kind, each in only.items()} == {"drill": (ms(0), ms(90))}


def test_a_fault_that_was_still_on_lasts_until_the_drill_last_looked():
    told = undetected()
    instants = {name: each for name, each in told.result.timeline.instants.items() if name == "fault_start"}
    timeline = replace(told.result.timeline, instants=instants, ended_by=None)
    made = annotations(replace(told, result=replace(told.result, timeline=timeline)), SETTINGS)
    assert (made["fault"]["time"], made["fault"]["timeEnd"]) == (ms(20), ms(88))
    assert "still on when the drill last looked" in made["fault"]["text"]


def test_texts_from_outside_show_as_texts():
    for each in annotations(hostile(), SETTINGS).values():
        text = each["text"].replace("<br>", "").replace('<a href="https://ci.example/d?a=1&amp;b=2">Report</a>', "")
        assert "<" not in text
        assert len(text) < 2500
        assert all(tag.isprintable() and len(tag) <= 100 for tag in each["tags"])


def test_a_dashboard_and_a_panel_are_named_where_they_are_wanted():
    placed = replace(SETTINGS, dashboard_uid="d&1", panel_id=4)
    question = find_message(by_the_book(), placed, TOKEN)
    assert question.path == (f"/api/annotations?tags=chaos-pizza&tags=drill%3A{ID}&limit=100&dashboardUID=d%261")
    bodies = [json.loads(each.content) for each in annotation_messages(by_the_book(), placed, TOKEN, b"[]")]
    assert [(each["dashboardUID"], each["panelId"]) for each in bodies] == [("d&1", 4)] * 4
    assert "dashboardUID" not in json.loads(annotation_messages(by_the_book(), SETTINGS, TOKEN, b"[]")[0].content)


def test_a_drill_that_is_known_there_is_renewed_and_not_doubled():
    tags = ["chaos-pizza", f"drill:{ID}"]
    found = [
        {"id": 7, "tags": [*tags, "kind:fault"]},
        {"id": 8, "tags": [*tags, "kind:recovery"]},
        {"id": 9, "tags": ["chaos-pizza", "drill:another", "kind:cure"]},
        {"id": "10", "tags": [*tags, "kind:detection"]},
        {"id": 11, "tags": None},
        None,
    ]
    messages = annotation_messages(by_the_book(), SETTINGS, TOKEN, json.dumps(found).encode())
    assert [(each.method, each.path) for each in messages] == [
        ("PUT", "/api/annotations/7"),
        ("POST", "/api/annotations"),
        ("POST", "/api/annotations"),
        ("PUT", "/api/annotations/8"),
    ]


@pytest.mark.parametrize("found", [b"", b"<html>", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_grafana_is_told_nothing(found):
    with pytest.raises(BadAnswer, match="no list of annotations"):
        annotation_messages(by_the_book(), SETTINGS, TOKEN, found)


def test_the_token_is_in_no_text_of_a_message():
    message = find_message(by_the_book(), SETTINGS, TOKEN)
    assert "t0ken" not in f"{message!r} {message.label} {message.headers}"
