"""Visitors' own tables: in memory only, each for its owner, all together within a budget.

    key = new_key()                            # unguessable; opens the table over HTTP
    visitors.enter(owner, is_here=...)         # the session is there; asked again whenever it matters
    visitors.hold(owner, preparation, size)    # a file that is being prepared
    visitors.keep(owner, key, table, size)     # the table that the owner put on show
    visitors.of(key)                           # the table, or None: forgotten, never there, owner away

A key answers only while its owner's session is connected. What belongs to a session that left is
dropped `GRACE_S` later, so that a lost connection loses nothing, and at once on `forget`. When the
budget is spent, the owner who has been idle longest loses everything and reads why at the next
visit (`farewell`). Nothing here is written to disk or logged. Knows neither tables nor Streamlit.
"""

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from atlas.errors import DataError
from atlas.language import gettext, gettext_noop, number
from atlas.settings import UPLOADS_MB

GRACE_S = 120.0  # as long as Streamlit keeps a session that lost its connection
SWEEP_S = 5.0
MOST_FAREWELLS = 1000
MB = 1024 * 1024
PUT_ASIDE = gettext_noop(
    "Your table was put aside, because this server's memory for visitors' tables was needed by others and "
    "yours had not been used for longest. Upload it again to go on."
)
NOT_HERE = gettext_noop(
    "There is no such table (any more), or another process of this server has it. Reload the page; if the "
    "table was your own, upload it again."
)
Table = TypeVar("Table")


class Preparation(Protocol):
    """A file being prepared. `close` ends what still works on it. Its `key` is as secret as a table's."""

    @property
    def key(self) -> str: ...

    def close(self) -> None: ...

    def rejects(self) -> bytes:
        """Returns its rows with a problem, as CSV."""


@dataclass
class _Locker(Generic[Table]):
    """What belongs to one owner; sizes in bytes, `used_s` and `left_s` on the clock."""

    is_here: Callable[[], bool]
    used_s: float
    left_s: float | None = None
    draft: Preparation | None = None
    draft_size: int = 0
    key: str = ""
    table: Table | None = None
    table_size: int = 0

    @property
    def size(self) -> int:
        return self.draft_size + self.table_size


def new_key() -> str:
    """Returns a key that nobody can guess."""
    return secrets.token_urlsafe(32)


def is_key(text: str) -> bool:
    """Returns whether a text looks like a key, whoever made it."""
    return re.fullmatch(r"[\w-]{43}", text, re.ASCII) is not None


def budget() -> int:
    """Returns the bytes that all visitors' tables may take; raises `ConfigurationError`."""
    return UPLOADS_MB.read() * MB


