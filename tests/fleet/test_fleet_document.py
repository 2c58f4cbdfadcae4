"""fleet.json, and the page that is made of the same figures."""

import json
from dataclasses import replace

import jsonschema
import pytest
from fleet_examples import FACTS, seen, unseen, useless

from chaos_pizza.fleet.document import fleet_schema, to_document
from chaos_pizza.fleet.markdown import to_markdown
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import summarize
from chaos_pizza.report.page import to_page

HOSTILE = "<script>alert(1)</script> | [x](http://evil.example) ![y](z)\u202e`"
ROWS = (
    seen("quick", 2.0, report="quick/drill-of-quick/report.html", send_lateness_p99_s=0.0012),
    *(seen(f"s{number}", 3.0 + number) for number in range(4)),
    unseen("asleep", 30.0),
    useless("unsteady"),
    useless("owing", 5, "chaos may still be on"),
    ShopRow("waits"),
)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[6:], ()])
def test_every_document_fulfils_its_schema(rows):
    document = to_document(summarize(FACTS, rows))
    jsonschema.Draft202012Validator.check_schema(fleet_schema())
    jsonschema.validate(json.loads(json.dumps(document)), fleet_schema())


def test_rows_stand_in_their_order_and_what_is_unknown_is_null():
    document = to_document(summarize(FACTS, ROWS))
    assert [(row["rank"], row["shop"]) for row in document["shops"]][-4:] == [
        (None, "asleep"),
        (None, "owing"),
        (None, "unsteady"),
        (None, "waits"),
    ]
    first, last = document["shops"][0], document["shops"][-1]
    assert first["ttd_s"] == {"value": 2.0, "earliest": 1.5, "latest": 2.5, "censored": False}
    assert first["send_lateness_p99_s"] == 0.002
    assert (last["verdict"], last["exit_code"], last["ttd_s"]) == ("not begun", None, None)


def test_the_page_links_each_report_and_says_what_owes_calm():
    markdown = to_markdown(summarize(FACTS, ROWS))
    page = to_page(markdown, title="Fleet", pictures={})
    assert 'href="quick/drill-of-quick/report.html"' in page
    assert "**Chaos may still be on at: owing.**" in markdown
    assert "undetected, at least 30.0\N{NO-BREAK SPACE}s" in page
    assert "<script" not in page


def test_texts_from_outside_add_nothing_to_the_page():
    rows = [
        replace(seen("a", 2.0), detected_by=HOSTILE, report="http://evil.example/x", complaints=(HOSTILE,)),
        useless("b", 3, HOSTILE),
    ]
    page = to_page(to_markdown(summarize(replace(FACTS, title=HOSTILE), rows)), title="Fleet", pictures={})
    assert "<script" not in page
    assert "evil.example" not in "".join(part.split('"')[0] for part in page.split('href="')[1:])
    assert "<img" not in page
    assert "\u202e" not in page
    # A cell stays a cell.
    assert page.count("<tr>") == page.count("</tr>") == 4
