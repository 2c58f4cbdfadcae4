"""The version of a history's tables: made where there are none, and looked at before anything is read of them."""

from sqlalchemy import Connection, inspect, select

from chaos_pizza.errors import UsageError
from chaos_pizza.history.connection import transaction
from chaos_pizza.history.place import Place
from chaos_pizza.history.tables import SCHEMA_VERSION, meta, metadata
from chaos_pizza.history.trouble import OlderHistory

_KEY = "schema_version"


def prepare(place: Place, connection: Connection) -> None:
    """Create the tables where there are none; raises `UsageError` where those that are there are not for us."""
    with transaction(place, connection, writing=False):
        version = _version(place, connection)
    if version is None:
        with transaction(place, connection, writing=True):
            # Another process may have made them meanwhile.
            version = _version(place, connection)
            if version is None:
                metadata.create_all(connection)
                connection.execute(meta.insert().values(key=_KEY, value=str(SCHEMA_VERSION)))
                version = SCHEMA_VERSION
    if version > SCHEMA_VERSION:
        raise UsageError(f"the history {place.label} is of a newer version ({version}): update chaos-pizza")
    if version < SCHEMA_VERSION:
        raise OlderHistory(
            f"the history {place.label} is of an older version ({version}, not {SCHEMA_VERSION}): {_way_out(place)}"
        )


def _version(place: Place, connection: Connection) -> int | None:
    """Return the version of the tables; `None` where there are none yet."""
    found = set(inspect(connection).get_table_names())
    ours = found & set(metadata.tables)
    if not ours and (not found or place.path is None):
        return None
    written = None
    if ours == set(metadata.tables):
        written = connection.execute(select(meta.c.value).where(meta.c.key == _KEY)).scalar()
    if written is None or not written.isdecimal():
        raise UsageError(f"the history {place.label} holds other tables than a history's; name another place for it")
    return int(written)


def _way_out(place: Place) -> str:
    if place.path is not None:
        return "chaos-pizza history rebuild makes it anew from the journals and keeps this one aside"
    return "name an empty database, and let everybody fill it by chaos-pizza history rebuild"
