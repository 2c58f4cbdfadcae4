"""The runbook walked through: each kind of fault is found, named and ended, and hostile answers lead nowhere."""

import asyncio
import json
import re
from datetime import timedelta

import httpx
import pytest
from odd_shop import OddShop

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.console.runbook_walk import WalkSettings, walk_runbook
from chaos_pizza.inbox import messages_in, open_message
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.live.drill_post import DrillPost
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind, RunbookStep
from chaos_pizza.model.response_event import CureAttempted, Marked, ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Secret
from chaos_pizza.sandbox.embedded import SandboxThread
from chaos_pizza.sandbox.settings import SandboxSettings

QUICK = WalkSettings(looks=4, tries=2, between_s=0.01, wanted=3, wanted_of_shop_chaos=6, news_s=0.25, stalled_s=0.5)
UNMASKED_LINK = re.compile(r"/api/support/(?!\*\*\*/report/\*\*\*)")


@pytest.fixture(scope="module")
def shared_sandbox():
    with SandboxThread(SandboxSettings(stall_s=0.8)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox):
    """A sandbox that is calm at first, and again once the test is over."""
    yield shared_sandbox
    named = shared_sandbox.environment
    url, key = f"{named['PIZZA_FACTORY_URL']}/api/admin/vendor", named["PIZZA_FACTORY_ADMIN_KEY"]
    body = {"id": named["PIZZA_VENDOR_ID"], "deleteType": "chaos"}
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.request("DELETE", url, json=body, headers=headers, trust_env=False).status_code == 204
    switch_the_shops_chaos(shared_sandbox, on=False)


def last_end(sandbox):
    return sandbox.truth[-1].ended_how


def target_of(sandbox, **changes):
    fields = Target.of_environment("sandbox", sandbox.environment).to_fields()
    return Target.of_fields("sandbox", {**fields, **changes})


def break_it(sandbox, kind):
    url = f"{sandbox.environment['PIZZA_FACTORY_URL']}/api/vendor/chaos/{kind}"
    key = {"Authorization": f"Bearer {sandbox.environment['PIZZA_VENDOR_KEY']}"}
    assert httpx.put(url, headers=key, trust_env=False).status_code == 200


def switch_the_shops_chaos(sandbox, *, on):
    shop, named = sandbox.environment["PIZZA_SHOP_URL"], sandbox.environment
    login = {"email": named["PIZZA_ADMIN_EMAIL"], "password": named["PIZZA_ADMIN_PASSWORD"]}
    token = httpx.put(f"{shop}/api/auth", json=login, trust_env=False).json()["token"]
    url, key = f"{shop}/api/order/chaos/{str(on).lower()}", {"Authorization": f"Bearer {token}"}
    assert httpx.put(url, headers=key, trust_env=False).json() == {"chaos": on}


def walk(target, post=None, may_follow=True, settings=QUICK):
    told = []
    is_well = walk_runbook(target, post or DrillPost(None), "Ann", told.append, lambda: may_follow, settings)
    return is_well, "\n".join(told)


@pytest.fixture
def under_way(tmp_path, sandbox):
    """The folder of a drill whose journal somebody writes, and whose inbox nobody empties."""
    urls = (sandbox.environment["PIZZA_SHOP_URL"], sandbox.environment["PIZZA_FACTORY_URL"])
    writer = JournalWriter(tmp_path, AnchoredClock())
    writer.record(DrillStarted("d1", "e.yaml", "E", "env", *urls, DrillSettings(FaultKind.FAIL), "0", "0"))
    yield tmp_path
    writer.close()


def sent_to(folder):
    return [open_message(message) for message in messages_in(folder, 1000)]


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
def test_each_chaos_of_the_factorys_is_named_ended_and_verified(sandbox, kind):
    break_it(sandbox, kind)
    is_well, told = walk(target_of(sandbox))
    assert is_well
    assert f"(kind: {kind})" in told
    assert "3 pizzas bought in a row, and all of them verify: it is cured." in told
    assert last_end(sandbox) == "link"
    (took,) = [line for line in told.splitlines() if line.startswith("Took: ")]
    for step in ("take it", "buy a pizza", "read the answer", "follow the link", "verify"):
        assert re.search(rf"{step} \d+\.\d+ s", took)


