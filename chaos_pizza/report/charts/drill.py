"""All pictures of a drill."""

from chaos_pizza.drill.course import PurchaseCourse
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.charts.buckets import Window, whole_of
from chaos_pizza.report.charts.course import course_chart
from chaos_pizza.report.charts.outcomes import outcomes_chart
from chaos_pizza.report.charts.waterfall import waterfall_chart

COURSE, CLOSE_UP = "course", "close-up"
_CLOSE_UP_FROM = 3
"""A drill is shown from nearer too where it is so many times longer than what happened in it."""
_LEAST_MARGIN_S = 5.0


def charts_of(result: DrillResult, settings: DrillSettings, course: PurchaseCourse) -> tuple[Chart, ...]:
    """Return the pictures of a drill, in the order they are to be read.

    `course` and `outcomes` where it made purchases, `close-up` besides where it was much longer than what happened in
    it, `waterfall` where the time to detect is known part by part. A picture that would show nothing is left out.
    """
    charts: list[Chart] = []
    whole = whole_of(course, (result.ended_at - course.began_at).total_seconds())
    if len(course):
        charts.append(course_chart(result, settings, course, whole, name=COURSE, title="The course of the drill"))
        near = _close_up(result, course, whole)
        if near is not None:
            title = "The course of the drill, from the fault's start on"
            charts.append(course_chart(result, settings, course, near, name=CLOSE_UP, title=title))
        charts.append(outcomes_chart(result, settings, course, whole))
    waterfall = waterfall_chart(result.waterfall)
    return (*charts, waterfall) if waterfall else tuple(charts)


def _close_up(result: DrillResult, course: PurchaseCourse, whole: Window) -> Window | None:
    """Return the window around all that happened, where it is much shorter than the drill and has a purchase in it."""
    instants = [each.when for each in result.timeline.instants.values()]
    if not instants:
        return None
    first_s = (min(when.earliest for when in instants) - course.began_at).total_seconds()
    last_s = (max(when.latest for when in instants) - course.began_at).total_seconds()
    margin_s = max(_LEAST_MARGIN_S, 0.2 * (last_s - first_s))
    near = Window(max(whole.from_s, first_s - margin_s), min(whole.until_s, last_s + margin_s))
    is_bought_in = bool(((course.intended_s >= near.from_s) & (course.intended_s <= near.until_s)).any())
    return near if is_bought_in and whole.length_s > _CLOSE_UP_FROM * near.length_s else None
