"""The words by which a sentence tells an instant, as data with their reasons; and what makes them tell none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chaos_pizza.incident.record import Sense

_ALERT = r"(?:alerts?|alarms?|pages?|monitors?|pager\s?duty|ops\s?genie)"
_CURE = r"(?:links?|causes?|reasons?|culprits?|fix|cure|solution|remedy|bug)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` tells `sense`, unless the clause also holds `unless`; `reason` is why it does."""

    sense: Sense
    pattern: re.Pattern[str]
    reason: str
    unless: re.Pattern[str] | None = None


def _rule(sense: Sense, pattern: str, reason: str, unless: str = "") -> _Rule:
    return _Rule(
        sense,
        re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE),
        reason,
        re.compile(unless, re.IGNORECASE) if unless else None,
    )


_RULES = (
    _rule(
        Sense.FAULT_START,
        r"(?:went|goes|going|gone|came\s+crashing)\s+(?:down|offline|dark)|(?:is|was|were)\s+down|became\s+unavailable"
        r"|stopped\s+(?:working|responding)|crashed|broke(?:\s+down)?"
        r"|(?:outage|incident)\s+(?:began|begins|started|starts)|(?:fault|chaos)\s+on(?=\s*(?:[:,(]|$))"
        r"|(?:fault|chaos)(?:\s+\w{1,12}){0,2}\s+(?:began|begins|started|starts|injected|enabled|activated)"
        r"|(?:factory|service|shop|api|server|site)\s+(?:down|offline|unavailable|unreachable)"
        r"|(?:factory|service|shop|api|server|site)\s+(?:(?:starts?|started|began)\s+(?:to\s+)?)?fail(?:s|ed|ing)?"
        r"|(?:started|began|injected|enabled|launched|turned\s+on)\s+(?:the\s+|a\s+|an\s+)?(?:fault|chaos)",
        "the service itself is said to fail, or somebody to break it",
        unless=r"\b(?:noticed|saw|seen|spotted|realized|realised|found|reported|still|purchases?\s+(?:was|were|is))\b",
    ),
    _rule(
        Sense.FIRST_IMPACT,
        r"first\s+(?:failed\s+\w{1,12}|(?:customer|user|diner)s?(?:'s)?\s+(?:complaint|error|failure|report)s?)"
        r"|(?:purchases?|orders?|requests?|users?|customers?)\s+(?:started|began|begin|start)\s+(?:to\s+fail|failing)",
        "customers are said to meet the failure",
    ),
    _rule(
        Sense.ALERT_FIRING,
        rf"{_ALERT}[^.;]{{0,60}}?(?:fired|fires|firing|triggered|went\s+off|goes\s+off|raised|sounded|detected)"
        rf"|(?:fired|triggered|raised|set\s+off)\s+(?:an?\s+|the\s+){_ALERT}",
        "an alert is said to have gone off",
        unless=r"\bpurchases? (?:was|were)\b",
    ),
    _rule(
        Sense.NOTIFIED,
        r"(?:was|were|got|been)\s+(?:\w{1,12}\s+)?(?:paged|notified|called|alerted)|paged\s+(?:the\s+)?\w+"
        r"|notified\s+(?:the\s+)?\w+"
        r"|(?:received|got)\s+(?:an?\s+|the\s+)?(?:page|alert|notification|call|e?-?mail|text|sms|ticket|complaint)"
        r"|notification\s+(?:\w{1,12}\s+){0,3}(?:arrived|received|sent|delivered)",
        "word is said to have reached somebody",
    ),
    _rule(
        Sense.NOTICED,
        r"noticed|notices|spotted|became\s+aware|detected|discovered|saw\s+(?:it|that)",
        "somebody is said to have become aware of it",
        unless=rf"\b{_ALERT}\b[^.;]{{0,60}}\bdetected\b|\bdiscovered\b[^.;]{{0,60}}\b{_CURE}\b",
    ),
    _rule(
        Sense.ACKNOWLEDGED,
        r"acknowledged|acknowledges|acked|took\s+(?:on\s+|over\s+)?(?:the\s+)?(?:incident|page|ownership|call)|took\s+it",
        "somebody is said to have taken it",
    ),
    _rule(
        Sense.DIAGNOSED,
        rf"(?:found|saw|discovered|identified|spotted|located|recognized)\b[^.;]{{0,60}}?\b{_CURE}"
        r"|root\s+cause\s+(?:was\s+)?(?:found|identified)|diagnosed",
        "the cause or the cure is said to have been found",
    ),
    _rule(
        Sense.MITIGATED,
        r"restored|fixed|mitigated|rolled\s+back|reverted|restarted|rebooted|patched|resolved|repaired"
        r"|(?:followed|visited|opened|clicked)\s+(?:on\s+)?(?:the\s+|that\s+|a\s+)?(?:\w{1,12}\s+)?link"
        r"|(?:turned|switched)\s+off\s+(?:the\s+)?(?:chaos|fault)|(?:disabled|stopped|ended)\s+(?:the\s+)?(?:chaos|fault)"
        r"|(?:chaos|fault)\s+(?:was\s+)?(?:off|disabled|stopped|ended|turned\s+(?:off|(?:\w+\s+)?to\s+calm))",
        "somebody is said to have ended the fault",
        unless=r"\b(?:did(?:n't| not)\s+(?:help|work|fix)|no\s+effect|in\s+vain|to\s+no\s+avail|unsuccessful"
        r"|still\s+(?:failing|down|broken)|without\s+(?:any\s+)?(?:effect|success))"
        rf"|\b{_ALERT}\b[^.;]{{0,60}}\bresolved\b",
    ),
    _rule(
        Sense.RECOVERED,
        r"recovered|back\s+(?:online|up|to\s+normal)|(?:works?|working|succeed(?:s|ed|ing)?|healthy|normal)\s+again"
        r"|all\s+clear|(?:could|can|able\s+to)\s+(?:purchase|buy|order)\b[^.;]{0,30}?\bagain",
        "the service is said to work again",
    ),
)
REASONS = {rule.sense: rule.reason for rule in _RULES}
"""Why the words of each instant stand for it."""

