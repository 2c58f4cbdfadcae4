"""The console's page in a real Chromium, on a console that is played: keys, queues, gaps, narrow and dark screens."""

import hashlib
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaos_pizza.report.palette import DARK, LIGHT

sys.path.insert(0, str(Path(__file__).parent))

from browsers import NAMELESS, POOR_CONTRASTS
from played_console import STATIC, iso
from played_drill import WAITING, over, seen, tile, under_way, wait_for, wait_for_text

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> "
    "[click](javascript:alert(1)) **bold** " + "endless" * 40
)
MINUS = "\N{MINUS SIGN}"
AT_LEAST_S = """([where, least_s]) => {
  const figure = /^(\\d+):(\\d\\d)$/.exec(document.querySelector(where).textContent);
  return figure !== null && 60 * Number(figure[1]) + Number(figure[2]) >= least_s;
}"""
NOW_IS = """([figures, aside]) => {
  const texts = (what) => [...document.querySelectorAll(`.now ${what}`)].map((each) => each.innerText);
  return texts(".figure").join() === figures.join() && texts(".aside")[0] === aside;
}"""


# What it shows


def test_before_a_drill_the_page_says_calmly_that_there_is_none(console, visit):
    page = visit().page
    wait_for_text(page, ".connection", "live")
    assert seen(page, ".state") == "no drill yet"
    assert seen(page, ".elapsed .figure") == "no impact seen"
    page.keyboard.press("1")
    wait_for_text(page, ".said", "No drill is under way yet.")
    assert console.asked == []


def test_a_game_day_that_waits_shows_its_window_and_what_it_committed_to(console, visit):
    opens_at = datetime.now(UTC) + timedelta(days=4, hours=3, minutes=30)
    gameday = {**WAITING, "opens_at": iso(opens_at)}
    console.stand(state="waiting", gameday=gameday)
    page = visit().page
    day = f"{opens_at:%a} {opens_at.day} {opens_at:%b}"
    opens = f"which opens at {day}, {opens_at:%H:%M:%S}, in 4 d 3 h"
    wait_for_text(page, ".state", f"waiting for its window, {opens} (14:00-16:00 America/Denver)")
    assert seen(page, "h1") == "Checkout game day"
    assert seen(page, ".seal summary") == "BLIND commitment ababab…abab"
    page.locator(".seal summary").click()
    assert seen(page, ".seal code") == "ab" * 32


def test_a_drill_under_way_stands_there_at_a_glance(console, visit):
    impact = under_way(console)
    page = visit().page
    wait_for(page, AT_LEAST_S, [".elapsed .figure", 95])
    assert f"{impact:%H:%M:%S} UTC" in seen(page, ".elapsed")
    assert seen(page, ".state") == "staging · under way"
    assert seen(page, ".alerts li").split("\n")[0].startswith("firing")
    assert "Ben +0:41" in tile(page, "Saw it").inner_text()
    lines = page.locator(".timeline li").all_inner_texts()
    assert [re.sub(r"\s+", " ", line.split("\n")[-1]) for line in lines] == [
        "First impact: a diner's purchase went wrong (the drill's own purchases)",
        "Alert failed-purchases (Alertmanager) is pending",
        "Alert failed-purchases (Alertmanager) fires",
        "Saw it: Ben",
        "Have it: Ben",
    ]
    assert page.title() == "Impact: Checkout game day"


def test_the_figures_of_now_are_those_of_the_last_five_seconds(console, visit):
    now = datetime.now(UTC)
    console.begin()
    console.purchases(good=0, purchases=40, p95_ms=5000, at=now - timedelta(seconds=9))
    page = visit().page
    wait_for_text(page, ".now", "none in the last 5 s")
    told = datetime.now(UTC)
    console.purchases(good=9, purchases=10, p95_ms=80, at=told)
    console.purchases(good=6, purchases=10, p95_ms=1234, at=told)
    # Looked at in the page itself: it stands there for five seconds only.
    wait_for(page, NOW_IS, [["75 %", "1.2 s"], "of 20 in the last 5 s"])
    wait_for_text(page, ".now", "none in the last 5 s")


