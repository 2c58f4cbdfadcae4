"""Locust's workers, gathered: those of this machine are started, those of others waited for, until all can buy."""

import asyncio
import contextlib
import json
import logging
import secrets
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.availability import check_locust
from chaos_pizza.engines.child import end_child, line_of, start_child
from chaos_pizza.engines.locust_master_link import PROCESS, Hear, MasterLink, open_master
from chaos_pizza.engines.menu_digest import menu_digest
from chaos_pizza.engines.probing import Probing
from chaos_pizza.engines.worker_clock import WorkerClock
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import UsageError
from chaos_pizza.model.conversion import to_mapping
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.shop import Dish

logger = logging.getLogger(__name__)

_LOCAL_S = 60.0
"""Seconds that workers of this machine are waited for; a busy one takes some to start them."""
_REMOTE_S = 120.0
"""Seconds that workers of other machines are waited for, which people may have to start yet."""
_LOOK_S = 0.1
_PROBES = 8
_PROBE_S = 0.02


@dataclass(slots=True)
class Worker:
    """A worker that takes part: Locust's name for it, where it is, and its clock as far as it is known.

    `process` is the one of this machine, `None` for another machine's. `failure` is why it can't buy, `None` where it
    can.
    """

    name: str
    number: int
    place: str
    clock: WorkerClock = field(default_factory=WorkerClock)
    process: Process | None = None
    failure: str | None = None


@dataclass(slots=True)
class LocustCrew:
    """Everyone who was to buy, in the order of their numbers, and the line to them; `diners` is for how many.

    At least one of them can. `listening` ends with the master.
    """

    link: MasterLink
    listening: "asyncio.Task[None]"
    probing: Probing
    workers: list[Worker]
    diners: int


