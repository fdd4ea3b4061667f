"""Opens the database that all askers share, a SQLite file or a PostgreSQL server; its errors are sentences.

Touches what the address names and nothing else: reading makes no file, and no file is ever deleted. SQLite
keeps its journal in a file beside the database (WAL), so that readers never wait; where a file system cannot
do that SQLite's usual journal is used. PostgreSQL is reached through pg8000.
"""

import logging
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite

from atlas.errors import CacheError, ConfigurationError
from atlas.settings import DATABASE_URL, trust_of

FILE = "places.sqlite"
BUSY_S = 30.0
# Each is needed for a moment; a server has 100 of them for all processes that share it.
_FEW = {"pool_size": 3, "max_overflow": 0, "pool_timeout": 120}
_FULL = re.compile("full|no space", re.IGNORECASE)
_DAMAGED = re.compile("malformed|not a database|no such (table|column)|has no column", re.IGNORECASE)
_BUSY = re.compile("locked|locking|busy", re.IGNORECASE)
_LEAST_FREE_BYTES = 64_000  # SQLite needs about half of it beside the file, also for reading
# It logs a traceback for each connection that a server left broken; there is a sentence for that.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
_MAKING = 0x61746C6173  # PostgreSQL's number of the lock under which tables are made


def address(env: Mapping[str, str], folder: Path) -> sql.URL:
    """Returns the database that the environment names, else the file in `folder`."""
    given = DATABASE_URL.read(env)
    if not given:
        return sql.URL.create("sqlite", database=str(folder / FILE))
    wrong = ConfigurationError(
        "ATLAS_DATABASE_URL must be like postgresql://user:password@host:5432/name, with at most ?sslmode=… "
        "behind it; unset it to use a file in your cache folder."
    )
    try:
        url = sql.make_url(given)
    except (exc.ArgumentError, ValueError):
        raise wrong from None  # the cause has the password in it
    is_known = url.drivername.partition("+")[0] in ("postgresql", "postgres")
    if not (is_known and url.host and url.database and set(url.query) <= {"sslmode"}):
        raise wrong
    return url.set(drivername="postgresql+pg8000")


