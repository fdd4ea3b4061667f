"""A small cache that a table owns: the newest results of each kind; they go when the table goes.

Each language has results of its own, as most of them hold words.

sheet.memory.of("card", row, lambda: make_card(row), most=256)

What a large table leaves in the process while it is read, given back to the system. And a `Workplace`, so
that only few large tables of visitors are worked on at the same time.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pyarrow as pa

from atlas import language
from atlas.errors import Busy
from atlas.language import gettext

MANY_ROWS = 100_000
SMALL_BYTES = 2_000_000
Thing = TypeVar("Thing")


class Memory:
    """The remembered results of one table; safe for many threads."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, language.Spoken], dict[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def of(self, kind: str, key: Hashable, make: Callable[[], Thing], *, most: int) -> Thing:
        """Returns the result remembered under `kind` and `key`, or makes it; keeps the `most` newest."""
        with self._lock:
            results = self._kinds.setdefault((kind, language.current()), {})
            if key in results:
                remembered: Thing = results[key]
                return remembered
        # Made outside the lock: two visitors may do the same work, none waits for another's.
        made = make()
        with self._lock:
            results[key] = made
            while len(results) > most:
                results.pop(next(iter(results)))
        return made


class Workplace:
    """Lets few threads work on large tables at the same time; `most` may be there, working or waiting."""

    def __init__(self, *, places: int = 2, most: int = 10, wait_s: float = 120) -> None:
        self._places, self._wait_s = threading.BoundedSemaphore(places), wait_s
        self._room = threading.BoundedSemaphore(most)

    @contextmanager
    def turn(self, size: int) -> Iterator[None]:
        """Waits for a place to work on a table of so many bytes, small ones at once; raises `Busy`."""
        if size < SMALL_BYTES:
            yield
            return
        if not self._room.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._places.acquire(timeout=self._wait_s):
                raise self._busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._room.release()

    def _busy(self) -> Busy:
        return Busy(gettext("Many large tables are being read at the moment. Try again in a minute."), 60)


def give_back(rows: int) -> None:
    """Gives the system what Arrow no longer needs after work on a table of so many rows.

    Arrow keeps freed memory for later. Between the steps that a million rows go through, that is 0.3 GB
    more than what is in use.
    """
    if rows >= MANY_ROWS:
        pa.default_memory_pool().release_unused()
