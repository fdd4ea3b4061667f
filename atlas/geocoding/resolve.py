"""Places the rows of a table: by their own coordinates, by the caches, then by asking; each query once.

Touches the caches (see `csv_cache`, `store`) and asks the geocoder (see `service`) only about an address that
no cache knows. The rules:

* A row with usable coordinates keeps them. The others are looked up in every cache: a found place beats a
  miss, the younger answer beats the older, the earlier cache wins a tie. The rest is asked, once a query.
* "There is no such place" is an answer: it is remembered, and asked again after `MISS_DAYS` days. A failure
  is no answer: asking stops, nothing is remembered for the rest, and `problem` says why.
* Nothing is asked that could not be saved, and every answer is saved before the next question. So a run that
  ends early, however it ends, is continued by the next. A query that somebody else is asking is waited for.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd
from geopy.distance import geodesic

from atlas import earth
from atlas.errors import CacheError, GeocoderUnavailable
from atlas.geocoding.place import Cache, Place, Store, key_of_tidy, tidy
from atlas.geocoding.service import Ask
from atlas.language import gettext, gettext_noop, ngettext, number
from atlas.place_columns import GIVEN, PLACE_COLUMNS

MISS_DAYS = 30
LONGEST_QUERY = 400
_NOWHERE = Place("", math.nan, math.nan, math.nan, "", "", date.min)

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Limit:
    """How many questions a run may ask at most, and the sentence for a run that has more."""

    most: int
    reason: Callable[[int], str]


@dataclass(frozen=True, eq=False)
class Located:
    """A table with its places, and where they came from.

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
    """Returns `table` with `PLACE_COLUMNS`, filled by its own cells, `caches` and `ask` (None: never ask).

    `refresh` asks about every query again; a known place stays if the new answer is a miss. `on_progress`
    gets the number of questions done and of all; an error that it raises ends the run, and no answer is lost.
    `cancelled` is called between two questions: True stops. `limit` ends the run when it is reached.
    """
    columns = _given(table)
    rows = np.flatnonzero(np.isnan(columns["latitude"]))
    codes, queries = pd.factorize(_queries(table.iloc[rows]))
    keys = [key_of_tidy(query) for query in queries]
    day = today or datetime.now(UTC).date()
    search = _Search(caches, ask, on_progress, cancelled, limit, refresh, day)
    search.run(_first(keys, queries))
    resolved = [search.resolved(key) for key in keys]
    for column, values in _columns(resolved).items():
        columns[column][rows] = values[codes]
    by_row = [(name, resolved[code]) for name, code in zip(_names(table.iloc[rows]), codes, strict=True)]
    return Located(
        table=table.assign(**columns | {"geocoder": pd.array(columns["geocoder"], dtype="str")}),
        from_table=len(table) - len(rows),
        from_cache=sum(query.is_placed and query.how == "cache" for _, query in by_row),
        asked=len(search.answers),
        not_found=[name for name, query in by_row if query.is_missed],
        problem=search.problem,
        changed=[f"{name} {query.moved}" for name, query in by_row if query.moved],
    )


def describe(located: Located, what: Literal["plants", "rows"] = "plants") -> str:
    """Returns the account of a run in sentences: how many are placed and how, which are not, what changed."""
    total, placed = len(located.table), int(located.table["latitude"].notna().sum())
    waiting = total - placed - len(located.not_found)
    sentences = [_placed_in_words(located, total, placed, what)]
    if located.not_found:
        names = _some(located.not_found)
        sentences.append(gettext("No such place was found for {names}.", names=names))
    if waiting:
        sentences.append(ngettext("{number} was not looked up.", "{number} were not looked up.", waiting))
    if located.changed:
        sentences.append(gettext("Changed: {plants}.", plants=_some(located.changed)))
    return " ".join([*sentences, *filter(None, [located.problem])])


