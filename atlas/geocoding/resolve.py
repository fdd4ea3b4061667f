"""Address -> place: what is known first, then the geocoder; `locate` places the rows of a table.

Touches the caches (see `placecache`, `placestore`) and, only for an address that no cache knows, the `ask` it
is given (see `geocoding`). The rules:

* A row with usable coordinates keeps them. Others are looked up in every cache; a found place beats a miss,
  the younger answer beats the older, the earlier cache wins a tie. What no cache knows is asked, once.
* "There is no such place" is an answer: it is remembered and asked again after `MISS_DAYS` days. A failure is
  not: asking stops, nothing is remembered for the rest, all that is known stays, `problem` says why.
* Nothing is asked that could not be saved, and every answer is saved before the next question: a run that
  ends early, however it ends, is gone on with by the next. What somebody else is asking now is waited for.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from geopy.distance import geodesic

from atlas.errors import CacheError, GeocoderUnavailable
from atlas.geocoding.place import Cache, Place, Store, fold, tidy
from atlas.geocoding.service import Ask
from atlas.place_columns import GIVEN, PLACE_COLUMNS

MISS_DAYS = 30
LONGEST_QUERY = 400

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Limit:
    """How many questions one run may ask at most, and the sentence for those who want more."""

    most: int
    reason: Callable[[int], str]


@dataclass(frozen=True, eq=False)
class Located:
    """A table with its places, and how it came to them.

    `from_table`, `from_cache` and `from_gazetteer` count rows; `asked` counts questions that were answered.
    `not_found` and `changed` name plants; `problem` is the sentence that ended the asking early, or None.
    """

    table: pd.DataFrame
    from_table: int
    from_cache: int
    asked: int
    not_found: list[str]
    problem: str | None
    changed: list[str]
    from_gazetteer: int = 0


def locate(
    table: pd.DataFrame,
    *,
    caches: Sequence[Cache],
    ask: Ask | None = None,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    limit: Limit | None = None,
    refresh: bool = False,
    today: date | None = None,
) -> Located:
    """`table` with `PLACE_COLUMNS`: what it gives itself, then `caches`, then `ask` (none: never ask).

    `refresh` asks about every query again; what is known stays if the new answer is worse. `on_progress`
    gets the number of questions done and of all; what it raises ends the run, and nothing asked is lost.
    `cancelled` is asked between two questions whether to stop. `limit` ends the run when it is reached.
    """
    columns = _given(table)
    rows = np.flatnonzero(np.isnan(columns["latitude"]))
    codes, texts = pd.factorize(_queries(table.iloc[rows]))
    keys = [fold(text) for text in texts]
    day = today or datetime.now(UTC).date()
    search = _Search(caches, ask, on_progress, cancelled, limit, refresh, day)
    search.run(_first(zip(keys, texts, strict=True)))
    hits = [search.best(name) for name in keys]
    placed = [hit if hit and hit.found else None for hit in hits]
    for column in PLACE_COLUMNS:
        nothing = "" if column == "geocoder" else math.nan
        columns[column][rows] = _spread([getattr(hit, column) if hit else nothing for hit in placed], codes)
    names = _names(table.iloc[rows])
    old = [bool(hit) and search.new.get(name) is not hit for name, hit in zip(keys, placed, strict=True)]
    missed = [bool(hit and not hit.found) for hit in hits]
    moved = [search.moved(name) for name in keys]
    return Located(
        table=table.assign(**columns | {"geocoder": pd.array(columns["geocoder"], dtype="str")}),
        from_table=len(table) - len(rows),
        from_cache=int(_spread(old, codes).sum()),
        asked=len(search.new),
        not_found=list(names[np.flatnonzero(_spread(missed, codes))]),
        problem=search.problem,
        changed=[f"{names[row]} {moved[codes[row]]}" for row in np.flatnonzero(_spread(moved, codes) != "")],
    )


def describe(located: Located, what: str = "plants") -> str:
    """What happened, in sentences: how many plants are placed and how, which are not, what changed."""
    total, placed = len(located.table), int(located.table["latitude"].notna().sum())
    by_asking = placed - located.from_table - located.from_cache - located.from_gazetteer
    waiting = total - placed - len(located.not_found)
    sources = (
        (located.from_table, "in the table"),
        (located.from_cache, "in the cache"),
        (located.from_gazetteer, "in the gazetteer"),
        (by_asking, "by asking"),
    )
    how = ", ".join(f"{count:,} {source}" for count, source in sources if count)
    sentences = [f"{placed:,} of {total:,} {what} have a place{': ' if how else ''}{how}."]
    if located.not_found:
        sentences.append(f"No such place was found for {_some(located.not_found)}.")
    if waiting:
        sentences.append(f"{waiting:,} {'was' if waiting == 1 else 'were'} not looked up.")
    if located.changed:
        sentences.append(f"Changed: {_some(located.changed)}.")
    return " ".join([*sentences, *filter(None, [located.problem])])


def _some(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _given(table: pd.DataFrame) -> dict[str, Any]:
    """The places that the rows state themselves, as columns; NaN and "" where they state none."""
    numbers = {name: _floats(table, name) for name in PLACE_COLUMNS[:3]}
    with np.errstate(invalid="ignore"):
        usable = (abs(numbers["latitude"]) <= 90) & (abs(numbers["longitude"]) <= 180)
        stated = usable & (numbers["accuracy_m"] >= 0) & np.isfinite(numbers["accuracy_m"])
    said = table["geocoder"].astype(object) if "geocoder" in table else pd.Series("", index=table.index)
    said = said.where(said.notna() & (said != ""), GIVEN).where(usable, "").astype(str)
    given = {name: np.where(usable, numbers[name], np.nan) for name in ("latitude", "longitude")}
    accuracy_m = np.where(stated, numbers["accuracy_m"], np.nan)
    return {**given, "accuracy_m": accuracy_m, "geocoder": said.to_numpy(dtype=object)}


def _floats(table: pd.DataFrame, column: str) -> Any:
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def _strings(table: pd.DataFrame, column: str) -> list[str]:
    if column not in table:
        return [""] * len(table)
    values = table[column].astype(object)
    return [str(value) for value in values.where(values.notna(), "")]


def _queries(table: pd.DataFrame) -> Any:
    """What to ask about each row: its address, else "town, region, country", else (also if absurd) ""."""
    parts = zip(*(_strings(table, name) for name in ("town", "region", "country")), strict=True)
    wanted = [
        tidy(address) or tidy(", ".join(filter(None, map(str.strip, rest))))
        for address, rest in zip(_strings(table, "address"), parts, strict=True)
    ]
    sane = [text if len(text) <= LONGEST_QUERY and re.search(r"\w", text) else "" for text in wanted]
    return np.array(sane, dtype=object)


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each key with the first text that has it, in their order, without the empty one."""
    queries: dict[str, str] = {}
    for name, text in pairs:
        if text:
            queries.setdefault(name, text)
    return queries


