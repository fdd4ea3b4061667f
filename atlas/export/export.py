"""What leaves the atlas: the rows of a selection, what is said about them, and CSV.

    View of a page or parameters of an address -> Export -> a writer -> parts of a file

`formats` lists the writers; `workbook` and `geodata` hold those of Excel, GeoJSON and KML.

Text cells that a spreadsheet would run are made harmless (see `formulas`).
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import columns, site
from atlas.alfa import tables
from atlas.catalog import filters, results, sheets
from atlas.catalog.selection import describe, slug
from atlas.site import OTHER_STEM, Site, current

ROWS_A_PART = 20_000
LICENCE = "Our tables: MIT. Where each fact comes from: the page Sources."


@dataclass(frozen=True)
class Options:
    """What a request may ask for besides a selection: a piece of the rows, a mark for Excel."""

    limit: int | None = None
    offset: int = 0
    bom: bool = False


@dataclass(frozen=True, eq=False)
class Export:
    """One selection on its way out."""

    known: sheets.Catalog
    sheet: sheets.Sheet
    selection: filters.Selection
    here: site.Site
    today: date
    options: Options = Options()

    @cached_property
    def result(self) -> results.Result:
        return self.sheet.results.of(self.selection)

    @cached_property
    def total(self) -> int:
        """How many rows the selection has, whatever piece of them leaves."""
        return self.result.totals.plants

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """Numbers of the rows that leave, ascending."""
        first, limit = self.options.offset, self.options.limit
        return self.result.rows[first : None if limit is None else first + limit]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The whole table with its columns in the order in which they leave."""
        return ordered(self.sheet.table)

    @property
    def words(self) -> str:
        """What the selection shows: "4 plants in Italy"."""
        totals = self.result.totals
        return describe(self.sheet.index.filters, self.selection, totals.plants, totals.countries)

    @property
    def licence(self) -> str:
        """Under which terms the rows leave; "" for an operator's table, whose terms we do not know."""
        return LICENCE if self.sheet.about_alfa else ""

    @property
    def as_of(self) -> str:
        """The month that "now" means; "" for an operator's table."""
        return tables.AS_OF if self.sheet.about_alfa else ""

    def file_name(self, ending: str) -> str:
        """Tells table, filters, piece and date."""
        first, count = self.options.offset, len(self.rows)
        is_piece = self.options.limit is not None or first
        piece = f"_rows-{first + 1}-to-{first + count}" if is_piece else ""
        return file_name(self.selection, self.today, ending, stem=self.here.file_stem, piece=piece)

    def parts(self) -> Iterator[tuple[npt.NDArray[np.int32], pd.DataFrame]]:
        """The rows that leave, `ROWS_A_PART` at a time: their numbers and cells; at least one part."""
        return _parts(self.table, self.rows)


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with known columns first, in the order of `columns.COLUMNS`, then the others."""
    known = [column.name for column in columns.COLUMNS if column.name in table.columns]
    return table[[*known, *(name for name in table.columns if name not in known)]]


def _parts(
    table: pd.DataFrame, rows: npt.NDArray[np.int32]
) -> Iterator[tuple[npt.NDArray[np.int32], pd.DataFrame]]:
    for start in range(0, max(len(rows), 1), ROWS_A_PART):
        some = rows[start : start + ROWS_A_PART]
        yield some, table.iloc[some]


def file_name(
    selection: filters.Selection, today: date, ending: str, *, stem: str = "alfa-romeo", piece: str = ""
) -> str:
    """Tells table, filters and date: `alfa-romeo-plants_country-italy_2026-02-01.csv`."""
    return f"{stem}-{selection.table}_{slug(selection)}{piece}_{today.isoformat()}.{ending}"


# ---- CSV -------------------------------------------------------------------------------------------


def site_of(sheet: sheets.Sheet, environ: Mapping[str, str] = os.environ) -> Site:
    """What files of a table call the site: a visitor's own table is neither ours nor the operator's."""
    here = current(environ)
    return replace(here, title=sheet.title, file_stem=OTHER_STEM) if sheet.is_private else here