def _placed_in_words(located: Located, total: int, placed: int, what: Literal["plants", "rows"]) -> str:
    by_asking = placed - located.from_table - located.from_cache - located.from_gazetteer
    sources = (
        (located.from_table, gettext_noop("{number} in the table")),
        (located.from_cache, gettext_noop("{number} in the cache")),
        (located.from_gazetteer, gettext_noop("{number} in the gazetteer")),
        (by_asking, gettext_noop("{number} by asking")),
    )
    parts = [gettext(words, number=number(count)) for count, words in sources if count]
    # Translators: {how} is empty or such as ": 3 in the table, 2 by asking".
    how = {"placed": number(placed), "how": f": {', '.join(parts)}" if parts else ""}
    if what == "rows":
        return ngettext(
            "{placed} of {number} row has a place{how}.",
            "{placed} of {number} rows have a place{how}.",
            total,
            **how,
        )
    return ngettext(
        "{placed} of {number} plant has a place{how}.",
        "{placed} of {number} plants have a place{how}.",
        total,
        **how,
    )


def _some(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    if more <= 0:
        return ", ".join(names)
    return gettext("{names} and {number} more", names=", ".join(names[:most]), number=number(more))


def _given(table: pd.DataFrame) -> dict[str, Any]:
    """Returns the places that the rows state themselves as columns; NaN and "" where they state none."""
    numbers = {name: _floats(table, name) for name in PLACE_COLUMNS[:3]}
    usable = earth.is_usable(numbers["latitude"], numbers["longitude"])
    with np.errstate(invalid="ignore"):
        stated = usable & (numbers["accuracy_m"] >= 0) & np.isfinite(numbers["accuracy_m"])
    geocoders = table["geocoder"].astype(object) if "geocoder" in table else pd.Series("", index=table.index)
    is_stated = geocoders.notna() & (geocoders != "")
    geocoders = geocoders.where(is_stated, GIVEN).where(usable, "").astype(str)
    given = {name: np.where(usable, numbers[name], np.nan) for name in ("latitude", "longitude")}
    accuracy_m = np.where(stated, numbers["accuracy_m"], np.nan)
    return {**given, "accuracy_m": accuracy_m, "geocoder": geocoders.to_numpy(dtype=object)}


def _floats(table: pd.DataFrame, column: str) -> Any:
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def texts(table: pd.DataFrame, column: str | None) -> list[str]:
    """Returns the cells of a column as texts; "" for missing cells, and where the column is missing."""
    if column is None or column not in table:
        return [""] * len(table)
    values = table[column].astype(object)
    return [str(value) for value in values.where(values.notna(), "")]


def _queries(table: pd.DataFrame) -> Any:
    """Returns the query of each row: its address, else "town, region, country"; "" if neither makes sense."""
    parts = zip(*(texts(table, name) for name in ("town", "region", "country")), strict=True)
    wanted = [
        tidy(address) or tidy(", ".join(filter(None, map(str.strip, rest))))
        for address, rest in zip(texts(table, "address"), parts, strict=True)
    ]
    sane = [text if len(text) <= LONGEST_QUERY and re.search(r"\w", text) else "" for text in wanted]
    return np.array(sane, dtype=object)


def _first(keys: Sequence[str], queries: Sequence[str]) -> dict[str, str]:
    """Returns each key with the first query that has it, in their order, without the empty query."""
    first: dict[str, str] = {}
    for key, query in zip(keys, queries, strict=True):
        if query:
            first.setdefault(key, query)
    return first


def _names(table: pd.DataFrame) -> list[str]:
    return [
        name or plant_id
        for name, plant_id in zip(texts(table, "name"), texts(table, "plant_id"), strict=True)
    ]


@dataclass(frozen=True)
class Resolved:
    """The outcome of a query: its place or miss (None: not known, not asked), and how that was had.

    `moved` says in words how an answer differs from the place that was known before.
    """

    place: Place | None = None
    how: Literal["cache", "asked"] = "cache"
    moved: str = ""

    @property
    def is_placed(self) -> bool:
        return self.place is not None and self.place.found

    @property
    def is_missed(self) -> bool:
        return self.place is not None and not self.place.found


def _columns(resolved: Sequence[Resolved]) -> dict[str, Any]:
    """Returns the `PLACE_COLUMNS` of some queries; NaN and "" where a query has no place."""
    places = [query.place if query.place and query.place.found else _NOWHERE for query in resolved]
    numbers = {
        name: np.array([getattr(place, name) for place in places], "float64") for name in PLACE_COLUMNS[:3]
    }
    return {**numbers, "geocoder": np.array([place.geocoder for place in places], object)}


@dataclass
class _Search:
    """A run over the queries of a table: what was known, what was answered, why it ended early."""

    caches: Sequence[Cache]
    ask: Ask | None
    on_progress: Progress | None
    cancelled: Cancelled | None
    limit: Limit | None
    refresh: bool
    today: date
    stored: dict[str, Place] = field(default_factory=dict)
    known: dict[str, Place] = field(default_factory=dict)
    answers: dict[str, Place] = field(default_factory=dict)
    problem: str | None = None

    def run(self, queries: Mapping[str, str]) -> None:
        """Looks `queries` (by key) up in the caches, then asks about those that none knows."""
        try:
            for cache in self.caches:
                places = cache.get_many(queries)
                if isinstance(cache, Store):
                    self.stored = places
                self._learn(places)
            todo = {key: text for key, text in queries.items() if self.refresh or key not in self.known}
            if self.ask and todo:
                self._ask_all(self.ask, todo)
        except (CacheError, GeocoderUnavailable) as error:
            self.problem = str(error)

    def resolved(self, key: str) -> Resolved:
        """The outcome of a query: the answer, unless it is a miss where a place was known."""
        known, answer = self.known.get(key), self.answers.get(key)
        if answer is None:
            return Resolved(known)
        if known is None or not known.found:
            return Resolved(answer, "asked")
        if not answer.found:
            return Resolved(known, moved="is not found any more and stays where it was")
        metres = geodesic((known.latitude, known.longitude), (answer.latitude, answer.longitude)).meters
        return Resolved(answer, "asked", f"moved by {metres:,.0f} m" if metres >= 1 else "")

    def _learn(self, places: Mapping[str, Place]) -> None:
        for key, place in places.items():
            known = self.known.get(key)
            is_expired = not place.found and self.today - place.retrieved >= timedelta(days=MISS_DAYS)
            if not is_expired and (known is None or _rank(place) > _rank(known)):
                self.known[key] = place

    def _ask_all(self, ask: Ask, todo: Mapping[str, str]) -> None:
        store = next((cache for cache in self.caches if isinstance(cache, Store)), None)
        if store:
            store.ready()
        total = min(len(todo), self.limit.most) if self.limit else len(todo)
        for done, (key, text) in enumerate(todo.items()):
            if self.cancelled and self.cancelled():
                self.problem = ngettext(
                    "Stopped after {done} of {number} question. Start it again to go on.",
                    "Stopped after {done} of {number} questions. Start it again to go on.",
                    total,
                    done=number(done),
                )
                return
            if self.limit and done == total:
                self.problem = self.limit.reason(len(todo))
                return
            self._ask_one(ask, key, text, store)
            if self.on_progress:
                self.on_progress(done + 1, total)

    def _ask_one(self, ask: Ask, key: str, text: str, store: Store | None) -> None:
        if store is None:
            self.answers[key] = replace(ask(text), query=text, retrieved=self.today)
            return
        with store.claim(key, self.stored.get(key)) as news:
            if news:  # somebody else has asked while we waited
                self._learn({key: news})
            if news is None or (key not in self.known and not self.refresh):
                answer = self.answers[key] = replace(ask(text), query=text, retrieved=self.today)
                if self.resolved(key).how == "asked":
                    store.put(answer)


def _rank(place: Place) -> tuple[bool, date]:
    return place.found, place.retrieved
