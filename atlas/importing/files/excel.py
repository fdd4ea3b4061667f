"""Reads the cells of an Excel workbook (.xlsx) in bounded memory and time.

openpyxl reads row by row, with defusedxml against XML bombs; python-calamine is ten times as fast, but lays
out a whole sheet, so that two cells in far corners end the server. First each part of the archive is
unpacked in pieces and counted: the sizes in the zip directory are ignored. The values are those that Excel
saved: a formula without a value is reported, an error such as #N/A is an empty cell. Touches nothing.
"""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from atlas.errors import DataError
from atlas.importing.files import header_row, raw_table
from atlas.importing.roles import guessing
from atlas.language import gettext, ngettext, number
from atlas.text import shortened

MOST_UNPACKED = 600_000_000
MOST_PART = 40_000_000
MOST_CELLS = 20_000_000
MOST_BLANK_ROWS = 20_000
_PIECE = 1 << 20
_LONGEST_CELL = 32_767  # letters, as Excel has it
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = (
    (_STRICT + b"spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (_STRICT + b"drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (_STRICT + b"officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
)
_ZERO_DAY, _FIRST_DAY, _LAST_DAY = (
    dt.date(1899, 12, 30),
    dt.date(1904, 8, 10),
    dt.date(1905, 10, 1),
)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"})
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_NO_VALUE = re.compile(rb"<f(?: [^>]*)?(?:/>|>[^<]*</f>)(?:<v></v>|<v */>)?</c>")
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    DefusedXmlException,
    SyntaxError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    NotImplementedError,
    EOFError,
    RuntimeError,
    OverflowError,
)


@dataclass
class _Seen:
    """Counts of what was met on the way through a sheet."""

    errors: int = 0
    long_numbers: int = 0
    merged: list[str] = field(default_factory=list)
    without_value: int = 0
    is_cut: bool = False
    early_dates: int = 0


def read(content: bytes, title: str, options: raw_table.FileOptions) -> raw_table.Raw:
    """Returns the first sheet with a table, or the chosen sheet; raises `DataError`."""
    try:
        return _read(content, title, options)
    except _DAMAGED as error:
        if isinstance(error, DefusedXmlException):
            raise DataError(
                gettext(
                    "{title} holds XML that no Excel writes; it was not opened. Save it again.", title=title
                )
            ) from error
        raise DataError(
            gettext("{title} is damaged or no Excel workbook; save it again as .xlsx.", title=title)
        ) from error


def _read(content: bytes, title: str, options: raw_table.FileOptions) -> raw_table.Raw:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_archive(archive, title)
    content = _transitional(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheets = {sheet.title: sheet for sheet in visible or book.worksheets}
            sheet, start, rest, seen = _choose(sheets, options.sheet, title)
            detected = raw_table.Detected("excel", sheet=sheet.title, sheets=tuple(sheets))
            part = str(sheet._worksheet_path).lstrip("/")
            _scan(archive, part, seen)
            merged = _merged(seen.merged)
            raw = raw_table.from_rows(
                list(_filled_down(iter(start), merged)), _filled_down(rest, merged), title, options, detected
            )
            others = [name for name in sheets if name != sheet.title] if not options.sheet else []
            return replace(raw, notes=(*_notes(seen), *_left_out(sheet.title, others)))
        finally:
            book.close()


def _check_archive(archive: zipfile.ZipFile, title: str) -> None:
    """Refuses an archive that unpacks to more than a table of our limits can."""
    names = archive.namelist()
    if "xl/workbook.xml" not in names and not any(name.endswith("workbook.xml") for name in names):
        raise DataError(
            gettext(
                "{title} is a packed file, not an Excel workbook; unpack it and choose the table.",
                title=title,
            )
        )
    total = 0
    for entry in archive.infolist():
        if entry.filename.startswith(("xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/")):
            continue
        is_rows = re.match(r"xl/(worksheets/|sharedStrings)", entry.filename)
        limit = MOST_UNPACKED if is_rows else MOST_PART
        size = 0
        with archive.open(entry) as part:
            while piece := part.read(_PIECE):
                size += len(piece)
                if size > limit or total + size > MOST_UNPACKED:
                    raise _too_large(title, limit)
                if len(piece) == _PIECE and b"<" not in piece:
                    raise DataError(
                        gettext(
                            "{title} has a cell that is longer than Excel allows; save it again.", title=title
                        )
                    )
                if b"<!ENTITY" in piece or b"<!DOCTYPE" in piece:
                    raise DataError(
                        gettext("{title} holds XML that no Excel writes; it was not opened.", title=title)
                    )
        total += size


def _too_large(title: str, limit: int) -> DataError:
    return DataError(
        gettext(
            "{title} unpacks to more than {number} MB; it was not opened. Save the table as CSV.",
            title=title,
            number=number(limit // 1_000_000),
        )
    )


def _choose(
    sheets: dict[str, Any], chosen: str, title: str
) -> tuple[Any, list[tuple[int, list[str]]], Iterator[tuple[int, list[str]]], _Seen]:
    if chosen and chosen not in sheets:
        there = shortened(", ".join(sheets), 200)
        raise DataError(
            gettext(
                "{title} has no sheet “{sheet}”; it has: {sheets}.",
                title=title,
                sheet=shortened(chosen),
                sheets=there,
            )
        )
    wanted = [sheets[chosen]] if chosen else list(sheets.values())
    read = [(sheet, *_start(sheet, title)) for sheet in wanted]
    filled = [(_likeness(start), -place, sheet) for place, (sheet, start, _, _) in enumerate(read) if start]
    if not filled:
        raise DataError(gettext("{title} is empty: it needs a row for each plant.", title=title))
    _, place, _ = max(filled, key=lambda sheet: sheet[:2])
    return read[-place]


def _start(
    sheet: Any, title: str
) -> tuple[list[tuple[int, list[str]]], Iterator[tuple[int, list[str]]], _Seen]:
    seen = _Seen()
    rows = _rows(sheet, title, seen)
    return list(islice(rows, header_row.SAMPLE)), rows, seen


def _likeness(start: list[tuple[int, list[str]]]) -> int:
    """Returns how much a sheet looks like a table of plants: 3 with positions or places, 0 for no table."""
    rows = [row for _, row in start]
    if sum(len([cell for cell in row if cell]) > 1 for row in rows) < 2:
        return 0
    header = header_row.find(rows)
    roles = {
        role
        for name in header.names
        for role in guessing.ROLES
        if guessing.header_score(role, name) >= header_row.SURE
    }
    has_name, has_place = "name" in roles, bool(roles & {"latitude", "coordinates", "town", "address"})
    return 1 + has_name + has_place + (header.width > 2)


def _transitional(content: bytes) -> bytes:
    """Returns a workbook in Strict Open XML with the names that all programs know; others as they are."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = next(name for name in archive.namelist() if name.endswith("workbook.xml"))
        if _STRICT not in archive.read(book):
            return content
        changed = io.BytesIO()
        with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in archive.namelist():
                part = archive.read(name)
                for strict, usual in _NAMESPACES:
                    part = part.replace(strict, usual)
                copy.writestr(name, part)
    return changed.getvalue()


def _too_many_cells(title: str) -> DataError:
    return DataError(
        gettext(
            "{title} has more than {number} cells; {limits} are read.",
            title=title,
            number=number(MOST_CELLS),
            limits=raw_table.limits(),
        )
    )


def _rows(sheet: Any, title: str, seen: _Seen) -> Iterator[tuple[int, list[str]]]:
    """Yields the rows with a filled cell, numbered as Excel does."""
    cells = blank = 0
    sheet.reset_dimensions()  # the size that a sheet states is ignored
    for row_number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells += len(row) + 1
        if cells > MOST_CELLS or len(row) > 16_384:
            raise _too_many_cells(title)
        is_blank = not any(cell is not None and str(cell).strip() for cell in row)
        blank = blank + 1 if is_blank else 0
        if blank > MOST_BLANK_ROWS:
            seen.is_cut = True
            return
        if any(cell is not None for cell in row):
            last = _last(row)
            if last > raw_table.MOST_COLUMNS:
                raise raw_table.too_wide(title, last)
            texts = [_text(cell, seen) for cell in row[:last]]
            if any(text.strip() for text in texts):
                yield row_number, texts


def _last(row: tuple[Any, ...]) -> int:
    return next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)


def _text(cell: Any, seen: _Seen) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        if cell in _ERRORS:
            seen.errors += 1
            return ""
        return cell[:_LONGEST_CELL]
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return _number(cell, seen)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        if is_day and _FIRST_DAY <= cell.date() < _LAST_DAY:
            # A year such as 1995 in a cell that is formatted as a date: Excel shows a day of 1905.
            seen.early_dates += 1
            return str((cell.date() - _ZERO_DAY).days)
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "seconds")
    return str(cell)


def _number(cell: float, seen: _Seen) -> str:
    if abs(cell) >= 1e15:
        seen.long_numbers += 1
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e22:
        return str(int(cell))
    return repr(cell)


# ---- what only the sheet's XML says ----------------------------------------------------------------


def _scan(archive: zipfile.ZipFile, part: str, seen: _Seen) -> None:
    """Counts merged cells, which stand after all rows, and formulas that Excel saved without a value."""
    if part not in archive.namelist():
        return
    kept = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            text = kept + piece
            end = max(text.rfind(b"</c>") + 4, text.rfind(b"<mergeCell "), 0)
            seen.without_value += len(_NO_VALUE.findall(text, 0, end))
            seen.merged += [ref.decode() for ref in _MERGED.findall(text, 0, end)]
            kept = text[end:][-_PIECE:]
        seen.merged += [ref.decode() for ref in _MERGED.findall(kept)]


def _merged(refs: list[str]) -> dict[int, list[tuple[int, int]]]:
    """Returns first row -> (column from 0, last row) of the merged cells that begin there.

    The first column is enough: a value is repeated downwards, never sideways.
    """
    boxes: dict[int, list[tuple[int, int]]] = {}
    for ref in refs[:100_000]:
        left, top, _, bottom = range_boundaries(ref)
        if left and top and bottom and bottom > top:
            boxes.setdefault(int(top), []).append((int(left) - 1, int(bottom)))
    return boxes


def _filled_down(
    rows: Iterator[tuple[int, list[str]]], boxes: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[int, list[str]]]:
    """Yields rows with the value of merged cells in each row that they span."""
    under_way: dict[int, tuple[int, str]] = {}
    for row_number, row in rows:
        for column, bottom in boxes.get(row_number, ()):
            if column < len(row) and row[column]:
                under_way[column] = (bottom, row[column])
        filled = list(row)
        for column, (bottom, text) in list(under_way.items()):
            if row_number > bottom:
                del under_way[column]
            elif column >= len(filled):
                filled += [""] * (column - len(filled)) + [text]
            elif not filled[column]:
                filled[column] = text
        yield row_number, filled


def _notes(seen: _Seen) -> Iterator[str]:
    if seen.without_value:
        yield ngettext(
            "{number} formula has no saved value and counts as empty; open the file in Excel and save it.",
            "{number} formulas have no saved value and count as empty; open the file in Excel and save it.",
            seen.without_value,
        )
    if seen.errors:
        yield ngettext(
            "{number} cell holds an error such as #N/A and counts as empty.",
            "{number} cells hold an error such as #N/A and count as empty.",
            seen.errors,
        )
    if seen.merged:
        yield gettext("Merged cells: their value was taken for each row that they span.")
    if seen.early_dates:
        yield ngettext(
            "{number} cell holds a year, such as 1995, formatted as a date of 1904 or 1905; the year was "
            "taken.",
            "{number} cells hold a year, such as 1995, formatted as a date of 1904 or 1905; the year was "
            "taken.",
            seen.early_dates,
        )
    if seen.is_cut:
        yield gettext(
            "Rows more than {number} blank rows below the table were not read.",
            number=number(MOST_BLANK_ROWS),
        )
    if seen.long_numbers:
        yield ngettext(
            "{number} number has more than 15 digits, which Excel rounds; write ids as text.",
            "{number} numbers have more than 15 digits, which Excel rounds; write ids as text.",
            seen.long_numbers,
        )


def _left_out(title: str, others: Sequence[str]) -> Iterator[str]:
    if others:
        yield gettext(
            "The sheet “{sheet}” was read; other sheets were left out: {others}.",
            sheet=title,
            others=shortened(", ".join(f"“{name}”" for name in others), 200),
        )
