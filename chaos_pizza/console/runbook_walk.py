"""The runbook, walked through with a person on the terminal: what is done, what it means, and how long it took."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from chaos_pizza.clients.services import Services, open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.console.walk_record import WalkRecord
from chaos_pizza.errors import ServiceError, TargetError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.drill_post import DrillPost
from chaos_pizza.live.responder import Responder, Tried, with_news
from chaos_pizza.model.incident import Actor, CureAnswer, MarkKind, RunbookStep
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.wire.symptom import STALLED_S, Symptom

Result = TypeVar("Result")
MASKED_LINK = "/api/support/***/report/***"
_ROUNDS = 3
_GONE = {CureAnswer.RESOLVED, CureAnswer.NOTHING_TO_RESOLVE}
_ANSWERS = {
    CureAnswer.RESOLVED: "The factory says that this ended it.",
    CureAnswer.NOTHING_TO_RESOLVE: "The factory says that there is no chaos any more: somebody was quicker.",
    CureAnswer.REFUSED: "The factory does not take this link (any more): a new answer will hold a new one.",
    CureAnswer.NO_ANSWER: "The factory did not answer.",
}


@dataclass(frozen=True, slots=True)
class WalkSettings:
    """How patient a walk is.

    Up to `looks` pizzas are bought until one is not well; one that shows no way to a cure is bought again up to `tries`
    times, `between_s` apart. `wanted` good ones in a row verify a cure, `wanted_of_shop_chaos` one of the shop's own
    chaos, which lets every second one pass. Every `news_s` seconds of waiting a line says so.
    """

    looks: int = 10
    tries: int = 5
    between_s: float = 1.0
    wanted: int = 5
    wanted_of_shop_chaos: int = 20
    news_s: float = 5.0
    stalled_s: float = STALLED_S


def walk_runbook(
    target: Target,
    post: DrillPost,
    by: str,
    tell: Callable[[str], object],
    may_follow: Callable[[], bool],
    settings: WalkSettings | None = None,
) -> bool:
    """Walk one person, `by` name, through the runbook on a target, and return whether purchases are well at the end.

    `tell` shows a line, `may_follow` asks for leave to end what is wrong; what is done goes to the drill under way by
    `post`, if there is one. To be called in a thread without an event loop. An interrupt ends it and is no error.
    Raises `TargetError` where nothing can be bought for want of what the target's description lacks.
    """
    clock, redactor = AnchoredClock(), Redactor(target.secrets())
    # A runner takes Ctrl-C only while it runs something: at a question the terminal does.
    with asyncio.Runner() as runner:

        def run(work: Coroutine[Any, Any, Result]) -> Result:
            try:
                return runner.run(work)
            finally:
                work.close()  # an interrupt may come before its first step, and Python would complain of that

        opening = open_services(target, clock, redactor)
        services = run(opening.__aenter__())
        walk = RunbookWalk(services, post, by, tell, may_follow, run, settings or WalkSettings())
        try:
            return walk.walk()
        except (KeyboardInterrupt, EOFError):
            tell("")
            told = "The cure may have been sent: run it again to see." if walk.has_acted else "Nothing was changed."
            tell(f"Stopped. {told}")
            return False
        finally:
            run(opening.__aexit__(None, None, None))


class RunbookWalk:
    """A walk through the runbook; used once. `run` does asynchronous work and returns what it returns."""

    def __init__(
        self,
        services: Services,
        post: DrillPost,
        by: str,
        tell: Callable[[str], object],
        may_follow: Callable[[], bool],
        run: Callable[[Coroutine[Any, Any, Any]], Any],
        settings: WalkSettings,
    ) -> None:
        self._services = services
        self._post = post
        self._by = by
        self._tell = tell
        self._may_follow = may_follow
        self._run = run
        self._settings = settings
        self._record = WalkRecord(services.clock, post, by, tell)
        self._cured_at = self._record.now()
        self.has_acted = False
        """Whether anything was done to end the fault, or may have been."""

    def walk(self) -> bool:
        """Walk through all steps, and return whether purchases are well at the end; raises as `walk_runbook`."""
        self._take_it()
        try:
            responder = self._open()
        except ServiceError as error:
            self._tell(f"   {error}")
            self._tell("   So no pizza can be bought and judged from here: nothing that this runbook could end.")
            return self._not_cured()
        for turn in range(_ROUNDS):
            if turn:
                self._record.begin(RunbookStep.BUY_A_PIZZA, "Buy a pizza once more")
            tried = self._buy(responder)
            if tried.symptom is Symptom.WELL:
                return self._nothing_wrong()
            if not self._read(tried):
                return self._not_cured()
            if not self._may_follow():
                self._tell("   Nothing was followed, so nothing has changed.")
                return self._not_cured()
            if self._cure(responder, tried) and self._verify(responder, tried):
                return self._tell_the_others(tried)
        return self._not_cured()

    def _take_it(self) -> None:
        self._record.begin(RunbookStep.TAKE_IT, "Take it")
        self._record.begin_to_walk()
        self._tell(f"   {self._by} looks into it. Tell the others.")
        self._record.done()

    def _open(self) -> Responder:
        self._record.begin(RunbookStep.BUY_A_PIZZA, "Buy a pizza")
        self._tell("   as an ordinary diner")
        buyer = self._run(open_buyer(self._services, 1, "responder"))
        restorer = CalmRestorer(self._services, self._post.send, Actor.RUNBOOK)
        return Responder(buyer, restorer, self._post.send, self._settings.stalled_s)

    def _buy(self, responder: Responder) -> Tried:
        """Buy until a pizza is not well, and until one shows what to do, some times at most."""
        settings, well, other = self._settings, 0, 0
        while True:
            tried: Tried = self._run(with_news(responder.buy(), self._still_waiting, settings.news_s))
            self._show(tried, f", {well + 1} of {settings.looks}" if tried.symptom is Symptom.WELL else "")
            well, other = (well + 1, other) if tried.symptom is Symptom.WELL else (well, other + 1)
            self._record.acknowledge(tried)
            if tried.symptom.has_cure or well >= settings.looks or other >= settings.tries:
                self._record.done()
                return tried
            if tried.symptom is not Symptom.WELL:
                self._run(asyncio.sleep(settings.between_s))

    def _read(self, tried: Tried) -> bool:
        """Say what the answer means; return whether there is a way to end it."""
        self._record.begin(RunbookStep.READ_THE_ANSWER, "Read the answer")
        self._tell(f"   {tried.symptom.meaning}")
        if tried.symptom.has_link:
            self._tell("   The answer holds the link that ends it (shown masked, for it holds the shop's key):")
            self._tell(f"   {self._services.target.factory_url}{MASKED_LINK}")
        if tried.symptom.has_cure:
            self._record.mark(MarkKind.DIAGNOSED, tried.symptom.cause)
        self._record.done()
        return tried.symptom.has_cure

    def _cure(self, responder: Responder, tried: Tried) -> bool:
        is_link = tried.symptom.has_link
        self._record.begin(RunbookStep.FOLLOW_THE_LINK, "Follow the link" if is_link else "Switch the shop's chaos off")
        self.has_acted = True
        try:
            said: CureAnswer = self._run(responder.cure(tried))
        except (ServiceError, TargetError) as error:
            self._tell(f"   That did not work: {error}")
            return False
        self._tell(f"   {_ANSWERS[said] if is_link else 'The shop says that its chaos is off.'}")
        self._record.done()
        self._cured_at = self._record.now()
        return said in _GONE

    def _wanted(self, cured: Tried) -> int:
        """Return how many good pizzas in a row verify such a cure."""
        return self._settings.wanted if cured.symptom.has_link else self._settings.wanted_of_shop_chaos

    def _verify(self, responder: Responder, cured: Tried) -> bool:
        self._record.begin(RunbookStep.VERIFY, "Verify")
        wanted = self._wanted(cured)
        work = responder.verify(wanted)
        bad: Tried | None = self._run(with_news(work, self._still_waiting, self._settings.news_s))
        if bad is not None:
            self._show(bad)
            self._tell("   So it is not cured yet.")
            return False
        self._record.mark(MarkKind.MITIGATED, f"{wanted} good pizzas in a row")
        self._tell(f"   {wanted} pizzas bought in a row, and all of them verify: it is cured.")
        self._record.done()
        return True

    def _tell_the_others(self, cured: Tried) -> bool:
        self._record.head(RunbookStep.TELL_THE_OTHERS, "Tell the others, for instance so:")
        how = "the link in the shop's own answer ended it" if cured.symptom.has_link else "its switch ended it"
        self._tell(f'   "Cured at {self._cured_at:%H:%M:%S} UTC. It was {cured.symptom.cause}; {how}.')
        self._tell(f'   {self._wanted(cured)} pizzas in a row were good since."')
        self._record.tell_times()
        return True

    def _nothing_wrong(self) -> bool:
        self._tell(f"   {self._settings.looks} pizzas bought in a row, and all of them verify: nothing is wrong here.")
        self._tell("   Tell the others that from here it was a false alarm, and what made you look.")
        self._record.mark(MarkKind.NOTE, "the runbook found nothing wrong")
        self._record.tell_times()
        return True

    def _not_cured(self) -> bool:
        self._tell('NOT CURED. Go on by `chaos-pizza runbook factory --print`: "No link" and "When to escalate".')
        self._record.tell_times()
        return False

    def _show(self, tried: Tried, counted: str = "") -> None:
        message = self._services.redactor.line(tried.purchase.message)
        self._tell(f"   {tried.words}{counted}" + (f' ("{message}")' if message else ""))

    def _still_waiting(self, waited_s: float) -> None:
        self._tell(f"   still waiting for the answer, {waited_s:.0f} s so far; a throttled factory takes 32 s")
