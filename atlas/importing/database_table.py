"""Reads an operator's table from a database: one SELECT, in a transaction that may only read.

    postgresql://user:password@host/name?table=plants          a table or view, also schema.plants
    postgresql://user:password@host/name?query=SELECT …        the rows of a query
    sqlite:////srv/plants.db?table=plants                      any address of SQLAlchemy whose driver is there

PostgreSQL and SQLite refuse every change; any other database does as far as its user's rights say so, and
nothing is ever committed. PostgreSQL is reached through pg8000 unless the address names another driver. No
message holds a user, a password, a host or a query. Touches that database only.
"""

import datetime as dt
import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sql
from sqlalchemy import exc

from atlas import columns, settings
from atlas.errors import DataError
from atlas.importing.files import header_row, raw_table
from atlas.text import shortened

logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # it logs errors that hold cells
WAIT_S = 30.0
MOST_BYTES = 2_000_000_000
ROWS_A_PART = 50_000
_FORM = (
    f"{settings.PLANTS.name} names a database but not what to read of it; write "
    "postgresql://user:password@host/name?table=plants, or ?query=SELECT … in place of ?table=."
)


def read(source: str) -> raw_table.Raw:
    """Returns the rows of the table or query that an address names; raises `DataError`."""
    url, statement = _asked(source)
    try:
        with _reading(url) as connection:
            rows = connection.execute(statement, execution_options={"stream_results": True})
            return _raw(rows, settings.title_of(source))
    except (exc.NoSuchModuleError, ModuleNotFoundError):
        raise DataError(
            f"No driver for “{shortened(url.drivername, 40)}” is installed. Install it beside the atlas, or "
            f"name another in {settings.PLANTS.name}, as in postgresql+pg8000://."
        ) from None
    except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        # Not from its cause: that has the address and the query in it.
        raise DataError(
            f"The database of {settings.PLANTS.name} cannot be read ({_reason(error, url)}). "
            "Check the address, the server and the network."
        ) from None


# ---- the request -----------------------------------------------------------------------------------


def _asked(source: str) -> tuple[sql.URL, sql.Executable]:
    """Returns the address of the database, without what is ours, and the statement."""
    try:
        url = sql.make_url(source)
    except (exc.ArgumentError, ValueError):
        raise DataError(_FORM) from None  # the cause has the password in it
    table, query = url.query.get("table", ""), url.query.get("query", "")
    if not (isinstance(table, str) and isinstance(query, str)) or bool(table) == bool(query):
        raise DataError(_FORM)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+pg8000")
    return url.difference_update_query(["table", "query"]), _of_table(table) if table else _of_query(query)


def _of_table(name: str) -> sql.Executable:
    schema, _, table = name.rpartition(".")
    rows = sql.table(table, schema=schema or None)
    return sql.select(sql.text("*")).select_from(rows).limit(raw_table.MOST_ROWS + 1)


def _of_query(query: str) -> sql.Executable:
    """Returns a query as it stands; raises `DataError` for anything but one SELECT."""
    text = query.strip().rstrip(";")
    if not re.match(r"(select|with)\b", text, re.IGNORECASE) or ";" in text:
        raise DataError(
            f"The query in {settings.PLANTS.name} must be one SELECT without a semicolon; make a view of "
            "anything else, and name that with ?table=."
        )
    return sql.text(text.replace(":", r"\:"))  # SQLAlchemy would take ":30" for a parameter


# ---- the connection --------------------------------------------------------------------------------


