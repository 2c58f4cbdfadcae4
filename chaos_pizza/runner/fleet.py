"""Hold a fleet: the drills of many shops, so many at a time, each a process of its own that harms no other.

The processes are forked from one that has everything loaded (`multiprocessing`'s fork server): a drill of its own
command would load for half a second of the processor's time, its watchdog for as long again, and its pictures for
longer. All that they share with the fleet is the line by which they tell it what they do.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

from chaos_pizza.fleet.row import REFUSED, ShopRow
from chaos_pizza.fleet.starts import start_delays
from chaos_pizza.folder import PAGE_NAME
from chaos_pizza.model.result import Verdict
from chaos_pizza.runner.fleet_drill import DrillOrder
from chaos_pizza.runner.fleet_lane import Lane
from chaos_pizza.runner.fleet_plan import PlannedFleet, PlannedShop
from chaos_pizza.runner.fleet_reports import ReportDesk
from chaos_pizza.runner.fleet_rows import RowBook
from chaos_pizza.stop_file import stop_request

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_GLANCE_S = 0.2
_LEAVE = 3
"""Signals after which the fleet waits for nothing any more; the watchdogs go on."""
_NURSERY = "chaos_pizza.runner.fleet_nursery"


@dataclass(slots=True)
class FleetState:
    """How far a fleet has come, for whoever shows it: names of shops, and the rows of those that are done.

    `complaint` says why a row could not be written, `None` where all were.
    """

    waiting: tuple[str, ...] = ()
    under_way: tuple[str, ...] = ()
    done: dict[str, ShopRow] = field(default_factory=dict)
    stopping: str | None = None
    complaint: str | None = None


class FleetRun:
    """Drills the shops of a planned fleet, and notes each row in the fleet's folder as it comes; made for one `run`.

    `tell` is called with the state whenever anything has changed, and twice a second at least.
    """

    def __init__(
        self,
        planned: PlannedFleet,
        shops: Sequence[PlannedShop],
        folder: Path,
        tell: Callable[[FleetState], None],
        *,
        production: bool = False,
    ) -> None:
        self._planned = planned
        self._folder = folder
        self._tell = tell
        self._production = production
        names = [shop.name for shop in shops]
        self._pending = deque(zip(shops, start_delays(planned.course, names), strict=True))
        self._coming: list[tuple[float, PlannedShop]] = []
        self._lanes: list[Lane] = []
        self._context = _fork_server()
        self._desk = ReportDesk(self._context)
        self._book = RowBook(folder)
        self._state = FleetState(done=self._book.rows)
        self._signals: deque[int] = deque()
        self._count = 0

    def run(self) -> list[ShopRow]:
        """Drill all shops and return a row for each that was begun, in the order in which they were done.

        A signal, or the fleet's STOP file, ends it in order: no drill begins any more, those under way restore calm. A
        row that can't be written is returned all the same; `is_kept` says then that the folder does not hold all.
        """
        with _Noted(self._signals):
            try:
                while self._is_on():
                    self._heed()
                    self._begin_due()
                    self._listen()
                    self._settle()
                    self._show()
            finally:
                self._desk.close()
        self._book.write()
        return list(self._book.rows.values())

    @property
    def is_kept(self) -> bool:
        """Whether all rows are in the fleet's folder."""
        return self._book.is_whole

    def _is_on(self) -> bool:
        if self._count >= _LEAVE:
            return False
        to_come = (self._pending or self._coming) and self._state.stopping is None
        return bool(to_come or self._lanes or not self._desk.is_idle)

    def _heed(self) -> None:
        """Pass on the signals that came, and the word of the STOP file."""
        while self._signals:
            number = self._signals.popleft()
            self._count += 1
            self._state.stopping = self._state.stopping or f"{signal.Signals(number).name} was received"
            for lane in self._lanes:
                lane.signal(number)
        if self._state.stopping is None:
            asked = stop_request(self._folder)
            if asked is not None:
                self._state.stopping = f"it was told to stop{f': {asked}' if asked else ''}"
                for lane in self._lanes:
                    lane.stop(asked or "the fleet was told to stop")

    def _begin_due(self) -> None:
        if self._state.stopping is not None:
            return
        now_s = monotonic()
        while self._pending and len(self._lanes) + len(self._coming) < self._planned.course.at_a_time:
            shop, delay_s = self._pending.popleft()
            self._coming.append((now_s + delay_s, shop))
        for due in [due for due in self._coming if due[0] <= now_s]:
            self._coming.remove(due)
            self._begin(due[1])

    def _begin(self, shop: PlannedShop) -> None:
        try:
            self._lanes.append(Lane.begin(self._context, self._order(shop)))
        except (OSError, EOFError) as error:
            # No file or no memory is left, say. The others are not to suffer.
            reason = error.strerror if isinstance(error, OSError) else "the process that forks them has died"
            self._book.keep(ShopRow(shop.name, REFUSED, (f"its drill can't be started: {reason}",)))

    def _order(self, shop: PlannedShop) -> DrillOrder:
        folder = self._folder / shop.name
        folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self._planned.configuration
        own = replace(configuration, targets={shop.name: configuration.targets[shop.name]})
        fields, experiment = shop.target.to_fields(), dict(self._planned.experiment)
        return DrillOrder(shop.name, fields, shop.declaration, experiment, own, folder, self._production)

    def _listen(self) -> None:
        """Wait until somebody has something to say, or somebody's turn has come."""
        lines: dict[Any, Lane | None] = {lane.line: lane for lane in self._lanes if not lane.is_dead}
        if self._desk.line is not None:
            lines[self._desk.line] = None
        due_s = min((due_s for due_s, _ in self._coming), default=monotonic() + _GLANCE_S)
        for ready in wait(list(lines), min(_GLANCE_S, max(0.0, due_s - monotonic()))):
            lane = lines[ready]
            if lane is not None:
                lane.hear()
        for lane in self._lanes:
            lane.look()

    def _settle(self) -> None:
        """Note what is known by now of a shop, and have its report written; its turn is over then."""
        for lane in [lane for lane in self._lanes if lane.row is not None]:
            self._lanes.remove(lane)
            if lane.row is not None:
                self._note(lane.row, lane)
        self._desk.go_on()

    def _note(self, row: ShopRow, lane: Lane) -> None:
        was_cut = self._state.stopping is not None and row.verdict in {Verdict.ABORTED, None}
        row = replace(row, cut=was_cut)
        # At once, so that a fleet that is killed meanwhile drills no shop twice; and again with its report.
        self._book.keep(row)
        drill = lane.drill
        if drill is None or row.drill is None:
            return
        report = f"{row.shop}/{drill.name}/{PAGE_NAME}"

        def written(complaints: tuple[str, ...]) -> None:
            there = (drill / PAGE_NAME).is_file()
            self._book.keep(replace(row, report=report if there else None, complaints=complaints))

        self._desk.order(drill, written)

    def _show(self) -> None:
        self._state.waiting = tuple(shop.name for shop, _ in self._pending)
        self._state.under_way = tuple(lane.order.shop for lane in self._lanes)
        self._state.complaint = self._book.complaint
        self._tell(self._state)


class _Noted:
    """Notes the signals that end a process, for the length of a `with`; none is acted on here.

    One that was ignored before stays so: a fleet under `nohup` outlives its terminal.
    """

    def __init__(self, signals: deque[int]) -> None:
        self._signals = signals
        self._former: dict[int, Any] = {}

    def __enter__(self) -> "_Noted":
        heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._former = {number: signal.signal(number, self._note) for number in heeded}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)


def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_NURSERY])
    return context
