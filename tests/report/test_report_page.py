"""The page made of a report's Markdown: what it has, and that nothing from outside gets a foot in."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.report.page import to_page

SVG = '<svg class="chart"><title id="chart-x-title">T</title><style>.a{}</style><rect fill="#fff"/></svg>\n'
VOID = {"meta", "br", "img", "hr", "link", "input"}


class Reader(HTMLParser):
    """Reads a page: its tags with their attributes, in order; complains of tags that don't match."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not set(self.open) & {"style", "script"}:
            self.texts.append(data)

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def page_of(markdown, **wishes):
    return to_page(markdown, **{"title": "A page", "pictures": {}, **wishes})


def read(markdown, **wishes):
    return Reader(page_of(markdown, **wishes))


def test_a_page_is_whole_and_says_its_language_its_title_and_its_landmarks():
    page = page_of("# One\n\n## Two\n\ntext\n", title="<i> & more")
    reader = Reader(page)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert page.endswith("</html>\n")
    assert "<title>&lt;i&gt; &amp; more</title>" in page
    assert len(reader.named("h1")) == len(reader.named("main")) == len(reader.named("nav")) == 1
    assert reader.named("section") == [{"aria-labelledby": "two"}]
    assert reader.named("h2") == [{"id": "two"}]
    assert {"href": "#two"} in reader.named("a")


def test_the_page_lets_nothing_in_but_its_own_style():
    page = page_of("# One\n")
    policy = next(meta for meta in Reader(page).named("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy["content"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["img-src"] == "data:"
    assert "script-src" not in rules
    assert page.count("<style>") == 1
    assert " style=" not in page
    assert "url(" not in style
    assert "@import" not in style


def test_the_lead_stands_below_the_heading_and_its_line_and_above_the_rest():
    page = page_of("# One\n\n**Line**\n\nrest\n", lead_html="<p>LEAD</p>")
    assert page.index("<h1") < page.index("<strong>Line") < page.index("LEAD") < page.index("rest")


def test_a_report_without_a_heading_is_a_page_too():
    assert "just text" in read("just text\n", lead_html="<p>LEAD</p>").text
    assert read("").text == "A page To the content"


def test_a_table_scrolls_by_itself_and_its_heads_say_what_they_head():
    reader = read("## Sums\n\n| A | B |\n| --- | --- |\n| x | y |\n| z | w |\n")
    boxes = [box for box in reader.named("div") if box.get("class") == "table"]
    assert boxes == [{"class": "table", "role": "group", "aria-label": "Table: Sums", "tabindex": "0"}]
    assert [head["scope"] for head in reader.named("th")] == ["col", "col", "row", "row"]
    assert len(reader.named("td")) == 2


def test_a_figure_of_a_cell_stays_on_one_line_with_its_unit():
    table = "| Part | Took |\n| --- | --- |\n| for 3 minutes | 1 min 2 s (0.50 to 99 %) |\n"
    page = to_page(f"{table}\nAfter 3 s.\n", title="A page", pictures={})
    assert "1\u00a0min 2\u00a0s (0.50 to 99\u00a0%)" in page
    assert "for 3 minutes" in page
    assert "After 3 s." in page


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_a_notice_of_github_s_is_a_notice_with_its_kind_in_words(kind):
    page = page_of(f"> [!{kind}]\n> **Mind** this.\n>\n> And that.\n")
    assert {"class": f"alert {kind.lower()}", "role": "note"} in Reader(page).named("div")
    assert "blockquote" not in page.split("</style>")[1]
    assert f"{kind.capitalize()} Mind this. And that." in Reader(page).text
    assert f"[!{kind}]" not in page


def test_an_open_question_is_seen_as_one_and_another_quotation_is_not():
    assert read("> **To fill in:** what?\n").named("blockquote") == [{"class": "question"}]
    assert read("> nothing\n").named("blockquote") == [{}]


def test_a_picture_stands_in_its_place_with_its_title_and_without_a_style_of_its_own():
    page = page_of("**Title**\n\n![alternative](x.svg)\n", pictures={"x.svg": SVG})
    assert "<figure><figcaption>Title</figcaption>" in page
    assert ".a{}" not in page
    assert page.count("<style>") == 1
    assert '<rect fill="#fff"/></svg></div></figure>' in page
    assert "<strong>Title</strong>" not in page


def test_the_same_picture_twice_has_ids_of_its_own_each_time():
    page = page_of("![a](x.svg)\n\n![a](x.svg)\n", pictures={"x.svg": SVG})
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_a_picture_that_is_not_there_is_told_in_words():
    reader = read("![what <b>it</b> shows](gone.svg) ![x](https://elsewhere.example/x.png)\n")
    assert "what <b>it</b> shows" in reader.text
    assert reader.named("img") == []


def test_two_sections_of_one_name_have_two_anchors():
    assert [head["id"] for head in read("## One\n\n## One\n\n## 🍕\n").named("h2")] == ["one", "one-2", "section"]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,x",
        "file:///etc/passwd",
        "//elsewhere.example",
        "/etc/passwd",
        "ftp://x",
        "&#106;avascript:alert(1)",
        "<java\tscript:alert(1)>",
        "\\\\\\\\host\\\\share",
    ],
)
def test_a_link_that_leads_to_danger_is_text(target):
    links = [link["href"] for link in read(f"# H\n\n[click]({target})\n").named("a")]
    assert links == ["#content"]


@pytest.mark.parametrize(
    "target", ["https://x.example/a?b=c", "http://x.example", "mailto:a@x.example", "#two", "../b.md"]
)
def test_a_harmless_link_is_one_that_tells_nobody_where_it_was(target):
    link = read(f"[click]({target})\n").named("a")[1]
    assert link == {"href": target, "rel": "noopener noreferrer"}


def test_html_control_and_direction_characters_do_nothing():
    page = page_of("# <script>x</script>\n\n<img src=x onerror=alert(1)>\n\n\x1b[31mred\x1b[0m \u202eevil\u202c\x07\n")
    reader = Reader(page)
    assert reader.named("script") == reader.named("img") == []
    assert "<script>x</script>" in reader.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", page)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_makes_a_page_that_runs_or_loads_anything(text):
    reader = read(f"# Report\n\n{text}\n\n| a |\n| --- |\n| {text} |\n\n## {text}\n", title=text)
    names = {name for name, _ in reader.tags}
    assert names <= {
        *("html", "head", "meta", "title", "style", "body", "a", "main", "nav", "section", "div", "blockquote"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "em", "strong", "s", "code", "pre", "hr", "br"),
        *("table", "thead", "tbody", "tr", "th", "td", "span"),
    }
    assert not [attribute for _, attributes in reader.tags for attribute in attributes if attribute.startswith("on")]


def test_a_page_s_pictures_are_well_formed_within_it():
    page = page_of("![a](x.svg)\n", pictures={"x.svg": SVG})
    ET.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
