"""Rows that are all wider than the header: read as meant where the cells prove it, else said.

    name,lat,lon            name,lat
    A,45,07,7,68            1,A,45.07
    decimal commas          row numbers without a header

Touches nothing.
"""

import re
from collections.abc import Callable, Sequence

from atlas.importing.files.header_row import SURE, Header
from atlas.importing.roles import guessing
from atlas.language import gettext, join

Row = list[str]
Mend = Callable[[Row], Row]
_WHOLE = re.compile(r"\s*[+-]?\d{1,3}\s*")
_DIGITS = re.compile(r"\s*\d+\s*")
_DEGREES = re.compile(r"\s*[+-]?\d{1,3}(?:\.\d+)?\s*")


def mended(header: Header, rows: Sequence[Row]) -> tuple[Header, Mend, str]:
    """Returns the header and a change of each row that make them fit, and a sentence on it.

    `rows`: the first rows below the header.
    """
    names, width = header.names[: header.filled], header.width
    wide = [row for row in rows if len(row) == width]
    if not names or header.filled >= width or len(wide) * 2 < len(rows) or not wide:
        return header, lambda row: row, ""
    fits = Header(names, header.skip_rows, header.filled, header.filled)
    sizes = {"cells": str(width), "columns": str(header.filled)}
    degrees = [place for place, name in enumerate(names) if _is_degrees(name)]
    split = _split(degrees, header.filled)
    if len(degrees) == width - header.filled and all(_has_commas(row, split) for row in wide):
        said = gettext(
            "The rows have {cells} cells, the header names {columns} columns: the commas in {names} are "
            "decimal commas.",
            names=join([names[place] for place in degrees]),
            **sizes,
        )
        return fits, lambda row: _joined(row, split) if len(row) == width else row, said
    if width == header.filled + 1 and _has_row_names(wide, degrees):
        said = gettext(
            "The rows have {cells} cells, the header names {columns} columns: the first cell of each row is "
            "a row name without a column; it is called “column 1”.",
            **sizes,
        )
        longer = Header(("column 1", *names), header.skip_rows, width, width)
        return longer, lambda row: row, said
    said = gettext(
        "The rows have {cells} cells, the header names {columns} columns; is a delimiter in the cells? The "
        "last columns have no name.",
        **sizes,
    )
    return header, lambda row: row, said


def _is_degrees(name: str) -> bool:
    return any(guessing.header_score(role, name) >= SURE for role in ("latitude", "longitude"))


def _split(degrees: Sequence[int], filled: int) -> list[tuple[int, bool]]:
    """Returns the first cell of each column, and whether the next cell has its decimals."""
    cells, place = [], 0
    for column in range(filled):
        cells.append((place, column in degrees))
        place += 2 if column in degrees else 1
    return cells


def _has_commas(row: Row, split: Sequence[tuple[int, bool]]) -> bool:
    halves = [(row[place], row[place + 1]) for place, is_split in split if is_split]
    return all(_WHOLE.fullmatch(whole) and _DIGITS.fullmatch(digits) for whole, digits in halves)


def _joined(row: Row, split: Sequence[tuple[int, bool]]) -> Row:
    return [f"{row[place].strip()}.{row[place + 1].strip()}" if two else row[place] for place, two in split]


def _has_row_names(rows: Sequence[Row], degrees: Sequence[int]) -> bool:
    """Whether degrees stand a column further than their names, or the first cells count the rows."""
    if degrees:
        return all(_DEGREES.fullmatch(row[place + 1]) for row in rows for place in degrees) and not all(
            _DEGREES.fullmatch(row[place]) for row in rows for place in degrees
        )
    return len(rows) > 1 and [row[0].strip() for row in rows] == [
        str(number + 1) for number in range(len(rows))
    ]
