"""The tables on show, as values: a sheet is one table a visitor can look at, a catalog all of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.alfa import tables
from atlas.alfa.tables import Tables
from atlas.catalog import index, points, results
from atlas.catalog.visitors import Uploads
from atlas.errors import SelectionError

DEFAULT_SHEET = "plants"

YOURS = "yours"


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on show, placed: `table` has `plant_id`, `name`, position and its other columns.

    `about_alfa`: the table has status and models of Alfa Romeos. `categories` are the statuses as the
    legend says them ("" for a look that is not used), none in a table without; `codes` has the number
    of its category for each row.
    `version` changes with the content; that of a visitor's own table (`is_private`) is the key that its
    owner alone has. `problem` is a sentence where plants could not be located,
    `notes` are sentences on cells that could not be read.
    """

    key: str
    title: str
    about_alfa: bool
    table: pd.DataFrame
    index: index.Index
    points: points.Points
    categories: tuple[str, ...]
    codes: npt.NDArray[np.uint8]
    results: results.Results
    version: str
    problem: str | None
    notes: tuple[str, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether it is a visitor's own table."""
        return self.key == YOURS

    @cached_property
    def country_codes(self) -> list[str]:
        """The countries of its plants, as far as the table has codes."""
        return sorted(set(self.table["country_code"]) - {""}) if "country_code" in self.table else []

    def category_of(self, row: int) -> int | None:
        """Which of `categories` a row belongs to; None in a table without."""
        return int(self.codes[row]) if self.categories else None


@dataclass(frozen=True)
class Catalog:
    """All that is on show; `loaded_s` is the monotonic clock when it was read.

    `tables` are those of the data folder; None where an operator shows another table.
    """

    tables: Tables | None
    sheets: Mapping[str, Sheet]
    loaded_s: float

    @property
    def about_alfa(self) -> Tables:
        """The tables behind pages about Alfa Romeos; raises `SelectionError` where there are none."""
        if self.tables is None:
            raise SelectionError("This page is about Alfa Romeos; this server shows another table.")
        return self.tables

    @cached_property
    def version(self) -> str:
        """Changes with the content of any table of the data folder; the same for every operator's table."""
        known = [] if self.tables is None else [getattr(self.tables, one.name) for one in fields(Tables)]
        return hashlib.sha256("".join(_version(table) for table in known).encode()).hexdigest()[:16]

    def sheet(self, key: str) -> Sheet:
        """The sheet called `key`, or a visitor's own behind its secret key; raises `SelectionError` naming
        those that are everybody's.
        """
        sheet = self.sheets.get(key) or visitors.of(key)
        if sheet is None:
            message = f"There is no table “{key[:60]}”; there is {', '.join(self.sheets)}."
            raise SelectionError(message)
        return sheet

    def with_own(self, sheet: Sheet | None) -> "Catalog":
        """What one visitor sees: all this, and the table of their own, if there is one."""
        return self if sheet is None else replace(self, sheets={**self.sheets, sheet.key: sheet})


visitors: Uploads[Sheet] = Uploads()


def names(known: tables.Tables) -> dict[str, str]:
    """plant_id -> name over all plants and sites."""
    rows = pd.concat([known.plants, known.sites])
    return dict(zip(rows["plant_id"], rows["name"], strict=True))


def _version(table: pd.DataFrame) -> str:
    rows = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return hashlib.sha256(repr(list(table.columns)).encode() + rows.tobytes()).hexdigest()[:16]
