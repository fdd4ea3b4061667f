"""The tables on show: loaded, placed, indexed and versioned, once per content of the data folder.

A `Sheet` is one table a visitor can look at: the five plants, the table that an operator names in
`ATLAS_PLANTS`, or the visitor's own (`visitors`, see `uploads`). Pages, API and command line ask
`open_catalog` each time; it stats the files and works only when one has changed, so an edited CSV
shows on the next visit without a restart.
"""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import settings
from atlas.alfa import tables
from atlas.catalog import filters, points, results, sheets
from atlas.catalog.index import Index, index_of
from atlas.catalog.sheets import DEFAULT_SHEET, YOURS, Catalog, Sheet, _version
from atlas.catalog.visitors import new_key
from atlas.columns import with_place_columns, with_places
from atlas.errors import ConfigurationError, DataError
from atlas.geocoding import chain, csv_cache, resolve, store
from atlas.importing import importer
from atlas.importing import source as operators
from atlas.importing.roles.header_words import ROLES
from atlas.paths import DATA
from atlas.settings import operators_table

DATA_FOLDER = DATA
MOST_CATEGORIES = 6
RETRY_S = 600
RETRY_FAILED_S = 60
_lock = threading.Lock()


def open_catalog(folder: Path | None = None) -> Catalog:
    """What is on show, from memory while no file changes: the table that `ATLAS_PLANTS` names, else the
    tables of `folder` (the product's own by default).

    Raises `DataError` or `CacheError` when a file is missing, unreadable or wrong.
    """
    source = operators_table()
    folder = folder or DATA_FOLDER
    # One thread loads, the others wait for its result instead of doing the same work.
    with _lock:
        opened = _load(folder, source, _stamp(folder, source))
        has_problem = any(sheet.problem for sheet in opened.sheets.values())
        if has_problem and time.monotonic() - opened.loaded_s > RETRY_S:
            # A geocoder that was away may be back; trying for every visitor would hammer it.
            _load.cache_clear()
            opened = _load(folder, source, _stamp(folder, source))
        return opened


def with_version(version: str, folder: Path | None = None) -> Sheet | None:
    """The sheet on show whose content has this version; None for one that nobody may see (any more)."""
    shown = open_catalog(folder).sheets.values()
    return next((sheet for sheet in shown if sheet.version == version), None) or sheets.visitors.of(version)


def keep_own(
    owner: str, title: str, table: pd.DataFrame, *, notes: tuple[str, ...] = (), problem: str | None = None
) -> Sheet:
    """A visitor's own table, ready and kept until its owner goes (see `uploads`).

    Needs unique `plant_id`, `name`, `latitude` and `longitude` (NaN where not known). Raises `DataError`
    where it is too large for this server.
    """
    sheets.visitors.check_room(_sheet_size(table))
    key = new_key()
    placed = with_place_columns(table)
    sheet = _foreign_sheet(YOURS, title, placed, version=key, notes=notes, problem=problem)
    sheets.visitors.keep(owner, key, sheet, _sheet_size(table))
    return sheet


def size_of(table: pd.DataFrame) -> int:
    """Bytes that a table takes in memory."""
    return int(table.memory_usage(index=True, deep=True).sum())


def _sheet_size(table: pd.DataFrame) -> int:
    """Bytes of a table with all that is made of it, before it is made; a little more than measured."""
    texts: pd.DataFrame = table.select_dtypes("str")
    # The text that is searched, ids, masks and orders that are remembered, points, codes of the filters.
    return size_of(table) + size_of(texts) + 150 * len(table)


# An operator's table may be large: of it, only the present content is kept.
@lru_cache(maxsize=1)
def _load(folder: Path, source: str, _stamp: tuple[object, ...]) -> Catalog:
    if source:
        sheet = _operators_sheet(source, folder)
        return Catalog(None, {sheet.key: sheet}, time.monotonic())
    loaded = tables.load(folder)
    every = pd.concat([loaded.plants, loaded.sites], ignore_index=True)
    shown = [
        _alfa_sheet("plants", "Five plants", loaded.plants, loaded.production, folder),
        _alfa_sheet("sites", "All Alfa Romeo sites", every, loaded.production, folder),
    ]
    return Catalog(loaded, {sheet.key: sheet for sheet in shown}, time.monotonic())


