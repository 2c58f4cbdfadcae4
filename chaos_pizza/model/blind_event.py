"""What can be read in the journal of a blind drill, before its end and at it."""

from dataclasses import dataclass

from chaos_pizza.model.draw import Draw


@dataclass(frozen=True, slots=True)
class BlindDrillStarted:
    """The first event of a blind drill: all that may be known of it beforehand.

    `plan` is the name of its game day's plan, `commitment` the SHA-256 (64 hexadecimal digits) that the draw has to
    match once it is revealed. What the drill is, and everything that happens, follows sealed.
    """

    drill_id: str
    plan: str
    target: str
    shop_url: str
    factory_url: str
    commitment: str
    tool_version: str
    toolkit_version: str


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