def test_the_time_since_impact_ticks_and_stands_still_at_recovery(console, visit):
    console.begin()
    page = visit().page
    impact = datetime.now(UTC) - timedelta(seconds=59)
    console.instant("first_impact", impact)
    wait_for(page, AT_LEAST_S, [".elapsed .figure", 61])
    console.instant("recovered", impact + timedelta(seconds=61.5))
    wait_for_text(page, ".elapsed h2", "From impact to recovery")
    assert seen(page, ".elapsed .figure") == "1:01"
    page.wait_for_timeout(1200)
    assert seen(page, ".elapsed .figure") == "1:01"
    console.instant("first_impact", datetime.now(UTC))
    wait_for_text(page, ".elapsed h2", "Since impact")


def test_alerts_go_from_pending_to_firing_to_resolved(console, visit):
    console.begin()
    page = visit().page
    for state, shown in (("pending", "pending"), ("firing", "firing"), ("inactive", "resolved")):
        console.alert(state)
        wait_for_text(page, ".alerts li", shown)
    console.alert("pending", rule="revenue-down")
    console.alert("inactive", rule="revenue-down")
    wait_for_text(page, ".alerts li + li", "went away")
    assert page.locator(".alerts li").count() == 2


def test_after_the_drill_there_are_verdict_draw_proof_and_report(console, visit):
    under_way(console)
    page = visit().page
    over(console)
    wait_for_text(page, ".outcome", "It matches the commitment")
    assert "the factory answers every order with an error" in seen(page, ".outcome")
    assert "✔ passed" in seen(page, ".top")
    assert page.locator(".outcome a").get_attribute("href") == f"/drills/{console.drill}/report.html"
    page.keyboard.press("4")
    wait_for_text(page, ".said", "The drill is over.")
    assert console.asked == []


def test_a_draw_that_was_changed_is_said_loudly(console, visit):
    under_way(console)
    over(console, matches=False, verdict="invalid")
    page = visit().page
    wait_for_text(page, ".outcome .tone-alarm", "does NOT match the commitment")
    page.locator(".seal summary").click()
    assert "does NOT match" in seen(page, ".seal")


def test_times_are_told_in_utc_and_on_demand_in_the_readers_zone(console, visit):
    impact = under_way(console)
    page = visit(timezone_id="America/Denver").page
    wait_for_text(page, ".elapsed", f"{impact:%H:%M:%S} UTC")
    page.get_by_role("button", name="Times in UTC").click()
    local = impact - timedelta(hours=7)
    assert f"{local:%H:%M:%S} UTC{MINUS}7" in seen(page, ".elapsed")
    assert seen(page, ".timeline time >> nth=0") == f"{local:%H:%M:%S}"
    page.reload()
    wait_for_text(page, ".elapsed", f"UTC{MINUS}7")


# What people do


def test_a_press_is_sent_at_once_confirmed_and_seen_by_others(console, visit):
    console.begin()
    ana, ben = visit("Ana").page, visit("Ben").page
    wait_for_text(ben, ".connection", "live")
    ana.get_by_role("button", name="Saw it").click()
    wait_for_text(ana, ".said", "sent")
    wait_for_text(ben, ".tile .first", "Ana")
    assert console.asked == [("/marks", {"mark": "noticed", "by": "Ana", "text": ""})]
    assert ana.locator(".said").get_attribute("aria-live") == "polite"
    assert ben.get_by_role("button", name="Saw it").get_attribute("aria-describedby") == "who-noticed"


def test_a_finger_that_slips_makes_one_mark(console, visit):
    console.begin()
    page = visit().page
    page.get_by_role("button", name="Saw it").dblclick()
    wait_for_text(page, ".tile .first", "Ana")
    page.wait_for_timeout(300)
    assert len(console.asked) == 1


