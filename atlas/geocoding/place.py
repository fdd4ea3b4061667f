"""A remembered place, what remembers it, and how a query is written."""

import math
import unicodedata
from collections.abc import Iterable
from contextlib import AbstractContextManager
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
    """Places that are already known."""

    def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
        """The known ones among `keys` (each made by `key`), misses included."""


@runtime_checkable
class Store(Cache, Protocol):
    """A cache that also learns."""

    def ready(self) -> None:
        """Raise `CacheError` if an answer could not be saved now; called before the network is asked."""

    def claim(self, key: str, known: Place | None = None) -> AbstractContextManager[Place | None]:
        """Hold the right to ask about `key`. Whoever else wants it waits, and is given the answer that came
        meanwhile: any other than `known`, which he has already; None: ask now.
        """

    def put(self, place: Place) -> None:
        """Remember `place`, in place of an older answer to the same query."""


class Turns(Protocol):
    """Who may ask a geocoder when."""

    def turn(self, service: str, delay_s: float) -> AbstractContextManager[None]:
        """Have `service` for oneself, `delay_s` after anybody's last turn. Without a delay: at once."""


def tidy(text: str) -> str:
    """`text` as it is asked: NFKC, no invisible characters, single spaces, `, ` between its parts."""
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
    """`text` as it is remembered: `tidy`, and case makes no difference.

    >>> key("  VIA ex Aeroporto ,80038  Pomigliano")
    'via ex aeroporto, 80038 pomigliano'
    """
    return fold(tidy(text))


def fold(tidied: str) -> str:
    """The `key` of a text that is tidy already."""
    folded = tidied.casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFKC", folded)
