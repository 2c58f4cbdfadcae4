"""Every error this package raises on purpose, as one tree.

    PizzaError                      something a user can act on; its text is one line
    ├── UsageError                  what was asked for can't be done as asked; nothing was started (exit 2)
    │   ├── ExperimentError         the experiment file is missing, not YAML, or not a drill
    │   └── TargetError             the target's description is missing or incomplete
    ├── ServiceError                the shop or the factory did not do its part
    │   ├── Unreachable             no connection could be made, or it broke
    │   ├── TimedOut                no complete answer within the time allowed
    │   ├── BadAnswer               an answer that is not what the service should say
    │   └── Refused                 an answer that says no (wrong key, wrong password, no such thing)
    ├── OutOfFileHandles            this process may open no more connections: nobody else's fault
    ├── JournalError                the drill's record can't be written or read
    │   └── JournalSealed           a blind drill's record can't be read yet: it has not been revealed
    ├── DrawingError                a report's pictures can't be drawn; the report is written without them
    └── CalmNotRestored             chaos may still be on (exit 5)

Foreign errors are mapped to these where they enter (`clients.http`, and for purchases
`clients.quick_caller`), never further in. The text of an error says what
is wrong, where, and what to do about it; it holds no secret.
"""


class PizzaError(Exception):
    """Something went wrong that a user can act on; `str()` of it is one line."""


class UsageError(PizzaError):
    """What was asked for can't be done as asked, and nothing was started."""


class ExperimentError(UsageError):
    """The experiment file is missing, isn't YAML, or doesn't describe a drill."""


class TargetError(UsageError):
    """The target's description is missing or incomplete."""


class ServiceError(PizzaError):
    """The shop or the factory did not do its part."""


class Unreachable(ServiceError):  # noqa: N818 - the tree reads as a list of what happened
    """No connection could be made, or it broke before the answer was complete."""


class TimedOut(ServiceError):  # noqa: N818
    """No complete answer came within the time allowed."""


class BadAnswer(ServiceError):  # noqa: N818
    """The answer is not what the service should say: not JSON, too large, or of another shape."""


class Refused(ServiceError):  # noqa: N818
    """The answer says no: a wrong key, a wrong password, or no such thing."""


class OutOfFileHandles(PizzaError):  # noqa: N818
    """This process may open no more connections or files. It says nothing of the service that was to be asked."""


class JournalError(PizzaError):
    """The drill's record can't be written or read."""


class JournalSealed(JournalError):  # noqa: N818
    """A blind drill's record can't be read yet: nobody is to know what it is before it is revealed at its end."""


class DrawingError(PizzaError):
    """A report's pictures can't be drawn; the report is written without them."""


class CalmNotRestored(PizzaError):  # noqa: N818
    """Chaos may still be on; the text holds the one command that mends it."""
