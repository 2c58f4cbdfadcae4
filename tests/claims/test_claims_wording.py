"""Where an action item stands as people and as machines read it."""

import json

from claimed_drills import BLIND, FIRED, HELD, MOVED, REFUTED, TODAY, UNKNOWN, drill, incident, item, lasted, sight, ttd

from chaos_pizza.claims.document import to_document
from chaos_pizza.claims.standing import standing_of
from chaos_pizza.claims.wording import describe_standing, point_out
from chaos_pizza.model.result import Verdict

CLAIM = "ttd_s(factory-fail) <= 90"
ALERT = "detected_by(factory-fail) = alert"
RULE = "sight[revenue-down](factory-fail) = fired"


def words(*drills, claim=CLAIM):
    (stands,) = standing_of([item(claim)], drills, TODAY)
    return describe_standing(stands)


def test_an_open_item_says_what_it_waits_for():
    assert words() == "open: waits for a drill of factory-fail"
    both = "ttd_s(a) <= 90 and ttd_s(b) <= 90 and ttd_s(c) <= 90"
    assert words(drill(11, HELD, "a"), claim=both) == "open: held so far, and still waits for a drill of b and c"


def test_a_closed_item_says_by_what_and_what_held_it_last():
    assert words(drill(11, HELD)) == "closed by day-11: ttd_s 50.0 s"
    assert words(drill(11, HELD), drill(12, ttd(60))) == (
        "closed by day-11: ttd_s 50.0 s; held last by day-12: ttd_s 60.0 s"
    )


def test_a_reopened_item_says_by_what_and_what_had_closed_it():
    assert words(drill(11, HELD), drill(12, REFUTED)) == "reopened by day-12: ttd_s 100.0 s; day-11 had closed it"


def test_a_refuted_item_says_only_what_refutes_it():
    said = words(drill(11, lasted(100), detected_by=None), claim=f"{CLAIM} and {ALERT}")
    assert said == "refuted so far, by day-11: ttd_s at least 100.0 s"
    assert words(drill(11, HELD, detected_by="mark by ann"), claim=f"{CLAIM} and {ALERT}") == (
        "refuted so far, by day-11: detected by mark by ann"
    )


def test_an_undecided_item_says_why_nobody_can_tell():
    assert words(drill(11, ttd(90, 85, 95))) == "undecided by day-11: ttd_s 90.0 s (85.0 to 95.0 s)"
    assert words(drill(11)) == "undecided by day-11: ttd_s unknown"
    assert words(drill(11, detected_by=None), claim=ALERT) == "undecided by day-11: not detected while it lasted"
    assert words(incident(11, ttd(60, 30, 80))) == "undecided by day-11: ttd_s 60.0 s (30.0 to 80.0 s)"


def test_the_sight_of_a_rule_is_told_in_words():
    def said(*sights):
        return words(drill(11, sights=sights), claim=RULE).partition("day-11: ")[2]

    assert said(sight("revenue-down", FIRED)) == "rule revenue-down fired"
    assert said(sight("revenue-down", BLIND)) == "rule revenue-down is blind to it"
    assert said(sight("revenue-down", MOVED)) == "rule revenue-down came near while the fault lasted, and did not fire"
    assert said(sight("revenue-down", UNKNOWN)) == "the figures of rule revenue-down were not read"
    assert said(sight("a", FIRED), sight("b", BLIND)) == "no rule revenue-down watched, only a, b"
    assert said() == "no rule's sight is known"


def test_counts_ratios_and_verdicts_are_told_with_all_that_matters():
    seen = drill(11, verdict=Verdict.FAILED, success_ratio=0.98996, failed=3, revenue_lost_btc=0.00001)
    assert words(seen, claim="success_ratio(factory-fail) >= 0.99").endswith("success_ratio 0.98996")
    assert words(seen, claim="failed(factory-fail) = 0").endswith("failed 3")
    assert words(seen, claim="revenue_lost_btc(factory-fail) < 0.1").endswith("revenue_lost_btc 0.00001")
    assert words(seen, claim="verdict(factory-fail) = passed").endswith("verdict failed")
    assert words(seen, claim="diners_affected(factory-fail) = 0").endswith("diners_affected unknown")


def test_what_drills_showed_beforehand_is_told_apart():
    assert words(drill(9, REFUTED)) == (
        "open: waits for a drill of factory-fail; day-9 had refuted it beforehand (ttd_s 100.0 s)"
    )
    assert words(drill(9, HELD), drill(11, REFUTED)) == (
        "refuted so far, by day-11: ttd_s 100.0 s; that day-9 had borne it out beforehand (ttd_s 50.0 s) does not count"
    )


def test_what_can_not_be_tested_says_what_is_missing():
    assert words(claim=None) == "not testable: state a claim"
    assert words(claim="ttd(x) <= 9") == (
        "not testable: its claim is not understood "
        "(character 1 of the claim: there is no figure 'ttd'; did you mean ttd_s?)"
    )


def test_an_experiment_that_nobody_knows_is_pointed_out():
    (stands,) = standing_of([item("ttd_s(factory-fial) <= 90 and failed(wobble) = 0")], [], TODAY)
    assert point_out(stands, {"factory-fail", "placebo"}) == [
        "no experiment factory-fial is known here; did you mean factory-fail?",
        "no experiment wobble is known here",
    ]
    assert point_out(stands, {"factory-fial", "wobble"}) == []
    (claimless,) = standing_of([item(None)], [], TODAY)
    assert point_out(claimless, set()) == []


def test_machines_read_the_same():
    drills = [drill(9, HELD), drill(11, HELD), drill(12, REFUTED), drill(13, ttd(90, 85, 95))]
    (stands,) = standing_of([item(due=TODAY)], drills, TODAY)
    document = json.loads(json.dumps(to_document(stands, {"placebo"})))

    def telling(number, ruling, shown):
        return {"drill_id": f"day-{number}", "at": f"2026-03-{1 + number:02d}T09:00:00.000000Z", **ruling, **shown}

    held = ({"ruling": "held"}, {"shown": "ttd_s 50.0 s"})
    refuted = telling(12, {"ruling": "refuted"}, {"shown": "ttd_s 100.0 s"})
    assert document == {
        "drill_id": "day-10",
        "opened_at": "2026-03-11T09:00:00.000000Z",
        "number": 1,
        "text": "Tighten the alert",
        "owner": "Ann",
        "due": "2026-06-01",
        "claim": CLAIM,
        "state": "reopened",
        "is_overdue": False,
        "standing": describe_standing(stands),
        "by": refuted,
        "closed_by": telling(11, *held),
        "last": refuted,
        "earlier": telling(9, *held),
        "held": 1,
        "refuted": 1,
        "undecided": 1,
        "untried": [],
        "pointed_out": ["no experiment factory-fail is known here"],
    }
