"""`Raw`: the cells of a file as they stand there, and what was found out about it; made of rows of text.

The readers of all kinds of files share: the limits, what a person may say about a file, the header, rows of
other lengths, blank rows and columns. Touches nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from atlas import columns
from atlas.arrow_text import RUN
from atlas.errors import DataError
from atlas.importing.files import wide_rows
from atlas.importing.files.header_row import decimal_mark, find, named
from atlas.language import gettext, number
from atlas.text import shortened

MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 2_000
ROWS_A_PART = 50_000
DECIMALS = (".", ",")
_NEUTRAL = f"^'('*[{RUN}])"  # as arrow_text.restored takes it off


@dataclass(frozen=True)
class FileOptions:
    """What a person says about a file; "" and None: find it out."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    header: bool | None = None
    sheet: str = ""


@dataclass(frozen=True)
class Detected:
    """What a file is. `kind`: "csv", "excel", "geojson" or "parquet"; "" where it does not apply.

    `header_row`: number of the row with the names of the columns, 0 for none.
    """

    kind: str
    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    header: bool = True
    header_row: int = 1
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Oddity:
    """A problem with a row as a whole: number of the row, kind, value and reason."""

    row: int
    kind: str
    value: str
    reason: str


@dataclass(frozen=True, eq=False)
class Raw:
    """The cells as text or in the file's own types, the `numbers` of the rows, sentences on the whole file
    (`notes`) and problems of whole rows.
    """

    title: str
    table: pa.Table
    numbers: npt.NDArray[np.int64]
    detected: Detected
    notes: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = ()


