"""Workbooks: which sheet is read, and what Excel shows otherwise than it was meant."""

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from atlas.importing import importer
from atlas.importing.files.raw_table import FileOptions

PLANTS = (["Name", "Lat", "Lon"], ["Arese", 45.55, 9.04], ["Melfi", 40.99, 15.71])


def workbook(*sheets: tuple[str, str, tuple[list[Any], ...]]) -> bytes:
    """A workbook of sheets: name, state ("visible", "hidden", "veryHidden") and rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, state, lines in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ABOUT = (["About this file"], ["Version", "2.1"], ["Contact", "a@example.org"])
TOTALS = (["Country", "Plants", "MW"], ["Italy", 2, 10], ["Peru", 1, 5])
OLD = (["Name", "Lat", "Lon"], ["Portello", 45.48, 9.15])
BOOKS = {
    "a page about it first": (("About", "visible", ABOUT), ("Data", "visible", PLANTS)),
    "totals first": (("Totals", "visible", TOTALS), ("Data", "visible", PLANTS)),
    "a hidden sheet first": (("Old", "hidden", OLD), ("Data", "visible", PLANTS)),
    "a sheet that only a macro shows": (("Old", "veryHidden", OLD), ("Data", "visible", PLANTS)),
    "an empty sheet first": (("Sheet1", "visible", ()), ("Data", "visible", PLANTS)),
}


@pytest.mark.parametrize("name", BOOKS)
def test_the_sheet_with_plants_is_read(name: str) -> None:
    """Of the visible sheets, whatever the order; the others are named."""
    sheets = BOOKS[name]
    imported = importer.read(workbook(*sheets), "plants.xlsx")
    assert imported.table["name"].tolist() == ["Arese", "Melfi"]
    assert imported.raw.detected.sheet == "Data"
    left_out = [title for title, state, _ in sheets if state == "visible" and title != "Data"]
    assert all(any(f"“{title}”" in note for note in imported.warnings) for title in left_out)


def test_the_first_sheet_that_names_plants() -> None:
    """Where the likeliest sheet is refused, the next one is read, and a sentence says so."""
    numbers = (["Year", "MW", "t"], [2020, 5, 1], [2021, 6, 2])
    imported = importer.read(
        workbook(("Numbers", "visible", numbers), ("Short", "visible", (["Werk"], ["Arese"], ["Melfi"]))),
        "plants.xlsx",
    )
    assert imported.table["name"].tolist() == ["Arese", "Melfi"]
    assert imported.warnings == ["The sheet “Short” was read; “Numbers” has no column that names plants."]


def test_a_chosen_sheet_is_read() -> None:
    """Also where another looks more like plants."""
    content = workbook(("Old", "visible", OLD), ("Data", "visible", PLANTS))
    imported = importer.read(content, "plants.xlsx", options=FileOptions(sheet="Old"))
    assert imported.table["name"].tolist() == ["Portello"]


def test_years_in_cells_of_dates() -> None:
    """1995 formatted as a date is a day of 1905 for Excel; a true date keeps its year."""
    book = openpyxl.Workbook()
    book.active.append(["Name", "Opened"])
    for name, cell in (("Arese", 1963), ("Melfi", dt.date(1993, 9, 1)), ("Cassino", 1972)):
        book.active.append([name, cell])
    for row in (2, 4):
        book.active.cell(row, 2).number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    imported = importer.read(out.getvalue(), "plants.xlsx")
    assert imported.table["opened_year"].tolist() == [1963, 1993, 1972]
    assert imported.warnings == [
        "2 cells hold a year, such as 1995, formatted as a date of 1904 or 1905; the year was taken."
    ]


def test_strict_open_xml() -> None:
    """A workbook that is saved by the strict standard has other names for the same parts."""
    usual = zipfile.ZipFile(io.BytesIO(workbook(("Data", "visible", PLANTS))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as strict:
        for name in usual.namelist():
            part = usual.read(name)
            part = part.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            strict.writestr(name, part)
    assert importer.read(out.getvalue(), "plants.xlsx").table["name"].tolist() == ["Arese", "Melfi"]


def test_a_stray_cell_far_below() -> None:
    """A cell that somebody filled far below is a row of its own, no reason to refuse or to wait."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(("Data", "visible", PLANTS))))
    book["Data"].cell(200_000, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    out = io.BytesIO()
    book.save(out)
    assert importer.read(out.getvalue(), "plants.xlsx").rows == 2
