"""Visitors' own tables: in memory only, each for its owner, all together within a budget.

    key = uploads.new_key()                # unguessable; whoever has it can read the table over HTTP
    visitors.enter(owner, is_here=...)     # the session is there; asked again whenever it matters
    visitors.hold(owner, draft, size)      # a file that is being prepared
    visitors.keep(owner, key, table, size) # the table that the owner put on show
    visitors.of(key)                       # the table, or None: forgotten, never there, owner away

A key answers only while its owner's session is connected. What belongs to a session that left is
dropped `GRACE_S` later, so that a lost connection loses nothing, and at once on `forget`. When the
budget is spent, the owner who has been idle longest loses everything and is told so at the next
visit (`farewell`). Nothing here is written to disk or logged. Knows neither tables nor Streamlit.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from atlas.errors import DataError
from atlas.settings import UPLOADS_MB

GRACE_S = 120.0  # as long as Streamlit keeps a session that lost its connection
SWEEP_S = 5.0
MOST_FAREWELLS = 1000
MB = 1024 * 1024
Thing = TypeVar("Thing")


class Draft(Protocol):
    """A file being prepared. `close` ends what still works on it. Its `key` is as secret as a table's."""

    @property
    def key(self) -> str: ...

    def close(self) -> None: ...

    def rejects(self) -> bytes:
        """Its rows with a problem, as CSV."""


@dataclass
class _Place(Generic[Thing]):
    """What one owner has; sizes in bytes, `used_s` and `left_s` on the clock."""

    is_here: Callable[[], bool]
    used_s: float
    left_s: float | None = None
    draft: Draft | None = None
    draft_size: int = 0
    key: str = ""
    table: Thing | None = None
    table_size: int = 0

    @property
    def size(self) -> int:
        return self.draft_size + self.table_size


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(32)


def budget() -> int:
    """Bytes that all visitors' tables may take; raises `ConfigurationError`."""
    return UPLOADS_MB.read() * MB


