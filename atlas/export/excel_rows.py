"""Rows of a sheet as XML, put into a sheet that XlsxWriter made without them.

XlsxWriter writes a cell at a time, which takes minutes for a million rows. Here a column is written at once
(see `arrow_text`), in the form in which XlsxWriter would have written it. What this relies on of its sheets
is checked before the first byte (`frame_of`), so that an update of XlsxWriter that changes them is a sentence
and no broken workbook.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas import arrow_text
from atlas.arrow_text import neutral
from atlas.errors import DataError
from atlas.language import gettext

MOST_CHARACTERS = 32_767
_MOST_EXACT = 10**15
# What a workbook would take for an escaped character is itself escaped.
_LOOKS_ESCAPED = "_x[0-9A-Fa-f]{4}_"
# Columns with a style each, the header, then rows that are replaced: links, and a cell that tells the size.
_SHEET = re.compile(
    r"(?P<before><\?xml .*?<cols>(?P<cols>(?:<col [^<>]*/>)+)</cols>"
    r'<sheetData><row r="1"[^<>]*>(?:<c r="[A-Z]+1"[^<>]*>(?:(?!</c>).)*</c>)+</row>)'
    r'(?:<row r="\d+".*</row>)?'
    r"(?P<after></sheetData>.*</worksheet>)",
    re.DOTALL,
)
_COLUMN = re.compile(r'<col min="(\d+)" max="(\d+)"(?: (?!style)\w+="[^"]*")*(?: style="(\d+)")?[^<>]*/>')


@dataclass(frozen=True)
class SheetColumn:
    """How a column's cells are written: under which letters, in which style, as numbers or as text."""

    letters: str
    style: str
    is_number: bool


@dataclass(frozen=True)
class SheetFrame:
    """A sheet without its rows: what stands before and after them, and the style of each column."""

    before: bytes
    after: bytes
    styles: tuple[str, ...]


def frame_of(xml: str, columns: int) -> SheetFrame:
    """Returns the frame of a sheet with so many columns; raises `DataError` where it looks different."""
    sheet = _SHEET.fullmatch(xml.strip())
    drawn = _COLUMN.findall(sheet["cols"]) if sheet else []
    expected = [(str(place), str(place)) for place in range(1, columns + 1)]
    if not sheet or [(first, last) for first, last, _ in drawn] != expected:
        raise DataError(
            gettext(
                "The Excel file cannot be made: this version of XlsxWriter writes a sheet in another form. "
                "Install the version that requirements.txt names, or choose CSV."
            )
        )
    styles = tuple(style or "0" for _, _, style in drawn)
    return SheetFrame(sheet["before"].encode(), sheet["after"].encode(), styles)


def rows(part: pd.DataFrame, first: int, columns: Sequence[SheetColumn]) -> bytes:
    """Returns rows as XML; `first`: the number of the first of them in the sheet."""
    number = pa.array(np.arange(first, first + len(part))).cast(pa.large_string())
    cells = [_cells(part[name], column, number) for name, column in zip(part.columns, columns, strict=True)]
    return arrow_text.together(arrow_text.joined('<row r="', number, '">', *cells, "</row>"))


def _cells(cells: pd.Series, column: SheetColumn, number: pa.Array) -> pa.Array:
    """Returns the cells of a column; "" where a cell is empty."""
    before, after = f'<c r="{column.letters}', f'" s="{column.style}"'
    if column.is_number:
        text = pc.fill_null(arrow_text.numbers(cells), "")
        value = arrow_text.joined(before, number, after, "><v>", text, "</v></c>")
    else:
        text = _text(cells)
        opening = ' t="inlineStr"><is><t xml:space="preserve">'
        value = arrow_text.joined(before, number, after, opening, text, "</t></is></c>")
    return pc.if_else(pc.equal(text, ""), "", value)


def is_too_long(cells: pd.Series) -> bool:
    """Returns whether a column's numbers have too many digits for Excel or are infinite: they become text."""
    filled = cells.dropna()
    if not len(filled):
        return False
    largest = max(abs(filled.min()), abs(filled.max()))
    if pd.api.types.is_integer_dtype(filled):
        return bool(largest >= _MOST_EXACT)
    return bool(np.isinf(largest))


def _text(cells: pd.Series) -> pa.Array:
    if arrow_text.is_number(cells):
        return pc.fill_null(arrow_text.numbers(cells), "")
    text = neutral(arrow_text.texts(cells))
    long = pa.array(_is_long(text))
    if pc.any(long).as_py():
        short = [_shortened(value) for value in text.filter(long).to_pylist()]
        text = pc.replace_with_mask(text, long, pa.array(short, pa.large_string()))
    text = arrow_text.change_where(
        text,
        _LOOKS_ESCAPED,
        b"_",
        lambda odd: pc.replace_substring_regex(odd, f"({_LOOKS_ESCAPED})", r"_x005F\1"),
    )
    return arrow_text.xml_cells(text)


def _is_long(text: pa.Array) -> npt.NDArray[np.bool_]:
    """Returns which texts may be too long: Excel counts UTF-16 units, at most as many as bytes of UTF-8."""
    is_long: npt.NDArray[np.bool_] = pc.greater(pc.binary_length(text), MOST_CHARACTERS).to_numpy(
        zero_copy_only=False
    )
    return is_long


def _shortened(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", errors="ignore") + "…"


def losses(part: pd.DataFrame) -> tuple[int, int]:
    """Returns how many texts of some rows are cut, and how many lose characters that XML cannot hold."""
    cut = cleaned = 0
    for name in part.columns:
        if not arrow_text.is_number(part[name]):
            text = neutral(arrow_text.texts(part[name]))
            long = text.filter(pa.array(_is_long(text))).to_pylist()
            cut += sum(_shortened(value) != value for value in long)
            cleaned += arrow_text.count_where(text, arrow_text.NOT_IN_XML, arrow_text.BYTES_NOT_IN_XML)
    return cut, cleaned
