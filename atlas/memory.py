"""A small cache that a table owns: the newest results of each kind; they go when the table goes.

Each language has results of its own, as most of them hold words.

sheet.memory.of("card", row, lambda: make_card(row), most=256)

And what a large table leaves in the process while it is read, given back to the system.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pyarrow as pa

from atlas import language

MANY_ROWS = 100_000
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


def give_back(rows: int) -> None:
    """Gives the system what Arrow no longer needs after work on a table of so many rows.

    Arrow keeps freed memory for later. Between the steps that a million rows go through, that is 0.3 GB
    more than what is in use.
    """
    if rows >= MANY_ROWS:
        pa.default_memory_pool().release_unused()
