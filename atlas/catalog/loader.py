"""Loads the tables on show: placed, indexed and versioned, once per content of the data folder.

A `Sheet` is one table that a visitor can look at: the five plants, the table that an operator names in
`ATLAS_PLANTS`, or the visitor's own (see `visitors`). Pages, API and command line ask the server's
`Library` each time; it stats the files and works only when one has changed, so an edited CSV shows on
the next visit without a restart. A table from a database or a web address is read again when that is due
(`ATLAS_REFRESH_S`) or asked for, beside the visitors; while that fails, the last one stays on show.
What a library remembers goes with it: a test makes a library of its own.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import nothing, settings
from atlas.alfa import tables
from atlas.catalog import filters
from atlas.catalog.index import Index, index_of
from atlas.catalog.sheets import DEFAULT_SHEET, YOURS, About, Catalog, Sheet, size_of
from atlas.catalog.visitors import Visitors, check_room, new_key
from atlas.errors import AtlasError, ConfigurationError, DataError
from atlas.geocoding import chain, csv_cache, resolve, store
from atlas.importing import importer
from atlas.importing.roles import status_words
from atlas.importing.roles.guessing import ROLES
from atlas.importing.source import load
from atlas.importing.table_reader import Reading, TableReader, changed, changes_of
from atlas.language import ENGLISH, gettext_noop, spoken
from atlas.memory import give_back
from atlas.paths import DATA
from atlas.place_columns import CERTAINTY, with_place_columns, with_places
from atlas.text import NOT_STATED, shortened

MOST_CATEGORIES = 6
FIRST_MEANING = 7
"""The category of plants that operate; those of the other meanings follow (see `drawing.look`)."""
LONGEST_LEGEND = 48
_LOOKS = (*status_words.MEANINGS, status_words.OTHER)
RETRY_S = 600


class Library:
    """The tables that a server shows, and those of its `visitors`; safe for many threads.

    `folder` holds the product's tables and the places that ship; `operators_table` names the table that
    is shown instead of them, "" for none, `read` reads it, and `refresh_s` says when to read it again.
    """

    def __init__(
        self,
        folder: Path = DATA,
        *,
        visitors: Visitors[Sheet] | None = None,
        operators_table: Callable[[], str] = settings.operators_table,
        read: Callable[[str], importer.Imported] = load,
        refresh_s: Callable[[], float | None] = settings.REFRESH_S.read,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.visitors: Visitors[Sheet] = Visitors() if visitors is None else visitors
        self._operators_table, self._clock = operators_table, clock
        self._reader = TableReader(read, refresh_s, clock)
        self._lock, self._renewing = threading.Lock(), threading.Lock()
        self._opened: tuple[object, Catalog] | None = None

    def open(self) -> Catalog:
        """Returns what is on show, from memory while no file changes.

        Raises `DataError` or `CacheError` when a file is missing, unreadable or wrong.
        """
        path = self._operators_table()
        # One thread loads, the others wait for its result instead of doing the same work.
        with self._lock:
            stamp = _stamp(self.folder, path)
            if (
                self._opened is None
                or self._opened[0] != stamp
                or self._is_to_be_tried_again(self._opened[1])
            ):
                self._opened = None
                with spoken(ENGLISH):  # whoever comes first, the others may speak another language
                    self._opened = stamp, self._load(path)
            opened = self._opened[1]
        if self._reader.is_due(path) and not self._renewing.locked():
            threading.Thread(target=self._renew_if_due, args=(path,), name="refresh", daemon=True).start()
        return opened

    def refresh(self) -> Catalog:
        """Reads the operator's table again, and returns what is on show then; raises `DataError`."""
        if path := self._operators_table():
            with self._renewing, spoken(ENGLISH):
                self._renew(path)
        return self.open()

    def with_version(self, version: str) -> Sheet | None:
        """Returns the sheet whose content has this version; None where nobody may see it (any more)."""
        shown = self.open().sheets.values()
        return next((sheet for sheet in shown if sheet.version == version), None) or self.visitors.of(version)

    def keep_own(self, owner: str, title: str, table: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Sheet:
        """Makes the sheet of a visitor's own table and keeps it until its owner goes (see `visitors`).

        Needs unique `plant_id`, `name`, `latitude` and `longitude` (NaN where not known). Raises `DataError`
        where it is too large for this server.
        """
        size = size_of_sheet(table)
        check_room(size)
        key = new_key()
        sheet = sheet_of(with_place_columns(table), About(YOURS, title, version=key, notes=notes))
        self.visitors.keep(owner, key, sheet, size)
        return sheet

    def _is_to_be_tried_again(self, opened: Catalog) -> bool:
        """Tells whether a geocoder that was away may be back; a try for every visitor would hammer it."""
        problems = {sheet.problem for sheet in opened.sheets.values()} - {None, self._reader.problem}
        return bool(problems) and self._clock() - opened.loaded_s > RETRY_S

    def _load(self, path: str) -> Catalog:
        if path:
            sheet = self._operators_sheet(path, self._reader.newest(path))
            return self._catalog([replace(sheet, problem=self._reader.problem or sheet.problem)])
        ours = tables.load(self.folder)
        every = pd.concat([ours.plants, ours.sites], ignore_index=True)
        five, sites = gettext_noop("Five plants"), gettext_noop("All Alfa Romeo sites")
        shown = [
            _alfa_sheet("plants", five, ours.plants, ours.production, self.folder),
            _alfa_sheet("sites", sites, every, ours.production, self.folder),
        ]
        return self._catalog(shown, ours)

    def _operators_sheet(self, path: str, reading: Reading) -> Sheet:
        table, problem = _placed(reading.table, self.folder)
        give_back(len(table))
        about = About(DEFAULT_SHEET, settings.title_of(path), problem=problem, notes=reading.notes)
        return sheet_of(table, about)

    def _catalog(self, shown: Sequence[Sheet], ours: tables.Tables | None = None) -> Catalog:
        return Catalog(ours, {sheet.key: sheet for sheet in shown}, self._clock(), self.visitors.of)

    # ---- reading again, beside the visitors --------------------------------------------------------

    def _renew_if_due(self, path: str) -> None:
        with self._renewing, spoken(ENGLISH), suppress(AtlasError):  # a failure is a problem of the sheet
            if self._reader.is_due(path):
                self._renew(path)

    def _renew(self, path: str) -> None:
        """Puts the table as it is now on show; where it cannot be read, the last one stays, and says so."""
        try:
            stamp = _stamp(self.folder, path)
            reading = self._reader.again(path)
            sheet = self._operators_sheet(path, reading)
        except AtlasError as error:
            with self._lock:
                self._keep_on_show(self._reader.keep_old(error))
            raise
        with self._lock:
            self._reader.keep(reading)
            shown = self._on_show()
            if shown and shown.version == sheet.version:
                sheet = replace(shown, problem=sheet.problem, notes=sheet.notes)
            self._opened = stamp, self._catalog([sheet])

    def _on_show(self) -> Sheet | None:
        return self._opened[1].sheets.get(DEFAULT_SHEET) if self._opened else None

    def _keep_on_show(self, problem: str) -> None:
        if problem and self._opened and (shown := self._on_show()):
            self._opened = self._opened[0], self._catalog([replace(shown, problem=problem)])


@cache
def library() -> Library:
    """Returns the library of this server."""
    return Library()


def visitors() -> Visitors[Sheet]:
    """Returns the visitors of this server and their tables."""
    return library().visitors


def open_catalog(folder: Path | None = None) -> Catalog:
    """Returns what this server shows (see `Library.open`); with a `folder`, what a server on it would."""
    return (Library(folder) if folder else library()).open()


def refresh() -> Catalog:
    """Reads the operator's table of this server again, see `Library.refresh`."""
    return library().refresh()


def with_version(version: str) -> Sheet | None:
    """Returns the sheet of this server whose content has this version, see `Library.with_version`."""
    return library().with_version(version)


def keep_own(owner: str, title: str, table: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Sheet:
    """Keeps a visitor's own table on this server, see `Library.keep_own`."""
    return library().keep_own(owner, title, table, notes=notes)


# ---- sheets ----------------------------------------------------------------------------------------


def size_of_sheet(table: pd.DataFrame) -> int:
    """Returns the bytes of a table with all that is made of it, before it is made; a little too many."""
    texts: pd.DataFrame = table.select_dtypes("str")
    # The text that is searched, ids, masks and orders that are remembered, points, codes of the filters.
    return size_of(table) + size_of(texts) + 150 * len(table)


def sheet_of(table: pd.DataFrame, about: About) -> Sheet:
    """Returns the sheet of a placed table of other plants; its filters come from its columns."""
    index = index_of(table, filters.rows_for(table))
    codes, categories = _by_meaning(table) or _in_order(index)
    return Sheet.of(table, index, codes, replace(about, categories=categories))


def _by_meaning(table: pd.DataFrame) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]] | None:
    """Returns the category of each row by what its status means, and the categories in words ("": not used).

    None for a table in which most statuses mean nothing known.
    """
    if "status" not in table or table["status"].dtype != "str":
        return None
    numbers, values = pd.factorize(table["status"])
    times = np.bincount(numbers, minlength=len(values))
    meanings = [status_words.meaning(value) for value in values]
    known = sum(count for count, meaning in zip(times, meanings, strict=True) if meaning)
    stated = sum(count for count, value in zip(times, values, strict=True) if not nothing.is_nothing(value))
    if not known or known * 2 <= stated:
        return None
    own: dict[int, list[str]] = {}
    code_of = np.array([FIRST_MEANING + _LOOKS.index(meaning or status_words.OTHER) for meaning in meanings])
    for code, value in sorted(zip(code_of.tolist(), values, strict=True)):
        own.setdefault(code, []).append(value or NOT_STATED)
    words = [_legend(code, own.get(code, [])) for code in range(max(own) + 1)]
    return code_of[numbers].astype(np.uint8), tuple(words)