class Uploads(Generic[Thing]):
    """The tables of all visitors; may be used by many threads at once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sweeps: bool = True) -> None:
        self._clock, self._sweeps = clock, sweeps
        self._places: dict[str, _Place[Thing]] = {}
        self._owners: dict[str, str] = {}  # key -> owner
        self._farewells: dict[str, str] = {}
        self._lock = threading.RLock()
        self._sweeper: threading.Thread | None = None

    def enter(self, owner: str, *, is_here: Callable[[], bool]) -> None:
        """The owner is there, and is asked about with `is_here` from now on."""
        with self._lock:
            place = self._places.setdefault(owner, _Place(is_here, self._clock()))
            place.is_here, place.used_s, place.left_s = is_here, self._clock(), None
            if self._sweeps and self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep_on, name="uploads", daemon=True)
                self._sweeper.start()

    def check_room(self, size: int, *, also: int = 0) -> None:
        """Raises `DataError` where something (and `also`, beside it) can never fit, before it is built."""
        most = budget()
        if size + also > most:
            raise DataError(
                f"This table needs about {-(-(size + also) // MB):,} MB of memory, and this server gives all "
                f"visitors' tables {most // MB:,} MB together. Use a smaller file, or fewer columns."
            )

    def hold(self, owner: str, draft: Draft, size: int) -> None:
        """The owner's file being prepared, in place of the one before; raises `DataError` if too large."""
        with self._lock:
            place = self._place(owner)
            self._make_room(owner, size + place.table_size)
            if place.draft is not None and place.draft is not draft:
                self._owners.pop(place.draft.key, None)
                place.draft.close()
            place.draft, place.draft_size, place.used_s = draft, size, self._clock()
            self._owners[draft.key] = owner

    def keep(self, owner: str, key: str, table: Thing, size: int) -> None:
        """The owner's table on show, in place of the one before; raises `DataError` if too large."""
        with self._lock:
            place = self._place(owner)
            self._make_room(owner, size + place.draft_size)
            self._owners.pop(place.key, None)
            place.key, place.table, place.table_size = key, table, size
            place.used_s = self._clock()
            self._owners[key] = owner

    def draft(self, owner: str) -> Draft | None:
        """The file that the owner prepares, if there is one."""
        with self._lock:
            place = self._places.get(owner)
            return place.draft if place else None

    def mine(self, owner: str) -> Thing | None:
        """The table that the owner put on show, if there is one."""
        with self._lock:
            place = self._places.get(owner)
            return place.table if place else None

    def of(self, key: str) -> Thing | None:
        """The table behind a key; None for a key that is nobody's, whether or not it ever was."""
        with self._lock:
            place = self._behind(key)
            return place.table if place and place.key == key else None

    def draft_of(self, key: str) -> Draft | None:
        """The file being prepared behind its key; None as for `of`."""
        with self._lock:
            place = self._behind(key)
            return place.draft if place and place.draft and place.draft.key == key else None

    def forget(self, owner: str) -> None:
        """Nothing of the owner's is left; a new table may come."""
        with self._lock:
            place = self._places.get(owner)
            if place is None:
                return
            self._owners.pop(place.key, None)
            if place.draft is not None:
                self._owners.pop(place.draft.key, None)
                place.draft.close()
            self._places[owner] = _Place(place.is_here, place.used_s, place.left_s)

    def farewell(self, owner: str) -> str:
        """Why the owner's table is gone, told once; "" where it is not."""
        with self._lock:
            return self._farewells.pop(owner, "")

    @property
    def size(self) -> int:
        """Bytes in use, as far as they were told."""
        with self._lock:
            return sum(place.size for place in self._places.values())

    def sweep(self) -> None:
        """Drops what belongs to sessions that left `GRACE_S` ago."""
        with self._lock:
            for owner in list(self._gone()):
                self.forget(owner)
                del self._places[owner]

    def _gone(self) -> Iterator[str]:
        now_s = self._clock()
        for owner, place in self._places.items():
            if not self._is_here(place) and place.left_s is not None and now_s - place.left_s >= GRACE_S:
                yield owner

    def _is_here(self, place: _Place[Thing]) -> bool:
        """Whether the owner is connected; since when not is noted at the first look."""
        if place.is_here():
            place.left_s = None
            return True
        if place.left_s is None:
            place.left_s = self._clock()
        return False

    def _behind(self, key: str) -> _Place[Thing] | None:
        """What the connected owner of a key has; that it was asked for is noted."""
        place = self._places.get(self._owners.get(key, ""))
        if place is None or not self._is_here(place):
            return None
        place.used_s = self._clock()
        return place

    def _place(self, owner: str) -> _Place[Thing]:
        """Where the owner's things are; a session that ended meanwhile has no place any more."""
        if owner not in self._places:
            raise DataError("This session has ended, and its table with it. Upload the file again.")
        return self._places[owner]

    def _make_room(self, owner: str, size: int) -> None:
        """Lets those who have been idle longest go until `owner` can have `size` bytes in all."""
        self.check_room(size)
        self.sweep()
        others = sorted(
            (place.used_s, name) for name, place in self._places.items() if place.size and name != owner
        )
        for _, name in others:
            taken = sum(place.size for one, place in self._places.items() if one != owner)
            if taken + size <= budget():
                return
            self.forget(name)
            self._farewells[name] = (
                "Your table was put aside, because this server's memory for visitors' tables was needed by "
                "others and yours had not been used for longest. Upload it again to go on."
            )
            while len(self._farewells) > MOST_FAREWELLS:
                self._farewells.pop(next(iter(self._farewells)))

    def _sweep_on(self) -> None:
        """The sweeper: looks every few seconds, and goes home when there is nothing left to look after."""
        pause = threading.Event()
        while not pause.wait(SWEEP_S):
            self.sweep()
            with self._lock:
                if not self._places:
                    self._sweeper = None
                    return
