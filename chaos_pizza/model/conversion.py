"""Between frozen records and plain mappings, for YAML on one side and the journal on the other.

Strict both ways: a field too many or of the wrong type is a complaint that names its place.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, get_args

import cattrs
from cattrs.strategies import configure_tagged_union
from cattrs.v import format_exception

from chaos_pizza.model.event import Event, PurchasesObserved
from chaos_pizza.model.feed import FeedEvent
from chaos_pizza.model.instant import instant_of, instant_text
from chaos_pizza.model.purchase_batch import COLUMNS, columns_of, samples_of

Record = TypeVar("Record")


def event_name(event_class: type) -> str:
    """Return the journal's name of a kind of event: `FaultInjected` is `fault_injected`."""
    name = event_class.__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def feed_name(event_class: type) -> str:
    """Return what a feed calls a kind of its events: `FeedPurchases` is `purchases`."""
    return event_name(event_class).removeprefix("feed_")


def _strictly(kinds: tuple[type, ...], wanted: str) -> Callable[[object, type], Any]:
    """Return a hook that takes only values of these very kinds: no text for a number, no truth for a count."""

    def hook(value: object, kind: type) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{value!r} is not {wanted}")
        return kind(value)

    return hook


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_unstructure_hook(datetime, instant_text)
    converter.register_unstructure_hook(str, str)  # an enumeration's texts, as plain ones
    converter.register_structure_hook(datetime, lambda text, _: instant_of(text))
    # By class, where the library looks first. An enumeration of texts is a `str`, so it is held to be one here too.
    for kind, kinds, wanted in (
        (float, (float, int), "a number"),
        (int, (int,), "a whole number"),
        (str, (str,), "a text"),
        (bool, (bool,), "true or false"),
    ):
        converter.register_structure_hook(kind, _strictly(kinds, wanted))
    configure_tagged_union(Event, converter, tag_generator=event_name, tag_name="type")
    configure_tagged_union(FeedEvent, converter, tag_generator=feed_name, tag_name="type")
    return converter


_CONVERTER = _converter()
EVENT_NAMES: Mapping[type, str] = {event_class: event_name(event_class) for event_class in get_args(Event)}
"""The journal's name of every kind of event."""


def to_mapping(record: object) -> Any:
    """Return a record as mappings, lists, texts and numbers, fit for JSON."""
    return _CONVERTER.unstructure(record)


def from_mapping(mapping: object, record_class: type[Record]) -> Record:
    """Return the record that a mapping describes.

    Raises `ValueError`, in one line that names each place, where it describes none.
    """
    try:
        return _CONVERTER.structure(mapping, record_class)
    except cattrs.BaseValidationError as error:
        raise ValueError("; ".join(_complaints(error))) from None
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from None


def event_to_mapping(event: Event) -> dict[str, Any]:
    """Return an event as a mapping whose `type` names it; a batch of purchases as columns (`purchase_batch`)."""
    name = EVENT_NAMES[type(event)]
    if isinstance(event, PurchasesObserved):
        return {"type": name, **_batch_to_mapping(event)}
    return {"type": name, **_CONVERTER.unstructure(event)}


def event_from_mapping(mapping: object) -> Event:
    """Return the event that a mapping with a `type` describes; `ValueError` where it describes none.

    A batch of purchases may also stand there as journals had it before: as `samples`, a mapping for each.
    """
    kind = mapping.get("type") if isinstance(mapping, dict) else None
    if kind not in EVENT_NAMES.values():
        raise ValueError(f"no kind of event is called {kind!r}")
    if isinstance(mapping, dict) and kind == _BATCH and "answered_us" in mapping:
        return _batch_from_mapping(mapping)
    event: Event = from_mapping(mapping, Event)  # type: ignore[arg-type]
    return event


_BATCH = event_name(PurchasesObserved)
_BESIDES = ("overdue", "dropped", "in_flight")


def _batch_to_mapping(event: PurchasesObserved) -> dict[str, Any]:
    columns = columns_of(event.samples)
    besides = {"overdue": to_mapping(event.overdue), "dropped": event.dropped, "in_flight": event.in_flight}
    if columns:
        columns["since"] = instant_text(columns["since"])
    return {**columns, **{name: value for name, value in besides.items() if value}}


def _batch_from_mapping(mapping: Mapping[str, Any]) -> PurchasesObserved:
    strange = sorted(map(str, mapping.keys() - {"type", *COLUMNS, *_BESIDES}))
    if strange:
        raise ValueError(f"extra fields found ({', '.join(strange)[:80]})")
    besides = from_mapping({name: mapping[name] for name in _BESIDES if name in mapping}, PurchasesObserved)
    samples = samples_of(mapping, instant_of(mapping.get("since")))
    return PurchasesObserved(samples, besides.overdue, besides.dropped, besides.in_flight)


def _complaints(error: cattrs.BaseValidationError) -> list[str]:
    complaints = cattrs.transform_error(error, format_exception=_complaint)
    return [complaint.replace("$.", "").replace(" @ $", "") for complaint in complaints]


def _complaint(error: BaseException, kind: type | None) -> str:
    # Our own hooks, and enumerations, say what is wrong better than the library does.
    return str(error) if type(error) is ValueError else format_exception(error, kind)