def test_the_name_is_asked_once_kept_and_changed_at_will(console, visit):
    console.begin()
    page = visit(name=None).page
    page.get_by_role("button", name="Have it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="That's me").click()
    assert "something has to stand here" in seen(page, "dialog .complaint")
    dialog.get_by_role("button", name="Ben", exact=True).click()
    dialog.get_by_role("button", name="That's me").click()
    wait_for_text(page, ".tile[data-mark=acknowledged] .first", "Ben")
    page.get_by_role("button", name="Know why").click()
    wait_for_text(page, ".tile[data-mark=diagnosed] .first", "Ben")
    page.get_by_role("button", name="You are Ben").click()
    page.get_by_label("Your name").fill("Cleo")
    page.keyboard.press("Enter")
    wait_for_text(page, ".person", "You are Cleo")
    page.reload()
    wait_for_text(page, ".person", "You are Cleo")


def test_all_is_done_by_keys_but_not_while_somebody_types(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    for key, kind in zip("1234", ("noticed", "acknowledged", "diagnosed", "mitigated"), strict=True):
        page.keyboard.press(key)
        wait_for_text(page, f".tile[data-mark={kind}] .first", "Ana")
    page.keyboard.press("Control+1")
    page.keyboard.press("n")
    page.keyboard.type("n1234: no 500s any more")
    page.keyboard.press("Enter")
    wait_for_text(page, ".timeline ol", "Ana: n1234: no 500s any more")
    assert page.evaluate("document.querySelector('#note').value") == ""
    assert [body["mark"] for _, body in console.asked] == [
        "noticed",
        "acknowledged",
        "diagnosed",
        "mitigated",
        "note",
    ]


def test_ones_own_mark_can_be_struck_out_with_a_reason_and_nobody_elses(console, visit):
    impact = under_way(console)
    console.mark("noticed", "Ana", impact + timedelta(seconds=60))
    page = visit("Ana").page
    wait_for_text(page, ".tile .more", "then Ana +1:00")
    assert page.get_by_role("button", name=re.compile("^Strike out")).count() == 2  # beside the button, in the timeline
    tile(page, "Saw it").get_by_role("button", name="Strike out mine").click()
    page.get_by_label("Why").fill("that was another alert")
    page.get_by_role("button", name="Strike it out").click()
    wait_for_text(page, ".timeline .struck", "(struck out by Ana: that was another alert)")
    assert "Ana" not in tile(page, "Saw it").inner_text()
    assert page.get_by_role("button", name=re.compile("^Strike out")).count() == 0


def test_a_refusal_says_why_and_keeps_what_was_typed(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.answers.append((400, "a note has at most 500 letters"))
    page.keyboard.press("n")
    page.keyboard.type("it is the factory")
    page.keyboard.press("Enter")
    wait_for_text(page, ".said", "a note has at most 500 letters")
    assert page.locator("#note").input_value() == "it is the factory"
    console.answers.append((409, "nobody can have it before it was seen"))
    page.get_by_role("button", name="Have it").click()
    wait_for_text(page, ".outbox li", "nobody can have it before it was seen")
    assert page.locator("body").inner_text().count("nobody can have it before it was seen") == 1
    page.get_by_role("button", name="Discard").click()
    page.locator(".outbox li").wait_for(state="detached")


def test_too_many_marks_at_once_are_sent_later_all_the_same(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.answers.extend([(429, "too many marks at once; wait a moment")] * 2)
    page.keyboard.press("1")
    wait_for_text(page, ".said", "kept")
    wait_for_text(page, ".tile .first", "Ana")
    assert [body["mark"] for _, body in console.asked] == ["noticed"] * 3


def test_presses_are_kept_while_disconnected_and_sent_with_their_time(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.cut()
    wait_for_text(page, ".connection", "reconnecting since")
    began = datetime.now(UTC)
    page.keyboard.press("1")
    wait_for_text(page, ".said", "is kept and will be sent with its time")
    wait_for_text(page, ".tile .first", "kept, not sent yet")
    page.keyboard.press("n")
    page.keyboard.type("the lift is slow")
    page.keyboard.press("Enter")
    wait_for_text(page, ".outbox", "the lift is slow")
    page.reload()
    page.wait_for_timeout(1600)
    console.mend()
    wait_for_text(page, ".tile .first", "Ana")
    wait_for_text(page, ".timeline ol", "the lift is slow")
    marks = [body for path, body in console.asked if path == "/marks"]
    assert [body["mark"] for body in marks] == ["noticed", "note"]
    assert abs(datetime.fromisoformat(marks[0]["at"]) - began) < timedelta(seconds=1.5)  # it was sent later than that
    page.locator(".outbox li").wait_for(state="detached")


# The stream


def test_nothing_is_missing_after_the_connection_was_cut(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.cut()
    wait_for_text(page, ".connection", "reconnecting since")
    console.mark("noticed", "Ben")
    console.alert("firing")
    console.mend()
    wait_for_text(page, ".connection", "live")
    wait_for_text(page, ".timeline ol", "Saw it: Ben")
    assert page.locator(".timeline li").count() == 2
    assert console.resumed_from[-1] == f"{console.drill}:0"


def test_a_gap_is_noticed_and_filled_from_the_last_whole_line(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.held_back = {1}
    console.mark("noticed", "Ben")
    console.mark("acknowledged", "Ben")
    wait_for_text(page, ".timeline ol", "Have it: Ben")
    assert page.locator(".timeline li").count() == 2
    assert console.resumed_from == [None, f"{console.drill}:0"]


def test_a_gap_in_the_feed_itself_is_told_and_no_reason_to_ask_for_ever(console, visit):
    console.begin()
    page = visit().page
    wait_for_text(page, ".state", "under way")
    console.mark("noticed", "Ben")
    console.lines[-1]["number"] = 3
    console.mark("acknowledged", "Ben")
    console.lines[-1]["number"] = 4
    wait_for_text(page, ".timeline ol", "Have it: Ben")
    wait_for_text(page, ".connection", "2 lines are missing in the feed itself")


def test_another_drill_begins_with_an_empty_board(console, visit):
    under_way(console)
    page = visit().page
    wait_for_text(page, ".timeline ol", "Saw it: Ben")
    console.cut()
    wait_for_text(page, ".connection", "reconnecting since")
    console.lines.clear()
    console.drill = "20261125T160000Z-another"
    console.begin(title="Another game day", blind=False)
    console.mend()
    wait_for_text(page, "h1", "Another game day")
    assert page.locator(".timeline li").count() == 0
    assert page.locator(".seal").is_hidden()


def test_a_day_of_purchases_is_shown_within_moments(console, visit):
    began = datetime.now(UTC) - timedelta(hours=24)
    console.batch = 2000
    console.begin()
    for second in range(24 * 3600):
        console.purchases(good=10, at=began + timedelta(seconds=second))
    for place in range(600):
        console.mark("note", "Ben", began + timedelta(seconds=place), f"note {place}")
    page = visit().page
    wait_for_text(page, ".state", "under way")
    wait_for_text(page, ".timeline", "300 earlier lines are left out here")
    page.get_by_role("button", name="whole drill").click()
    took_ms = page.evaluate(
        """async () => {
          const began = performance.now();
          for (let round = 0; round < 10; round++) await new Promise((resolve) => setTimeout(resolve, 100));
          return performance.now() - began - 1000;
        }"""
    )
    assert took_ms < 20_000, "the page is busy with itself"


# Roles and tokens


def test_a_token_is_taken_from_the_address_and_stands_there_no_longer(console, visit):
    console.open = False
    console.begin()
    page = visit(path="/#token=responder-token").page
    wait_for_text(page, ".state", "under way")
    assert page.url == console.url + "/"
    assert (
        page.evaluate("[localStorage, sessionStorage].some((each) => JSON.stringify(each).includes('token'))") is False
    )
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Your token").wait_for()
    assert page.locator(".body").is_hidden()


def test_without_a_token_there_is_a_form_that_says_what_is_wrong(console, visit):
    console.open = False
    console.begin()
    page = visit().page
    page.get_by_label("Your token").fill("guessed")
    page.keyboard.press("Enter")
    wait_for_text(page, ".sign-in .complaint", "this token is not known here")
    page.get_by_label("Your token").fill("observer-token")
    page.keyboard.press("Enter")
    wait_for_text(page, ".state", "under way")


def test_an_observer_sees_all_and_has_no_buttons(console, visit):
    console.open = False
    under_way(console)
    page = visit(path="/#token=observer-token").page
    wait_for_text(page, ".tile .first", "Ben +0:41")
    assert page.locator(".tile button:visible, .note:visible, .person:visible").count() == 0
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert [path for path, _ in console.asked] == ["/session"]


# The coordinator's page


def test_the_coordinators_deeds_ask_once_more_and_say_what_will_happen(console, visit):
    under_way(console)
    page = visit(path="/coordinator#token=coordinator-token").page
    page.get_by_role("button", name="Stop the drill").click()
    assert "puts everything back" in seen(page, "dialog")
    page.keyboard.press("Escape")
    assert [path for path, _ in console.asked] == ["/session"]
    page.get_by_role("button", name="Stop the drill").click()
    page.get_by_label("Why").fill("a real incident")
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    wait_for_text(page, ".coordinating .told", "puts everything back first")
    console.answers.append((409, "the factory is calm already"))
    page.get_by_role("button", name="Restore calm").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore calm").click()
    wait_for_text(page, "dialog .complaint", "the factory is calm already")
    assert console.asked[1:] == [
        ("/coordinator/stop", {"confirmed": True, "reason": "a real incident"}),
        ("/coordinator/calm", {"confirmed": True}),
    ]


def test_the_coordinator_starts_a_game_day_where_none_is_under_way(console, visit):
    page = visit(path="/coordinator#token=coordinator-token").page
    page.get_by_role("button", name="Start").click()
    assert "The drill begins as the plan says" in seen(page, "dialog")
    console.answers.append((409, "this console was started without --plan, so there is no game day to start"))
    page.get_by_role("button", name="Start it").click()
    wait_for_text(page, "dialog .complaint", "started without --plan")
    page.get_by_role("button", name="Start it").click()
    wait_for_text(page, ".coordinating .told", "It is being started.")
    assert console.asked[1:] == [("/coordinator/start", {"confirmed": True})] * 2
    console.begin()
    wait_for_text(page, ".state", "under way")
    page.get_by_role("button", name="Start").wait_for(state="hidden")


def test_the_draw_is_shown_for_the_passphrase_and_forgotten_on_demand(console, visit):
    under_way(console)
    page = visit(path="/coordinator#token=coordinator-token").page
    page.get_by_role("button", name="Look at the draw").click()
    page.get_by_label("Passphrase").fill("correct horse")
    page.keyboard.press("Enter")
    wait_for_text(page, ".coordinating dl", "factory-fail")
    assert "14:31:07 UTC" in seen(page, ".coordinating dl")
    page.get_by_role("button", name="Hide it again").click()
    assert "factory-fail" not in page.content()
    assert console.asked[-1] == ("/coordinator/draw", {"passphrase": "correct horse"})


def test_the_coordinators_page_wants_the_coordinators_token(console, visit):
    under_way(console)
    page = visit(path="/coordinator").page
    wait_for_text(page, ".sign-in", "It wants the coordinator's token")
    assert page.locator(".coordinating").is_hidden()
    page.get_by_label("Your token").fill("coordinator-token")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop the drill").wait_for()
    assert page.locator(".sign-in").is_hidden()


# How it looks


def test_hostile_text_shows_as_text(console, visit):
    console.begin(title=HOSTILE, target=HOSTILE, responders=[HOSTILE])
    console.alert("firing", rule=HOSTILE)
    console.mark("noticed", HOSTILE)
    console.mark("note", HOSTILE, text=HOSTILE)
    page = visit(name=None, width=360, height=740).page
    wait_for_text(page, ".timeline ol", "<script>document.title='owned'</script>")
    page.get_by_role("button", name="Saw it").click()
    wait_for_text(page, "dialog .choices", "<script>document.title='owned'</script>")
    assert page.locator("body img, body iframe, body script, a[href^=javascript]").count() == 0
    assert page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    "path", ["/#token=responder-token", "/#token=observer-token", "/coordinator#token=coordinator-token"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_and_everything_has_a_name(console, visit, path, scheme):
    under_way(console)
    console.alert("pending", rule="revenue-down")
    console.alert("firing", rule="slow")
    console.alert("inactive", rule="slow")
    visitor = visit(path=path, scheme=scheme, width=360)
    wait_for_text(visitor.page, ".timeline ol", "Saw it")
    for width in (360, 820, 1920):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visitor.page.evaluate(POOR_CONTRASTS) == []
    assert visitor.page.evaluate(NAMELESS) == []
    over(console, matches=False, verdict="calm not restored")
    wait_for_text(visitor.page, ".outcome", "calm not restored")
    assert visitor.page.evaluate(POOR_CONTRASTS) == []


def test_questions_can_be_read_in_the_dark_too(console, visit):
    under_way(console)
    page = visit(path="/coordinator#token=coordinator-token", scheme="dark").page
    page.get_by_role("button", name="Stop the drill").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    wait_for_text(page, "dialog .complaint", "something has to stand here")
    assert page.evaluate(POOR_CONTRASTS) == []


def test_a_screen_reader_finds_one_heading_and_landmarks(console, visit):
    under_way(console)
    page = visit().page
    wait_for_text(page, ".timeline ol", "Saw it")
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("main").count() == 1
    for name in ("The team", "Alerts", "Success and latency", "Timeline", "Time since impact"):
        assert page.get_by_role("region", name=name).count() >= 1
    assert (
        page.get_by_role("img", name=re.compile("Success ratio and p95 latency over the last 10 minutes")).count() == 1
    )
    assert page.get_by_role("timer").count() == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the buttons"
    for _ in range(12):
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_events_come(console, visit, width):
    console.begin()
    page = visit(width=width).page
    wait_for_text(page, ".state", "under way")
    page.wait_for_timeout(700)
    while page.evaluate("window.shifts.splice(0).length"):
        page.wait_for_timeout(700)  # it was still being laid out for the first time
    now = datetime.now(UTC)
    console.purchases(good=0)
    console.instant("first_impact", now)
    console.alert("firing")
    console.mark("noticed", "Ben")
    console.mark("noticed", "Ana")
    console.mark("note", "Ben", text="it is the factory, every order gets a 500")
    wait_for_text(page, ".timeline ol", "it is the factory")
    over(console)
    wait_for_text(page, ".outcome", "It matches the commitment")
    page.wait_for_timeout(700)
    moved = page.evaluate("window.shifts")
    assert sum(each["value"] for each in moved) < 0.01, moved


def test_reduced_motion_is_honoured(console, visit):
    page = visit(reduced_motion="reduce").page
    wait_for_text(page, ".connection", "live")
    console.cut()
    wait_for_text(page, ".connection", "reconnecting")
    moving = "() => [...document.querySelectorAll('*')].some((each) => each.getAnimations().length)"
    assert page.evaluate(moving) is False


# What is shipped


@pytest.mark.parametrize(("colours", "block"), [(LIGHT, 0), (DARK, 1)])
def test_the_pages_colours_are_those_of_the_reports(colours, block):
    text = (STATIC / "css" / "colours.css").read_text(encoding="utf-8").split("@media")[block]
    shown = dict(re.findall(r"--(colour-[a-z-]+): (#[0-9a-f]{6});", text))
    assert len(shown) == 20
    assert shown == {str(name): colours[name] for name in colours if str(name) in shown}


def test_parts_by_others_are_as_they_were_published():
    vendor = STATIC / "vendor"
    told = re.findall(r"^([0-9a-f]{64})  (\S+)$", (vendor / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(told) == 3
    for digest, name in told:
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest
        assert (vendor / name).parent.joinpath("LICENSE").read_text(encoding="utf-8").count("MIT")


def test_the_pages_hold_no_script_and_no_style_of_their_own():
    for name in ("index.html", "coordinator.html"):
        text = (STATIC / name).read_text(encoding="utf-8")
        assert not re.search(r"<style|style=|<script(?![^>]*\bsrc=)|\bon[a-z]+=|javascript:", text)
