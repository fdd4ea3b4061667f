"""Remembered places and turns at a geocoder, for all threads, processes and machines: one database.

Touches the database only: `places.sqlite` in the user's cache folder (see `placecache.cache_folder`), or the
PostgreSQL that `ATLAS_DATABASE_URL` names when several machines serve. The rules:

* A query is asked once: who asks holds a *lease* on it; others who want it wait for the answer. A lease is
  renewed while its holder lives and runs out `LEASE_S` after he died, so nobody is blocked for ever.
* A service is asked by one at a time, and rests `delay_s` between an answer and the next request, over all
  who share the database. That is stricter than one request per `delay_s`, and needs no trust in a clock that
  several machines would have to share: PostgreSQL's own is used.
* Reading creates nothing. The database is made when the first answer is to be saved; a `places.csv` that an
  earlier version left beside it is taken over then, once, and stays where it is. Until then it is read.
* A damaged file is never deleted or repaired: the sentence says which one to move away.
"""

import math
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite

from atlas.errors import CacheError
from atlas.geocoding import database
from atlas.geocoding.csv_cache import FILE_NAME, FileCache, ShippedCache, holding
from atlas.geocoding.place import Place, key_of
from atlas.paths import is_writable
from atlas.settings import cache_folder

LEASE_S = 30.0
LOOK_S = 0.25
KEYS_AT_ONCE = 5_000
LOOK_AT_SERVER_S = 5.0

_schema = sql.MetaData()
_places = sql.Table(
    "atlas_places",
    _schema,
    sql.Column("key", sql.Text, primary_key=True),
    sql.Column("query", sql.Text, nullable=False),
    sql.Column("latitude", sql.Double),
    sql.Column("longitude", sql.Double),
    sql.Column("accuracy_m", sql.Double),
    sql.Column("geocoder", sql.Text, nullable=False),
    sql.Column("source_url", sql.Text, nullable=False),
    sql.Column("retrieved", sql.Date, nullable=False),
    sql.Column("saved", sql.Double, nullable=False),
)
_leases = sql.Table(
    "atlas_leases",
    _schema,
    sql.Column("name", sql.Text, primary_key=True),
    sql.Column("holder", sql.Text),
    sql.Column("until", sql.Double, nullable=False),
    sql.Column("freed", sql.Double, nullable=False),
)


@dataclass(frozen=True)
class Status:
    """What a health check wants to know: `kind` is "SQLite" or "PostgreSQL", `problem` a sentence or None."""

    kind: str
    where: str
    writable: bool
    places: int
    misses: int
    problem: str | None


