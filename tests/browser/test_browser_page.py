"""The page in a real Chromium: opened from the disk, without a network, as people and screen readers meet it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from real_programs import wanted

from chaos_pizza.charting import draw
from chaos_pizza.drill.clock_offset import clock_offsets
from chaos_pizza.drill.course import course_of
from chaos_pizza.drill.observations import gather
from chaos_pizza.folder import judge_folder
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.result import Entry, Judgement, Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.charts.drill import charts_of
from chaos_pizza.report.document import to_document
from chaos_pizza.report.lead import to_lead
from chaos_pizza.report.markdown import to_markdown
from chaos_pizza.report.page import to_page

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import course_examples
import report_examples as examples

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> "
    "[click](javascript:alert(1)) **bold** \x1b[31mred \u202erightleft " + "endless" * 40
)
NAMES = ("example", "undetected", "placebo", "cut_off", "unproven", "rollback_ended", "hostile", "day")
LUMINANCE = """
const parsed = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
  for (let each = element; each; each = each.parentElement) {
    const colour = parsed(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
"""
POOR_CONTRASTS = f"""() => {{ {LUMINANCE}
  const poor = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {{
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("title, desc, style")) continue;
    const style = getComputedStyle(element);
    const isPicture = element.closest("svg") !== null;
    const colour = parsed(isPicture ? style.fill : style.color);
    const surface = isPicture && getComputedStyle(element.closest("svg").querySelector("rect")).fill;
    const ground = isPicture ? parsed(surface) : behind(element);
    const ratio = contrast(colour, ground);
    if (ratio < 4.5) poor.push([walker.currentNode.data.slice(0, 40), ratio]);
  }}
  return poor;
}}"""
CUT_OFF_TEXTS = """() => [...document.querySelectorAll("svg.chart text")].filter((text) => {
  const [own, whole] = [text.getBoundingClientRect(), text.closest("svg").getBoundingClientRect()];
  const isWithin = own.left > whole.left - 1 && own.right < whole.right + 1;
  return !isWithin || own.top < whole.top - 1 || own.bottom > whole.bottom + 1;
}).map((text) => text.textContent)"""
OVERLAPPING_TEXTS = """() => [...document.querySelectorAll("svg.chart")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const found = [];
  for (let a = 0; a < boxes.length; a++) for (let b = a + 1; b < boxes.length; b++) {
    const width = Math.min(boxes[a].right, boxes[b].right) - Math.max(boxes[a].left, boxes[b].left);
    const height = Math.min(boxes[a].bottom, boxes[b].bottom) - Math.max(boxes[a].top, boxes[b].top);
    if (width > 1 && height > 4) found.push([texts[a].textContent, texts[b].textContent]);
  }
  return found;
})"""


def from_example():
    result, contents = judge_folder(EXAMPLE)
    observations = gather(contents.records)
    clocks = clock_offsets(observations.all_of(ClockObserved))
    return result, observations.started.settings, course_of(observations), clocks


def by_hand(name):
    wishes = examples.settings(FaultKind.NONE if name == "placebo" else FaultKind.FAIL)
    if name == "day":
        result = replace(examples.passed(), ended_at=course_examples.day().began_at.replace(day=24))
        return result, wishes, course_examples.day(range(200, 273)), {}
    if name == "hostile":
        drill = examples.passed()
        timeline = replace(
            drill.timeline,
            detected_by=f"alert {HOSTILE}",
            entries=(Entry(drill.timeline.entries[0].when, HOSTILE),),
        )
        result = replace(
            drill,
            title=HOSTILE,
            target=HOSTILE,
            experiment=HOSTILE,
            timeline=timeline,
            judgement=Judgement(Verdict.FAILED, (HOSTILE,)),
        )
        return result, wishes, course_examples.every(0.1, 90, course_examples.failing_from(20, 27)), {}
    result = getattr(examples, name)()
    if name == "unproven":
        return result, wishes, course_examples.course_of([]), {}
    length_s = (result.ended_at - result.started_at).total_seconds()
    return result, wishes, course_examples.every(0.5, length_s, course_examples.failing_from(20, 28)), {}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The pages of several drills on the disk, and their results, by name."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name in NAMES:
        result, wishes, course, clocks = from_example() if name == "example" else by_hand(name)
        charts = charts_of(result, wishes, course)
        page = to_page(
            to_markdown(result, wishes, charts=charts, course=course, clocks=clocks),
            title=f"Drill {result.drill_id}",
            pictures={f"{chart.name}.svg": draw(chart) for chart in charts},
            lead_html=to_lead(result, wishes),
        )
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        found[name] = (folder / f"{name}.html", result, charts)
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    program = wanted("chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a Chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(chromium, written):
    """Opens a page from the disk with every network refused; notes what it asks for and complains of.

    Each is opened once, and shown in another width or on another screen where a test wants that.
    """
    pages = {}

    def first_opened(name):
        context = chromium.new_context(offline=True)
        asked, complaints = [], []

        def answer(route):
            asked.append(route.request.url)
            if route.request.url == written[name][0].as_uri():
                route.continue_()
            else:
                route.abort()

        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(written[name][0].as_uri())
        page.asked, page.complaints = asked, complaints
        return page

    def open_page(name, width=1000, scheme="light", media="screen"):
        if name not in pages:
            pages[name] = first_opened(name)
        pages[name].set_viewport_size({"width": width, "height": 800})
        pages[name].emulate_media(media=media, color_scheme=scheme)
        return pages[name]

    yield open_page
    for page in pages.values():
        page.context.close()


def seconds(value):
    return f"{value:.2f} s" if value < 9.99 else f"{value:.1f} s"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_needs_nothing_but_itself_and_complains_of_nothing(opened, written, name):
    page = opened(name)
    assert page.asked in ([], [written[name][0].as_uri()])
    assert page.complaints == []
    assert written[name][0].stat().st_size < 1_500_000
    assert page.title() == f"Drill {written[name][1].drill_id}"


def test_the_figures_of_the_document_stand_on_the_page(opened, written):
    page = opened("example")
    document = to_document(written["example"][1])
    shown = page.locator("main").inner_text()
    cards = page.locator(".card").all_inner_texts()
    assert page.locator(".verdict").inner_text().split()[1] == document["verdict"] == "passed"
    for card, name in zip(cards, ("ttd_s", "ttm_s", "ttr_s"), strict=True):
        assert seconds(document["measures"][name]["value"]) in card
        assert "✔ kept" in card
    assert seconds(document["measures"]["tta_s"]["value"]) in shown
    assert document["detected_by"] in shown
    assert str(document["impact"]["failed"]) in shown
    assert all(outcome in shown for outcome, count in document["impact"]["outcomes"].items() if count)


def test_what_never_happened_is_said_in_the_largest_letters(opened):
    assert opened("undetected").locator(".card .figure").all_inner_texts()[0] == "undetected"
    assert opened("cut_off").locator(".verdict").inner_text().split() == [
        "⚠",
        "calm",
        "not",
        "restored",
        "exit",
        "code",
        "5",
    ]


def test_hostile_text_shows_as_text(opened):
    page = opened("hostile")
    shown = page.locator("body").inner_text()
    assert "<script>document.title='owned'</script>" in shown
    assert "[click](javascript:alert(1)) **bold**" in shown
    assert page.locator("script, img, iframe, object, embed, link, base").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.title().startswith("Drill ")
    assert "\u202e" not in page.content()


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_shows_the_page_without_scrolling_it_sideways(opened, name):
    page = opened(name, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    outside = page.evaluate(
        """() => [...document.querySelectorAll("main > *, section > *, .card")]
            .filter((each) => each.getBoundingClientRect().right > 361).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["example", "cut_off", "rollback_ended"])