class _Gathering:
    """Takes in what workers tell until each is ready or can't be."""

    def __init__(self, target: WorkerTarget, settings: TrafficSettings, redactor: Redactor, menu: str) -> None:
        self.workers: dict[str, Worker] = {}
        self.ready: set[str] = set()
        self.wanted = settings.workers + settings.expect_workers
        self.diners = 1 if target.has_diner else self.wanted * -(-settings.diners // self.wanted)
        self.local: dict[str, Process] = {}
        self._target = target
        self._settings = settings
        self._redactor = redactor
        self._menu = menu
        self._name = f"drill-{secrets.token_hex(4)}"

    def hear(self, link: MasterLink, sender: str, said: Mapping[str, Any]) -> None:
        """Take in what a worker tells; `ValueError` for the greeting of one that takes no part, and buys nothing."""
        told = said.get("tell")
        worker = self.workers.get(sender)
        if told == "hello" and worker is None:
            self._greet(link, sender, said)
        elif told == "failed" and worker is not None:
            self._lose(worker, f"it can't buy: {self._redactor.line(said.get('reason'))}")
        elif told == "ready" and worker is not None:
            if said.get("menu") != self._menu:
                self._lose(worker, "it reads another menu than the drill")
            else:
                self.ready.add(sender)

    @property
    def lost(self) -> list[Worker]:
        """Those that take part and can't buy."""
        return [worker for worker in self.workers.values() if worker.failure]

    @property
    def failure(self) -> str | None:
        """Why nobody can buy, once that is so: the first worker's reason; `None` before."""
        lost = self.lost
        if len(lost) < self.wanted:
            return None
        first = f"worker {lost[0].number + 1} ({lost[0].place}): {lost[0].failure}"
        return first if len(lost) == 1 else f"none of {len(lost)} workers can buy; {first}"

    def _lose(self, worker: Worker, why: str) -> None:
        """Go on without a worker; what it says first counts, and who is ready can still be lost."""
        worker.failure = worker.failure or why
        self.ready.discard(worker.name)

    def _greet(self, link: MasterLink, sender: str, said: Mapping[str, Any]) -> None:
        place = self._redactor.line(said.get("place"))[:100]
        process = self.local.get(str(said.get("token")))
        # Whoever reaches the port may say hello: nobody takes the place of a worker that the drill started.
        others = [worker for worker in self.workers.values() if worker.process is process]
        if len(others) >= (self._settings.expect_workers if process is None else 1):
            link.say({"do": "refuse", "reason": "that drill waits for no more workers than it has"}, to=sender)
            raise ValueError("a worker that nobody waits for")
        if said.get("shop_url") != self._target.shop_url:
            shop = self._redactor.line(said.get("shop_url"))[:200]
            why = f"that drill is held at {self._target.shop_url}, and this machine would buy at {shop}"
            link.say({"do": "refuse", "reason": f"{why}; set PIZZA_SHOP_URL, or --target"}, to=sender)
            raise ValueError(f"the worker at {place} would buy at {shop}, not at {self._target.shop_url}")
        worker = Worker(sender, len(self.workers), place, process=process)
        self.workers[sender] = worker
        orders = {
            "do": "prepare",
            "worker": worker.number,
            "workers": self.wanted,
            "diners": self.diners,
            "own_diners": max(1, self.diners // self.wanted),
            "name": f"{self._name}-{worker.number}",
            "traffic": to_mapping(self._settings),
        }
        link.say(orders, to=sender)


@asynccontextmanager
async def open_locust_crew(
    target: WorkerTarget, settings: TrafficSettings, clock: Clock, redactor: Redactor, menu: tuple[Dish, ...]
) -> AsyncIterator[LocustCrew]:
    """Give workers that are ready to buy, with their clocks compared; they are dismissed at the end.

    Those that came and can't buy are lost from the beginning, as long as one can. Raises `UsageError` where Locust is
    not installed, where nothing can listen, where not all workers come, or where none of them can buy.
    """
    check_locust()
    async with AsyncExitStack() as stack:
        link = await open_master(settings.master.bind, settings.master.port, clock)
        stack.push_async_callback(link.close)
        gathering = _Gathering(target, settings, redactor, menu_digest(menu))
        probing = Probing(link, clock)
        link.on_told = _both(lambda sender, said, _: gathering.hear(link, sender, said), probing.hear)
        listening = asyncio.create_task(link.listen())
        stack.push_async_callback(_cancelled, listening)
        for _ in range(settings.workers):
            token = secrets.token_hex(8)
            orders = {"host": _own_address(settings), "port": link.port, "target": target.to_fields(), "token": token}
            gathering.local[token] = await start_child(PROCESS, "worker", orders=orders)
            stack.push_async_callback(end_child, gathering.local[token])
        await _all_ready(gathering, link, settings, listening)
        workers = list(gathering.workers.values())
        await _compare_clocks([worker for worker in workers if worker.failure is None], probing)
        yield LocustCrew(link, listening, probing, workers, gathering.diners)


def _both(*hearers: Hear) -> Hear:
    def hear(sender: str, said: Mapping[str, Any], at_us: int) -> None:
        for each in hearers:
            each(sender, said, at_us)

    return hear


async def _all_ready(
    gathering: _Gathering, link: MasterLink, settings: TrafficSettings, listening: "asyncio.Task[None]"
) -> None:
    """Wait until all are ready but those that can't be; raises `UsageError` where that does not come about."""
    patience_s = _REMOTE_S if settings.expect_workers else _LOCAL_S
    if settings.expect_workers:
        logger.warning(
            f"Waiting up to {patience_s:g} s for {settings.expect_workers} workers of other machines at "
            f"{settings.master.bind} port {link.port}; `chaos-pizza worker --master HOST:{link.port}` starts one"
        )
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            while not gathering.ready or len(gathering.ready) + len(gathering.lost) < gathering.wanted:
                failure = gathering.failure or await _failure_of(gathering, listening)
                if failure:
                    raise UsageError(failure)
                # Who waits for the others is to know that the drill is there.
                link.say({"do": "wait"})
                await asyncio.sleep(_LOOK_S)
            return
    how = (
        f"`chaos-pizza worker --master HOST:{link.port}` starts one"
        if settings.expect_workers
        else "the machine is busy"
    )
    refused = f"; refused: {link.first_refused}" if link.first_refused else ""
    came = f"only {len(gathering.ready) + len(gathering.lost)} of {gathering.wanted} workers came in {patience_s:g} s"
    raise UsageError(f"{came}{refused}; {how}")


async def _failure_of(gathering: _Gathering, listening: "asyncio.Task[None]") -> str | None:
    """Return why not all can come, `None` while they may."""
    if listening.done():
        return "Locust's master died"
    for process in gathering.local.values():
        if process.returncode is not None:
            with contextlib.suppress(ValueError):
                while line := await line_of(process):
                    told = json.loads(line)
                    if told.get("tell") == "failed":
                        return f"a worker can't buy: {told.get('reason')}"
            return f"a worker of this machine ended at once, with exit code {process.returncode}"
    return None


async def _compare_clocks(workers: list[Worker], probing: Probing) -> None:
    """Ask every worker for its clock some times; raises `UsageError` where one does not answer."""
    clocks = {worker.name: worker.clock for worker in workers}
    for _ in range(_PROBES):
        probing.ask(clocks)
        await asyncio.sleep(_PROBE_S)
    for _ in range(round(_LOCAL_S / _PROBE_S)):
        if all(clocks.values()):
            return
        await asyncio.sleep(_PROBE_S)
    raise UsageError("a worker does not say what its clock shows")


def _own_address(settings: TrafficSettings) -> str:
    """Return where workers of this machine find the master."""
    return {"0.0.0.0": "127.0.0.1", "*": "127.0.0.1", "::": "::1"}.get(settings.master.bind, settings.master.bind)  # noqa: S104


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
