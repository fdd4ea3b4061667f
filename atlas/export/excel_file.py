"""Excel: the shown rows as a typed sheet, and a second sheet that says what they are.

XlsxWriter makes the workbook: header, formats, links, the second sheet. It writes a cell at a time, which
takes minutes for a million rows, so the rows themselves are written column by column (see `rowtext`), in
the form in which it would have written them, and put into its first sheet on the way out. Nothing is
larger in memory than one part of the rows and the links.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from atlas import arrow_text, columns
from atlas.export.export import Export
from atlas.formulas import neutral, neutralise

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
MOST_CHARACTERS = 32_767
MOST_LINKS = 65_530
MOST_IN_A_LINK = 2_079
_MOST_EXACT = 10**15
_SHEET, _ROWS_FILE = "Plants", "xl/worksheets/sheet1.xml"
_FORMATS = {"number": "#,##0", "amount": "#,##0.##########", "degrees": "0.0000##", "year": "0"}
_LEVEL = 3
_BYTES_A_CELL = 100
# What a workbook would take for an escaped character is itself escaped.
_LOOKS_ESCAPED = "_x[0-9A-Fa-f]{4}_"


@dataclass(frozen=True)
class _Column:
    """How one column's cells are written: as numbers or text, under which letters, in which style."""

    letters: str
    style: str
    is_number: bool


@dataclass(frozen=True)
class _Losses:
    """Cells that Excel cannot hold as they are."""

    cut: int
    cleaned: int
    links: int


def write(export: Export) -> Iterator[bytes]:
    """The workbook in parts. Header frozen, with a filter; numbers are numbers, links are links.

    Cells of more than 32,767 characters are cut, control characters left out, links from the 65,531st on
    are text: Excel holds no more. The second sheet says so where it happened.
    """
    frame, drawn = _frame(export)
    before, after = _split(frame.read(_ROWS_FILE).decode())
    out = _Sink()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        for name in frame.namelist():
            if name != _ROWS_FILE:
                book.writestr(name, frame.read(name))
                continue
            with book.open(name, "w", force_zip64=_is_huge(export)) as sheet:
                sheet.write(before)
                first = 2
                for _, part in export.parts():
                    sheet.write(_rows(part, first, drawn))
                    first += len(part)
                    yield out.take()
                sheet.write(after)
    yield out.take()


class _Sink(io.RawIOBase):
    """Where a file is written that leaves at once: it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        """What came since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _is_huge(export: Export) -> bool:
    """Whether the sheet may exceed what a plain zip file holds, 2 GB."""
    share = len(export.rows) / max(1, len(export.table))
    text = share * float(export.table.memory_usage(index=False).sum())
    return _BYTES_A_CELL * len(export.rows) * len(export.table.columns) + 2 * text > zipfile.ZIP64_LIMIT


def _split(xml: str) -> tuple[bytes, bytes]:
    """A sheet's XML up to the end of its header, and from the end of its rows on."""
    end, after = xml.index("</row>") + len("</row>"), xml.index("</sheetData>")
    return xml[:end].encode(), xml[after:].encode()


# ---- the frame, by XlsxWriter ----------------------------------------------------------------------