def test_every_text_can_be_read(opened, name, scheme):
    assert opened(name, scheme=scheme).evaluate(POOR_CONTRASTS) == []


def test_a_dark_screen_gets_a_dark_page_and_dark_pictures(opened):
    looks = {}
    for scheme in ("light", "dark"):
        page = opened("example", scheme=scheme)
        looks[scheme] = page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
                      getComputedStyle(document.querySelector("svg.chart rect")).fill,
                      getComputedStyle(document.querySelector("svg.chart text")).fill]"""
        )
    assert looks["light"] == ["rgb(255, 255, 255)", "rgb(27, 31, 36)", "rgb(255, 255, 255)", "rgb(27, 31, 36)"]
    assert looks["dark"] == ["rgb(21, 25, 30)", "rgb(232, 235, 239)", "rgb(21, 25, 30)", "rgb(232, 235, 239)"]


def test_paper_is_light_whatever_the_screen(opened):
    page = opened("example", scheme="dark", media="print")
    look = """() => [getComputedStyle(document.body).color,
                     getComputedStyle(document.querySelector("svg.chart rect")).fill,
                     getComputedStyle(document.querySelector("nav")).display]"""
    assert page.evaluate(look) == ["rgb(27, 31, 36)", "rgb(255, 255, 255)", "none"]


def test_a_screen_reader_finds_one_heading_landmarks_and_a_name_for_every_picture(opened, written):
    page = opened("example")
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="On this page").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    charts = written["example"][2]
    assert page.get_by_role("img").count() == len(charts) == 3
    for chart in charts:
        assert page.get_by_role("img", name=chart.title).count() == 1
        assert chart.alternative in page.get_by_role("img", name=chart.title).text_content()
    for head in page.locator("th").all():
        assert head.get_attribute("scope") in {"col", "row"}
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_reaches_the_content_and_whatever_scrolls(opened):
    page = opened("example", width=360)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter((each) => each.scrollWidth > each.clientWidth + 1
            && getComputedStyle(each).overflowX === "auto" && each.tabIndex !== 0).length"""
        )
        == 0
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_picture_is_cut_off_or_covered_by_another(opened, name):
    page = opened(name)
    assert page.evaluate(CUT_OFF_TEXTS) == []
    assert page.evaluate(OVERLAPPING_TEXTS) == []


def test_a_picture_by_itself_follows_the_screen_too(chromium, written, tmp_path):
    """As it stands beside `report.md`."""
    file = tmp_path / "course.svg"
    file.write_text(draw(written["example"][2][0]), encoding="utf-8")
    with chromium.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        for scheme, colour in (("dark", "rgb(21, 25, 30)"), ("light", "rgb(255, 255, 255)")):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("getComputedStyle(document.querySelector('rect')).fill") == colour
