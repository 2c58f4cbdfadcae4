"""A drill's crew takes up what people send, up to the very end."""

import asyncio
from datetime import UTC, datetime

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.inbox import collect_answer, post
from chaos_pizza.live.crew import prepare
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.target import Target


def test_what_was_sent_right_before_the_crew_stops_is_still_taken_up(scene, tmp_path):
    records = []

    def record(event):
        records.append(Recorded(len(records), datetime.now(UTC), event))

    async def work():
        target = Target.of_environment("sandbox", scene.sandbox.environment)
        crew = await prepare(target, DrillSettings(fault=FaultKind.NONE), AnchoredClock())
        failures = []
        await crew.start(record, failures.append, failures.append, tmp_path, 0, records)
        now = datetime.now(UTC)
        # Nothing has a turn between this and the stop.
        message = post(tmp_path, Marked(MarkKind.NOTICED, "Ada", now, now))
        await crew.stop()
        await crew.stop()
        return message, failures

    message, failures = asyncio.run(work())
    marked = next(recorded for recorded in records if isinstance(recorded.event, Marked))
    assert collect_answer(message).number == marked.number
    assert failures == []
