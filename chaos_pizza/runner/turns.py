"""An experiment's turn in a run of CI, from its file and from the folder that its drill left."""

from dataclasses import replace
from pathlib import Path

from chaos_pizza.ci.lines import lines_of
from chaos_pizza.ci.turn import Turn, witnessed_by
from chaos_pizza.drill.observations import gather
from chaos_pizza.errors import JournalError
from chaos_pizza.folder import REPORT_NAME, judge_folder


def planned_turn(file: Path, slug: str | None = None, shown: str | None = None) -> Turn:
    """Return the turn of an experiment that has not begun; `shown` is the file's name for others, if not as it is."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    return Turn(shown or str(file), slug, lines=lines_of(text))


def held_turn(turn: Turn, folder: Path | None, exit_code: int, complaint: str | None = None) -> Turn:
    """Return a turn whose drill has ended, judged from the folder that it left, `None` where it left none."""
    turn = replace(turn, exit_code=exit_code, complaint=complaint)
    if folder is None:
        return turn
    try:
        result, contents = judge_folder(folder)
        witnessed = witnessed_by(gather(contents.records))
    except JournalError as error:
        return replace(turn, complaint=complaint or str(error))
    report = folder / REPORT_NAME
    return replace(turn, result=result, witnessed=witnessed, report=str(report) if report.is_file() else None)
