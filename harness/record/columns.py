"""Kinds of columns that the databases do not agree on: exact integers of 256 bits, and times in UTC."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

DIGITS = 78
"""Of the largest number of 256 bits."""

Id = BigInteger().with_variant(Integer, "sqlite")
"""A row's number; SQLite counts on by itself in this kind alone."""


class Wei(TypeDecorator[int]):
    """An exact integer of up to 78 digits: wei, or units of a token.

    Postgres keeps it as NUMERIC(78, 0). SQLite knows no integer above 64 bits and would make a float of it, hence text
    there: it must not be compared, ordered or summed in SQL.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database keeps it as."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(DIGITS, 0))

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | Decimal | None:
        """Write it."""
        if value is None:
            return None
        if not isinstance(value, int) or abs(value) >= 10**DIGITS:
            raise ValueError(f"{value!r} is no integer of at most {DIGITS} digits")
        return str(value) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ANN401, ARG002
        """Read it."""
        return None if value is None else int(value)


class Utc(TypeDecorator[datetime]):
    """A moment; always with its zone in Python, and always in UTC in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database keeps it as."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
