"""Draw a lot again from the plan and the seed, as anybody can, and tell where a draw departs from that."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.drawing import drawn_experiment, drawn_start, next_opening
from chaos_pizza.gameday.plan import read_plan
from chaos_pizza.model.draw import Draw


def misdrawn(plan_text: str, draw: Draw) -> Iterator[str]:
    """Give, in a few words each, every respect in which a draw is not what its seed gives from this plan.

    The window's opening is taken as the draw has it, for it depends on when somebody drew: only that the window is open
    then is proven. A plan whose digest is not the draw's is all there is to say.
    """
    digest = hashlib.sha256(plan_text.encode()).hexdigest()
    if digest != draw.plan_sha256:
        yield f"the plan in the journal is not the one drawn from: its SHA-256 is {digest}, not {draw.plan_sha256}"
        return
    import yaml  # noqa: PLC0415 - only a blind drill that is over needs it

    try:
        plan = read_plan(yaml.safe_load(plan_text), "the plan in the journal", digest)
        experiment = drawn_experiment(plan, draw.seed)
        opening = next_opening(plan, draw.opens_at)
        starts_at = drawn_start(plan, draw.fault, draw.seed, opening)
    except (UsageError, yaml.YAMLError, ValueError, RecursionError, OverflowError):
        yield "nothing can be drawn again from the plan in the journal"
        return
    if experiment != draw.experiment:
        yield f"the seed draws {experiment} from the plan, not {draw.experiment}"
    if opening.opens_at != draw.opens_at:
        yield f"the plan's window is not open at {_told(draw.opens_at)}"
    elif starts_at != draw.starts_at:
        yield f"the seed draws {_told(starts_at)} for the fault, not {_told(draw.starts_at)}"


def _told(at: datetime | None) -> str:
    return "a time of the factory's own" if at is None else f"{at:%Y-%m-%d %H:%M:%S.%f} UTC"
