"""Those that bought for the drill, where they were others than itself: how exact their times are, and who was lost."""

from collections.abc import Iterator
from datetime import timedelta

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.load_event import LoadRefused, LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.result import Entry
from chaos_pizza.model.traffic_profile import ProfileKind

_SHARES = {2: "half", 3: "a third", 4: "a quarter", 5: "a fifth"}


def purchases_off(observations: Observations) -> timedelta:
    """Return how far the times of purchases may be off, either way, for being told by others' clocks.

    It is what is not known of the worst known of these clocks; nothing where the drill itself bought. What a worker did
    just before its clock was found to stand otherwise was booked by what was believed until then: it is off by the
    difference as well.
    """
    joined = observations.all_of(LoadWorkerJoined)
    believed_s = {worker.worker: worker.offset_s for worker in joined}
    off_s = [worker.uncertainty_s for worker in joined]
    for timed in observations.all_of(LoadWorkerTimed):
        step_s = abs(timed.offset_s - believed_s.get(timed.worker, timed.offset_s))
        off_s.append(step_s + timed.uncertainty_s)
        believed_s[timed.worker] = timed.offset_s
    return timedelta(seconds=max(off_s, default=0.0))


def seen_by_purchases(observations: Observations, when: Interval) -> Interval:
    """Return when something happened that purchases show, by how far their times may be off on either side."""
    off = purchases_off(observations)
    return when.shifted(-off, off)


def load_flaws(observations: Observations) -> Iterator[str]:
    """Yield why a drill proves nothing for want of those who buy; nothing where somebody was left."""
    for lost in observations.all_of(LoadWorkerLost):
        if not lost.workers_left:
            yield f"nobody was left to buy from {lost.at:%H:%M:%S} UTC on: {lost.reason}"


def load_entries(observations: Observations) -> Iterator[Entry]:
    """Yield a line for everybody who joined or was lost, and for what could not be believed."""
    joined = observations.all_of(LoadWorkerJoined)
    if joined:
        off_ms = max(0.1, max(worker.uncertainty_s for worker in joined) * 1000)
        began_at = min(at for at, _ in observations.recorded(LoadWorkerJoined))
        wanted = joined[0].workers
        verb = "begins" if len(joined) == 1 else "begin"
        who = f"{wanted} workers begin" if len(joined) >= wanted else f"{len(joined)} of {wanted} workers {verb}"
        text = (
            f"{who} to buy; their clocks are known to within {off_ms:.1f} ms"
            if wanted > 1
            else f"one worker begins to buy ({joined[0].place}); its clock is known to within {off_ms:.1f} ms"
        )
        yield Entry(Interval.exactly(began_at), text)
    for lost in observations.all_of(LoadWorkerLost):
        text = f"nobody was left to buy: {lost.reason}"
        if lost.workers_left:
            left = "one worker is" if lost.workers_left == 1 else f"{lost.workers_left} workers are"
            workers = joined[-1].workers if joined else lost.worker + lost.workers_left
            cost = _cost(observations, workers)
            text = (
                f"worker {lost.worker} of {workers} was lost: {lost.reason}; {cost} was not made from then on; "
                f"{left} left"
            )
        yield Entry(Interval.exactly(lost.at), text)
    for at, refused in observations.recorded(LoadRefused):
        times = f"{refused.count} messages" if refused.count > 1 else "a message"
        yield Entry(Interval.exactly(at), f"{times} from those who buy not believed: {refused.reason}")


def _cost(observations: Observations, workers: int) -> str:
    """Return what share of the purchases one worker's is, and how many a second where these are always as many."""
    traffic = observations.started.settings.traffic
    share = f"{_SHARES.get(workers, f'1 in {workers}')} of the purchases"
    if traffic.profile.kind is not ProfileKind.CONSTANT:
        return f"{share},"
    return f"{share}, {traffic.rate_per_s / workers:.3g} a second,"
