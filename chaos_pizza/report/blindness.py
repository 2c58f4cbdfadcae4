"""The report's section on a blind drill: what was drawn, that nobody changed it afterwards, and how to check that."""

from collections.abc import Iterator
from typing import Any

from chaos_pizza.gameday.commitment import canonical_text, commitment_of
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.result import BlindOutcome
from chaos_pizza.report.escape import plain


def describe_blindness(outcome: BlindOutcome | None) -> list[str]:
    """Return the section's paragraphs, the last of them the commands that check it; empty where it was not blind."""
    if outcome is None:
        return []
    draw = outcome.draw
    was = (
        f"This drill was blind: those who responded knew the plan {plain(outcome.plan)}, not what would break, or when."
    )
    by_hand = "To check it by hand, compare the commitment as you noted it at the start with what these lines print:"
    return [
        f"{was} From its start it told this commitment:",
        f"`{plain(outcome.commitment)}`",
        f"At its end the draw was revealed: {_told(draw)}.",
        _answer(outcome),
        *_draws_before(outcome),
        by_hand,
        _check(draw),
    ]


def blindness_entry(outcome: BlindOutcome | None) -> dict[str, Any] | None:
    """Return it as `drill.json` has it."""
    if outcome is None:
        return None
    return {
        "plan": outcome.plan,
        "commitment": outcome.commitment,
        "draw": to_mapping(outcome.draw),
        "matches": outcome.matches,
        "departures": list(outcome.departures),
        "draw_number": outcome.draw_number,
        "unheld_draws": outcome.unheld_draws,
        "register_flaw": outcome.register_flaw,
    }


def _told(draw: Draw) -> str:
    when = "at a time of the factory's own" if draw.starts_at is None else f"at {draw.starts_at:%Y-%m-%d %H:%M:%S} UTC"
    opened = f"in a window that opened at {draw.opens_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{plain(draw.experiment)} (fault: {draw.fault.value}), {when}, {opened}; seed {draw.seed}"


def _draws_before(outcome: BlindOutcome) -> Iterator[str]:
    """Say how often the lot was drawn before, for whoever draws until it pleases tells nobody of the other draws."""
    number, unheld = outcome.draw_number, outcome.unheld_draws
    if number == 1:
        yield "By the register of draws this was the plan's first."
    elif number is not None and unheld is not None:
        before = number - 1
        of_those = f"of the {before} draws before it {unheld}" if before > 1 else f"of the one draw before it {unheld}"
        held = f"{of_those} {'was' if unheld == 1 else 'were'} never held to the end of a drill"
        yield f"By the register of draws this was the plan's draw number {number}; {f'**{held}**' if unheld else held}."
    if outcome.register_flaw is not None:
        yield f"**The register of draws can't be relied on**: {plain(outcome.register_flaw)}."


def _answer(outcome: BlindOutcome) -> str:
    if outcome.matches:
        return "**They match**: the draw is the one that was committed to, and the drill is the one that was drawn."
    told = "; ".join(plain(departure) for departure in outcome.departures)
    return f"**THEY DO NOT MATCH**, so this drill proves nothing: {told}."


def _check(draw: Draw) -> str:
    script = "import hashlib, sys; print(hashlib.sha256(sys.stdin.read().strip().encode()).hexdigest())"
    return f"```sh\npython3 -c '{script}' <<'END'\n{canonical_text(draw)}\nEND\n# {commitment_of(draw)}\n```"
