"""The places that all threads, processes and machines remember together, and who may ask: one database.

Touches the database only: `places.sqlite` in the user's cache folder (see `settings.cache_folder`), or the
PostgreSQL that `ATLAS_DATABASE_URL` names when several machines serve. The rules:

* A query is asked once: the asker holds a lease on it (see `leases`), others wait for the answer.
* A service is asked by one at a time, and rests `delay_s` between an answer and the next request.
* Reading creates nothing. The database is made when the first answer is to be saved. A `places.csv` that an
  earlier version left beside it is read until then, and taken over then, once; the file stays.
* A damaged file is never deleted or repaired: the sentence says which one to move away.
"""

import math
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from atlas.errors import CacheError
from atlas.geocoding import database
from atlas.geocoding.csv_cache import FILE_NAME, FileCache, ShippedCache
from atlas.geocoding.leases import Leases
from atlas.geocoding.place import Place, key_of
from atlas.paths import is_writable
from atlas.settings import cache_folder

KEYS_AT_ONCE = 5_000
LOOK_AT_SERVER_S = 5.0

_places = sql.Table(
    "atlas_places",
    sql.MetaData(),
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


@dataclass(frozen=True)
class Status:
    """What a health check shows: `kind` is "SQLite" or "PostgreSQL", `problem` a sentence or None."""

    kind: str
    where: str
    writable: bool
    places: int
    misses: int
    problem: str | None


class PlaceStore:
    """The `Store` of places and the `Turns` of all who share a database."""

    def __init__(self, opened: database.Database, leases: Leases) -> None:
        self.database, self._leases = opened, leases
        self._version: tuple[Any, Any] = (None, None)
        self._looking = threading.Lock()
        self._look_again_s = 0.0

    # ---- places ------------------------------------------------------------------------------------

    def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
        """Returns the remembered places of `keys`, misses included; none from an empty database."""
        wanted = list(keys)
        if not wanted or not self.database.has(_places):
            return self._older.get_many(wanted) if self._older else {}
        places: list[Place] = []
        with self.database.reading() as connection:
            for start in range(0, len(wanted), KEYS_AT_ONCE):
                some = _places.c.key.in_(wanted[start : start + KEYS_AT_ONCE])
                places += map(_place, connection.execute(sql.select(_places).where(some)))
        return {key_of(place.query): place for place in places}

    def put(self, place: Place) -> None:
        """Saves `place` instead of an older answer to its query; it is on disk when this returns."""
        with self.database.writing() as connection:
            self._make(connection)
            self._save(connection, [place])

    def ready(self) -> None:
        """Makes the database if need be; raises `CacheError` if nothing can be saved in it."""
        with self.database.writing() as connection:
            self._make(connection)

    def status(self) -> Status:
        """Returns what the database holds and whether it could be written. Creates nothing."""
        opened = self.database
        counts, problem = (0, 0), None
        try:
            counts = self._counts()
        except CacheError as error:
            problem = str(error)
        writable = is_writable(opened.path.parent) if opened.path else problem is None
        return Status(opened.kind, opened.where, writable, *counts, problem)

    def version(self) -> object:
        """Returns a value that changes with the remembered places; costs next to nothing."""
        path = self.database.path
        if path is None:
            self._look_at_server()
        elif (before := _stamps(path)) != self._version[0]:
            try:
                now = self._newest()
            except CacheError:
                now = before
            self._version = before, now
        return self._version[1]

    def _look_at_server(self) -> None:
        """Has the version looked up from time to time; nobody waits for a server that is slow or away.

        Only the first look is waited for. What a server that is away said last still holds: all that was
        worked out from its places stays as it is.
        """

        def look() -> None:
            try:
                with suppress(CacheError):
                    self._version = None, self._newest()
            finally:
                self._look_again_s = time.monotonic() + LOOK_AT_SERVER_S
                self._looking.release()

        if time.monotonic() >= self._look_again_s and self._looking.acquire(blocking=False):
            if self._look_again_s:
                threading.Thread(target=look, name="places", daemon=True).start()
            else:
                look()

    # ---- who may ask -------------------------------------------------------------------------------

    def claim(self, key: str, known: Place | None = None) -> AbstractContextManager[Place | None]:
        """Holds the right to ask about `key`; gives the answer if somebody got one other than `known`."""
        return self._leases.hold(f"place {key}", unless=lambda: self._news(key, known))

    def turn(self, service: str, delay_s: float) -> AbstractContextManager[None]:
        """Has `service` to itself, `delay_s` after anybody's last turn. Without a delay: at once."""
        if delay_s <= 0:
            return nullcontext()
        self.ready()
        return self._leases.turn(f"service {service}", delay_s)

    def _news(self, key: str, known: Place | None) -> Place | None:
        place = self.get_many([key]).get(key)
        return None if place is None or repr(place) == repr(known) else place

    # ---- the database ------------------------------------------------------------------------------

    @property
    def _older(self) -> FileCache | None:
        """The file of an earlier version, which is read until there is a database beside it."""
        return FileCache(self.database.path.with_name(FILE_NAME)) if self.database.path else None

    def _make(self, connection: sql.Connection) -> None:
        if self.database.make(connection, _places):
            self._leases.make(connection)
            if self._older:
                self._save(connection, self._older.rows())

    def _save(self, connection: sql.Connection, places: Sequence[Place]) -> None:
        saved = self.database.now(connection)
        rows = [{**_row(place), "saved": saved} for place in places]
        adding = self.database.insert(_places)
        others = {column.name: adding.excluded[column.name] for column in _places.c if column.name != "key"}
        if rows:
            connection.execute(adding.on_conflict_do_update(index_elements=["key"], set_=others), rows)

    def _counts(self) -> tuple[int, int]:
        """Returns how many places and how many misses are remembered."""
        if not self.database.has(_places):
            rows = self._older.rows() if self._older else []
            placed = sum(place.found for place in rows)
            return placed, len(rows) - placed
        counts = sql.select(sql.func.count(_places.c.latitude), sql.func.count())
        with self.database.reading() as connection:
            placed, every = connection.execute(counts.select_from(_places)).one()
        return placed, every - placed

    def _newest(self) -> object:
        if not self.database.has(_places):
            return _stamps(self._older.path) if self._older else ()
        with self.database.reading() as connection:
            newest = sql.select(sql.func.count(), sql.func.max(_places.c.saved))
            return tuple(connection.execute(newest).one())


def open_store(env: Mapping[str, str] = os.environ) -> PlaceStore:
    """Returns the store that the environment names; nothing is connected, read or created yet."""
    return _store(database.address(env, cache_folder(env)))


def default_caches(data_folder: Path, env: Mapping[str, str] = os.environ) -> tuple[ShippedCache, PlaceStore]:
    """Returns the shipped places, then the shared ones; nothing is read or created yet."""
    return ShippedCache(data_folder / FILE_NAME), open_store(env)


@lru_cache(maxsize=8)
def _store(address: sql.URL) -> PlaceStore:
    opened = database.Database(address)
    return PlaceStore(opened, Leases(opened))


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
    """Returns name, time and size of a database, its journal and the older file; None for an empty one."""
    stamps: list[object] = []
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(FILE_NAME)):
        with suppress(OSError):
            stat = file.stat()
            stamps.append((file.name, stat.st_mtime_ns, stat.st_size) if stat.st_size else None)
    return tuple(stamps)