def exists(path: Path) -> bool:
    """Whether there is a database file; False for an unreadable folder and for an empty file."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


class Database:
    """A database that is connected when it is first needed; every error of it is a `CacheError`.

    `clock` is a seam; without it the clock is the machine's for a file, PostgreSQL's own for a server.
    """

    def __init__(self, address: sql.URL, *, clock: Callable[[], float] | None = None) -> None:
        self._address, self._clock = address, clock
        self._file: tuple[int, int] | None = None

    @cached_property
    def path(self) -> Path | None:
        """The database file; None for a server."""
        return Path(self._address.database or "") if self._address.get_backend_name() == "sqlite" else None

    @property
    def kind(self) -> str:
        return "SQLite" if self.path else "PostgreSQL"

    @cached_property
    def where(self) -> str:
        """The file, or server and name of the database, for people: without user and password."""
        host, port = self._address.host, self._address.port
        return str(self.path or f"{host}{f':{port}' if port else ''}/{self._address.database}")

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """Yields a connection that sees a single state of the database."""
        with self._sentences(), self._current().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """Yields a connection whose changes are all on disk when the block ends, or none of them."""
        with self._sentences():
            if self.path:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._current().connect().execution_options(atlas_writes=True)
            with connection, connection.begin():
                self._file = self._present()  # the first writer has just made it
                yield connection

    def has(self, table: sql.Table) -> bool:
        """Whether a table has been made; asking makes nothing."""
        if self.path and not exists(self.path):
            return False
        with self.reading() as connection:
            return sql.inspect(connection).has_table(table.name)

    def make(self, connection: sql.Connection, table: sql.Table) -> bool:
        """Makes a table; False if it is there already."""
        if sql.inspect(connection).has_table(table.name):
            return False
        if not self.path:  # of two machines that come at once, one makes it
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_MAKING)))
        table.create(connection, checkfirst=True)
        return True

    def insert(self, table: sql.Table) -> sqlite.Insert | postgresql.Insert:
        """An insert that can say what happens to a row that is there already."""
        return sqlite.insert(table) if self.path else postgresql.insert(table)

    def now(self, connection: sql.Connection) -> float:
        """The time in seconds by the clock that all who share the database go by."""
        if self._clock:
            return self._clock()
        if self.path:
            return time.time()
        clock = sql.extract("epoch", sql.func.clock_timestamp())
        return float(connection.execute(sql.select(clock)).scalar_one())

    @cached_property
    def _engine(self) -> sql.Engine:
        if not self.path:
            return sql.create_engine(self._plain, connect_args=self._how, pool_pre_ping=True, **_FEW)
        engine = sql.create_engine(
            "sqlite://", creator=lambda: _connect(self.path), poolclass=sql.QueuePool, max_overflow=100
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _current(self) -> sql.Engine:
        """The engine; a file that was replaced by another is opened anew."""
        if self._present() != self._file:
            self._engine.dispose()
            self._file = self._present()
        return self._engine

    def _present(self) -> tuple[int, int] | None:
        """Device and number of the file that lies there now; None for no file."""
        try:
            stat = self.path.stat() if self.path else None
        except OSError:
            return None
        return (stat.st_dev, stat.st_ino) if stat else None

    @property
    def _plain(self) -> sql.URL:
        return self._address.set(query={})

    @property
    def _how(self) -> dict[str, Any]:
        """`sslmode` as pg8000 wants it."""
        trust = trust_of(str(self._address.query.get("sslmode", "prefer")))
        return {"timeout": BUSY_S} | ({"ssl_context": trust} if trust else {})

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            reason = _reason(error)
            if self.path and _is_full(self.path):
                reason = "the disk is full"
            self._engine.dispose()  # a connection that could only read would stay so for ever
            raise CacheError(self._about_file(reason) if self.path else self._about_server(reason)) from error

    def _about_file(self, reason: str) -> str:
        if _DAMAGED.search(reason):
            return (
                f"The place cache {self.path} is damaged ({reason}). Move it away and start again: "
                "a new one is made, and what was in it is looked up again."
            )
        folder = self.path.parent if self.path else ""
        if _BUSY.search(reason):
            return (
                f"The place cache {self.path} is in use and did not become free ({reason}). Try again; if it "
                "lies on a network drive, set ATLAS_CACHE_DIR to a folder of this machine."
            )
        first = "Free some space there, or set" if _FULL.search(reason) else "Set"
        return (
            f"The cache folder {folder} cannot be written ({reason}). "
            f"{first} ATLAS_CACHE_DIR to a folder that can."
        )

    def _about_server(self, reason: str) -> str:
        return (
            f"The database {self.where} cannot be used ({reason}). "
            "Check ATLAS_DATABASE_URL, the server and the network."
        )


def _connect(path: Path | None) -> sqlite3.Connection:
    """Opens a file with our own settings; reads a file that cannot be written as it is."""
    if path and exists(path) and (_is_full(path) or not os.access(path.parent, os.W_OK)):
        return sqlite3.connect(
            f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
        )
    connection = sqlite3.connect(str(path), timeout=BUSY_S, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.OperationalError:
        pass  # the usual journal does as well; what is really wrong shows at the first use
    except BaseException:
        connection.close()
        raise
    return connection


def _is_full(path: Path) -> bool:
    """Whether the disk of a file has no room for what SQLite keeps beside it."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _begin(connection: sql.Connection) -> None:
    """Lets a writer take the lock at once: after reading first it could find the file changed."""
    writes = connection.get_execution_options().get("atlas_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: BaseException) -> str:
    """Returns the innermost error as a short line without parameters."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig else error
    if isinstance(cause, OSError):
        text = cause.strerror or type(cause).__name__
    elif cause.args and isinstance(cause.args[0], dict):  # pg8000 gives the server's fields
        text = str(cause.args[0].get("M", "refused"))
    else:
        text = str(cause)
    under = cause.__cause__ or cause.__context__
    if isinstance(under, OSError) and under.strerror:
        text = under.strerror
    return text.splitlines()[0].strip(". ")[:200].lower() if text else type(cause).__name__.lower()