def _alfa_sheet(key: str, title: str, plants: pd.DataFrame, production: pd.DataFrame, folder: Path) -> Sheet:
    plants = tables.with_status(plants, production)
    located = _looked_up(plants, folder)
    missing = int(located.table["latitude"].isna().sum())
    problem = located.problem
    if missing and not problem:
        problem = f"{missing:,} plants have no position yet. Run: python -m atlas locate"
    table = located.table.drop(columns="matched").reset_index(drop=True)
    numbers = {status: code for code, status in enumerate(tables.STATUSES)}
    codes = table["status"].map(numbers).to_numpy().astype(np.uint8)
    categories = tuple(tables.STATUSES.values())
    if "closed_year" in table:
        is_closed = (table["closed_year"].notna() & (table["status"] == "before")).to_numpy(bool)
        codes[is_closed] = tables.CLOSED_CODE
        categories += ("",) * (tables.CLOSED_CODE - len(categories)) + (tables.CLOSED,)
    index = index_of(table)
    return _sheet(key, title, table, index, codes, about_alfa=True, categories=categories, problem=problem)


def _operators_sheet(source: str, folder: Path) -> Sheet:
    imported = _imported(source, _changed(settings.path_of(source)))
    table, problem = _placed(imported.table, folder)
    title, notes = settings.title_of(source), tuple(imported.notes)
    return _foreign_sheet(DEFAULT_SHEET, title, table, notes=notes, problem=problem)


def _foreign_sheet(
    key: str,
    title: str,
    table: pd.DataFrame,
    *,
    notes: tuple[str, ...],
    version: str = "",
    problem: str | None = None,
) -> Sheet:
    """The sheet of a placed table that is not about Alfa Romeos; its filters come from its columns."""
    index = index_of(table, filters.rows_for(table))
    status = index.options.get("status")
    has_status = status is not None and len(status.values) <= MOST_CATEGORIES
    codes = status.codes.astype(np.uint8) if status and has_status else np.zeros(len(table), np.uint8)
    return _sheet(
        key,
        title,
        table,
        index,
        codes,
        about_alfa=False,
        categories=status.values if status and has_status else (),
        version=version,
        problem=problem,
        notes=notes,
    )


@lru_cache(maxsize=1)
def _read(source: str, _when: tuple[int, int]) -> importer.Imported:
    return operators.load(source)


def _imported(source: str, changed: tuple[int, int]) -> importer.Imported:
    """The operator's table, read once per content; an address that failed rests before it is asked again."""
    when_s, failure = _failed.get(source, (0.0, None))
    if failure and time.monotonic() - when_s < RETRY_FAILED_S:
        raise failure
    _failed.clear()
    try:
        return _read(source, changed)
    except DataError as error:
        if settings.is_address(source):
            _failed[source] = (time.monotonic(), error)
        raise


_failed: dict[str, tuple[float, DataError]] = {}


def _placed(table: pd.DataFrame, folder: Path) -> tuple[pd.DataFrame, str | None]:
    """The table with `PLACE_COLUMNS`, and what kept rows from being looked up."""
    missing = np.flatnonzero(table["latitude"].isna().to_numpy())
    if not len(missing):
        return with_place_columns(table), None
    located = _looked_up(table.iloc[missing], folder)
    return with_places(table, missing, located.table), located.problem


def _looked_up(table: pd.DataFrame, folder: Path) -> resolve.Located:
    """Placed by what is known on this machine. Nobody is asked while a visitor waits, and no address of an
    operator leaves the machine, but with `python -m atlas locate`.
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
    """What the columns of a table that was read are: by then they have the names that we know."""
    return {name: name for name in ROLES if name in table.columns}


def _sheet(
    key: str,
    title: str,
    table: pd.DataFrame,
    index: Index,
    codes: npt.NDArray[np.uint8],
    *,
    about_alfa: bool,
    categories: tuple[str, ...],
    version: str = "",
    problem: str | None = None,
    notes: tuple[str, ...] = (),
) -> Sheet:
    packed = points.pack(table, codes)
    return Sheet(
        key=key,
        title=title,
        about_alfa=about_alfa,
        table=table,
        index=index,
        points=packed,
        categories=categories,
        codes=codes,
        results=results.Results(table, index, packed),
        version=version or _version(table),
        problem=problem,
        notes=notes,
    )


def _stamp(folder: Path, source: str) -> tuple[object, ...]:
    """What tells that a file has changed; a web address is read once, when the server starts."""
    own = _known()
    if source:
        path = settings.path_of(source)
        return path, *_changed(path), own
    try:
        entries = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".csv"))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        message = f"The data folder {folder} cannot be read ({reason}). Restore it or its permissions."
        raise DataError(message) from error
    return own, *((folder / name, *_changed(folder / name)) for name in entries)


def _known() -> object:
    """What tells that more places are known; a setting that cannot be used is said where it matters."""
    try:
        return store.open_store().version()
    except ConfigurationError:
        return None


def _changed(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
