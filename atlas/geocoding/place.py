"""A remembered place, what remembers it, whose turn it is, and how a query is written. Touches nothing."""

import math
import threading
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Place:
    """One answer of a geocoder; coordinates are NaN when it said that there is no such place."""

    query: str
    latitude: float
    longitude: float
    accuracy_m: float
    geocoder: str
    source_url: str
    retrieved: date

    @property
    def found(self) -> bool:
        return not math.isnan(self.latitude)


class Cache(Protocol):
    """Remembered places."""

    def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
        """Returns the remembered places of `keys` (made by `key_of`), misses included."""


@runtime_checkable
class Store(Cache, Protocol):
    """A cache that also learns."""

    def ready(self) -> None:
        """Raises `CacheError` if nothing can be saved; called before the network is asked."""

    def claim(self, key: str, known: Place | None = None) -> AbstractContextManager[Place | None]:
        """Blocks others. Yields the answer that somebody else stored meanwhile, or None: then ask.

        `known` is the stored answer that the caller has already.
        """

    def put(self, place: Place) -> None:
        """Saves `place` instead of an older answer to the same query."""


class Turns(Protocol):
    """Whose turn it is at a geocoder."""

    def turn(self, service: str, delay_s: float) -> AbstractContextManager[None]:
        """Blocks others for the turn, `delay_s` after anybody's last turn; without a delay nobody waits."""


_locks: dict[Hashable, tuple[threading.Lock, int]] = {}
_locks_guard = threading.Lock()


@contextmanager
def holding(name: Hashable) -> Iterator[None]:
    """Lets one thread of this process at a time hold `name`; drops locks that nobody waits for."""
    with _locks_guard:
        lock, users = _locks.get(name, (threading.Lock(), 0))
        _locks[name] = lock, users + 1
    try:
        with lock:
            yield
    finally:
        with _locks_guard:
            lock, users = _locks.pop(name)
            if users > 1:
                _locks[name] = lock, users - 1


def tidy(text: str) -> str:
    """Returns `text` as it is asked: NFKC, no invisible characters, single spaces, `, ` between its parts."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return ", ".join(" ".join(part.split()) for part in text.split(",")).strip(" ,")


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return "" if unicodedata.category(character) == "Cf" else " "


def key_of(text: str) -> str:
    """Returns `text` as it is remembered: `tidy`, and case makes no difference.

    >>> key_of("  VIA ex Aeroporto ,80038  Pomigliano")
    'via ex aeroporto, 80038 pomigliano'
    """
    return key_of_tidy(tidy(text))


def key_of_tidy(tidied: str) -> str:
    """Returns the `key_of` a text that is tidy already."""
    folded = tidied.casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFKC", folded)