class PlaceStore:
    """A `placecache.Store` and the `placecache.Turns` of everybody who shares its database.

    `clock` and `sleep` are seams; without a clock it is the machine's for a file, PostgreSQL's for a server.
    """

    def __init__(
        self,
        opened: database.Database,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        lease_s: float = LEASE_S,
    ) -> None:
        self.database = opened
        self._clock, self._sleep, self._lease_s = clock, sleep, lease_s
        self._beat = _Heartbeat(self._renew, lease_s / 3)
        self._version: tuple[Any, Any] = (None, None)

    # ---- places ------------------------------------------------------------------------------------

    def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
        """The known ones among `keys`, misses included; an empty database is no error."""
        wanted = list(keys)
        if not wanted or not self._is_there():
            return self._older.get_many(wanted) if self._older else {}
        found: list[Place] = []
        with self.database.reading() as connection:
            for start in range(0, len(wanted), KEYS_AT_ONCE):
                some = _places.c.key.in_(wanted[start : start + KEYS_AT_ONCE])
                found += map(_place, connection.execute(sql.select(_places).where(some)))
        return {key_of(place.query): place for place in found}

    def put(self, place: Place) -> None:
        """Remember `place`, in place of an older answer to the same query; on disk when this returns."""
        with self.database.writing() as connection:
            self._make(connection)
            self._save(connection, [place])

    def ready(self) -> None:
        """The database is there and can be written, or a `CacheError` says why not."""
        with self.database.writing() as connection:
            self._make(connection)

    def status(self) -> Status:
        """What the database holds and whether it could be written. Creates nothing."""
        there, where = self.database, self.database.where
        counts, problem = (0, 0), None
        try:
            counts = self._counts()
        except CacheError as error:
            problem = str(error)
        writable = is_writable(there.path.parent) if there.path else problem is None
        return Status(there.kind, where, writable, *counts, problem)

    def version(self) -> object:
        """What tells that the known places have changed; asked often, so it costs next to nothing."""
        path = self.database.path
        before = _stamps(path) if path else (time.monotonic() // LOOK_AT_SERVER_S,)
        if before != self._version[0]:
            try:
                now = self._newest()
            except CacheError:
                now = before
            self._version = before, now
        return self._version[1]

    # ---- turns -------------------------------------------------------------------------------------

    @contextmanager
    def claim(self, key: str, known: Place | None = None) -> Iterator[Place | None]:
        """Hold the right to ask about `key`; gives the answer if somebody got one other than `known`."""
        name = f"place {key}"
        with holding((self._me, self.database.where, name)):
            while (news := self._news(key, known)) is None and (wait := self._take(name, 0.0)):
                self._sleep(wait)
            if news is not None:
                yield news
                return
            with self._held(name, forget=True):
                yield self._news(key, known)

    @contextmanager
    def turn(self, service: str, delay_s: float) -> Iterator[None]:
        """Have `service` for oneself, `delay_s` after anybody's last turn. Without a delay: at once."""
        if delay_s <= 0:
            yield
            return
        name = f"service {service}"
        with holding((self._me, self.database.where, name)):
            self.ready()
            while wait := self._take(name, delay_s):
                self._sleep(wait)
            with self._held(name, forget=False):
                yield

    def _news(self, key: str, known: Place | None) -> Place | None:
        place = self.get_many([key]).get(key)
        return None if place is None or repr(place) == repr(known) else place

    def _take(self, name: str, rest_s: float) -> float:
        """Take the lease and return 0, or the seconds after which to try again."""
        row = _leases.c
        with self.database.reading() as connection:
            now = self._now(connection)
            found = connection.execute(sql.select(_leases).where(row.name == name)).one_or_none()
        wait = self._wait(found, now, rest_s)
        if wait:
            return wait
        mine = {"holder": self._me, "until": now + self._lease_s}
        with self.database.writing() as connection:
            if found is None:
                made = self._insert(_leases).values(name=name, freed=0.0, **mine).on_conflict_do_nothing()
                return 0.0 if connection.execute(made).rowcount == 1 else LOOK_S / 10
            unchanged = (row.name == name) & row.holder.is_not_distinct_from(found.holder)
            unchanged &= (row.until == found.until) & (row.freed == found.freed)
            taken = connection.execute(sql.update(_leases).where(unchanged).values(**mine))
        return 0.0 if taken.rowcount == 1 else LOOK_S / 10

    def _wait(self, found: Any, now: float, rest_s: float) -> float:
        """How long a lease is not to be had; one from the future is from before the clock was set back."""
        if found is None:
            return 0.0
        if found.holder is not None and now < found.until <= now + 2 * self._lease_s:
            return min(LOOK_S, rest_s / 4) if rest_s else LOOK_S
        # Of a holder that died only the end of his lease is known: he asked before it.
        freed = found.freed if found.holder is None else found.until
        return float(freed + rest_s - now) if now - rest_s < freed <= now + self._lease_s else 0.0

    @contextmanager
    def _held(self, name: str, *, forget: bool) -> Iterator[None]:
        self._beat.add(name)
        try:
            yield
        finally:
            self._beat.remove(name)
            with suppress(CacheError):  # it runs out by itself
                self._release(name, forget=forget)

    def _release(self, name: str, *, forget: bool) -> None:
        mine = (_leases.c.name == name) & (_leases.c.holder == self._me)
        with self.database.writing() as connection:
            if forget:
                connection.execute(sql.delete(_leases).where(mine))
            else:
                freed = self._now(connection)
                connection.execute(sql.update(_leases).where(mine).values(holder=None, freed=freed))

    def _renew(self, names: Sequence[str]) -> None:
        mine = _leases.c.name.in_(names) & (_leases.c.holder == self._me)
        with suppress(CacheError), self.database.writing() as connection:
            until = self._now(connection) + self._lease_s
            connection.execute(sql.update(_leases).where(mine).values(until=until))

    # ---- the database ------------------------------------------------------------------------------

    @property
    def _me(self) -> str:
        return f"{os.getpid()} {_PROCESS}"

    @property
    def _older(self) -> FileCache | None:
        """The file of an earlier version, which is read until there is a database beside it."""
        return FileCache(self.database.path.with_name(FILE_NAME)) if self.database.path else None

    def _is_there(self) -> bool:
        path = self.database.path
        if path and not database.exists(path):
            return False
        with self.database.reading() as connection:
            return sql.inspect(connection).has_table(_leases.name)

    def _make(self, connection: sql.Connection) -> None:
        if sql.inspect(connection).has_table(_leases.name):
            return
        if not self.database.path:  # of two machines that come at once, one makes the tables
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(_LOCK)))
        _schema.create_all(connection)
        if self._older:
            self._save(connection, self._older.rows())

    def _insert(self, table: sql.Table) -> Any:
        return sqlite.insert(table) if self.database.path else postgresql.insert(table)

    def _save(self, connection: sql.Connection, places: Sequence[Place]) -> None:
        saved = self._now(connection)
        rows = [{**_row(place), "saved": saved} for place in places]
        adding = self._insert(_places)
        others = {column.name: adding.excluded[column.name] for column in _places.c if column.name != "key"}
        if rows:
            connection.execute(adding.on_conflict_do_update(index_elements=["key"], set_=others), rows)

    def _counts(self) -> tuple[int, int]:
        if not self._is_there():
            rows = self._older.rows() if self._older else []
            found = sum(place.found for place in rows)
            return found, len(rows) - found
        counts = sql.select(sql.func.count(_places.c.latitude), sql.func.count())
        with self.database.reading() as connection:
            found, every = connection.execute(counts.select_from(_places)).one()
        return found, every - found

    def _newest(self) -> object:
        if not self._is_there():
            return _stamps(self._older.path) if self._older else ()
        with self.database.reading() as connection:
            newest = sql.select(sql.func.count(), sql.func.max(_places.c.saved))
            return tuple(connection.execute(newest).one())

    def _now(self, connection: sql.Connection) -> float:
        if self._clock:
            return self._clock()
        if self.database.path:
            return time.time()
        clock = sql.extract("epoch", sql.func.clock_timestamp())
        return float(connection.execute(sql.select(clock)).scalar_one())


