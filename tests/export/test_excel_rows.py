"""Rows of a sheet: they fit into the sheet that XlsxWriter makes, or a sentence says that they do not."""

import io
import re
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from atlas.errors import DataError
from atlas.export import excel_rows

HEADER = '<row r="1" spans="1:2"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'


def sheet_of_xlsxwriter(cells: pd.DataFrame | None = None) -> str:
    """A sheet of two columns, the first of numbers with a format, as the installed XlsxWriter writes it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_column(0, 0, 13, book.add_format({"num_format": "0"}))
        sheet.set_column(1, 1, 24)
        sheet.write_row(0, 0, ["year", "name"])
        for row, values in enumerate([] if cells is None else cells.itertuples(index=False), start=1):
            for place, value in enumerate(values):
                if not pd.isna(value):
                    sheet.write(row, place, value)
    return zipfile.ZipFile(buffer).read("xl/worksheets/sheet1.xml").decode()


def test_the_frame_of_the_installed_xlsxwriter() -> None:
    """Header before, the end after, a style for each column; this fails when an update changes its sheets."""
    frame = excel_rows.frame_of(sheet_of_xlsxwriter(), 2)
    assert frame.styles == ("1", "0")
    assert frame.before.decode().endswith(f"<sheetData>{HEADER}")
    assert frame.after.decode().startswith("</sheetData>")


def test_the_rows_are_those_of_xlsxwriter() -> None:
    """Numbers to the letter; a text stands in its cell, where XlsxWriter keeps a list of texts beside it."""
    cells = pd.DataFrame({"year": [1972.0, None], "name": ["Arese", "B & <C>"]})
    columns = [excel_rows.SheetColumn("A", "1", True), excel_rows.SheetColumn("B", "0", False)]
    ours = excel_rows.rows(cells, 2, columns).decode()
    theirs = sheet_of_xlsxwriter(cells).split(HEADER)[1].split("</sheetData>")[0]
    assert '<c r="A2" s="1"><v>1972</v></c>' in theirs
    assert ours == (
        '<row r="2"><c r="A2" s="1"><v>1972.0</v></c>'
        '<c r="B2" s="0" t="inlineStr"><is><t xml:space="preserve">Arese</t></is></c></row>'
        '<row r="3"><c r="B3" s="0" t="inlineStr"><is>'
        '<t xml:space="preserve">B &amp; &lt;C&gt;</t></is></c></row>'
    )
    assert re.findall(r'<row r="(\d+)"', theirs) == re.findall(r'<row r="(\d+)"', ours)


def test_rows_that_xlsxwriter_wrote_are_left_out() -> None:
    """Links and the cell that tells the size are replaced by our rows."""
    cells = pd.DataFrame({"year": [1972, 1980], "name": ["Arese", "https://example.org/"]})
    frame = excel_rows.frame_of(sheet_of_xlsxwriter(cells), 2)
    assert frame.before.decode().endswith(f"<sheetData>{HEADER}")
    assert frame.after.decode().startswith("</sheetData>")
    assert b"hyperlink" in frame.after


OTHER_FORMS = [
    ("<sheetData>", "<sheetData2>"),
    ("</sheetData>", ""),
    ('<row r="1"', '<x:row r="1"'),
    ("</row>", ""),
    ("<cols>", "<columns>"),
    ('<col min="1" max="1"', '<col min="1" max="2"'),
    ('<col min="1" max="1"', '<col max="1" min="1"'),
    ("</worksheet>", ""),
]


@pytest.mark.parametrize(("part", "other"), OTHER_FORMS)
def test_another_form_is_a_sentence(part: str, other: str) -> None:
    """An update of XlsxWriter that writes its sheets otherwise breaks no file silently."""
    xml = sheet_of_xlsxwriter()
    assert part in xml
    with pytest.raises(
        DataError, match=r"this version of XlsxWriter writes a sheet in another form\. Install"
    ):
        excel_rows.frame_of(xml.replace(part, other, 1), 2)


@pytest.mark.parametrize("columns", [1, 3])
def test_columns_that_became_one_are_a_sentence(columns: int) -> None:
    """Each column needs an entry of its own, or styles would move."""
    with pytest.raises(DataError, match="another form"):
        excel_rows.frame_of(sheet_of_xlsxwriter(), columns)
