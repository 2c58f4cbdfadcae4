"""The retrospective as a page of Markdown."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from chaos_pizza.report.chart import Chart
from chaos_pizza.report.escape import plain
from chaos_pizza.report.markdown_templates import markdown_templates
from chaos_pizza.report.phrasing import counted, day_of
from chaos_pizza.retro.answer import IMPROVED, NO_ALERT_CATCHES, OVERDUE
from chaos_pizza.retro.comparison_sentences import describe_comparison
from chaos_pizza.retro.experiments import Experiment, LeftOut
from chaos_pizza.retro.group_sentences import describe_group, median_rows
from chaos_pizza.retro.pictures import Illustrated
from chaos_pizza.retro.retrospective import Retrospective
from chaos_pizza.retro.scope_sentences import describe_scope
from chaos_pizza.retro.tables import MOST_DRILLS, MOST_ITEMS, drill_link, drill_rows, item_rows, rule_rows
from chaos_pizza.retro.wording import announced_words, name_of

MOST_SENTENCES = 8
"""Of each part of the answer."""
MOST_LEFT_OUT = 30
_SENTENCE_CHARS = 1000
_NO_LINKS: Mapping[str, str] = MappingProxyType({})
_TEMPLATES = markdown_templates("chaos_pizza.retro")


def to_markdown(
    retrospective: Retrospective, illustrated: Sequence[Illustrated], links: Mapping[str, str] = _NO_LINKS
) -> str:
    """Return the retrospective as Markdown, which ends with a newline.

    `illustrated` are the experiments that are shown in full; their pictures lie beside the file. `links` are where
    the reports of drills lie, seen from there, by the drills' ids. Texts from outside can't add markup.
    """
    answer = retrospective.answer
    shown = {each.figures.experiment.name for each in illustrated}
    parts = ((IMPROVED, answer.improved), (NO_ALERT_CATCHES, answer.uncaught), (OVERDUE, answer.overdue))
    return _TEMPLATES.get_template("retro.md.j2").render(
        today=retrospective.today,
        scope=list(map(_plain, describe_scope(retrospective))),
        left_out=[_left_out(each, links) for each in retrospective.left_out[-MOST_LEFT_OUT:]],
        left_out_more=max(0, len(retrospective.left_out) - MOST_LEFT_OUT),
        answer=[(title, *_bounded(sentences)) for title, sentences in parts],
        experiments=[_experiment(each, links) for each in illustrated],
        others=_others(retrospective, shown),
        items=item_rows(retrospective.standings),
        items_more=max(0, len(retrospective.standings) - MOST_ITEMS),
        tests=retrospective.tests,
    )


def _plain(sentence: str) -> str:
    return plain(sentence, _SENTENCE_CHARS)


def _bounded(sentences: Sequence[str]) -> tuple[list[str], int]:
    return [_plain(sentence) for sentence in sentences[:MOST_SENTENCES]], max(0, len(sentences) - MOST_SENTENCES)


def _left_out(left_out: LeftOut, links: Mapping[str, str]) -> str:
    return f"{drill_link(left_out.drill, links)}: {plain(left_out.reason)}"


def _experiment(illustrated: Illustrated, links: Mapping[str, str]) -> dict[str, Any]:
    figures = illustrated.figures
    experiment = figures.experiment
    drills = (*experiment.drills, *experiment.incidents)
    return {
        "name": plain(name_of(experiment.name)) if experiment.name else "Incidents that are like no experiment",
        "counts": _counts(experiment),
        "pictures": [_picture(chart) for chart in illustrated.charts],
        "groups": [
            {
                "title": announced_words(group.group.announced).capitalize(),
                "count": counted(len(group.group.drills), "drill"),
                "medians": [] if experiment.is_placebo else median_rows(group),
                "sentences": [
                    _plain(sentence)
                    for sentence in describe_group(
                        group, is_placebo=experiment.is_placebo, asks_unfelt=experiment.was_unfelt
                    )
                ],
            }
            for group in figures.groups
        ],
        "comparisons": [_plain(describe_comparison(each)) for each in figures.comparisons],
        "rules": rule_rows(figures.rules),
        "drills": drill_rows(drills, links),
        "more": max(0, len(drills) - MOST_DRILLS),
    }


def _counts(experiment: Experiment) -> str:
    held = [counted(len(experiment.drills), "drill")] if experiment.drills else []
    return " and ".join([*held, *([counted(len(experiment.incidents), "incident")] if experiment.incidents else [])])


def _picture(chart: Chart) -> tuple[str, str, str]:
    """Return a picture's title, text alternative and file."""
    return plain(chart.title), plain(chart.alternative, 2 * _SENTENCE_CHARS), f"{chart.name}.svg"


def _others(retrospective: Retrospective, shown: Collection[str]) -> list[tuple[str, str, str]]:
    """Return name, how many drills and the latest day of the experiments that are not shown in full."""
    others = [each.experiment for each in retrospective.experiments if each.experiment.name not in shown]
    latest = [max(drill.started_at for drill in (*each.drills, *each.incidents)) for each in others]
    rows = [
        (plain(name_of(each.name)), _counts(each), str(day_of(at))) for each, at in zip(others, latest, strict=True)
    ]
    return rows[:MOST_DRILLS]