def _legend(code: int, own: Sequence[str]) -> str:
    """Returns the words of the table for a meaning: "In Betrieb", or "Planned (announced, permitted)"."""
    if len(own) < 2:
        return "".join(own)
    return shortened(
        f"{status_words.LABELS[_LOOKS[code - FIRST_MEANING]]} ({', '.join(own)})", LONGEST_LEGEND
    )


def _in_order(index: Index) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Returns the statuses as categories, where a table has few of them."""
    status = index.options.get("status")
    if status is None or len(status.values) > MOST_CATEGORIES:
        return np.zeros(index.size, np.uint8), ()
    return status.codes.astype(np.uint8), status.values


def _alfa_sheet(key: str, title: str, plants: pd.DataFrame, production: pd.DataFrame, folder: Path) -> Sheet:
    located = _looked_up(tables.with_status(plants, production), folder)
    missing = int(located.table["latitude"].isna().sum())
    problem = located.problem
    if missing and not problem:
        problem = f"{missing:,} plants have no position yet. Run: python -m atlas locate"
    table = located.table.drop(columns=["matched", CERTAINTY]).reset_index(drop=True)
    codes, categories = tables.categories(table)
    about = About(key, title, about_alfa=True, categories=categories, problem=problem)
    return Sheet.of(table, index_of(table), codes, about)


# ---- places ----------------------------------------------------------------------------------------


def _placed(table: pd.DataFrame, folder: Path) -> tuple[pd.DataFrame, str | None]:
    """Returns the table with `PLACE_COLUMNS`, and what kept rows from being looked up."""
    missing = np.flatnonzero(table["latitude"].isna().to_numpy())
    if not len(missing):
        return with_place_columns(table).astype({"geocoder": "str"}), None
    located = _looked_up(table.iloc[missing], folder)
    return with_places(table, missing, located.table), located.problem


def _looked_up(table: pd.DataFrame, folder: Path) -> resolve.Located:
    """Places the rows by what is known on this machine.

    Nobody is asked while a visitor waits, and no address of an operator leaves the machine, but with
    `python -m atlas locate`.
    """
    problem = None
    try:
        links = chain.offline(folder)
    except ConfigurationError as error:  # what ships is shown in any case
        links = chain.Chain([csv_cache.ShippedCache(folder / csv_cache.FILE_NAME)])
        problem = str(error)
    located = chain.locate_table(table, roles_of(table), links)
    is_whole = bool(located.table["latitude"].notna().all())
    return replace(located, problem=located.problem or (None if is_whole else problem))


def roles_of(table: pd.DataFrame) -> Mapping[str, str]:
    """Returns role -> column of a table that was read: by then its columns have the names that we know."""
    return {name: name for name in ROLES if name in table.columns}


# ---- changes ---------------------------------------------------------------------------------------


def _stamp(folder: Path, path: str) -> tuple[object, ...]:
    """Returns what changes with the files; the table of a server is read again when that is due."""
    if path:
        return path, changes_of(path), _places_version()
    try:
        with os.scandir(folder) as found:
            files = sorted((entry.name, *changed(entry)) for entry in found if entry.name.endswith(".csv"))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        message = f"The data folder {folder} cannot be read ({reason}). Restore it or its permissions."
        raise DataError(message) from error
    return folder, _places_version(), *files


def _places_version() -> object:
    """Returns what changes when more places are known; None where a setting is wrong (said where needed)."""
    try:
        return store.open_store().version()
    except ConfigurationError:
        return None
