"""The tables on show, as values: a sheet is one table that a visitor can look at, a catalog all of them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.alfa.tables import Tables
from atlas.catalog import filters, points, results, visitors
from atlas.catalog.index import Index
from atlas.catalog.results import Result
from atlas.catalog.selection import parse, query
from atlas.errors import NotHere, SelectionError
from atlas.importing.roles import status_words
from atlas.language import gettext
from atlas.memory import Memory
from atlas.text import NOT_STATED

DEFAULT_SHEET = "plants"
ALL_SITES = "sites"
"""The key of the table with every Alfa Romeo site."""
YOURS = "yours"
ROWS_HASHED = 50_000


@dataclass(frozen=True)
class About:
    """What a sheet says of itself, beside its rows; see `Sheet`. `version`: "" for that of the content."""

    key: str
    title: str
    about_alfa: bool = False
    categories: tuple[str, ...] = ()
    version: str = ""
    problem: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table on show, placed: `table` has `plant_id`, `name`, position and its other columns.

    `about_alfa`: the table has status and models of Alfa Romeos. `categories` are the statuses, or
    what they mean, in the words of the legend ("" for a look that is not used), none in a table without;
    `codes` has the number of its category for each row.
    `version` changes with the content; that of a visitor's own table (`is_private`) is the key that its
    owner alone has. `problem` is a sentence where plants could not be located,
    `notes` are sentences on cells that could not be read. `memory` holds results that belong to the table.
    """

    key: str
    title: str
    about_alfa: bool
    table: pd.DataFrame
    index: Index
    points: points.Points
    categories: tuple[str, ...]
    codes: npt.NDArray[np.uint8]
    results: results.Results
    version: str
    problem: str | None
    notes: tuple[str, ...] = ()
    memory: Memory = field(default_factory=Memory, repr=False)

    @classmethod
    def of(cls, table: pd.DataFrame, index: Index, codes: npt.NDArray[np.uint8], about: About) -> "Sheet":
        """Returns the sheet of a placed table; `codes` has the number of its category for each row."""
        packed = points.pack(table, codes)
        return cls(
            key=about.key,
            title=about.title,
            about_alfa=about.about_alfa,
            table=table,
            index=index,
            points=packed,
            categories=about.categories,
            codes=codes,
            results=results.Results(table, index, packed),
            version=about.version or _version(table),
            problem=about.problem,
            notes=about.notes,
        )

    @property
    def is_private(self) -> bool:
        """Tells whether it is a visitor's own table."""
        return self.key == YOURS

    @cached_property
    def country_codes(self) -> list[str]:
        """Returns the countries of its plants, as far as the table has codes."""
        return sorted(set(self.table["country_code"]) - {""}) if "country_code" in self.table else []

    def year_of(self, selection: filters.Selection) -> int | None:
        """Returns the chosen year of Alfa Romeos; None where none is chosen, or in tables of other plants."""
        values = selection.values("year") if self.about_alfa else ()
        return int(values[0]) if values else None

    def result_of_same(self, selection: filters.Selection) -> Result | None:
        """Returns what another table's filters show here; None where a filter or a value is missing."""
        wanted = query(selection, default_table=selection.table)
        for name in (filters.PLANT, filters.PINS):
            wanted.pop(name, None)
        if not set(wanted) <= set(self.index.parameters):
            return None
        same, problems = parse(wanted, self.index, table=self.key)
        return None if problems else self.results.of(same)

    def category_of(self, row: int) -> int | None:
        """Returns the number of a row's category; None in a table without."""
        return int(self.codes[row]) if self.categories else None

    def status_of(self, row: int) -> str:
        """Returns the status of a row: the table's own word, that of `alfa` in ours; "" where it has none."""
        if not self.about_alfa and "status" in self.table:
            return str(self.table["status"].iloc[row]) or (gettext(NOT_STATED) if self.categories else "")
        return gettext(self.categories[self.codes[row]]) if self.categories else ""

    @property
    def statuses(self) -> tuple[str, ...]:
        """Returns `categories` in the current language, words of another table as they are; "": not used."""
        return tuple(self._in_language(words) for words in self.categories)

    def _in_language(self, words: str) -> str:
        is_ours = self.about_alfa or words == NOT_STATED
        return gettext(words) if is_ours and words else status_words.legend_in_language(words)

    @property
    def shown_title(self) -> str:
        """Returns the title in the current language; that of another table as it is."""
        return gettext(self.title) if self.about_alfa else self.title


def _nothing(_key: str) -> Sheet | None:
    """Returns None: no visitor has a table of their own."""
    return None


@dataclass(frozen=True)
class Catalog:
    """All that is on show; `loaded_s` is the monotonic clock when it was read.

    `tables` are those of the data folder; None where an operator shows another table.
    `behind` gives a visitor's own sheet for its secret key, or None.
    """

    tables: Tables | None
    sheets: Mapping[str, Sheet]
    loaded_s: float
    behind: Callable[[str], Sheet | None] = _nothing

    @property
    def about_alfa(self) -> Tables:
        """Returns the tables behind pages about Alfa Romeos; raises `SelectionError` where there are none."""
        if self.tables is None:
            raise SelectionError(gettext("This page is about Alfa Romeos; this server shows another table."))
        return self.tables

    @cached_property
    def version(self) -> str:
        """Returns a text that changes with any table of the data folder; the same for all operators."""
        tables = [] if self.tables is None else [getattr(self.tables, row.name) for row in fields(Tables)]
        return hashlib.sha256("".join(_version(table) for table in tables).encode()).hexdigest()[:16]

    def sheet(self, key: str) -> Sheet:
        """Returns the sheet called `key`, or a visitor's own behind its secret key.

        Raises `NotHere` for a secret key that opens nothing, else a `SelectionError` that names the sheets of
        everybody.
        """
        sheet = self.sheets.get(key) or self.behind(key)
        if sheet is None:
            if visitors.is_key(key):
                raise NotHere(gettext(visitors.NOT_HERE))
            tables = ", ".join(self.sheets)
            message = gettext(
                "There is no table “{table}”; there is {tables}.", table=key[:60], tables=tables
            )
            raise SelectionError(message)
        return sheet

    def with_own(self, sheet: Sheet | None) -> "Catalog":
        """Returns what one visitor sees: all this, and the table of their own, if there is one."""
        return self if sheet is None else replace(self, sheets={**self.sheets, sheet.key: sheet})


def size_of(table: pd.DataFrame) -> int:
    """Returns the bytes that a table takes in memory."""
    return int(table.memory_usage(index=True, deep=True).sum())


def _version(table: pd.DataFrame) -> str:
    digest = hashlib.sha256(repr(list(table.columns)).encode())
    # In pieces: at once, the hashes of a million rows would need a quarter of a gigabyte.
    for start in range(0, len(table), ROWS_HASHED):
        piece = table.iloc[start : start + ROWS_HASHED]
        digest.update(pd.util.hash_pandas_object(piece, index=False).to_numpy().tobytes())
    return digest.hexdigest()[:16]
