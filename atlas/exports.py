"""What leaves the atlas: the rows of a selection, what is said about them, and CSV.

    View of a page or parameters of an address -> Export -> a writer -> parts of a file

`formats` lists the writers; `workbook` and `geodata` hold those of Excel, GeoJSON and KML.

Text cells that a spreadsheet would run are made harmless (see `formulas`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import columns, filters, results, rowtext, sheets, site, tables
from atlas.formulas import neutral
from atlas.formulas import neutralise as neutralise
from atlas.formulas import restore as restore
from atlas.selection import describe, slug

ROWS_A_PART = 20_000
CSV_TYPE = "text/csv; charset=utf-8"
BOM = b"\xef\xbb\xbf"
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
        return describe(self.sheet.index.rows, self.selection, totals.plants, totals.countries)

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


def write_csv(export: Export) -> Iterator[bytes]:
    """The shown rows as CSV in parts; with `bom`, Excel takes them for UTF-8 when it opens the file."""
    return _with_bom(csv_parts(export.sheet.table, export.rows), export.options.bom)


def write_sources(export: Export) -> Iterator[bytes]:
    """The rows of sources.csv about the shown plants; raises `SelectionError` for an operator's table."""
    sources = export.known.about_alfa.sources
    shown = set(export.sheet.table["plant_id"].iloc[export.rows])
    # The key of a model or a year begins with its plant: "cassino|Alfa Romeo|Giulia (952)|2016".
    about = sources["row_key"].str.split("|").str[0].isin(shown) & (sources["table"] != "claims")
    return _with_bom(csv_parts(sources, np.flatnonzero(about.to_numpy())), export.options.bom)


def csv(table: pd.DataFrame) -> bytes:
    """The rows as CSV: UTF-8, LF, known columns in the order of `columns.COLUMNS`, then others."""
    return b"".join(csv_parts(table, np.arange(len(table))))


def csv_parts(table: pd.DataFrame, rows: npt.NDArray[np.integer]) -> Iterator[bytes]:
    """`csv` of some rows of a table in parts of `ROWS_A_PART`, so that a million need little memory."""
    table = ordered(table)
    header = rowtext.csv_cells(neutral(pa.array([str(name) for name in table.columns], pa.large_string())))
    yield_header = [",".join(header.to_pylist()).encode() + b"\n"]
    for _, part in _parts(table, rows.astype(np.int32)):
        yield b"".join([*yield_header, _csv_rows(part)])
        yield_header = []


def _csv_rows(part: pd.DataFrame) -> bytes:
    cells = [_csv_column(part[name]) for name in part.columns]
    if len(cells) == 1:  # an empty line would be no row
        cells = [pc.if_else(pc.equal(cells[0], ""), '""', cells[0])]
    return rowtext.together(rowtext.joined(rowtext.joined(*cells, between=","), "\n")) if cells else b""


def _csv_column(cells: pd.Series) -> pa.Array:
    if rowtext.is_number(cells):
        return pc.fill_null(rowtext.numbers(cells), "")
    return rowtext.csv_cells(neutral(rowtext.texts(cells)))


def _with_bom(parts: Iterator[bytes], bom: bool) -> Iterator[bytes]:
    if bom:
        yield BOM
    yield from parts