def test_while_a_throttled_purchase_is_waited_for_it_says_so_and_does_not_give_up(sandbox):
    break_it(sandbox, "throttle")
    _, told = walk(target_of(sandbox))
    assert "still waiting for the answer" in told
    assert re.search(r"a good pizza with status 200 after \d+\.\d s; the answer holds a link", told)


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
def test_neither_key_nor_link_is_shown_or_recorded(sandbox, under_way, kind):
    break_it(sandbox, kind)
    is_well, told = walk(target_of(sandbox), DrillPost(under_way))
    assert is_well
    sent = "".join(message.read_text() for message in messages_in(under_way, 1000))
    assert "/api/support/***/report/***" in told
    for text in (told, sent):
        assert not UNMASKED_LINK.search(text)
        assert sandbox.environment["PIZZA_VENDOR_KEY"] not in text
        assert sandbox.environment["PIZZA_DINER_PASSWORD"] not in text
    assert "api/support" not in sent


def test_a_diner_needs_no_key_of_the_vendors(sandbox):
    break_it(sandbox, "fail")
    urls = (sandbox.environment["PIZZA_SHOP_URL"], sandbox.environment["PIZZA_FACTORY_URL"])
    is_well, _ = walk(Target("bare", *urls, Secret("")))
    assert is_well


def test_the_shops_own_chaos_is_switched_off_by_its_admin(sandbox):
    switch_the_shops_chaos(sandbox, on=True)
    patient = WalkSettings(looks=40, wanted_of_shop_chaos=20, between_s=0.01)
    is_well, told = walk(target_of(sandbox), settings=patient)
    assert is_well
    assert "Switch the shop's chaos off" in told
    assert "20 pizzas bought in a row" in told


def test_the_shops_own_chaos_without_its_admin_is_not_cured_and_says_what_is_missing(sandbox):
    switch_the_shops_chaos(sandbox, on=True)
    target = target_of(sandbox, admin_email="", admin_password="")
    is_well, told = walk(target, settings=WalkSettings(looks=40, between_s=0.01))
    assert not is_well
    assert "set PIZZA_ADMIN_EMAIL and PIZZA_ADMIN_PASSWORD" in told
    assert "NOT CURED" in told


def test_where_purchases_are_good_it_says_so_and_stops(sandbox, under_way):
    is_well, told = walk(target_of(sandbox), DrillPost(under_way))
    assert is_well
    assert "4 pizzas bought in a row, and all of them verify: nothing is wrong here." in told
    assert "Follow the link" not in told
    marks = [event.mark for event in sent_to(under_way) if isinstance(event, Marked)]
    assert marks == [MarkKind.NOTE]


def test_a_purchase_that_was_the_responders_own_mistake_is_no_incident_that_somebody_takes(under_way):
    with OddShop(401, {"message": "unauthorized"}) as odd:
        walk(odd.target, DrillPost(under_way))
    assert [event.mark for event in sent_to(under_way) if isinstance(event, Marked)] == []


def test_who_says_no_changes_nothing(sandbox):
    break_it(sandbox, "fail")
    is_well, told = walk(target_of(sandbox), may_follow=False)
    assert not is_well
    assert "Nothing was followed, so nothing has changed." in told
    assert last_end(sandbox) is None


def test_where_somebody_was_quicker_it_says_so_and_verifies_all_the_same(sandbox):
    break_it(sandbox, "fail")

    def meanwhile():
        assert walk(target_of(sandbox))[0]
        return True

    told = []
    assert walk_runbook(target_of(sandbox), DrillPost(None), "Bob", told.append, meanwhile, QUICK)
    assert "   The factory says that there is no chaos any more: somebody was quicker." in told
    assert "   3 pizzas bought in a row, and all of them verify: it is cured." in told


