"""What the report says of a cure that somebody claimed, beside the one that is proven."""

from dataclasses import replace

import pytest
from report_examples import at, passed

from chaos_pizza.model.result import Instant, InstantName
from chaos_pizza.report.cure_claim import describe_claim


def described(claim, proof, source="mark by Ada"):
    """Claimed at an instant and proven at another, in seconds since the drill's begin; `None` for never."""
    result = passed()
    instants = {
        InstantName.MITIGATION_CLAIMED: claim and Instant(claim, source),
        InstantName.MITIGATED: proof and Instant(proof, "factory fixDate"),
    }
    known = {name: instant for name, instant in instants.items() if instant}
    return describe_claim(replace(result, timeline=replace(result.timeline, instants=known)))


@pytest.mark.parametrize(
    ("claim", "proof", "told"),
    [
        (at(27), None, "Nothing confirmed that."),
        (at(24), at(27.3), "The fault was still on then, for another 3.30 s."),
        (at(24), at(27, 27.5), "The fault was still on then, for another 3.00 to 3.50 s."),
        (at(27.2), at(27, 27.5), "That was when it ended, as exactly as that is known."),
        (at(28), at(27.3), "By then the fault had been off for 0.70 s."),
        (at(28), at(27, 27.5), "By then the fault had been off for 0.50 to 1.00 s."),
    ],
)
def test_a_claim_is_told_with_how_far_it_was_from_the_proof(claim, proof, told):
    assert described(claim, proof)[1:] == [told]


def test_a_claim_is_told_with_its_time_and_by_whom():
    assert described(at(27), None)[0] == "It was said to be cured at 19:35:07.000 UTC; source: mark by Ada."


def test_nothing_is_told_where_nobody_claimed_anything():
    assert described(None, at(27.3)) == []


def test_a_name_is_harmless_in_the_report():
    assert "<b>" not in described(at(27), None, "mark by <b>Ada</b> [x](http://x)")[0]
