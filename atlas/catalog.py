"""The tables on show: loaded, placed, indexed and versioned, once per content of the data folder.

A `Sheet` is one table a visitor can look at (today the five plants; later all sites, or a
visitor's own). Pages, API and command line ask `open_catalog` each time; it stats the files and
works only when one has changed, so an edited CSV shows on the next visit without a restart.
"""

import hashlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from atlas import columns, filters, geocoding, placecache, places, points, tables
from atlas.errors import ConfigurationError, DataError, SelectionError

DATA_FOLDER = Path(__file__).parent.parent / "data"
DEFAULT_SHEET = "plants"
MOST_ASKED_AT_START = 20
RETRY_S = 600
_lock = threading.Lock()


@dataclass(frozen=True)
class Sheet:
    """One table on show: `table` has the columns of plants.csv, status and models, and the place;
    `readable` is the same in words, for tables on a page.

    `version` changes with the content; `problem` is a sentence where plants could not be located.
    """

    key: str
    title: str
    table: pd.DataFrame
    readable: pd.DataFrame
    index: filters.Index
    points: points.Points
    version: str
    problem: str | None


@dataclass(frozen=True)
class Catalog:
    """All that one data folder holds; `loaded_s` is the monotonic clock when it was read."""

    tables: tables.Tables
    sheets: Mapping[str, Sheet]
    loaded_s: float

    def sheet(self, key: str) -> Sheet:
        """The sheet called `key`; raises `SelectionError` naming those that exist."""
        if key not in self.sheets:
            message = f"There is no table “{key[:60]}”; there is {', '.join(self.sheets)}."
            raise SelectionError(message)
        return self.sheets[key]


def open_catalog(folder: Path | None = None) -> Catalog:
    """The catalog of `folder` (the product's own by default), from memory while no file changes.

    Raises `DataError` or `CacheError` when a file is missing, unreadable or wrong.
    """
    folder = folder or DATA_FOLDER
    # One thread loads, the others wait for its result instead of doing the same work.
    with _lock:
        opened = _load(folder, _stamp(folder))
        has_problem = any(sheet.problem for sheet in opened.sheets.values())
        if has_problem and time.monotonic() - opened.loaded_s > RETRY_S:
            # A geocoder that was away may be back; trying for every visitor would hammer it.
            _load.cache_clear()
            opened = _load(folder, _stamp(folder))
        return opened


def names(opened: Catalog) -> dict[str, str]:
    """plant_id -> name over all plants and sites."""
    rows = pd.concat([opened.tables.plants, opened.tables.sites])
    return dict(zip(rows["plant_id"], rows["name"], strict=True))


@lru_cache(maxsize=4)
def _load(folder: Path, _stamp: tuple[object, ...]) -> Catalog:
    loaded = tables.load(folder)
    sheet = _sheet("plants", "Five plants", loaded.plants, loaded.production, folder)
    return Catalog(loaded, {sheet.key: sheet}, time.monotonic())


def _sheet(key: str, title: str, plants: pd.DataFrame, production: pd.DataFrame, folder: Path) -> Sheet:
    plants = tables.with_status(plants, production)
    caches = placecache.default_caches(folder)
    located = places.locate(plants, caches=caches)
    missing = int(located.table["latitude"].isna().sum())
    problem = located.problem
    if 0 < missing <= MOST_ASKED_AT_START and not problem:
        try:
            located = places.locate(plants, caches=caches, ask=geocoding.default_ask())
            problem = located.problem
        except ConfigurationError as error:
            problem = str(error)
    elif missing and not problem:
        problem = f"{missing:,} plants have no position yet. Run: python -m atlas locate"
    table = located.table.reset_index(drop=True)
    readable = columns.for_people(table)
    return Sheet(
        key, title, table, readable, filters.index(table), points.pack(table), _version(table), problem
    )


def _version(table: pd.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return hashlib.sha256(rows.tobytes()).hexdigest()[:16]


def _stamp(folder: Path) -> tuple[object, ...]:
    try:
        entries = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".csv"))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        message = f"The data folder {folder} cannot be read ({reason}). Restore it or its permissions."
        raise DataError(message) from error
    paths = [*(folder / name for name in entries), placecache.cache_folder() / placecache.FILE_NAME]
    return tuple((path, *_changed(path)) for path in paths)


def _changed(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