def test_a_link_that_is_an_old_one_by_now_is_had_anew(sandbox):
    break_it(sandbox, "fail")
    asked = []

    def meanwhile():
        if not asked:
            break_it(sandbox, "badjwt")
        asked.append(True)
        return True

    told = []
    assert walk_runbook(target_of(sandbox), DrillPost(None), "Ann", told.append, meanwhile, QUICK)
    text = "\n".join(told)
    assert "does not take this link (any more)" in text
    assert "2. Buy a pizza once more" in text
    assert text.index("(kind: fail)") < text.index("(kind: badjwt)") < text.index("it is cured")
    assert len(asked) == 2


def test_what_comes_back_again_and_again_ends_after_three_rounds(sandbox):
    def always_again():
        break_it(sandbox, "fail")
        return True

    break_it(sandbox, "fail")
    told = []
    assert not walk_runbook(target_of(sandbox), DrillPost(None), "Ann", told.append, always_again, QUICK)
    assert sum(line.startswith("4. ") for line in told) == 3
    assert any(line.startswith("NOT CURED.") for line in told)


def test_a_drill_under_way_is_told_everything_in_its_order(sandbox, under_way):
    break_it(sandbox, "fail")
    before = AnchoredClock().now()
    walk(target_of(sandbox), DrillPost(under_way))
    events = sent_to(under_way)
    marks = [(event.mark, event.by) for event in events if isinstance(event, Marked)]
    assert marks == [(kind, "Ann") for kind in (MarkKind.ACKNOWLEDGED, MarkKind.DIAGNOSED, MarkKind.MITIGATED)]
    steps = [event.step for event in events if isinstance(event, ResponderStep) and event.step]
    assert steps == [RunbookStep.TAKE_IT, RunbookStep.BUY_A_PIZZA, RunbookStep.READ_THE_ANSWER, RunbookStep.VERIFY]
    # It has it once it has seen it, not sooner: before that it only looks.
    taken = next(event for event in events if isinstance(event, Marked))
    began, bought = (event for event in events if getattr(event, "step", None) in steps[:2])
    assert (began.text, taken.at) == ("Ann began to walk through it", taken.entered_at)
    assert began.at < taken.at < bought.at
    assert taken.text.startswith("bought a pizza: failed with status 500")
    (cure,) = [event for event in events if isinstance(event, CureAttempted)]
    assert (cure.by, cure.means, cure.answer) == (Actor.RUNBOOK, CureMeans.LINK, CureAnswer.RESOLVED)
    assert before <= cure.sent_at <= cure.received_at
    ended_at = sandbox.truth[-1].ended_at
    # The sandbox cuts off what is less than a millisecond.
    assert cure.sent_at - timedelta(milliseconds=1) <= ended_at <= cure.received_at


def test_that_a_drill_takes_nothing_up_keeps_nobody_from_the_cure(sandbox, under_way):
    break_it(sandbox, "fail")
    post = DrillPost(under_way)
    assert walk(target_of(sandbox), post)[0]
    (trouble,) = post.troubles(0.0)
    assert "which has not taken them up" in trouble


def test_that_nothing_can_be_sent_to_the_drill_keeps_nobody_from_the_cure(sandbox, under_way):
    (under_way / "inbox").write_text("no folder")
    break_it(sandbox, "fail")
    post = DrillPost(under_way)
    assert walk(target_of(sandbox), post)[0]
    (trouble,) = post.troubles(0.0)
    assert "can't be written" in trouble


def test_a_link_that_leads_elsewhere_is_followed_on_the_configured_factory_alone():
    with OddShop(200, {}) as elsewhere:
        link = f"{elsewhere.url}/api/support/k/report/c"
        body = {"message": "Failed to fulfill order at factory", "followLinkToEndChaos": link}
        with OddShop(500, body) as odd:
            is_well, told = walk(odd.target)
    assert elsewhere.seen == []
    assert "/api/support/k/report/c" in odd.seen
    assert not is_well
    assert "does not take this link" in told
    assert elsewhere.url not in told


