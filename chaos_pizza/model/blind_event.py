"""What can be read in the journal of a blind drill, before its end and at it."""

from dataclasses import dataclass

from chaos_pizza.model.draw import Draw


@dataclass(frozen=True, slots=True)
class BlindDrillStarted:
    """The first event of a blind drill: all that may be known of it beforehand.

    `plan` is the name of its game day's plan, `commitment` the SHA-256 (64 hexadecimal digits) that the draw has to
    match once it is revealed. What the drill is, and everything that happens, follows sealed.

    This is the plan's draw number `draw_number` (from 1) by the register of draws, and `unheld_draws` of those before
    came to the end of no drill; `register_flaw` says what is wrong with it, `None` where nothing is. All three
    are `None` in journals of before there was one.
    """

    drill_id: str
    plan: str
    target: str
    shop_url: str
    factory_url: str
    commitment: str
    tool_version: str
    toolkit_version: str
    draw_number: int | None = None
    unheld_draws: int | None = None
    register_flaw: str | None = None


@dataclass(frozen=True, slots=True)
class PlanKept:
    """The plan that was drawn from, letter for letter: from it and the seed anybody draws the same lot again."""

    text: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """An event that may not be read yet; `box` is what it was encrypted to, in base64."""

    box: str


@dataclass(frozen=True, slots=True)
class Filler:
    """Nothing happened. Sealed like everything else, it keeps the number of lines from telling when something did."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """The blind drill is over: its draw, and the `key` (hexadecimal) that opens everything sealed before."""

    draw: Draw
    key: str