def _frame(export: Export) -> tuple[zipfile.ZipFile, list[_Column]]:
    """The workbook with all but the rows, and how to write these."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        day = datetime.combine(export.today, datetime.min.time())
        said = {"title": _clean(export.here.title), "comments": _clean(export.words)}
        book.set_properties({**said, "created": day})
        sheet = book.add_worksheet(_SHEET)
        last_row, last_column = len(export.rows), len(export.table.columns) - 1
        _draw_columns(book, sheet, export.table)
        links = _draw_links(book, sheet, export)
        if last_row:  # so that the sheet knows its size; the cell itself is replaced with the others
            sheet.write_blank(last_row, last_column, None, book.add_format({"italic": True}))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last_row, last_column)
        _draw_about(book, export, _losses(export, links))
    frame = zipfile.ZipFile(buffer)
    drawn = re.findall(r"<col min=[^>]*>", frame.read(_ROWS_FILE).decode())
    styles = [(re.findall(r' style="(\d+)"', column) or ["0"])[0] for column in drawn]
    numbers = [arrow_text.is_number(cells) and not _is_too_long(cells) for _, cells in export.table.items()]
    letters = [xlsxwriter.utility.xl_col_to_name(place) for place in range(len(numbers))]
    return frame, [_Column(*row) for row in zip(letters, styles, numbers, strict=True)]


def _draw_columns(book: Any, sheet: Any, table: pd.DataFrame) -> None:
    header = book.add_format({"bold": True, "bottom": 1})
    for place, name in enumerate(neutralise(table.iloc[:0]).columns):
        kind = columns.of(
            str(table.columns[place]), 0 if arrow_text.is_number(table.iloc[:, place]) else ""
        ).kind
        width = {"text": 24, "link": 30}.get(kind, 13)
        # Formats that differ in nothing else become one, and columns with one become one: so a width each.
        style = book.get_default_url_format() if kind == "link" else _format(book, kind)
        sheet.set_column(place, place, width + place / 1000, style)
        sheet.write_string(0, place, _clean(str(name)), header)


def _format(book: Any, kind: str) -> Any:
    return book.add_format({"num_format": _FORMATS[kind]} if kind in _FORMATS else {"text_wrap": False})


def _draw_links(book: Any, sheet: Any, export: Export) -> int:
    """Links on the cells of link columns; how many did not fit."""
    found = 0
    for place, name in enumerate(export.table.columns):
        if columns.of(str(name)).kind == "link":
            cells = export.table[name].iloc[export.rows].fillna("")
            fits = cells.str.startswith(("https://", "http://")) & (cells.str.len() <= MOST_IN_A_LINK)
            fits &= ~cells.str.contains(arrow_text.NOT_IN_XML)
            for row in np.flatnonzero(fits)[: MOST_LINKS - min(found, MOST_LINKS)]:
                sheet.write_url(int(row) + 1, place, cells.iloc[row])
            found += int(fits.sum())
    return max(0, found - MOST_LINKS)


def _draw_about(book: Any, export: Export, losses: _Losses) -> None:
    """The second sheet: what the rows show, of when, under which terms, and what the columns mean."""
    sheet = book.add_worksheet("About")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60, wrapped)
    facts = [*_facts(export), *_sentences(losses), ("", ""), ("Column", "Meaning")]
    for name, cells in export.table.items():
        column = columns.of(str(name), 0 if arrow_text.is_number(cells) else "")
        facts.append((str(name), f"{column.label}. {column.help}"))
    texts = neutralise(pd.DataFrame(facts, columns=["a", "b"], dtype="str"))
    for row, (first, second) in enumerate(texts.itertuples(index=False, name=None)):
        sheet.write_string(row, 0, _clean(first), bold)
        sheet.write_string(row, 1, _clean(second), wrapped)


def _facts(export: Export) -> list[tuple[str, str]]:
    count = len(export.rows)
    first = export.options.offset + 1
    piece = "all" if count == export.total else f"{first:,} to {first + count - 1:,} of {export.total:,}"
    facts = [
        ("Title", export.here.title),
        ("Table", export.sheet.title),
        ("Shows", export.words),
        ("Rows", piece if count else "none"),
        ("Made on", export.today.isoformat()),
        ("“Now” means", export.as_of),
        ("Licence", export.licence),
        ("Sources", "Each fact's source: the file “Sources (CSV)”." if export.sheet.about_alfa else ""),
    ]
    return [(name, text) for name, text in facts if text]


def _sentences(losses: _Losses) -> list[tuple[str, str]]:
    words = (
        (losses.cut, f"Cells cut at {MOST_CHARACTERS:,} characters, the most that Excel holds"),
        (losses.cleaned, "Cells without their control characters, which Excel cannot hold"),
        (losses.links, f"Links that are plain text, as Excel holds {MOST_LINKS:,}"),
    )
    return [("Not as in the atlas", f"{text}: {number:,}.") for number, text in words if number]


def _clean(text: str) -> str:
    return re.sub(arrow_text.NOT_IN_XML, "", text)[:MOST_CHARACTERS]


# ---- the rows --------------------------------------------------------------------------------------


def _rows(part: pd.DataFrame, first: int, drawn: list[_Column]) -> bytes:
    """Rows of a sheet, the first of which has the number `first`."""
    number = pa.array(np.arange(first, first + len(part))).cast(pa.large_string())
    cells = [_cells(part[name], column, number) for name, column in zip(part.columns, drawn, strict=True)]
    return arrow_text.together(arrow_text.joined('<row r="', number, '">', *cells, "</row>"))


def _cells(cells: pd.Series, column: _Column, number: pa.Array) -> pa.Array:
    """One column's cells; nothing where one is empty."""
    before, after = f'<c r="{column.letters}', f'" s="{column.style}"'
    text = pc.fill_null(arrow_text.numbers(cells), "") if column.is_number else _text(cells)
    if column.is_number:
        value = arrow_text.joined(before, number, after, "><v>", text, "</v></c>")
    else:
        opening = ' t="inlineStr"><is><t xml:space="preserve">'
        value = arrow_text.joined(before, number, after, opening, text, "</t></is></c>")
    return pc.if_else(pc.equal(text, ""), "", value)


def _is_too_long(cells: pd.Series) -> bool:
    """Whether Excel cannot hold a column's numbers: too many digits, or infinite. They are text then."""
    there = cells.dropna()
    if not len(there):
        return False
    largest = max(abs(there.min()), abs(there.max()))
    if pd.api.types.is_integer_dtype(there):
        return bool(largest >= _MOST_EXACT)
    return bool(np.isinf(largest))


def _text(cells: pd.Series) -> pa.Array:
    if arrow_text.is_number(cells):
        return pc.fill_null(arrow_text.numbers(cells), "")
    text = neutral(arrow_text.texts(cells))
    is_long = _is_long(text)
    if is_long.any():
        short = [_shortened(one) for one in text.filter(pa.array(is_long)).to_pylist()]
        text = pc.replace_with_mask(text, pa.array(is_long), pa.array(short, pa.large_string()))
    text = arrow_text.change_where(
        text,
        _LOOKS_ESCAPED,
        b"_",
        lambda odd: pc.replace_substring_regex(odd, f"({_LOOKS_ESCAPED})", r"_x005F\1"),
    )
    return arrow_text.xml_cells(text)


def _is_long(text: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts may be too long: Excel counts UTF-16 units, of which there are at most as many as bytes."""
    found: npt.NDArray[np.bool_] = pc.greater(pc.binary_length(text), MOST_CHARACTERS).to_numpy(
        zero_copy_only=False
    )
    return found


def _shortened(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", errors="ignore") + "…"


def _losses(export: Export, links: int) -> _Losses:
    cut = cleaned = 0
    for _, part in export.parts():
        for name in part.columns:
            if not arrow_text.is_number(part[name]):
                text = neutral(arrow_text.texts(part[name]))
                long = text.filter(pa.array(_is_long(text))).to_pylist()
                cut += sum(_shortened(one) != one for one in long)
                cleaned += arrow_text.count_where(text, arrow_text.NOT_IN_XML, arrow_text.BYTES_NOT_IN_XML)
    return _Losses(cut, cleaned, links)
