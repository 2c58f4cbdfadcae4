"""A drill's verdict in a word, for lists."""

from pathlib import Path

from chaos_pizza.errors import PizzaError
from chaos_pizza.folder import is_sealed_drill, judge_folder


def told_verdict(folder: Path) -> str:
    """Return the verdict on the drill in a folder; why there is none where it is sealed or can't be read."""
    if is_sealed_drill(folder):
        return "sealed until its end"
    try:
        result, _ = judge_folder(folder)
    except PizzaError as error:
        return f"unreadable, since {error}"
    return result.judgement.verdict.value + (" (cut off)" if result.cut_off else "")
