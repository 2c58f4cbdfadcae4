"""The console's page claims what it knows and nothing more: while nothing is heard, of cures and presses."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browsers import POOR_CONTRASTS
from played_drill import WAITING, over, seen, tile, under_way, wait_for, wait_for_text

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
CUT_SHORT = """() => [...document.querySelectorAll(".first, .more")]
  .filter((each) => each.scrollHeight > each.clientHeight + 1).map((each) => each.textContent)"""


def test_while_nothing_is_heard_the_page_claims_nothing(console, visit):
    console.begin()
    page = visit().page
    console.purchases(good=10)
    wait_for_text(page, ".elapsed .aside", "diners get their pizzas")
    console.cut()
    wait_for_text(page, ".elapsed .figure", "not known")
    heard = re.fullmatch(r"since (\d\d:\d\d:\d\d) UTC; none was seen until then", seen(page, ".elapsed .aside"))[1]
    assert page.locator(".now .aside").all_inner_texts() == [f"not known since {heard}"] * 2
    assert page.locator(".now .figure").all_inner_texts() == [DASH] * 2
    assert page.title() == "Not known: Checkout game day"
    wait_for_text(page, "main > [aria-live=assertive]", "Nothing is heard")
    passed = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--colour-passed')")
    tone = "getComputedStyle(document.querySelector('.elapsed')).getPropertyValue('--tone')"
    assert page.evaluate(tone) not in {"", passed}
    console.purchases(good=10)
    console.mend()
    wait_for_text(page, ".elapsed .aside", "diners get their pizzas")


def test_the_time_since_impact_goes_on_unconfirmed_while_the_line_is_cut(console, visit):
    under_way(console)
    page = visit().page
    wait_for(page, "() => document.querySelector('.elapsed').dataset.state === 'impact'")
    console.cut()
    wait_for_text(page, ".elapsed .aside", "not confirmed since")
    wait_for_text(page, ".alerts h2", "Alerts, as of")
    before = seen(page, ".elapsed .figure")
    wait_for(page, "(before) => document.querySelector('.elapsed .figure').textContent > before", before)
    assert page.locator(".elapsed").get_attribute("data-state") == "unknown"
    assert page.evaluate(POOR_CONTRASTS) == []


def test_a_line_that_is_silent_for_longer_than_the_keep_alive_is_taken_for_lost(console, visit):
    console.begin()
    visitor = visit()
    visitor.page.clock.install()
    visitor.page.reload()
    console.purchases(good=10)
    wait_for_text(visitor.page, ".connection", "live")
    visitor.page.clock.fast_forward(14_000)
    wait_for(visitor.page, "() => document.title.startsWith('Not known')")
    wait_for_text(visitor.page, ".connection", "live")
    wait_for(visitor.page, "() => !document.title.startsWith('Not known')")
    assert len(console.resumed_from) == 3


def test_no_impact_is_no_reassurance_where_purchases_fail_or_nothing_is_bought(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".elapsed .aside", "nothing is bought now to tell by")
    console.purchases(good=5)
    wait_for_text(page, ".elapsed .aside", "not all purchases are good now")


def test_a_game_days_drill_that_was_cut_off_says_so_and_still_takes_marks(console, visit):
    under_way(console)
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.stand(state="waiting", gameday=WAITING)
    wait_for_text(page, ".state", "cut off: the coordinator runs the command again")
    assert seen(page, ".elapsed h2") == "From impact until it was cut off"
    assert page.title() == "Cut off: Checkout game day"
    console.answers.append((202, "kept for the drill, but not in its record yet: the drill is sealed"))
    page.get_by_role("button", name="Cured").click()
    wait_for_text(page, ".said", "kept for the drill, but not in its record yet")
    assert page.locator(".last").get_attribute("data-tone") == "caution"
    console.purchases(good=10)
    console.stand(state="under_way")
    wait_for_text(page, ".state", "staging · under way")


def test_a_drill_that_died_is_not_said_to_be_over(console, visit):
    before = datetime.now(UTC) - timedelta(minutes=5)
    console.tell("drill", before, drill_id="1", title="A drill", target="staging", blind=False, commitment=None)
    console.purchases(good=10, at=before)
    console.stand(drill=console.drill, state="ended")
    page = visit().page
    wait_for_text(page, ".state", "cut off before its end")
    wait_for_text(page, ".elapsed .aside", f"since {before:%H:%M:%S} UTC; none was seen until then")
    page.keyboard.press("4")
    wait_for_text(page, ".said", "sent")
    console.tell("ended", verdict="aborted")
    wait_for_text(page, ".state", "over")


def test_a_game_day_that_waits_shows_nothing_of_the_drill_before_it(console, visit):
    under_way(console)
    page = visit().page
    over(console)
    wait_for_text(page, ".outcome", "It matches the commitment")
    console.stand(drill=None, state="waiting", gameday={**WAITING, "plan": "The next one"}, report=None)
    wait_for_text(page, "h1", "The next one")
    assert page.locator(".timeline li").count() == 0
    console.stand(drill=console.drill, state="ended", gameday=None)
    wait_for_text(page, ".outcome", "It matches the commitment")


def test_an_alert_that_never_resolved_does_not_fire_for_ever(console, visit):
    under_way(console)
    page = visit().page
    wait_for_text(page, ".alerts .chip", "firing")
    over(console)
    wait_for_text(page, ".alerts .chip", "firing at the drill's end")


def test_what_never_happened_is_not_told_as_if_it_had(console, visit):
    console.begin()
    page = visit().page
    drawn = datetime.now(UTC) + timedelta(minutes=10)
    draw = {"experiment": "experiments/factory-fail.yaml", "fault": "fail", "starts_at": drawn, "matches": True}
    console.tell("revealed", **draw)
    wait_for_text(page, ".outcome", "It is factory-fail")
    console.tell("ended", verdict="aborted")
    console.stand(state="ended")
    wait_for_text(page, ".outcome", f"drawn for {drawn:%H:%M:%S}; it never came to that.")
    page.locator(".seal summary").click()
    assert "it never came to that" in seen(page, ".seal")


def test_a_drill_came_to_its_draw_where_the_fault_was_seen_or_a_placebos_time_came(console, visit):
    page = visit().page

    def told(fault, start_ms, end_ms, *instants):
        """What the page says of a draw for `start_ms`, of a drill that ended at `end_ms`."""
        return page.evaluate(
            """async ([fault, startMs, endedMs, instants]) => {
              const { drawText } = await import("/static/js/draw.js");
              const board = { ended: {}, endedMs, instants: new Map(instants.map((name) => [name, {}])), moments: [] };
              return drawText({ experiment: "it.yaml", fault, starts_at: new Date(startMs).toISOString() }, board);
            }""",
            [fault, start_ms, end_ms, instants],
        )

    broken = "the factory answers every order with an error"
    assert told("fail", 5000, 9000, "fault_start") == f"It was it: {broken}, asked for at 00:00:05."
    never = "drawn for 00:00:05; it never came to that."
    assert told("fail", 5000, 4000, "first_impact") == f"It was to be it: {broken}, {never}"
    placebo = "nothing breaks, it is a placebo"
    assert told("none", 5000, 9000) == f"It was it: {placebo}, asked for at 00:00:05."
    assert told("none", 5000, 4000) == f"It was to be it: {placebo}, {never}"


def test_a_cure_that_is_none_is_answered_and_can_be_struck_out_there(console, visit):
    under_way(console)
    ana, ben = visit("Ana", reduced_motion="reduce").page, visit("Ben").page  # no colour on its way to another
    wait_for_text(ana, ".state", "under way")
    console.purchases(good=0)
    console.word = "the factory says that its chaos is still on"
    ana.keyboard.press("4")
    wait_for_text(ana, ".said", "is sent, but the factory says that its chaos is still on. Not cured?")
    for page, more in ((ana, "purchases still fail. Not cured?"), (ben, "purchases still fail.")):
        wait_for_text(page, ".tile[data-mark=mitigated][data-marked=doubted] .more", more)
    assert ana.evaluate(POOR_CONTRASTS) == []
    ana.locator(".answers").get_by_role("button", name="Strike it out").click()
    ana.get_by_label("Why").fill("too early")
    ana.get_by_role("dialog").get_by_role("button", name="Strike it out").click()
    wait_for_text(ben, ".timeline .struck", "too early")
    wait_for(ana, "() => document.querySelector('.said').textContent === ''")
    assert tile(ana, "Cured").get_attribute("data-marked") == "false"


def test_a_cure_turns_green_once_purchases_are_good(console, visit):
    under_way(console)
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.word = "purchases still fail: 0 of 15 in the last 3 s were good"
    page.keyboard.press("4")
    page.locator(".tile[data-mark=mitigated][data-marked=doubted]").wait_for()
    console.purchases(good=1000, purchases=1000)
    page.locator(".tile[data-mark=mitigated][data-marked=true]").wait_for()
    wait_for(page, "() => document.querySelector('.said').textContent === ''")


def test_a_cure_that_is_one_is_confirmed(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.purchases(good=10)
    console.word = "every purchase of the last 3 s was good (15)"
    page.keyboard.press("4")
    wait_for_text(page, ".said", "sent. Every purchase of the last 3 s was good (15).")
    assert page.locator(".last").get_attribute("data-tone") == "good"


def test_who_said_beforehand_who_they_are_marks_on_the_spot(console, visit):
    console.begin()
    page = visit(name=None).page
    page.locator(".naming").get_by_role("button", name="Ben").click()
    page.locator(".naming").wait_for(state="hidden")
    page.get_by_role("button", name="Saw it").click()
    wait_for_text(page, ".tile .first", "Ben")
    assert "at" not in console.asked[0][1]


def test_a_name_that_is_typed_is_taken_with_the_press(console, visit):
    console.begin()
    page = visit(name=None).page
    page.get_by_label("Who are you?").fill("Cleo")
    page.get_by_role("button", name="Saw it").click()
    wait_for_text(page, ".tile .first", "Cleo")
    wait_for_text(page, ".person", "You are Cleo")


def test_a_press_without_a_name_is_made_when_the_name_is_confirmed(console, visit):
    console.begin()
    page = visit(name=None).page
    page.get_by_role("button", name="Saw it").click()
    assert "“Saw it” will be noted when you confirm." in seen(page, "dialog")
    page.keyboard.press("Escape")
    wait_for_text(page, ".said", "“Saw it” was not noted")
    page.wait_for_timeout(1600)  # a second press so soon would be a finger's slip
    page.get_by_role("button", name="Saw it").click()
    page.wait_for_timeout(1200)
    page.get_by_label("Your name").fill("Cleo")
    page.keyboard.press("Enter")
    wait_for_text(page, ".tile .first", "Cleo")
    assert [body for _, body in console.asked] == [{"mark": "noticed", "by": "Cleo", "text": ""}]
    assert "entered later" not in seen(page, ".timeline")


def test_an_answer_stands_in_sight_on_a_phone_and_can_be_closed(console, visit):
    under_way(console)
    page = visit(width=360, height=740, has_touch=True).page
    wait_for_text(page, ".state", "under way")
    console.cut()
    wait_for_text(page, ".connection", "reconnecting")
    page.get_by_role("button", name="Saw it").click()
    wait_for_text(page, ".said", "is kept")
    box = page.locator(".last").bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 740
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Close").click()
    assert seen(page, ".said") == ""


def test_what_comes_late_stands_where_it_happened(console, visit):
    impact = under_way(console)
    page = visit().page
    wait_for_text(page, ".timeline ol", "Have it: Ben")
    console.mark("noticed", "Cleo", impact - timedelta(seconds=0.4), entered=datetime.now(UTC))
    console.mark("diagnosed", "Ana", impact + timedelta(seconds=20), entered=datetime.now(UTC))
    console.entry("noted late", impact + timedelta(seconds=30))
    wait_for_text(page, ".timeline ol", "Noted late")
    lines = [line.split(",")[0] for line in page.locator(".timeline .text").all_inner_texts()]
    assert [line.split(" (")[0] for line in lines] == [
        "Saw it: Cleo",
        "First impact: a diner's purchase went wrong",
        "Alert failed-purchases",
        "Know why: Ana",
        "Alert failed-purchases",
        "Noted late",
        "Saw it: Ben",
        "Have it: Ben",
    ]
    assert "Saw it: Cleo, right before the impact, entered later" in seen(page, ".timeline")
    assert "Cleo, before impact" in tile(page, "Saw it").inner_text()
    assert MINUS not in page.locator("body").inner_text()


def test_names_beside_a_button_can_be_read(console, visit):
    impact = under_way(console)
    console.mark("noticed", "Bob", impact + timedelta(seconds=60))
    console.mark("acknowledged", "Bartholomew", impact - timedelta(seconds=60))
    console.mark("noticed", "Ana", impact + timedelta(seconds=70))
    page = visit("Ana").page
    wait_for_text(page, ".tile .more", "then Bob +1:00")
    for width in (360, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT_SHORT) == []
