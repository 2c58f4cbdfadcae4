"""What the report says of the log: whether the failed purchases could have been found there, and how soon."""

from chaos_pizza.model.detection import LogFinding
from chaos_pizza.model.incident import LogSource
from chaos_pizza.report.phrasing import share, span


def describe_logs(finding: LogFinding | None) -> list[str]:
    """Return what is to be said of the log; nothing where nobody searched it."""
    if finding is None:
        return []
    log = "the log file" if finding.source is LogSource.LOG_FILE else f"the log ({finding.source.label})"
    if finding.share_ratio is None:
        return [f"No purchase had failed when {log} was searched, so nothing is known of it."]
    if finding.entries == 0:
        who = "The one failed purchase does not appear"
        if finding.failed != 1:
            who = f"None of the {finding.failed} failed purchases appears"
        return [f"{who} in {log}: whoever looks for the cause there will not find it."]
    # Other customers' failures are in the log as well.
    ratio = share(finding.share_ratio)
    held = ratio if finding.share_ratio == 1 else f"at most {ratio}"
    sooner = finding.first_after_s
    first = f", the first {span(sooner)} after the first failure" if sooner is not None else ""
    return [f"T{log[1:]} holds entries for {held} of the failed purchases{first}."]
