"""What a report tells beside its times: who noticed and ended it, how many it met, which experiment is like it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from chaos_pizza.incident.instants import detection_among
from chaos_pizza.incident.numbers import COUNT, count_of
from chaos_pizza.incident.outline import SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import ReadInstant, Sense, ToldNumber, ToldText
from chaos_pizza.incident.words import tellings_of
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.settings import FaultKind

_TOOLS = (
    "Grafana",
    "CloudWatch",
    "Prometheus",
    "Alertmanager",
    "PagerDuty",
    "Datadog",
    "Sentry",
    "New Relic",
    "Kibana",
)
_TOOL = re.compile(rf"\b({'|'.join(_TOOLS)})\b", re.IGNORECASE)
_SIGHT = re.compile(r"\b(?:dashboards?|metrics?|graphs?|charts?|panels?|looking\s+at)\b", re.IGNORECASE)
_CUSTOMER = re.compile(
    r"\b(?:customers?|users?|diners?|clients?|support)\b[^.;]{0,40}\b(?:reported|complained|told|called)"
)
_DETECTED_BY = re.compile(
    r"\b(?:detected|discovered|caught|noticed|found)\s+by\s+(?P<who>(?:an?\s+|the\s+|our\s+)?[\w'-]+(?:\s+[\w'-]+){0,3})",
    re.IGNORECASE,
)
_BY_ITSELF = re.compile(
    r"\b(?:recovered|resolved|healed|came\s+back|ended)\s+(?:\w{1,12}\s+)?(?:by\s+itself|on\s+its\s+own)\b"
    r"|\bself[- ]healed\b|\b(?:by\s+itself|on\s+its\s+own)\b[^.;]{0,30}\brecovered\b",
    re.IGNORECASE,
)
_ADJECTIVES = r"(?:\s+(?:active|affected|different|distinct|paying|real|unique|of\s+(?:our|the|all)))?"
_CUSTOMERS = re.compile(
    rf"(?<![0-9.,%]){COUNT}{_ADJECTIVES}\s+(?:customers?|users?|diners?|clients?|people)\b", re.IGNORECASE
)
_TICKETS = re.compile(rf"(?<![0-9.,]){COUNT}(?:\s+\w{{1,12}})?\s+(?:support\s+)?tickets?\b", re.IGNORECASE)
_EVERYBODY = re.compile(
    r"\b100\s?%\s+of\s+(?:our\s+|the\s+|all\s+)?(?:\w{1,12}\s+)?(?:users|customers|diners)"
    r"|\b(?:all|every)\s+(?:our\s+)?(?:active\s+)?(?:users?|customers?|diners?)\b",
    re.IGNORECASE,
)
_PURCHASES = re.compile(r"(?<![0-9.,])[0-9][0-9,]*\s+(?:\w{1,12}\s+){0,2}(?:purchases?|orders?)\b", re.IGNORECASE)
_BLIND = re.compile(
    r"\bunannounced\b|\bblind\s+(?:drill|test|exercise)\b|\bwithout\s+(?:any\s+)?(?:prior\s+)?(?:notice|warning)\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\bannounced\s+(?:drill|test|exercise|chaos|in\s+advance|beforehand)\b|\bwas\s+announced\b", re.IGNORECASE
)
# By which words an experiment is known to try the same; the more particular come first.
_EXPERIMENTS = (
    (r"\b(?:bad|invalid|forged)\s+(?:jwts?|signatures?|pizzas?)\b|\bnot\s+verif(?:y|iable)", "factory-badjwt"),
    (r"\b(?:oven|kitchen)\s+(?:\w{1,8}\s+)?full\b|\btoo\s+many\s+pizzas\b", "oven-full"),
    (r"\bshop(?:'s)?\s+chaos\b|\bchaos\s+(?:in|of|at)\s+the\s+shop\b", "shop-chaos"),
    (r"\bfactory\b[^.;]{0,60}\b(?:slow(?:ly)?|throttled?|latency|timed?\s?-?out)\b", "factory-throttle"),
    (r"\bfactory\b[^.;]{0,60}\b(?:(?:went|going|goes|is|was)\s+down|fail(?:ed|s|ing|ure)?|errors?|500|unavailable)\b",
     "factory-fail"),
)  # fmt: skip
_FAULTS = {
    "factory-fail": FaultKind.FAIL, "backup-factory": FaultKind.FAIL, "factory-badjwt": FaultKind.BADJWT,
    "factory-throttle": FaultKind.THROTTLE, "oven-full": FaultKind.OVEN_FULL, "shop-chaos": FaultKind.SHOP_CHAOS,
    "placebo": FaultKind.NONE,
}  # fmt: skip
_ON_DETECTION = (SectionName.DETECTION, SectionName.SUMMARY, SectionName.TIMELINE, SectionName.RESPONSE)
_ON_THE_END = (SectionName.RESOLUTION, SectionName.SUMMARY, SectionName.TIMELINE, SectionName.RESPONSE)
_ON_PURCHASES = (SectionName.SUMMARY, SectionName.IMPACT, None)
_ON_THE_FAULT = (SectionName.SUMMARY, SectionName.TIMELINE, SectionName.ROOT_CAUSE, SectionName.IMPACT, None)


def detected_by(sentences: Sequence[Sentence], instants: Sequence[ReadInstant]) -> ToldText | None:
    """Return by what it was detected: an alert or a person, with the tool; as the first detection of the timeline is.

    Where the timeline has none, what the sentences on the detection tell. `None` where nothing does.
    """
    first = detection_among(instants)
    told = list(_detections(sentences))
    senses = {first.sense} if first else {sense for sense, _, _ in told[:1]}
    if not senses:
        return None
    by_alert = Sense.ALERT_FIRING in senses
    fitting = [(sentence, words) for sense, sentence, words in told if (sense is Sense.ALERT_FIRING) is by_alert]
    lines = tuple(dict.fromkeys([*([first.line] if first else []), *(sentence.line for sentence, _ in fitting)]))
    words = first.words if first else fitting[0][1]
    return ToldText(
        f"{'alert' if by_alert else 'person'}{_means(sentence for sentence, _ in fitting)}",
        tuple(sorted(lines[:5])),
        words,
    )


def claimed_detector(sentences: Iterable[Sentence]) -> ToldText | None:
    """Return by whom or what a sentence says outright that it was detected: `detected by Grafana`."""
    for sentence in _within(sentences, _ON_DETECTION):
        if found := _DETECTED_BY.search(sentence.text):
            return ToldText(found["who"], (sentence.line_at(found.start()),), found.group())
    return None


def alerts_told(sentences: Iterable[Sentence]) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each sentence outside the timeline that says that an alert went off."""
    for sense, sentence, words in _detections(sentences):
        if sense is Sense.ALERT_FIRING and sentence.section is not SectionName.TIMELINE:
            yield sentence.line, words


