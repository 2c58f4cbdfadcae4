"""What people said of the cure, beside what proves it."""

from chaos_pizza.model.interval import Interval
from chaos_pizza.model.result import DrillResult, InstantName
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import bounds, day_of, moment


def describe_claim(result: DrillResult) -> list[str]:
    """Return when somebody said that it was cured, and how far that was from the proof; empty where nobody did."""
    instants = result.timeline.instants
    claim, proof = instants.get(InstantName.MITIGATION_CLAIMED), instants.get(InstantName.MITIGATED)
    if claim is None:
        return []
    at = moment(claim.when, day_of(result.started_at), preposition="at")
    said = f"It was said to be cured {at} UTC; source: {plain(claim.source)}."
    if proof is None:
        return [said, "Nothing confirmed that."]
    if claim.when.latest < proof.when.earliest:
        return [said, f"The fault was still on then, for another {_gap(claim.when, proof.when)}."]
    if claim.when.earliest <= proof.when.latest:
        return [said, "That was when it ended, as exactly as that is known."]
    return [said, f"By then the fault had been off for {_gap(proof.when, claim.when)}."]


def _gap(first: Interval, second: Interval) -> str:
    least, most = second.earliest - first.latest, second.latest - first.earliest
    return bounds(least.total_seconds(), most.total_seconds())
