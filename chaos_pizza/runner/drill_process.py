"""A drill in a process of its own, for whoever holds several in turn: what one leaves behind can't reach the next."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import IO, Any

from chaos_pizza.model.result import Verdict

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_OWN_WORD = "chaos-pizza: "
_LAST_WORDS_TIMEOUT_S = 5.0
_KNOWN_CODES = {2, *(verdict.exit_code for verdict in Verdict)}
_NEED_A_DOCUMENT = {Verdict.PASSED.exit_code, Verdict.FAILED.exit_code}


@dataclass(frozen=True, slots=True)
class EndedDrill:
    """How a drill's process ended; `drill_id` is `None` where it printed no result, `complaint` where it had none."""

    exit_code: int
    drill_id: str | None
    complaint: str | None


class SignalRelay:
    """Passes the signals that end a process on to the drill under way, each once; a context manager around a series.

    The drill is in a session of its own, so that a Ctrl-C in the terminal reaches it by this way alone: a second signal
    would make it leave calm to its watchdog. `received` names the first signal, `None` until there is one.
    """

    def __init__(self) -> None:
        self.received: str | None = None
        self._process: subprocess.Popen[str] | None = None
        self._pending: int | None = None
        self._former: dict[int, Any] = {}

    def __enter__(self) -> "SignalRelay":
        self._former = {number: signal.signal(number, self._handle) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def follow(self, process: "subprocess.Popen[str] | None") -> None:
        """Pass signals on to this process from now on, the one that came while it was being started too."""
        self._process = process
        if process is not None and self._pending is not None:
            process.send_signal(self._pending)
            self._pending = None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
        if self._process is None:
            self._pending = number
        else:
            self._process.send_signal(number)


def hold_in_process(arguments: Sequence[str], relay: SignalRelay, tell: Callable[[str], None]) -> EndedDrill:
    """Hold a drill by `chaos-pizza drill` with these arguments, and return how it ended.

    `tell` is given each line that it writes of itself. A process that was killed, or that ended as no drill does, may
    have left chaos on: its exit code is then that of `calm not restored`, or of `invalid` where it said otherwise.
    """
    command = [sys.executable, "-m", "chaos_pizza", "drill", "--json", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        relay.follow(process)
        words: list[str] = []
        reader = threading.Thread(target=_pass_on, args=(process.stderr, tell, words), daemon=True)
        reader.start()
        printed = process.stdout.read() if process.stdout else ""
        process.wait()
        reader.join(_LAST_WORDS_TIMEOUT_S)
        relay.follow(None)
    drill_id = _drill_id(printed)
    code = exit_code_of(process.returncode, drill_id is not None, relay.received is not None)
    return EndedDrill(code, drill_id, _complaint(code, process.returncode, words))


def exit_code_of(returned: int, has_document: bool, interrupted: bool) -> int:
    """Return the exit code that a drill's process stands for, whatever it returned (below 0: died of a signal)."""
    if returned in _KNOWN_CODES and (has_document or returned not in _NEED_A_DOCUMENT):
        return returned
    if interrupted and not has_document and (returned in _NEED_A_DOCUMENT or -returned in _SIGNALS):
        # The signal came before the drill took signals over: nothing was broken yet.
        return Verdict.ABORTED.exit_code
    return Verdict.CALM_NOT_RESTORED.exit_code if returned < 0 else Verdict.INVALID.exit_code


def _pass_on(stream: IO[str] | None, tell: Callable[[str], None], words: list[str]) -> None:
    for line in stream or ():
        text = line.rstrip("\n")
        if text.startswith(_OWN_WORD):
            words.append(text.removeprefix(_OWN_WORD))
        tell(text)


def _drill_id(printed: str) -> str | None:
    try:
        document = json.loads(printed)
    except ValueError:
        return None
    found = document.get("id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else None


def _complaint(code: int, returned: int, words: list[str]) -> str | None:
    """Return what the drill complained of last; where it could say nothing, how its process ended."""
    if words:
        return words[-1]
    if returned == code:
        return None
    ended = f"by {signal.Signals(-returned).name}" if returned < 0 else f"with exit code {returned} and no result"
    return f"the drill's process was ended {ended}"
