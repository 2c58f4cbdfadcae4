"""Hostile texts: whatever they hold, a Markdown reader sees them as plain text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chaos_pizza.report.escape import one_line, plain

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"text", "text_special", "inline"}
ALPHABET = "ab1 .)-+=*_`#|<>[]()!&;~$\\/:@{}\n\t\r\x00\x1b\u202e\u200b\u2028w0"


def inline_kinds(page):
    return {child.type for token in READER.parse(page) if token.children for child in token.children}


def block_kinds(page):
    return [token.type for token in READER.parse(page)]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "https://evil.example/",
        "WWW.evil.example",
        "# heading",
        "a\n# heading\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "| cell | cell |",
        "**bold** _it_ `code` ~~gone~~",
        "- item",
        "1. item",
        "12) item",
        "---",
        "===",
        "> quote",
        "    code",
        "```\nfence",
        "&lt;b&gt; &#60;",
        "\\<b>",
        "[ref]: https://evil.example",
        "<https://evil.example>",
        "{{ config }} {% raw %} ${x} $a$",
        "ann@example.com",
        "@everybody",
        "x" * 5000,
        "\x1b[31mred\x07 \u202etxet \u200b",
        "tail\\",
    ],
)
def test_a_hostile_text_is_shown_as_it_stands(text):
    escaped = plain(text)
    assert "<" not in escaped
    assert "\n" not in escaped
    assert "{{" not in escaped
    assert "://" not in escaped
    assert "www." not in escaped.lower()
    for page in (escaped, f"- {escaped}", f"> {escaped}"):
        assert inline_kinds(page) <= HARMLESS
    assert inline_kinds(f"- _12:00_ - {escaped}") <= HARMLESS | {"em_open", "em_close"}
    shown = "".join(child.content for token in READER.parse(escaped) for child in token.children or ())
    assert shown == one_line(text).replace("@", "(at)")
    table = block_kinds(f"| a | b |\n| --- | --- |\n| {escaped} | 1 |\n")
    assert table.count("td_open") == 2
    assert block_kinds(escaped) == ["paragraph_open", "inline", "paragraph_close"]


@settings(max_examples=400)
@given(st.text(max_size=60) | st.text(alphabet=ALPHABET, max_size=40))
def test_any_text_reads_back_as_itself_on_one_line(text):
    escaped = plain(text)
    assert not any(unicodedata.category(char)[0] == "C" for char in escaped)
    read = [token for token in READER.parse(escaped) if token.type == "inline"]
    shown = "".join(child.content for token in read for child in token.children)
    assert {child.type for token in read for child in token.children} <= HARMLESS
    assert shown == one_line(text).replace("@", "(at)")
    assert all(kind in {"paragraph_open", "inline", "paragraph_close"} for kind in block_kinds(escaped))


@settings(max_examples=200)
@given(st.text(alphabet=ALPHABET, max_size=30))
def test_no_text_breaks_out_of_its_cell(text):
    page = f"| a | b |\n| --- | --- |\n| {plain(text)} | 1 |\n"
    kinds = block_kinds(page)
    assert (kinds.count("td_open"), kinds.count("tr_open")) == (2, 2)


@given(st.text(max_size=2000), st.integers(1, 50))
def test_every_text_is_bounded(text, max_chars):
    assert len(one_line(text, max_chars)) <= max_chars


def test_a_cut_text_says_so_and_an_ordinary_one_is_hardly_touched():
    assert one_line("a" * 301) == "a" * 299 + "…"
    assert one_line("a" * 300) == "a" * 300
    assert plain("") == ""
    ordinary = "alert failed-purchases (shop /metrics): firing, 2 of 3 by shop_metrics."
    assert plain(ordinary) == ordinary
