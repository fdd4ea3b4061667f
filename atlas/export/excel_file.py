"""Excel: the shown rows as a typed sheet, and a second sheet that says what they are.

XlsxWriter makes the workbook with header, formats, links and the second sheet. The rows are written by
`excel_rows` and put into the first sheet on the way out. Nothing is larger in memory than a part of the rows
and the links.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from atlas import arrow_text, columns
from atlas.arrow_text import neutralise
from atlas.export import excel_rows
from atlas.export.excel_rows import MOST_CHARACTERS, SheetColumn, SheetFrame
from atlas.export.export import Export
from atlas.language import gettext, number, pgettext

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
MOST_LINKS = 65_530
MOST_IN_A_LINK = 2_079
_ROWS_FILE = "xl/worksheets/sheet1.xml"
_FORMATS = {
    "number": "#,##0",
    "amount": "#,##0.##########",
    "degrees": "0.0000##",
    "year": "0",
    "plain": "General",
}
_WIDTHS = {"text": 24, "link": 30}
_LEVEL = 3
_BYTES_A_CELL = 100


@dataclass(frozen=True)
class _Losses:
    """How many cells Excel cannot hold as they are."""

    cut: int
    cleaned: int
    links: int


def write(export: Export) -> Iterator[bytes]:
    """Yields the workbook. Header frozen, with a filter; numbers are numbers, links are links.

    Cells of more than 32,767 characters are cut, control characters left out, links from the 65,531st on
    are text: Excel holds no more. The second sheet says so where it happened.
    """
    book = _book(export)
    frame = excel_rows.frame_of(book.read(_ROWS_FILE).decode(), len(export.table.columns))
    out = _Sink()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as file:
        for name in book.namelist():
            if name != _ROWS_FILE:
                # Without the time of day, so that all replicas of a server send the same bytes.
                file.writestr(zipfile.ZipInfo(name), book.read(name), zipfile.ZIP_DEFLATED, _LEVEL)
                continue
            with file.open(name, "w", force_zip64=_is_huge(export)) as sheet:
                sheet.write(frame.before)
                for rows in _rows(export, frame):
                    sheet.write(rows)
                    yield out.take()
                sheet.write(frame.after)
    yield out.take()


class _Sink(io.RawIOBase):
    """A file whose bytes leave at once: it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def take(self) -> bytes:
        """Returns what was written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _is_huge(export: Export) -> bool:
    """Returns whether the sheet may exceed what a plain zip file holds, 2 GB."""
    share = len(export.rows) / max(1, len(export.table))
    text = share * float(export.table.memory_usage(index=False).sum())
    return _BYTES_A_CELL * len(export.rows) * len(export.table.columns) + 2 * text > zipfile.ZIP64_LIMIT


def _rows(export: Export, frame: SheetFrame) -> Iterator[bytes]:
    """Yields the rows of the first sheet as XML, a part at a time."""
    drawn = [
        SheetColumn(
            xlsxwriter.utility.xl_col_to_name(place),
            style,
            arrow_text.is_number(cells) and not excel_rows.is_too_long(cells),
        )
        for place, (style, (_, cells)) in enumerate(zip(frame.styles, export.table.items(), strict=True))
    ]
    first = 2
    for _, part in export.parts():
        yield excel_rows.rows(part, first, drawn)
        first += len(part)


# ---- all but the rows, by XlsxWriter ---------------------------------------------------------------


def _book(export: Export) -> zipfile.ZipFile:
    """Returns the workbook with all but the rows."""
    buffer = io.BytesIO()
    settings = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, settings) as book:
        day = datetime.combine(export.today, datetime.min.time())
        texts = {"title": _clean(export.site.title), "comments": _clean(export.words)}
        book.set_properties({**texts, "created": day})
        # Translators: the name of a sheet of an Excel workbook, at most 31 letters.
        sheet = book.add_worksheet(_sheet_name(pgettext("sheet", "Plants")))
        last_row, last_column = len(export.rows), len(export.table.columns) - 1
        _draw_columns(book, sheet, export.table)
        links = _draw_links(sheet, export)
        if last_row:  # so that the sheet knows its size; the cell itself is replaced with the others
            sheet.write_blank(last_row, last_column, None, book.add_format({"italic": True}))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last_row, last_column)
        _draw_about(book, export, _losses(export, links))
    return zipfile.ZipFile(buffer)


def _draw_columns(book: Any, sheet: Any, table: pd.DataFrame) -> None:
    header = book.add_format({"bold": True, "bottom": 1})
    for place, name in enumerate(neutralise(table.iloc[:0]).columns):
        kind = columns.of_cells(table.iloc[:, place]).kind
        # Formats that differ in nothing else become one, and columns with one become one: so a width each.
        width = _WIDTHS.get(kind, 13) + place / 1000
        sheet.set_column(place, place, width, _format(book, kind))
        sheet.write_string(0, place, _clean(str(name)), header)


def _format(book: Any, kind: str) -> Any:
    if kind == "link":
        return book.get_default_url_format()
    return book.add_format({"num_format": _FORMATS[kind]} if kind in _FORMATS else {"text_wrap": False})


def _draw_links(sheet: Any, export: Export) -> int:
    """Draws links on the cells of link columns; returns how many did not fit."""
    count = 0
    for place, name in enumerate(export.table.columns):
        if columns.of(str(name)).kind == "link":
            cells = export.table[name].iloc[export.rows].fillna("")
            fits = cells.str.startswith(("https://", "http://")) & (cells.str.len() <= MOST_IN_A_LINK)
            fits &= ~cells.str.contains(arrow_text.NOT_IN_XML)
            for row in np.flatnonzero(fits)[: MOST_LINKS - min(count, MOST_LINKS)]:
                sheet.write_url(int(row) + 1, place, cells.iloc[row])
            count += int(fits.sum())
    return max(0, count - MOST_LINKS)


def _draw_about(book: Any, export: Export, losses: _Losses) -> None:
    """Draws the second sheet: what the rows show, of when, under which terms, and what the columns mean."""
    # Translators: the name of a sheet of an Excel workbook, at most 31 letters: about the other sheet.
    sheet = book.add_worksheet(_sheet_name(pgettext("sheet", "About")))
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 60, wrapped)
    facts = [*_facts(export), *_sentences(losses), ("", ""), (gettext("Column"), gettext("Meaning"))]
    for name, cells in export.table.items():
        column = columns.of_cells(cells)
        facts.append((str(name), f"{column.label}. {column.help}"))
    texts = neutralise(pd.DataFrame(facts, columns=["a", "b"], dtype="str"))
    for row, (first, second) in enumerate(texts.itertuples(index=False, name=None)):
        sheet.write_string(row, 0, _clean(first), bold)
        sheet.write_string(row, 1, _clean(second), wrapped)


def _facts(export: Export) -> list[tuple[str, str]]:
    sources = gettext("Each fact's source: the file “Sources (CSV)”.")
    facts = [
        (gettext("Title"), export.site.title),
        (gettext("Table"), export.sheet.shown_title),
        # Translators: what the rows of the file show, such as "4 plants in Italy".
        (gettext("Shows"), export.words),
        (gettext("Rows"), _piece(export)),
        (gettext("Made on"), export.today.isoformat()),
        (gettext("“Now” means"), export.as_of),
        (gettext("Licence"), export.licence),
        (gettext("Sources"), sources if export.sheet.about_alfa else ""),
    ]
    return [(name, text) for name, text in facts if text]


def _piece(export: Export) -> str:
    """Returns which of the rows the file has."""
    count, first = len(export.rows), export.options.offset + 1
    if not count:
        return gettext("none")
    if count == export.total:
        return gettext("all")
    return gettext(
        "{first} to {last} of {number}",
        first=number(first),
        last=number(first + count - 1),
        number=number(export.total),
    )


def _sentences(losses: _Losses) -> list[tuple[str, str]]:
    cut = gettext(
        "Cells cut at {most} characters, the most that Excel holds: {number}.",
        most=number(MOST_CHARACTERS),
        number=number(losses.cut),
    )
    cleaned = gettext(
        "Cells without their control characters, which Excel cannot hold: {number}.",
        number=number(losses.cleaned),
    )
    links = gettext(
        "Links that are plain text, as Excel holds {most}: {number}.",
        most=number(MOST_LINKS),
        number=number(losses.links),
    )
    words = ((losses.cut, cut), (losses.cleaned, cleaned), (losses.links, links))
    return [(gettext("Not as in the atlas"), text) for count, text in words if count]


def _losses(export: Export, links: int) -> _Losses:
    parts = [excel_rows.losses(part) for _, part in export.parts()]
    return _Losses(sum(cut for cut, _ in parts), sum(cleaned for _, cleaned in parts), links)


def _sheet_name(text: str) -> str:
    """Returns a name that a sheet may have."""
    return re.sub(r"[\[\]:*?/\\]", "", text).strip(" '")[:31]


def _clean(text: str) -> str:
    return re.sub(arrow_text.NOT_IN_XML, "", text)[:MOST_CHARACTERS]
