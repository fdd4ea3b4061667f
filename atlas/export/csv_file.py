"""CSV of the shown rows and of the sources behind them: UTF-8, LF, safe to open in a spreadsheet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import arrow_text
from atlas.arrow_text import neutral
from atlas.export.row_parts import in_parts, ordered

if TYPE_CHECKING:  # the command `import` writes tables without a catalog
    from atlas.export.export import Export

CSV_TYPE = "text/csv; charset=utf-8"
BOM = b"\xef\xbb\xbf"


def write_csv(export: "Export") -> Iterator[bytes]:
    """Yields the shown rows as CSV; with `bom`, Excel takes the file for UTF-8."""
    return _with_bom(csv_parts(export.sheet.table, export.rows), export.options.bom)


def write_sources(export: "Export") -> Iterator[bytes]:
    """Yields the rows of sources.csv about the shown plants; an operator's table raises `SelectionError`."""
    sources = export.catalog.about_alfa.sources
    shown = set(export.sheet.table["plant_id"].iloc[export.rows])
    # The key of a model or a year begins with its plant: "cassino|Alfa Romeo|Giulia (952)|2016".
    is_about = sources["row_key"].str.split("|").str[0].isin(shown) & (sources["table"] != "claims")
    return _with_bom(csv_parts(sources, np.flatnonzero(is_about.to_numpy())), export.options.bom)


def csv(table: pd.DataFrame) -> bytes:
    """Returns the whole table as CSV, its columns in the order of `row_parts.ordered`."""
    return b"".join(csv_parts(table, np.arange(len(table))))


def csv_parts(table: pd.DataFrame, rows: npt.NDArray[np.integer]) -> Iterator[bytes]:
    """Yields `csv` of some rows in parts of `ROWS_A_PART`, so that a million rows need little memory."""
    columns = [str(name) for name in ordered(table.iloc[:0]).columns]
    names = arrow_text.csv_cells(neutral(pa.array(columns, pa.large_string())))
    header = ",".join(names.to_pylist()).encode() + b"\n"
    for _, part in in_parts(table, rows.astype(np.int32)):
        yield header + _csv_rows(part)
        header = b""


def _csv_rows(part: pd.DataFrame) -> bytes:
    cells = [_csv_column(part[name]) for name in part.columns]
    if not cells:
        return b""
    if len(cells) == 1:  # an empty line would be no row
        cells = [pc.if_else(pc.equal(cells[0], ""), '""', cells[0])]
    return arrow_text.together(arrow_text.joined(arrow_text.joined(*cells, between=","), "\n"))


def _csv_column(cells: pd.Series) -> pa.Array:
    if arrow_text.is_number(cells):
        return pc.fill_null(arrow_text.numbers(cells), "")
    return arrow_text.csv_cells(neutral(arrow_text.texts(cells)))


def _with_bom(parts: Iterator[bytes], bom: bool) -> Iterator[bytes]:
    if bom:
        yield BOM
    yield from parts
