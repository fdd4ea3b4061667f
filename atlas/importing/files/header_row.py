"""Finds the row that names the columns, and the decimal mark, from a table's first rows.

Titles above the header are passed over; a first row of numbers, countries or positions is no header.
Touches nothing.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from atlas import country_names
from atlas.importing.roles import guessing

SAMPLE = 200
MOST_TITLES = 30
SURE = 60
_NUMBER = re.compile(r"^[+-]?\d[\d.,\s'’]*%?$")
_COMMA = r"^[+-]?[0-9]+,[0-9]+$"
_POINT = r"^[+-]?[0-9]+\.[0-9]+$"
_COMMA_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$"
_POINT_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$"
_BOTH_COMMA = r"^[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+$"
_BOTH_POINT = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+$"


@dataclass(frozen=True)
class Header:
    """`names` of the columns (empty: no header), rows of the sample before the data, width of the table.

    `filled`: cells of the header up to its last name.
    """

    names: tuple[str, ...]
    skip_rows: int
    width: int
    filled: int = 0


def find(rows: Sequence[Sequence[str]], has_header: bool | None = None) -> Header:
    """Returns the header among the first rows; `has_header` None: find out whether there is one."""
    lengths = [_length(row) for row in rows]
    width = _usual(lengths)
    scores = [sum(is_known(cell) for cell in row) for row in rows[:MOST_TITLES]]
    best = max(range(len(scores)), key=lambda row: (scores[row], -row), default=0)
    full = [place for place, length in enumerate(lengths[:MOST_TITLES]) if length >= max(1, 0.6 * width)]
    first = full[0] if full else 0
    if has_header is False:
        return Header((), 0, width)
    at = best if scores and scores[best] >= (2 if width > 2 else 1) and lengths[best] > 0.5 * width else first
    if has_header is None and not _may_be_header(rows, at, width):
        # A title above rows of data is no plant, but it is a row: it stays.
        return Header((), 0, width)
    names = tuple(cell.strip() for cell in rows[at][: max(width, lengths[at])]) if rows else ()
    names += ("",) * (width - len(names))
    return Header(tuple(named(names)), at + 1, max(width, len(names)), lengths[at] if rows else 0)


def named(names: Sequence[str]) -> list[str]:
    """Returns names of columns; "column 3" for an empty name."""
    return [name.strip() or f"column {place}" for place, name in enumerate(names, start=1)]


def _length(row: Sequence[str]) -> int:
    """Returns the number of cells up to the last filled cell."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def _usual(lengths: Sequence[int]) -> int:
    """Returns the largest width that several rows of a table share."""
    times = Counter(lengths)
    often = [length for length, count in times.items() if count >= max(2, 0.1 * len(lengths))]
    return max(often or lengths, default=0)


@lru_cache(maxsize=20_000)
def is_known(cell: str) -> bool:
    """Tells whether a cell is a word for a column."""
    text = cell.strip()
    if not text or len(text) > 80 or _NUMBER.match(text):
        return False
    return any(guessing.header_score(role, text) >= SURE for role in guessing.ROLES)


def _may_be_header(rows: Sequence[Sequence[str]], at: int, width: int) -> bool:
    if not rows:
        return False
    cells = [cell.strip() for cell in rows[at] if cell.strip()]
    known = sum(is_known(cell) for cell in cells)
    if known >= max(1, min(2, width - 1)):
        return True
    if _are_years([cell for cell in cells if _NUMBER.match(cell)]) and not _NUMBER.match(cells[0]):
        return True
    if any(_NUMBER.match(cell) for cell in cells) or any(len(cell) > 120 for cell in cells):
        return False
    below = [row for row in rows[at + 1 :] if _length(row)]
    has_numbers_below = any(_NUMBER.match(cell.strip()) for row in below[:50] for cell in row if cell.strip())
    if width == 1:
        return bool(known)
    if any(country_names.code_of(cell) and len(cell) > 3 for cell in cells):
        return False
    return has_numbers_below or bool(known) or len(set(cells)) == len(cells)


def _are_years(cells: Sequence[str]) -> bool:
    """Whether cells are years in order, as columns of a year each are called."""
    is_year = all(re.fullmatch(r"(1[89]|20)\d\d", cell) for cell in cells)
    return is_year and len(cells) > 1 and cells in (sorted(set(cells)), sorted(set(cells), reverse=True))


def decimal_mark(table: pa.Table) -> str:
    """ "," where more numbers are written with a comma before their decimals than with a point, else "."."""
    commas = points = 0.0
    for name in table.column_names:
        if not pa.types.is_large_string(table.schema.field(name).type):
            continue
        cells = table.column(name).slice(0, 5_000)
        comma = _count(cells, _BOTH_COMMA) + _count(cells, _COMMA)
        point = _count(cells, _BOTH_POINT) + _count(cells, _POINT)
        is_degrees = any(guessing.header_score(role, name) >= SURE for role in ("latitude", "longitude"))
        if not is_degrees:  # a comma may stand between thousands
            comma -= _count(cells, _COMMA_THOUSANDS) - _count(cells, _BOTH_POINT)
            point -= _count(cells, _POINT_THOUSANDS) - _count(cells, _BOTH_COMMA)
        weight = 10.0 if is_degrees else 1.0
        commas, points = commas + comma * weight, points + point * weight
    return "," if commas > points else "."


def _count(cells: pa.ChunkedArray, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(cells, pattern)).as_py() or 0)