def ended_by(sentences: Sequence[Sentence], mitigated: ReadInstant | None) -> tuple[Actor, ToldText] | None:
    """Return who ended it, and what tells; `None` where its end is not told at all."""
    for sentence in _within(sentences, _ON_THE_END):
        if found := _BY_ITSELF.search(sentence.text):
            return Actor.SELF_HEALED, ToldText(found.group(), (sentence.line_at(found.start()),), found.group())
    if mitigated is None:
        return None
    lines, words = [mitigated.line], mitigated.words
    lines += [
        sentence.line
        for sentence in _within(sentences, (SectionName.RESOLUTION,))
        if any(telling.sense is Sense.MITIGATED for telling in tellings_of(sentence.text))
    ]
    return Actor.RESPONDER, ToldText("somebody of the team", tuple(dict.fromkeys(lines))[:5], words)


def customers(sentences: Iterable[Sentence]) -> list[ToldNumber]:
    """Return every number of customers that the report tells, each once."""
    return _numbers(sentences, _CUSTOMERS, (SectionName.IMPACT, SectionName.SUMMARY, SectionName.DETECTION, None))


def tickets(sentences: Iterable[Sentence]) -> list[ToldNumber]:
    """Return every number of support tickets that the report tells, each once."""
    return _numbers(sentences, _TICKETS, (SectionName.IMPACT, SectionName.SUMMARY, SectionName.RESPONSE, None))


def everybody(sentences: Iterable[Sentence]) -> list[ToldText]:
    """Return in what words, and where, the report says that all customers were affected."""
    return [
        ToldText(found.group(), (sentence.line_at(found.start()),), found.group())
        for sentence in _within(sentences, (SectionName.SUMMARY, SectionName.IMPACT))
        for found in _EVERYBODY.finditer(sentence.text)
    ][:5]


def counts_purchases(sentences: Iterable[Sentence]) -> bool:
    """Tell whether the report says how many purchases there were, or how many of them failed."""
    return any(_PURCHASES.search(sentence.text) for sentence in sentences if sentence.section in _ON_PURCHASES)


def is_announced(sentences: Iterable[Sentence]) -> bool | None:
    """Tell whether those who respond knew of it beforehand; `None` where the report does not say."""
    for sentence in sentences:
        if _BLIND.search(sentence.text):
            return False
        if _ANNOUNCED.search(sentence.text):
            return True
    return None


def experiment_like(sentences: Iterable[Sentence]) -> ToldText | None:
    """Return the shipped experiment that tries the same, by the report's words; `None` where none can be told."""
    known = list(_within(sentences, _ON_THE_FAULT))
    for pattern, experiment in _EXPERIMENTS:
        for sentence in known:
            if found := re.search(pattern, sentence.text, re.IGNORECASE):
                return ToldText(experiment, (sentence.line_at(found.start()),), found.group())
    return None


def fault_of(experiment: str) -> FaultKind | None:
    """Return the fault that a shipped experiment brings about; `None` for any other."""
    return _FAULTS.get(experiment)


def _detections(sentences: Iterable[Sentence]) -> Iterator[tuple[Sense, Sentence, str]]:
    for sentence in _within(sentences, _ON_DETECTION):
        for telling in tellings_of(sentence.text):
            if telling.sense in {Sense.ALERT_FIRING, Sense.NOTICED}:
                yield telling.sense, sentence, telling.words


def _means(sentences: Iterable[Sentence]) -> str:
    """Return in brackets by what means, where a sentence names a tool: ` (Grafana dashboard)`; else nothing."""
    for sentence in sentences:
        if _CUSTOMER.search(sentence.text):
            return " (a customer)"
        if found := _TOOL.search(sentence.text):
            tool = next(tool for tool in _TOOLS if tool.lower() == found[1].lower())
            return f" ({tool} dashboard)" if _SIGHT.search(sentence.text) else f" ({tool})"
    return ""


def _numbers(
    sentences: Iterable[Sentence], pattern: re.Pattern[str], sections: tuple[SectionName | None, ...]
) -> list[ToldNumber]:
    found: dict[int, ToldNumber] = {}
    for sentence in _within(sentences, sections):
        for match in pattern.finditer(sentence.text):
            told = ToldNumber(count_of(match["count"]), sentence.line_at(match.start()), match.group())
            found.setdefault(told.value, told)
    return list(found.values())


def _within(sentences: Iterable[Sentence], sections: tuple[SectionName | None, ...]) -> Iterator[Sentence]:
    """Yield the sentences of these sections, in the order of the sections."""
    held = [sentence for sentence in sentences if sentence.section in sections]
    for section in sections:
        yield from (sentence for sentence in held if sentence.section is section)