_CLAUSE_END = re.compile(r"[.;!?](?:\s|$)|,\s|\s(?:but|which|so|then|although|however)\s", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:not|never|nobody|none|nothing|neither|nor|without|cannot|unable|fail(?:ed|s)?\s+to|yet\s+to|instead\s+of)\b"
    r"|n't\b|\bno(?:\s+[\w'-]+){0,3}\s*$",
    re.IGNORECASE,
)
_NOT_WITHIN = re.compile(r"\b(?:not|never)\b|n't\b", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\b(?:will|would|should|shall|could\s+have|can|may|might|must|to\s+be|if|unless|until|need(?:s|ed)?|plan(?:s|ned)?"
    r"|to\s+(?:restore|bring|get|put)|want(?:s|ed)?|tr(?:y|ied|ying)|attempt(?:s|ed|ing)?|going\s+to|hoping|waiting\s+for|in\s+order\s+to|whether)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE_CHARS = 60
_DENIED_AFTER = re.compile(r"\s*(?:not\b|never\b|nothing\b|nobody\b|no\s+one\b|:\s*(?:no|none|never)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Telling:
    """Words in a text, from `begin` to `end`, that tell an instant."""

    sense: Sense
    begin: int
    end: int
    words: str


def tellings_of(text: str) -> list[Telling]:
    """Return what a text tells, in its order; what it denies, wishes or only tries is left out."""
    found = [telling for begin, end in _clauses(text) for telling in _told_in(text, begin, end)]
    return sorted(found, key=lambda telling: telling.begin)


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for found in _CLAUSE_END.finditer(text):
        yield begin, found.start()
        begin = found.end()
    yield begin, len(text)


def _told_in(text: str, begin: int, end: int) -> Iterator[Telling]:
    clause = text[begin:end]
    for rule in _RULES:
        # What takes it back may stand in a clause of its own: "rolled back, but it did not help".
        if rule.unless and rule.unless.search(text if rule.sense is Sense.MITIGATED else clause):
            continue
        found = next((found for found in rule.pattern.finditer(clause) if not _is_denied(clause, found)), None)
        if found:
            yield Telling(rule.sense, begin + found.start(), begin + found.end(), found.group())


def _is_denied(clause: str, found: re.Match[str]) -> bool:
    before = clause[max(found.start() - _DENIED_BEFORE_CHARS, 0) : found.start()]
    nearest = before.rpartition(" and ")[2]
    return bool(
        _NOT.search(nearest)
        or _NOT_YET.search(nearest)
        or _NOT_WITHIN.search(found.group())
        or _NOT_YET.search(found.group())
        or _DENIED_AFTER.match(clause, found.end())
    )