def check_room(size: int) -> None:
    """Raises `DataError` where so many bytes can never fit."""
    most = budget()
    if size > most:
        raise DataError(
            gettext(
                "This table needs about {needed} MB of memory, and this server gives all visitors' tables "
                "{most} MB together. Use a smaller file, or fewer columns.",
                needed=number(-(-size // MB)),
                most=number(most // MB),
            )
        )


class Visitors(Generic[Table]):
    """The tables of all visitors; may be used by many threads at once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sweeps: bool = True) -> None:
        self._clock, self._sweeps = clock, sweeps
        self._lockers: dict[str, _Locker[Table]] = {}
        self._owners: dict[str, str] = {}  # key -> owner
        self._farewells: dict[str, str] = {}
        self._lock = threading.RLock()
        self._sweeper: threading.Thread | None = None

    def enter(self, owner: str, *, is_here: Callable[[], bool]) -> None:
        """Notes that the owner is there; `is_here` tells from now on whether that is still so."""
        with self._lock:
            locker = self._lockers.setdefault(owner, _Locker(is_here, self._clock()))
            locker.is_here, locker.used_s, locker.left_s = is_here, self._clock(), None
            if self._sweeps and self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep_on, name="visitors", daemon=True)
                self._sweeper.start()

    def hold(self, owner: str, draft: Preparation, size: int) -> None:
        """Holds the file that the owner prepares in place of the last; raises `DataError` if too large."""
        with self._lock:
            locker = self._locker(owner)
            self._make_room(owner, size + locker.table_size)
            if locker.draft is not draft:
                self._close(locker.draft)
            locker.draft, locker.draft_size, locker.used_s = draft, size, self._clock()
            self._owners[draft.key] = owner

    def keep(self, owner: str, key: str, table: Table, size: int) -> None:
        """Keeps the owner's table on show in place of the last; raises `DataError` if too large."""
        with self._lock:
            locker = self._locker(owner)
            self._make_room(owner, size + locker.draft_size)
            self._owners.pop(locker.key, None)
            locker.key, locker.table, locker.table_size = key, table, size
            locker.used_s = self._clock()
            self._owners[key] = owner

    def draft(self, owner: str) -> Preparation | None:
        """Returns the file that the owner prepares, if there is one."""
        with self._lock:
            locker = self._lockers.get(owner)
            return locker.draft if locker else None

    def mine(self, owner: str) -> Table | None:
        """Returns the table that the owner put on show, if there is one."""
        with self._lock:
            locker = self._lockers.get(owner)
            return locker.table if locker else None

    def of(self, key: str) -> Table | None:
        """Returns the table behind a key; None for a key of nobody, whether or not it ever was in use."""
        with self._lock:
            locker = self._behind(key)
            return locker.table if locker and locker.key == key else None

    def draft_of(self, key: str) -> Preparation | None:
        """Returns the file being prepared behind its key; None as for `of`."""
        with self._lock:
            locker = self._behind(key)
            return locker.draft if locker and locker.draft and locker.draft.key == key else None

    def forget(self, owner: str) -> None:
        """Drops all that is the owner's; a new table may come."""
        with self._lock:
            locker = self._lockers.get(owner)
            if locker is None:
                return
            self._owners.pop(locker.key, None)
            self._close(locker.draft)
            self._lockers[owner] = _Locker(locker.is_here, locker.used_s, locker.left_s)

    def _close(self, draft: Preparation | None) -> None:
        if draft is not None:
            self._owners.pop(draft.key, None)
            draft.close()

    def farewell(self, owner: str) -> str:
        """Returns why the owner's table is gone, once; "" where it is not gone."""
        with self._lock:
            farewell = self._farewells.pop(owner, "")
        return gettext(farewell) if farewell else ""

    @property
    def size(self) -> int:
        """Returns the bytes in use, as the callers gave them."""
        with self._lock:
            return sum(locker.size for locker in self._lockers.values())

    def sweep(self) -> None:
        """Drops what belongs to sessions that left `GRACE_S` ago."""
        with self._lock:
            for owner in [name for name, locker in self._lockers.items() if self._is_gone(locker)]:
                self.forget(owner)
                del self._lockers[owner]

    def _is_gone(self, locker: _Locker[Table]) -> bool:
        is_here = self._is_here(locker)
        return not is_here and locker.left_s is not None and self._clock() - locker.left_s >= GRACE_S

    def _is_here(self, locker: _Locker[Table]) -> bool:
        """Tells whether the owner is connected; the first look that finds nobody notes the time."""
        if locker.is_here():
            locker.left_s = None
            return True
        if locker.left_s is None:
            locker.left_s = self._clock()
        return False

    def _behind(self, key: str) -> _Locker[Table] | None:
        """Returns what the connected owner of a key has, and notes the use."""
        locker = self._lockers.get(self._owners.get(key, ""))
        if locker is None or not self._is_here(locker):
            return None
        locker.used_s = self._clock()
        return locker

    def _locker(self, owner: str) -> _Locker[Table]:
        """Returns where the owner's things are; raises `DataError` for a session that has ended meanwhile."""
        if owner not in self._lockers:
            raise DataError(gettext("This session has ended, and its table with it. Upload the file again."))
        return self._lockers[owner]

    def _make_room(self, owner: str, size: int) -> None:
        """Drops what has been idle longest until `owner` can have `size` bytes in all."""
        check_room(size)
        self.sweep()
        others = sorted(
            (locker.used_s, name) for name, locker in self._lockers.items() if locker.size and name != owner
        )
        for _, name in others:
            taken = sum(locker.size for holder, locker in self._lockers.items() if holder != owner)
            if taken + size <= budget():
                return
            self.forget(name)
            self._farewells[name] = PUT_ASIDE
            while len(self._farewells) > MOST_FAREWELLS:
                self._farewells.pop(next(iter(self._farewells)))

    def _sweep_on(self) -> None:
        """Drops departed visitors every few seconds; ends when none is left."""
        pause = threading.Event()
        while not pause.wait(SWEEP_S):
            self.sweep()
            with self._lock:
                if not self._lockers:
                    self._sweeper = None
                    return