def limits() -> str:
    """Returns what a visitor's file may have: "at most 50 MB and 1,000,000 rows"."""
    # Translators: stands in other sentences as {limits}: "{limits} are read."
    return gettext(
        "at most {size} MB and {rows} rows", size=number(MOST_BYTES // 1_000_000), rows=number(MOST_ROWS)
    )


def check_size(size: int, file_name: str, most: int = MOST_BYTES) -> None:
    """Raises `DataError` for a file of too many bytes."""
    if size > most:
        raise DataError(
            gettext(
                "{title} has {size} MB; {limits} are read. Split it, or save it as Parquet.",
                title=shortened(file_name),
                size=number(size / 1e6),
                limits=limits(),
            )
        )


def check_rows(rows: int, title: str) -> None:
    """Raises `DataError` for a table of too many rows."""
    if rows > MOST_ROWS:
        raise DataError(
            gettext(
                "{title} has more than {number} rows; {limits} are read. Split it.",
                title=title,
                number=number(MOST_ROWS),
                limits=limits(),
            )
        )


def check_width(rows: Iterable[Sequence[str]], title: str) -> None:
    """Raises `DataError` for rows with more filled cells than a table may have columns."""
    for row in rows:
        if len(row) > MOST_COLUMNS and any(cell.strip() for cell in row[MOST_COLUMNS:]):
            raise too_wide(title, len(row))


def wider_than_most(title: str) -> DataError:
    """Returns the error about a table of too many columns, where nobody counted them."""
    return DataError(
        gettext("{title} has more than {number} columns.", title=title, number=number(MOST_COLUMNS))
    )


def too_wide(title: str, columns: int) -> DataError:
    """Returns the error about a table of too many columns."""
    return DataError(
        gettext(
            "{title} has {number} columns; at most {most} are read.",
            title=title,
            number=number(columns),
            most=number(MOST_COLUMNS),
        )
    )


def from_rows(
    start: Sequence[tuple[int, list[str]]],
    rest: Iterable[tuple[int, list[str]]],
    title: str,
    options: FileOptions,
    detected: Detected,
) -> Raw:
    """Returns numbered rows of text as `Raw`; `start` are the first rows, in which the header is found."""
    check_width((row for _, row in start), title)
    header = find([row for _, row in start], options.header)
    below = start[header.skip_rows :]
    header, mend, note = wide_rows.mended(header, [row for _, row in below])
    gather = _Gather(title, header.width)
    for part in _parts(chain(below, rest)):
        gather.add([(number, mend(row)) for number, row in part] if note else part)
    names = list(header.names or ())
    names += [""] * (gather.width - len(names))
    table = pa.table(gather.columns(), names=columns.distinct(named(names)))
    numbers = np.array(gather.numbers, np.int64)
    at = start[header.skip_rows - 1][0] if header.names else 0
    raw = finished(title, table, numbers, at, detected, options)
    # A workbook has no cells at the end of a row that are empty.
    odd = () if detected.kind == "excel" else tuple(gather.oddities())
    return replace(raw, oddities=odd, notes=(*raw.notes, note) if note else raw.notes)


def _parts(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while part := list(islice(rows, ROWS_A_PART)):
        yield part


class _Gather:
    """Collects rows as Arrow columns, part by part, so that a million rows are never lists."""

    def __init__(self, title: str, width: int) -> None:
        self.title, self.width, self.wanted = title, width, width
        self.numbers: list[int] = []
        self._parts: list[list[pa.Array]] = []
        self._long: list[tuple[int, list[str]]] = []
        self._short: list[tuple[int, list[str]]] = []

    def add(self, part: Sequence[tuple[int, list[str]]]) -> None:
        self.numbers += [number for number, _ in part]
        check_rows(len(self.numbers), self.title)
        even = [row if len(row) == self.wanted else self._even(number, row) for number, row in part]
        width = max((len(row) for row in even), default=self.wanted)
        if width > self.wanted:
            even = [row + [""] * (width - len(row)) for row in even]
        self.width = max(self.width, width)
        self._parts.append([pa.array(cells, pa.large_string()) for cells in zip(*even, strict=True)])

    def _even(self, number: int, row: list[str]) -> list[str]:
        """Returns a row of the table's width; filled cells beyond it stay, in columns without a name."""
        filled = len(row)
        while filled > self.wanted and not row[filled - 1].strip():
            filled -= 1
        if filled > self.wanted:
            self._long.append((number, row[:filled]))
            most = min(MOST_COLUMNS, self.wanted + 20)
            return row[:filled] if filled <= most else [*row[: most - 1], " ".join(row[most - 1 : filled])]
        if len(row) < self.wanted:
            self._short.append((number, row))
        return row[: self.wanted] + [""] * (self.wanted - len(row))

    def columns(self) -> list[pa.ChunkedArray]:
        def chunk(part: list[pa.Array], place: int) -> pa.Array:
            return part[place] if place < len(part) else pa.array([""] * len(part[0]), pa.large_string())

        parts = [part for part in self._parts if part]
        return [
            pa.chunked_array([chunk(part, place) for part in parts], pa.large_string())
            for place in range(self.width)
        ]

    def oddities(self) -> Iterator[Oddity]:
        for row_number, row in self._long:
            reason = gettext(
                "This row has {cells} cells, the table {columns} columns; is a delimiter in a cell?",
                cells=str(len(row)),
                columns=str(self.wanted),
            )
            yield Oddity(row_number, "cells", shortened(" | ".join(row[self.wanted :])), reason)
        # Programs that leave out empty cells at the end do so all over the file.
        if len(self._short) <= 0.05 * len(self.numbers) + 1:
            for row_number, row in self._short:
                reason = gettext(
                    "This row has {cells} cells, the table {columns} columns.",
                    cells=str(len(row)),
                    columns=str(self.wanted),
                )
                yield Oddity(row_number, "cells", shortened(" | ".join(row)), reason)


def finished(
    title: str,
    table: pa.Table,
    numbers: npt.NDArray[np.int64],
    header_row: int,
    detected: Detected,
    options: FileOptions,
) -> Raw:
    """Returns cells of text as `Raw`: trimmed, without blank rows and columns and without neutral marks."""
    table, numbers = _tidy(table, numbers)
    if table.num_columns > MOST_COLUMNS:
        raise too_wide(title, table.num_columns)
    if not header_row and not len(table):
        raise DataError(gettext("{title} is empty: it needs a row for each plant.", title=title))
    if options.decimal and options.decimal not in DECIMALS:
        mark = shortened(options.decimal, 20)
        raise DataError(gettext("“{mark}” is no decimal mark; it is . or ,", mark=mark))
    detected = replace(
        detected,
        decimal=options.decimal or decimal_mark(table),
        header=bool(header_row),
        header_row=header_row,
    )
    return Raw(title, table, numbers, detected)


def _tidy(table: pa.Table, numbers: npt.NDArray[np.int64]) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    cells = {}
    filled = np.zeros(len(table), bool)
    for name in table.column_names:
        text = pc.utf8_trim_whitespace(table.column(name))
        has = pc.not_equal(text, "").to_numpy()
        filled |= has
        # A column without a name and without a cell comes from separators at the ends of the rows.
        if has.any() or not re.fullmatch(r"column \d+", name):
            cells[restored_name(name)] = pc.replace_substring_regex(text, _NEUTRAL, r"\1")
    tidy = pa.table(cells) if cells else table
    return (tidy, numbers) if filled.all() else (tidy.filter(pa.array(filled)), numbers[filled])


def restored_name(name: str) -> str:
    """Returns a column's name without the apostrophe that our exports put before a formula."""
    return re.sub(_NEUTRAL, r"\1", name)
