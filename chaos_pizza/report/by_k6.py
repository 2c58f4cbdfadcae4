"""What a reader has to know of a drill whose purchases a k6 script made."""

from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import limit


def describe_k6(traffic: TrafficSettings) -> str:
    """Return what made the purchases, and what it can't tell of them."""
    script = plain(traffic.script or "")
    pizza = (
        f"A pizza verifies where the script's own check says so: {plain(traffic.check)}."
        if traffic.check
        else "Whether pizzas verify k6 can't tell, so every one that came counts as right."
    )
    return (
        f"**Traffic.** By the team's own k6 script, {script}, which decides how many purchases there are. k6 does not "
        "say when a purchase was meant to be sent, so each counts from when it was sent: a delay before that is not "
        "seen. It tells of a purchase only once that has ended. Diners and prices are unknown to it, so the revenue "
        f"lost is none of this report's figures. {pizza} "
        f"One that took longer than {limit(traffic.latency_budget_s)} counts as late."
    )
