"""Between frozen records and plain mappings, for YAML on one side and the journal on the other.

Strict both ways: a field too many or of the wrong type is a complaint that names its place.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

from chaos_pizza.model.event import Event, PurchasesObserved
from chaos_pizza.model.feed import FeedEvent
from chaos_pizza.model.instant import instant_of, instant_text
from chaos_pizza.model.purchase_batch import COLUMNS, columns_of, samples_of

if TYPE_CHECKING:
    import cattrs

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
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"{value!r} is not {_choice(kind)}") from None

    return hook


def _choice(kind: type) -> str:
    """Return what may stand where an enumeration is wanted, which nobody outside of the code knows by its name."""
    *others, last = [str(each.value) for each in kind] if issubclass(kind, Enum) else ["another"]
    return f"{', '.join(others)} or {last}" if others else last


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[1:] == (...,)


def _listed(kind: Any, converter: "cattrs.BaseConverter") -> Callable[[object, type], Any]:
    """Return a hook that takes a list for a tuple of any length: a text would be one of letters, a mapping of keys."""
    each = converter.get_structure_hook(list[get_args(kind)[0]])  # type: ignore[misc]

    def hook(value: object, _: type) -> Any:
        if not isinstance(value, list | tuple):
            raise ValueError("a list is wanted")  # noqa: TRY004 - as all complaints
        return tuple(each(value, list))

    return hook


def _mapped(kind: type, converter: "cattrs.Converter") -> Callable[[object, type], Any]:
    """Return a hook that takes a mapping for a record, and says of anything else what is wanted instead."""
    structure: Callable[[Mapping[str, Any], Any], Any] = converter.gen_structure_attrs_fromdict(kind)

    def hook(value: object, record_class: type) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError(f"a mapping is wanted{_such_as(kind, value)}")  # noqa: TRY004 - as all complaints
        return structure(value, record_class)

    return hook


def _such_as(kind: Any, given: object) -> str:
    """Return what a record's mapping holds: its needed fields, else one that means what was given, else a usual one."""
    known: tuple[Field[Any], ...] = fields(kind)
    needed = [each.name for each in known if each.default is MISSING and each.default_factory is MISSING]
    if needed:
        return f" with {', '.join(needed)}"
    for each in known:
        if isinstance(each.default, Enum) and given in [str(other.value) for other in type(each.default)]:
            return f", such as {{{each.name}: {given}}}"
    plain = [each for each in known if isinstance(each.default, str | int | float)]
    shown = f", such as {{{plain[0].name}: {getattr(plain[0].default, 'value', plain[0].default)}}}" if plain else ""
    return f"{shown}; {{}} takes the defaults"


@cache
def _converter() -> "cattrs.Converter":
    """Return the one converter, which takes a tenth of a second to make: commands that convert nothing need none."""
    import cattrs  # noqa: PLC0415 - see above

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
    converter.register_structure_hook_factory(_is_tuple, _listed)
    converter.register_structure_hook_factory(is_dataclass, _mapped)
    _register_tagged(Event, event_name, converter)
    _register_tagged(FeedEvent, feed_name, converter)
    return converter


def _register_tagged(union: Any, name_of: Callable[[type], str], converter: "cattrs.Converter") -> None:
    """Have each of a union's records carry its name as its `type`; what a kind of them needs is made for its first.

    The library's own way makes it for all kinds at once, which is half of what a drill's start needs of it.
    """
    kinds = {name_of(kind): kind for kind in get_args(union)}
    names = {kind: name for name, kind in kinds.items()}

    def structure(mapping: dict[str, Any], _: Any) -> Any:
        rest = mapping.copy()
        return converter.structure(rest, kinds[rest.pop("type")])

    def unstructure(record: Any) -> dict[str, Any]:
        return {**converter.unstructure(record), "type": names[type(record)]}

    converter.register_structure_hook(union, structure)
    converter.register_unstructure_hook(union, unstructure)


EVENT_NAMES: Mapping[type, str] = {event_class: event_name(event_class) for event_class in get_args(Event)}
"""The journal's name of every kind of event."""


def to_mapping(record: object) -> Any:
    """Return a record as mappings, lists, texts and numbers, fit for JSON."""
    return _converter().unstructure(record)


def from_mapping(mapping: object, record_class: type[Record]) -> Record:
    """Return the record that a mapping describes.

    Raises `ValueError`, in one line that names each place, where it describes none.
    """
    import cattrs  # noqa: PLC0415 - as the converter

    try:
        return _converter().structure(mapping, record_class)
    except cattrs.BaseValidationError as error:
        raise ValueError("; ".join(_complaints(error))) from None
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ValueError(str(error)) from None


def event_to_mapping(event: Event) -> dict[str, Any]:
    """Return an event as a mapping whose `type` names it; a batch of purchases as columns (`purchase_batch`)."""
    name = EVENT_NAMES[type(event)]
    if isinstance(event, PurchasesObserved):
        return {"type": name, **_batch_to_mapping(event)}
    return {"type": name, **_converter().unstructure(event)}


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
        raise ValueError(f"there is no {_named(strange)}")
    besides = from_mapping({name: mapping[name] for name in _BESIDES if name in mapping}, PurchasesObserved)
    samples = samples_of(mapping, instant_of(mapping.get("since")))
    return PurchasesObserved(samples, besides.overdue, besides.dropped, besides.in_flight)


def _complaints(error: "cattrs.BaseValidationError") -> list[str]:
    import cattrs  # noqa: PLC0415 - loaded by now

    complaints = cattrs.transform_error(error, format_exception=_complaint)
    return [complaint.replace("$.", "").replace(" @ $", "") for complaint in complaints]


def _complaint(error: BaseException, _: type | None) -> str:
    from cattrs import ForbiddenExtraKeysError  # noqa: PLC0415 - loaded by now

    # Not in the library's words: those are about Python, and name classes that are known in the code alone.
    if isinstance(error, ForbiddenExtraKeysError):
        known = [each.name for each in fields(error.cl)] if is_dataclass(error.cl) else []
        return f"there is no {_named(error.extra_fields)}{_meant(error.extra_fields, known)}"
    if isinstance(error, KeyError):
        return "required field missing"
    if type(error) is ValueError:
        return str(error)
    return "a mapping is wanted" if isinstance(error, AttributeError) else "a value of another kind is wanted"


def _named(strange: Collection[object]) -> str:
    """Return the names of fields that there are not, which may be anything."""
    return ", ".join(name if name.isprintable() else repr(name) for name in sorted(map(str, strange)))[:80]


def _meant(strange: Collection[str], known: list[str]) -> str:
    """Return what may have been meant by fields that there are not, "" where nobody knows."""
    near = [match for name in sorted(map(str, strange)) for match in get_close_matches(name[:80], known, 1)]
    return f"; did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
