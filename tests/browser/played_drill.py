"""A drill on a console that is played, and how a test looks at the page that shows it."""

from datetime import UTC, datetime, timedelta

WAITING = {
    "plan": "Checkout game day",
    "window": "14:00-16:00 America/Denver",
    "commitment": "ab" * 32,
    "opens_at": "2026-11-25T21:00:00Z",
}
"""A game day that waits."""


def tile(page, label):
    return page.locator(".tile").filter(has_text=label)


def under_way(console, impact_s=95):
    """A drill under way: good purchases for some minutes, then none, an alert, and two people at it."""
    now = datetime.now(UTC)
    impact = now - timedelta(seconds=impact_s)
    console.begin()
    for half_s in range(2 * (impact_s + 120)):
        at = impact + timedelta(seconds=half_s / 2 - 120)
        console.purchases(good=10 if at < impact else 0, p95_ms=90 + half_s % 7 * 5, at=at)
    console.instant("first_impact", impact)
    console.alert("pending", impact + timedelta(seconds=12))
    console.alert("firing", impact + timedelta(seconds=27))
    console.mark("noticed", "Ben", impact + timedelta(seconds=41))
    console.mark("acknowledged", "Ben", impact + timedelta(seconds=49))
    return impact


def over(console, matches=True, verdict="passed"):
    now = datetime.now(UTC)
    console.instant("recovered", now)
    console.tell("revealed", experiment="experiments/factory-fail.yaml", fault="fail", starts_at=now, matches=matches)
    console.tell("ended", verdict=verdict)
    console.stand(state="ended", report=f"/drills/{console.drill}/report.html")


def wait_for(page, condition, argument=None):
    page.wait_for_function(condition, arg=argument, timeout=60_000)


def wait_for_text(page, selector, text):
    wait_for(page, "([where, what]) => document.querySelector(where)?.textContent.includes(what)", [selector, text])


def seen(page, selector):
    return page.locator(selector).inner_text()
