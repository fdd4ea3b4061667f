"""A selection on its way out: its rows in the order in which they leave, and what is said about them.

    view of a page or parameters of an address -> Export -> a writer -> parts of a file

`formats` lists the writers. Text cells that a spreadsheet would run are made harmless (see `arrow_text`).
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.alfa import tables
from atlas.catalog import filters, results, sheets
from atlas.catalog.selection import describe, slug
from atlas.export.row_parts import in_parts, ordered
from atlas.language import gettext, gettext_noop, ngettext
from atlas.site import ALFA, OTHER_STEM, Site, current

LICENCE = gettext_noop("Our tables: MIT. Where each fact comes from: the page Sources.")
POSITION = ("latitude", "longitude")


@dataclass(frozen=True)
class ExportOptions:
    """What a request may ask for besides a selection: a piece of the rows, the pinned plants instead of the
    shown ones, a byte order mark for Excel.
    """

    limit: int | None = None
    offset: int = 0
    bom: bool = False
    pinned: bool = False


@dataclass(frozen=True, eq=False)
class Export:
    """A selection of a table on its way out, on a certain day."""

    catalog: sheets.Catalog
    sheet: sheets.Sheet
    selection: filters.Selection
    site: Site
    today: date
    options: ExportOptions = ExportOptions()

    @cached_property
    def result(self) -> results.Result:
        """Returns what the selection shows."""
        return self.sheet.results.of(self.selection)

    @cached_property
    def total(self) -> int:
        """Returns how many rows the selection has, whatever piece of them leaves."""
        return len(self._whole)

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """Returns the numbers of the rows that leave, ascending."""
        first, limit = self.options.offset, self.options.limit
        return self._whole[first : None if limit is None else first + limit]

    @cached_property
    def _whole(self) -> npt.NDArray[np.int32]:
        if not self.options.pinned:
            return self.result.rows
        pinned = [self.sheet.index.row_of(plant_id) for plant_id in self.selection.pins]
        return np.array(sorted(row for row in pinned if row is not None), dtype=np.int32)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Returns the whole table with its columns in the order in which they leave."""
        return ordered(self.sheet.table)

    @property
    def words(self) -> str:
        """Returns what the selection shows: "4 plants in Italy"."""
        if self.options.pinned:
            return ngettext("{number} pinned plant", "{number} pinned plants", self.total)
        totals = self.result.totals
        return describe(self.sheet.index.filters, self.selection, totals.plants, totals.countries)

    @property
    def licence(self) -> str:
        """Returns the terms of the rows; "" for an operator's table, whose terms we do not know."""
        return gettext(LICENCE) if self.sheet.about_alfa else ""

    @property
    def as_of(self) -> str:
        """Returns the month that "now" means; "" for an operator's table."""
        return tables.as_of() if self.sheet.about_alfa else ""

    def file_name(self, ending: str) -> str:
        """Returns a name that tells table, filters, piece and date."""
        first, rows = self.options.offset, len(self.rows)
        is_piece = self.options.limit is not None or first
        piece = f"_rows-{first + 1}-to-{first + rows}" if is_piece else ""
        selection = self.selection
        if self.options.pinned:
            selection, piece = filters.Selection(selection.table), f"_pinned{piece}"
        return file_name(selection, self.today, ending, stem=self.site.file_stem, piece=piece)

    def parts(self) -> Iterator[tuple[npt.NDArray[np.int32], pd.DataFrame]]:
        """Yields the rows that leave, `ROWS_A_PART` at a time: their numbers and cells; at least one part."""
        return in_parts(self.sheet.table, self.rows)


def file_name(
    selection: filters.Selection, today: date, ending: str, *, stem: str = ALFA.file_stem, piece: str = ""
) -> str:
    """Returns a name that tells table, filters and date: `alfa-romeo-plants_all_2026-02-01.csv`."""
    return f"{stem}-{selection.table}_{slug(selection)}{piece}_{today.isoformat()}.{ending}"


def site_of(sheet: sheets.Sheet, environ: Mapping[str, str] = os.environ) -> Site:
    """Returns the site that files of a table name; a visitor's own table has none but its title."""
    site = current(environ)
    return replace(site, title=sheet.title, file_stem=OTHER_STEM) if sheet.is_private else site
