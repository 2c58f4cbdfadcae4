"""The words of an incident: who acted, by what means, and what came of it."""

from enum import StrEnum


class Actor(StrEnum):
    """Who did something to the fault; also the values of `ended_by`."""

    RESPONDER = "responder"
    """A person of the team, or their automation."""
    RUNBOOK = "runbook"
    """The runbook: played by the drill in a person's place, or walked through by a person."""
    SELF_HEALED = "self_healed"
    """The system itself."""
    ROLLBACK = "rollback"
    """The drill, putting back what it broke."""
    WATCHDOG = "watchdog"
    """The drill's watchdog, when the drill had died."""
    ABORT = "abort"
    """A safety stop, or a person, ended the drill."""
    UNKNOWN = "unknown"
    """Nobody can tell."""

    @property
    def mitigates(self) -> bool:
        """Whether an end by this one is a mitigation; the drill's own tidying up is none."""
        return self in {Actor.RESPONDER, Actor.RUNBOOK, Actor.SELF_HEALED}


class Stage(StrEnum):
    """Where the drill itself stands."""

    BASELINE = "baseline"
    METHOD = "method"
    AFTER = "after"
    ROLLBACK = "rollback"
    VERIFICATION = "verification"


class Peer(StrEnum):
    """A service with a clock of its own."""

    SHOP = "shop"
    FACTORY = "factory"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    CLOUDWATCH = "cloudwatch"
    LOKI = "loki"


class LogSource(StrEnum):
    """Where the shop's log can be searched."""

    LOKI = "loki"
    CLOUDWATCH_LOGS = "cloudwatch_logs"
    LOG_FILE = "log_file"

    @property
    def label(self) -> str:
        """The source as people name it."""
        return {"loki": "Loki", "cloudwatch_logs": "CloudWatch Logs", "log_file": "the log file"}[self.value]


class MarkKind(StrEnum):
    """What a person, or the runbook in a person's place, can say of an incident."""

    NOTICED = "noticed"
    ACKNOWLEDGED = "acknowledged"
    DIAGNOSED = "diagnosed"
    MITIGATED = "mitigated"
    NOTE = "note"


class RunbookStep(StrEnum):
    """The steps of the runbook (`docs/runbooks/factory.md`), in their order."""

    TAKE_IT = "take_it"
    BUY_A_PIZZA = "buy_a_pizza"
    READ_THE_ANSWER = "read_the_answer"
    FOLLOW_THE_LINK = "follow_the_link"
    VERIFY = "verify"
    TELL_THE_OTHERS = "tell_the_others"

    @property
    def label(self) -> str:
        """The step as people name it: `read the answer`."""
        return self.value.replace("_", " ")


class CureAnswer(StrEnum):
    """What came of an attempt to end the fault."""

    RESOLVED = "resolved"
    """The service says that this very attempt ended it."""
    NOTHING_TO_RESOLVE = "nothing_to_resolve"
    """There was no fault to end."""
    REFUSED = "refused"
    """The service would not."""
    NO_ANSWER = "no_answer"
    """Sent, but not answered: it may have worked."""


class CureMeans(StrEnum):
    """By what an attempt to end the fault was made."""

    LINK = "link"
    ADMIN_DELETE = "admin_delete"
    SHOP_CHAOS_OFF = "shop_chaos_off"
