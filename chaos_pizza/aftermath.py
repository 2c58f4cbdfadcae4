"""What follows a drill once its results are written: its row of the history, and the team's tools that are told of it.

None of it is the drill's: what goes wrong here is a complaint, and changes no verdict.
"""

from dataclasses import replace
from pathlib import Path

from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.drill.past import past_drill_of
from chaos_pizza.errors import JournalError
from chaos_pizza.history.keeping import keep_drill
from chaos_pizza.model.result import DrillResult, Judgement, Verdict
from chaos_pizza.publishing.process import publish_after, publish_detached
from chaos_pizza.results import WrittenDrill, alone_with_results, as_it_stands


def conclude(
    written: WrittenDrill, configuration: TeamConfiguration, reports: Path, *, owes_calm: bool = False
) -> list[str]:
    """Keep a drill in the history and tell the team's tools of it; return what did not work, a line each.

    What could not be written is not among it: `written` has that. `owes_calm` says that calm was not seen to be back,
    whatever the journal tells: the tools are told that, then. Takes some seconds at the most, whatever a database or a
    tool does.
    """
    newest, complaints = keep_as_it_stands(written, configuration, reports)
    return [*complaints, *tell_tools_of(newest, configuration, owes_calm=owes_calm)]


def tell_tools_of(written: WrittenDrill, configuration: TeamConfiguration, *, owes_calm: bool = False) -> list[str]:
    """Tell the team's tools of a drill as it was kept, the latter half of `conclude`; return what did not work."""
    result = _to_tell(written, owes_calm=owes_calm)
    return publish_after(configuration, written.folder, result, written.assessment.settings)


def conclude_detached(
    written: WrittenDrill, configuration: TeamConfiguration, reports: Path, *, owes_calm: bool = False
) -> list[str]:
    """Do the same, but wait for no tool: a process of its own tells them, and notes what came of it."""
    newest, complaints = keep_as_it_stands(written, configuration, reports)
    settings = written.assessment.settings
    told = publish_detached(configuration, written.folder, _to_tell(newest, owes_calm=owes_calm), settings)
    return [*complaints, *([told] if told else [])]


def _to_tell(written: WrittenDrill, *, owes_calm: bool) -> DrillResult:
    if not owes_calm:
        return written.result
    reasons = ("calm is not proven: chaos may still be on", *written.result.judgement.reasons)
    return replace(written.result, judgement=Judgement(Verdict.CALM_NOT_RESTORED, reasons))


def keep_in_history(written: WrittenDrill, configuration: TeamConfiguration, reports: Path) -> list[str]:
    """Keep a drill in the history, with its action items as they stand in its notes; return what did not work.

    It is kept as its journal has it by now: what somebody marked since its results were written counts. Where the notes
    can't be read, the items stay those that were kept before.
    """
    return keep_as_it_stands(written, configuration, reports)[1]


def keep_as_it_stands(
    written: WrittenDrill, configuration: TeamConfiguration, reports: Path
) -> tuple[WrittenDrill, list[str]]:
    """Keep a drill as `keep_in_history` does; return it as it was kept, with what did not work."""
    complaints = []
    # Alone, so that nobody who judged it before a mark came keeps it after whoever made that mark.
    with alone_with_results(written.folder):
        try:
            written = as_it_stands(written)
        except JournalError as error:
            complaints.append(f"what was marked since is missing from the history: {error}")
        assessment = written.assessment
        row = past_drill_of(assessment.result, assessment.settings, assessment.tool_version)
        items = written.notes.action_items if written.notes else None
        complaint = keep_drill(configuration.history, reports, row, items)
    return written, [*complaints, *([complaint] if complaint else [])]
