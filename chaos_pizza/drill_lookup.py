"""The drill that somebody means: by its path, its id, `latest`, or the game day that it belongs to."""

from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.journal.file import JOURNAL_NAME

_INCIDENT_NAME = "incident.json"


def find_drill_folder(reports: Path, drill: str) -> Path:
    """Return the folder of a drill, named by its path, its id, or `latest`; of a game day, so named, its newest drill.

    Raises `UsageError` where there is none, or where it is an imported incident, which has no journal.
    """
    if drill == "latest":
        drills = list_drill_folders(reports)
        if not drills:
            raise UsageError(
                f"there is no drill in {reports} yet; hold one with `chaos-pizza drill`, or name the folder of drills "
                "with --reports"
            )
        return drills[-1]
    for folder in (Path(drill), reports / drill):
        if (folder / JOURNAL_NAME).is_file():
            return folder
        if (folder / _INCIDENT_NAME).is_file():
            raise UsageError(
                f"{folder} is an imported incident, no drill: edit its notes.yaml by hand, "
                "then `chaos-pizza history rebuild` takes that over"
            )
    of_gameday = _newest_of_gameday(reports, drill)
    if of_gameday is not None:
        return of_gameday
    raise UsageError(f"there is no drill {drill!r} in {reports}; `chaos-pizza status` lists them")


def _newest_of_gameday(reports: Path, named: str) -> Path | None:
    """Return the folder of the newest drill of a game day, named by its path, its id or its plan's name."""
    # A game day's folder stands on a drill's, and is rarely asked for.
    from chaos_pizza.gameday_folder import find_gameday, list_gamedays, read_gameday  # noqa: PLC0415 - so it is late

    if not list_gamedays(reports):
        return None
    try:
        drills = read_gameday(find_gameday(reports, named)).drills
    except UsageError:
        return None
    return next((reports / drill for drill in reversed(drills) if (reports / drill / JOURNAL_NAME).is_file()), None)