@pytest.mark.parametrize(
    ("link"),
    [
        "http://127.0.0.1/api/vendor/chaos/fail",
        "/api/support/../admin/report/x",
        "/api/support/k/report/c/../../../../vendor",
        "javascript:alert(1)",
        "x" * 5000,
        {"a": 1},
    ],
)
def test_what_has_not_the_very_form_of_the_factorys_link_is_not_followed(link):
    with OddShop(500, {"message": "Failed to fulfill order at factory", "followLinkToEndChaos": link}) as odd:
        is_well, told = walk(odd.target)
    assert not is_well
    assert not [path for path in odd.seen if path.startswith(("/api/support", "/api/vendor", "/api/admin"))]
    assert "The factory refused the order at once and sent no link" in told


@pytest.mark.parametrize(
    ("status", "body", "content_type", "meaning"),
    [
        (500, b"<html><script>alert(1)</script>", "text/html", "The shop itself answers with an error"),
        (200, b"<html>" + b"x" * 3_000_000, "text/html", "The shop itself answers with an error"),
        (200, b"<html>fine</html>", "text/html", "The pizza does not verify, and there is no link"),
        (200, {"jwt": "dead" + "x" * 200_000}, "application/json", "The pizza does not verify, and there is no link"),
        (500, b"[" * 100_000, "application/json", "The shop itself answers with an error"),
        (401, {"message": "unauthorized"}, "application/json", "The shop rejected this very purchase"),
        (500, {"message": "fetch failed"}, "application/json", "The factory is down or out of reach"),
    ],
)
def test_an_answer_that_is_no_pizza_is_read_bounded_and_ends_in_words(status, body, content_type, meaning):
    with OddShop(status, body, content_type) as odd:
        is_well, told = walk(odd.target)
    assert not is_well
    assert meaning in told
    assert "NOT CURED" in told
    assert len(told) < 5_000
    assert "<script>" not in told


def test_a_message_of_the_shops_can_neither_steer_the_terminal_nor_give_a_secret_away():
    message = "\x1b[31mred\u202e see https://f/api/support/THE-KEY/report/THE-CODE\nnew line"
    with OddShop(500, {"message": message}) as odd:
        _, told = walk(odd.target)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "THE-KEY" not in told
    assert "red" in told


def test_a_full_oven_is_told_from_a_refusal_by_how_long_it_took(sandbox):
    refusal = {"message": "Failed to fulfill order at factory"}
    with OddShop(500, refusal) as odd:
        _, told = walk(odd.target, settings=WalkSettings(tries=1, stalled_s=0.0))
    assert "its oven is full" in told


def test_a_shop_or_a_factory_out_of_reach_ends_in_words_and_not_in_an_error(sandbox):
    for field in ("shop_url", "factory_url"):
        is_well, told = walk(target_of(sandbox, **{field: "http://127.0.0.1:9"}))
        assert not is_well
        assert "can't be reached" in told
        assert "NOT CURED" in told


def test_an_interrupt_while_it_waits_ends_it_and_says_what_was_done(sandbox):
    break_it(sandbox, "throttle")
    told = []

    def interrupted(line):
        told.append(line)
        if "still waiting" in line:
            raise KeyboardInterrupt

    post = DrillPost(None)
    assert walk_runbook(target_of(sandbox), post, "Ann", interrupted, lambda: True, QUICK) is False
    assert told[-1] == "Stopped. Nothing was changed."
    assert last_end(sandbox) is None


def test_an_interrupt_after_the_cure_says_that_it_may_have_been_sent(sandbox):
    break_it(sandbox, "fail")
    told = []

    def interrupted(line):
        told.append(line)
        if line.startswith("5. "):
            raise KeyboardInterrupt

    assert walk_runbook(target_of(sandbox), DrillPost(None), "Ann", interrupted, lambda: True, QUICK) is False
    assert told[-1] == "Stopped. The cure may have been sent: run it again to see."


def test_it_leaves_no_loop_behind_in_its_thread(sandbox):
    walk(target_of(sandbox))
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()


def test_a_message_on_the_disk_is_plain_json(sandbox, under_way):
    walk(target_of(sandbox), DrillPost(under_way))
    for message in messages_in(under_way, 10):
        assert json.loads(message.read_text())["type"] in {"marked", "responder_step"}
