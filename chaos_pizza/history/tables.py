"""The history's tables, which a team's dashboards may read: `drills`, `action_items`, and `meta` with their version."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.measure import MeasureName

SCHEMA_VERSION = 1
"""A column more is another version: see `chaos_pizza.history.schema`."""


class Instant(TypeDecorator[datetime]):
    """An aware instant to the microsecond: `timestamptz` in PostgreSQL, in SQLite a text that sorts as time does."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that this database keeps an instant as."""
        chosen: TypeEngine[Any] = String(27) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(chosen)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Return an instant as this database takes it."""
        return value if value is None or dialect.name != "sqlite" else instant_text(value)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the aware instant, in UTC, that this database gave."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value if value is None else value.astimezone(UTC)


class List(TypeDecorator[list[Any]]):
    """A list: in PostgreSQL as `jsonb`, so that those who look into one can ask the database, in SQLite as its text."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that this database keeps a list as."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(JSON())
        from sqlalchemy.dialects.postgresql import JSONB  # noqa: PLC0415 - a history in SQLite need not wait for it

        return dialect.type_descriptor(JSONB())


def _measure_columns(name: MeasureName) -> list[Column[float] | Column[bool]]:
    stem = name.removesuffix("_s")
    return [
        Column(f"{stem}_s", Double),
        Column(f"{stem}_earliest_s", Double),
        Column(f"{stem}_latest_s", Double),
        Column(f"{stem}_censored", Boolean),
    ]


metadata = MetaData()

drills = Table(
    "drills",
    metadata,
    Column("id", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("experiment", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant, nullable=False),
    Column("fault", Text),
    Column("announced", Boolean),
    Column("responder", Text),
    Column("verdict", Text),
    Column("reasons", List, nullable=False),
    Column("detected_by", Text),
    Column("ended_by", Text),
    Column("fault_proven", Boolean),
    Column("purchases", BigInteger),
    Column("failed", BigInteger),
    Column("rejected", BigInteger),
    Column("success_ratio", Double),
    Column("diners_affected", BigInteger),
    Column("minutes_below_tolerance", Double),
    Column("orders_without_pizza", BigInteger),
    Column("revenue_lost_btc", Double),
    Column("missed_budgets", List, nullable=False),
    Column("sights", List, nullable=False),
    Column("rules_version", Text),
    Column("tool_version", Text),
    # Last, so that a row is split into its head and its measures.
    *(column for name in MeasureName for column in _measure_columns(name)),
)

action_items = Table(
    "action_items",
    metadata,
    Column("drill_id", Text, ForeignKey("drills.id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("owner", Text),
    Column("due", Date),
    Column("claim", Text),
)

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))
