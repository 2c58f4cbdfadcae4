"""A fleet's summary as a page of Markdown."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from chaos_pizza.drill.verdict import beside_verdict
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.sentences import NONE, drilled_words, headlines, methods, ttd_words, ttm_words
from chaos_pizza.fleet.summary import FleetSummary
from chaos_pizza.report.escape import plain
from chaos_pizza.report.markdown_templates import markdown_templates

_SENTENCE_CHARS = 1000
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,400}")
_TEMPLATES = markdown_templates("chaos_pizza.fleet")


def to_markdown(summary: FleetSummary) -> str:
    """Return a fleet's summary as Markdown, which ends with a newline; texts from outside can't add markup.

    It links each shop's report, seen from the fleet's folder.
    """
    facts, ranking = summary.facts, summary.ranking
    rows = (*ranking.detected, *((None, row) for row in (*ranking.undetected, *ranking.without_time)))
    drilled, others = drilled_words(summary)
    return _TEMPLATES.get_template("summary.md.j2").render(
        name=plain(facts.name),
        title=plain(facts.title),
        experiment=plain(facts.experiment),
        drilled=drilled,
        others=others,
        at_a_time=facts.at_a_time,
        began=_moment(facts.began_at),
        ended=_moment(summary.ended_at) if summary.ended_at else None,
        headlines=[plain(sentence, _SENTENCE_CHARS) for sentence in headlines(summary)],
        methods=methods(summary),
        owing=[plain(row.shop) for row in ranking.apart if row.exit_code == 5],
        ranked=[_ranked(rank, row) for rank, row in rows],
        apart=[(_link(row), row.word, _reasons(row.reasons)) for row in ranking.apart],
        complaints=[
            (plain(row.shop), plain(complaint))
            for row in (*ranking.proofs, *ranking.apart)
            for complaint in row.complaints
        ],
    )


def _ranked(rank: int | None, row: ShopRow) -> tuple[str, ...]:
    return (
        NONE if rank is None else str(rank),
        _link(row),
        plain(ttd_words(row)),
        plain(row.detected_by) if row.detected_by else NONE,
        plain(ttm_words(row)),
        row.word,
        _reasons(row.reasons),
    )


def _link(row: ShopRow) -> str:
    name = plain(row.shop)
    return f"[{name}]({row.report})" if row.report and _PATH.fullmatch(row.report) else name


def _reasons(reasons: Sequence[str]) -> str:
    return plain(beside_verdict(reasons[0])) if reasons else NONE


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