def _names(table: pd.DataFrame) -> Any:
    named = zip(_strings(table, "name"), _strings(table, "plant_id"), strict=True)
    return np.array([name or plant_id for name, plant_id in named], dtype=object)


def _spread(values: Sequence[Any], codes: Any) -> Any:
    """One value per row from one per query."""
    return np.array(values)[codes] if len(values) else np.array([], dtype=bool)


@dataclass
class _Search:
    """One run over the queries of a table: what was known, what was asked, why it ended early."""

    caches: Sequence[Cache]
    ask: Ask | None
    on_progress: Progress | None
    cancelled: Cancelled | None
    limit: Limit | None
    refresh: bool
    today: date
    stored: dict[str, Place] = field(default_factory=dict)
    old: dict[str, Place] = field(default_factory=dict)
    new: dict[str, Place] = field(default_factory=dict)
    problem: str | None = None

    def run(self, queries: Mapping[str, str]) -> None:
        try:
            for cache in self.caches:
                known = cache.get_many(queries)
                if isinstance(cache, Store):
                    self.stored = known
                self._learn(known)
            todo = [name for name in queries if self.refresh or name not in self.old]
            if self.ask and todo:
                self._ask_all(self.ask, {name: queries[name] for name in todo})
        except (CacheError, GeocoderUnavailable) as error:
            self.problem = str(error)

    def best(self, name: str) -> Place | None:
        """The new answer, unless it is a miss where a place was known."""
        old, new = self.old.get(name), self.new.get(name)
        return old if new is None or (old and old.found and not new.found) else new

    def moved(self, name: str) -> str:
        """How a new answer differs from a known place, in words; "" if it does not."""
        old, new = self.old.get(name), self.new.get(name)
        if not (old and new and old.found):
            return ""
        if not new.found:
            return "is not found any more and stays where it was"
        metres = geodesic((old.latitude, old.longitude), (new.latitude, new.longitude)).meters
        return f"moved by {metres:,.0f} m" if metres >= 1 else ""

    def _learn(self, known: Mapping[str, Place]) -> None:
        for name, place in known.items():
            older = self.old.get(name)
            expired = not place.found and self.today - place.retrieved >= timedelta(days=MISS_DAYS)
            if not expired and (older is None or _rank(place) > _rank(older)):
                self.old[name] = place

    def _ask_all(self, ask: Ask, todo: Mapping[str, str]) -> None:
        store = next((cache for cache in self.caches if isinstance(cache, Store)), None)
        if store:
            store.ready()
        total = min(len(todo), self.limit.most) if self.limit else len(todo)
        for done, (name, text) in enumerate(todo.items()):
            if self.cancelled and self.cancelled():
                self.problem = f"Stopped after {done:,} of {total:,} questions. Start it again to go on."
                return
            if self.limit and done == total:
                self.problem = self.limit.reason(len(todo))
                return
            self._ask_one(ask, name, text, store)
            if self.on_progress:
                self.on_progress(done + 1, total)

    def _ask_one(self, ask: Ask, name: str, text: str, store: Store | None) -> None:
        if store is None:
            self.new[name] = replace(ask(text), query=text, retrieved=self.today)
            return
        with store.claim(name, self.stored.get(name)) as news:
            if news:  # somebody else has asked while we waited
                self._learn({name: news})
            if news is None or (name not in self.old and not self.refresh):
                self.new[name] = replace(ask(text), query=text, retrieved=self.today)
                if self.best(name) is self.new[name]:
                    store.put(self.new[name])


def _rank(place: Place) -> tuple[bool, date]:
    return place.found, place.retrieved
