"""Leases: rights that one asker at a time has, over all threads, processes and machines of one database.

Touches the table `atlas_leases` only. The rules:

* A lease is renewed while its holder lives and runs out `LEASE_S` after the holder died, so that a crash
  blocks nobody for ever.
* A wait for a holder that does not renew its lease is logged, once.
* A turn is a lease with a rest: the next holder waits `rest_s` after the last one was done. That is stricter
  than one turn per `rest_s`, and needs no trust in a clock that several machines would have to share:
  PostgreSQL's own is used.
* A time in the future is from before the clock was set back, and blocks nobody.
"""

import logging
import math
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sql

from atlas.errors import CacheError
from atlas.geocoding.database import Database
from atlas.geocoding.place import holding

LEASE_S = 30.0
LOOK_S = 0.25
DEAD_SHARE = 0.6  # of a lease left: who lives has renewed it by then
WAITING = "Another run of the atlas ended without notice while it asked a geocoder. Going on in %d s."
LOST_RACE_S = LOOK_S / 10
_log = logging.getLogger(__name__)
Thing = TypeVar("Thing")

_table = sql.Table(
    "atlas_leases",
    sql.MetaData(),
    sql.Column("name", sql.Text, primary_key=True),
    sql.Column("holder", sql.Text),
    sql.Column("until", sql.Double, nullable=False),
    sql.Column("freed", sql.Double, nullable=False),
)
_PROCESS = uuid.uuid4().hex


def this_process() -> str:
    """A name of this process that no other process has on any machine, also after a fork."""
    return f"{os.getpid()} {_PROCESS}"


@dataclass(frozen=True)
class _Lease:
    """A row of the table: `holder` has the lease until `until`; without a holder it is free since `freed`."""

    holder: str | None
    until: float
    freed: float

    def blocked_s(self, now: float, rest_s: float, lease_s: float) -> float:
        """Returns the seconds after which to try again, 0 if the lease can be had now."""
        if self.holder is not None and now < self.until <= now + 2 * lease_s:
            return min(LOOK_S, rest_s / 4) if rest_s else LOOK_S
        # A dead holder's last request is unknown: assume the end of its lease.
        last_use = self.freed if self.holder is None else self.until
        return max(0.0, last_use + rest_s - now) if last_use <= now + lease_s else 0.0


class Leases:
    """The leases of one database. `sleep`, `lease_s` and `holder` (who we are) are seams for tests."""

    def __init__(
        self,
        database: Database,
        *,
        sleep: Callable[[float], None] = time.sleep,
        lease_s: float = LEASE_S,
        holder: Callable[[], str] = this_process,
    ) -> None:
        self._database, self._sleep, self._lease_s, self._holder = database, sleep, lease_s, holder
        self._heartbeat = _Heartbeat(self._renew, lease_s / 3)

    def make(self, connection: sql.Connection) -> None:
        """Makes the table if need be; before that nothing can be held."""
        self._database.make(connection, _table)

    @contextmanager
    def hold(self, name: str, *, unless: Callable[[], Thing | None] = lambda: None) -> Iterator[Thing | None]:
        """Holds a lease in the block, after waiting for it; gives what `unless` returns, and does not wait
        any longer once that is not None.
        """
        with holding(self._ours(name)):
            said = False
            while (instead := unless()) is None and (wait_s := self._take(name, 0.0)):
                said = said or self._say_if_dead(name)
                self._sleep(wait_s)
            if instead is not None:
                yield instead
                return
            with self._held(name, self._delete):
                yield unless()

    @contextmanager
    def turn(self, name: str, rest_s: float) -> Iterator[None]:
        """Holds a lease in the block, `rest_s` seconds after its last holder was done."""
        with holding(self._ours(name)):
            said = False
            while wait_s := self._take(name, rest_s):
                said = said or self._say_if_dead(name)
                self._sleep(wait_s)
            with self._held(name, self._free):
                yield

    def _ours(self, name: str) -> tuple[str, ...]:
        """The lock by which one thread of this process at a time asks the database for a lease."""
        return self._holder(), self._database.where, name

    def _say_if_dead(self, name: str) -> bool:
        """Logs how long the wait for a holder is that does not renew its lease; returns whether it did."""
        row = _table.c
        with self._database.reading() as connection:
            left_s = connection.execute(
                sql.select(row.until).where((row.name == name) & row.holder.is_not(None))
            ).scalar_one_or_none()
            left_s = None if left_s is None else left_s - self._database.now(connection)
        if left_s is None or not 0 < left_s < DEAD_SHARE * self._lease_s:
            return False
        _log.warning(WAITING, math.ceil(left_s))
        return True

    def _take(self, name: str, rest_s: float) -> float:
        """Takes a lease and returns 0, or returns the seconds after which to try again."""
        row = _table.c
        columns = sql.select(row.holder, row.until, row.freed).where(row.name == name)
        with self._database.reading() as connection:
            now = self._database.now(connection)
            cells = connection.execute(columns).one_or_none()
        lease = None if cells is None else _Lease(*cells)
        if lease and (wait_s := lease.blocked_s(now, rest_s, self._lease_s)):
            return wait_s
        mine = {"holder": self._holder(), "until": now + self._lease_s}
        change: sql.Executable
        if lease is None:
            new = self._database.insert(_table).values(name=name, freed=0.0, **mine)
            change = new.on_conflict_do_nothing()
        else:
            unchanged = (row.name == name) & row.holder.is_not_distinct_from(lease.holder)
            unchanged &= (row.until == lease.until) & (row.freed == lease.freed)
            change = sql.update(_table).where(unchanged).values(**mine)
        with self._database.writing() as connection:
            return 0.0 if connection.execute(change).rowcount == 1 else LOST_RACE_S

    @contextmanager
    def _held(self, name: str, end: Callable[[sql.Connection, str], None]) -> Iterator[None]:
        """Renews a lease that was taken until the block is done, then ends it."""
        self._heartbeat.add(name)
        try:
            yield
        finally:
            self._heartbeat.remove(name)
            with suppress(CacheError), self._database.writing() as connection:  # else it runs out by itself
                end(connection, name)

    def _delete(self, connection: sql.Connection, name: str) -> None:
        connection.execute(sql.delete(_table).where(self._mine(name)))

    def _free(self, connection: sql.Connection, name: str) -> None:
        """Leaves the lease to the next holder, with the time from which the rest counts."""
        freed = self._database.now(connection)
        connection.execute(sql.update(_table).where(self._mine(name)).values(holder=None, freed=freed))

    def _renew(self, names: Sequence[str]) -> None:
        with suppress(CacheError), self._database.writing() as connection:
            until = self._database.now(connection) + self._lease_s
            connection.execute(sql.update(_table).where(self._mine(*names)).values(until=until))

    def _mine(self, *names: str) -> sql.ColumnElement[bool]:
        return _table.c.name.in_(names) & (_table.c.holder == self._holder())


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