_LOCK = 0x61746C6173
_PROCESS = uuid.uuid4().hex


class _Heartbeat:
    """Renews the leases that this process holds, from a thread that lives only while there are any."""

    def __init__(self, renew: Callable[[Sequence[str]], None], every_s: float) -> None:
        self._renew, self._every_s = renew, every_s
        self._names: set[str] = set()
        self._guard = threading.Lock()
        self._idle = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, name: str) -> None:
        with self._guard:
            self._names.add(name)
            self._idle.clear()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def remove(self, name: str) -> None:
        with self._guard:
            self._names.discard(name)
            if not self._names:
                self._idle.set()

    def _run(self) -> None:
        while True:
            self._idle.wait(self._every_s)
            with self._guard:
                names = sorted(self._names)
                if not names:
                    self._thread = None
                    return
            self._renew(names)


def open_store(env: Mapping[str, str] = os.environ) -> PlaceStore:
    """The store that the environment names; nothing is connected, read or created yet."""
    return _store(database.address(env, cache_folder(env)))


def default_caches(data_folder: Path, env: Mapping[str, str] = os.environ) -> tuple[ShippedCache, PlaceStore]:
    """The shipped places, then the shared ones; nothing is read or created yet."""
    return ShippedCache(data_folder / FILE_NAME), open_store(env)


@lru_cache(maxsize=8)
def _store(address: sql.URL) -> PlaceStore:
    return PlaceStore(database.Database(address))


def _row(place: Place) -> dict[str, Any]:
    numbers = {name: getattr(place, name) for name in ("latitude", "longitude", "accuracy_m")}
    return {
        "key": key_of(place.query),
        "query": place.query,
        **{name: None if math.isnan(number) else number for name, number in numbers.items()},
        "geocoder": place.geocoder,
        "source_url": place.source_url,
        "retrieved": place.retrieved,
    }


def _place(row: Any) -> Place:
    numbers = (row.latitude, row.longitude, row.accuracy_m)
    latitude, longitude, accuracy_m = (math.nan if number is None else float(number) for number in numbers)
    return Place(row.query, latitude, longitude, accuracy_m, row.geocoder, row.source_url, row.retrieved)


def _stamps(path: Path) -> tuple[object, ...]:
    """Of a database, its journal and the older file beside it; an empty journal is none."""
    stamps: list[object] = []
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(FILE_NAME)):
        with suppress(OSError):
            stat = file.stat()
            stamps.append((file.name, stat.st_mtime_ns, stat.st_size) if stat.st_size else None)
    return tuple(stamps)