@contextmanager
def _reading(url: sql.URL) -> Iterator[sql.Connection]:
    """Yields a connection that changes nothing."""
    if url.get_backend_name() == "sqlite":
        engine = sql.create_engine("sqlite://", creator=lambda: _file(url), poolclass=sql.NullPool)
    else:
        wait = {"pg8000": "timeout", "psycopg": "connect_timeout", "psycopg2": "connect_timeout"}
        driver = url.get_driver_name()
        how: dict[str, Any] = {wait[driver]: int(WAIT_S)} if driver in wait else {}
        if driver == "pg8000":  # the others read sslmode themselves
            trust = settings.trust_of(str(url.query.get("sslmode", "prefer")))
            how |= {"ssl_context": trust} if trust else {}
            url = url.difference_update_query(["sslmode"])
        engine = sql.create_engine(url, connect_args=how, poolclass=sql.NullPool, hide_parameters=True)
    try:
        opened = engine.connect()
    except TypeError:
        raise DataError(
            f"The address in {settings.PLANTS.name} has a parameter that the driver "
            f"{url.get_driver_name()} does not know; take it out."
        ) from None
    with opened as connection:
        yield connection.execution_options(postgresql_readonly=True)


def _file(url: sql.URL) -> sqlite3.Connection:
    path = Path(url.database or "").expanduser().absolute()
    opened = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=WAIT_S, check_same_thread=False)
    opened.execute("PRAGMA query_only=ON")
    return opened


def _reason(error: BaseException, url: sql.URL) -> str:
    """Returns what the driver says, as a short line without names, passwords and statements."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig else error
    under = cause.__cause__ or cause.__context__
    if isinstance(under, OSError) and under.strerror:
        text = under.strerror.lower()
    elif cause.args and isinstance(cause.args[0], dict):  # pg8000 gives the server's fields
        text = str(cause.args[0].get("M", "refused"))
    else:
        text = str(cause)
    line = (text.splitlines() or [""])[0]
    for secret in filter(None, (str(url.password or ""), url.username, url.host)):
        line = line.replace(secret, "…")
    return shortened(line.strip(". "), 120) or type(cause).__name__


# ---- the rows --------------------------------------------------------------------------------------


def _raw(rows: sql.CursorResult[Any], title: str) -> raw_table.Raw:
    names = columns.distinct(header_row.named([raw_table.restored_name(name) for name in list(rows.keys())]))
    if len(names) > raw_table.MOST_COLUMNS:
        raise DataError(f"{title} has more than {raw_table.MOST_COLUMNS:,} columns.")
    parts: list[list[pa.Array]] = [[] for _ in names]
    count = size = 0
    for part in rows.partitions(ROWS_A_PART):
        count += len(part)
        raw_table.check_rows(count, title)
        for chunks, values in zip(parts, zip(*part, strict=True), strict=True):
            chunks.append(_cells(values))
            size += chunks[-1].nbytes
        if size > MOST_BYTES:
            raise DataError(f"{title} has more than {MOST_BYTES // 1_000_000:,} MB; name fewer columns.")
    table = pa.table([_column(chunks) for chunks in parts], names=list(names))
    numbers = np.arange(1, count + 1, dtype=np.int64)
    return raw_table.Raw(title, table, numbers, raw_table.Detected("database", header_row=0))


def _cells(values: Sequence[Any]) -> pa.Array:
    """Returns values as numbers, as yes and no, or else as text."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if not kinds <= {int, float, Decimal}:
        return pa.array([_text(value) for value in values], pa.large_string())
    is_whole = float not in kinds and all(value is None or value == value // 1 for value in values)
    number = int if is_whole else float
    numbers = [None if value is None else number(value) for value in values]
    try:
        return pa.array(numbers, pa.int64() if is_whole else pa.float64())
    except (OverflowError, pa.ArrowInvalid):  # longer than 18 digits: an id
        return pa.array([_text(value) for value in values], pa.large_string())


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()  # positions come as WKB
    if isinstance(value, (dict, list)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, dt.datetime):
        is_day = value.time() == dt.time() and value.tzinfo is None
        text = value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    else:
        text = str(value)
    return text.encode("utf-8", "replace").decode("utf-8")


def _column(chunks: Sequence[pa.Array]) -> pa.ChunkedArray:
    """Returns the parts of a column in one type: whole numbers beside others become numbers, else text."""
    kinds = {chunk.type for chunk in chunks} - {pa.null()}
    if len(kinds) > 1:
        kind = pa.float64() if kinds == {pa.int64(), pa.float64()} else pa.large_string()
    else:
        kind = next(iter(kinds), pa.null())
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks], kind)
