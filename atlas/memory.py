"""Things worked out once per table on show and remembered, as many as one says.

A table that is not on show any more takes them along. Knows nothing of what it keeps.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Thing = TypeVar("Thing")


class Kept(Generic[Thing]):
    """`of(sheet, key, make)` is `make()` the first time; `most` things per table are kept, the newest."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._things: WeakKeyDictionary[object, dict[Hashable, Thing]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, sheet: object, key: Hashable, make: Callable[[], Thing]) -> Thing:
        with self._lock:
            things = self._things.setdefault(sheet, {})
            if key in things:
                return things[key]
        # Made outside the lock: two visitors may do the same work, none waits for another's.
        made = make()
        with self._lock:
            things[key] = made
            while len(things) > self.most:
                things.pop(next(iter(things)))
        return made
