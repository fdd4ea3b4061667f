"""Excel files: an independent reader finds the very rows, typed, and nothing that runs."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest

from atlas import site
from atlas.catalog import filters, loader
from atlas.export import excel_file, row_parts
from atlas.export import export as export_
from tests.export.test_csv_file import DAY, exported, sheet_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(export: export_.Export) -> bytes:
    return b"".join(excel_file.write(export))


def book(export: export_.Export) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(export)))


def cells(export: export_.Export) -> list[tuple[Any, ...]]:
    """The first sheet as openpyxl sees it."""
    return list(book(export)["Plants"].iter_rows(values_only=True))


def about(export: export_.Export) -> dict[str, str]:
    return {row[0]: row[1] for row in book(export)["About"].iter_rows(values_only=True)}


def test_the_rows_of_the_five_plants() -> None:
    """Every cell as in the table; what is empty is empty; numbers are numbers."""
    export = exported()
    names, *rows = cells(export)
    assert list(names) == list(export.table.columns)
    expected = export.table.astype("object").where(export.table.notna(), None).replace("", None)
    assert [list(row) for row in rows] == expected.to_numpy().tolist()
    assert {type(value) for value in (row[names.index("opened_year")] for row in rows)} == {int}


def test_a_selection_and_a_piece_of_it() -> None:
    """Only the shown rows leave, of them the piece that is asked for."""
    italy = filters.Selection("plants", (("country", ("Italy",)),))
    export = replace(exported(), selection=italy, options=export_.ExportOptions(limit=2, offset=1))
    assert [row[0] for row in cells(export)] == ["plant_id", "pomigliano", "melfi"]
    assert about(export)["Rows"] == "2 to 3 of 4"


def test_how_it_looks() -> None:
    """The header stays in sight and has a filter; years have no comma; links are links."""
    sheet = book(exported())["Plants"]
    names = [cell.value for cell in sheet[1]]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.dimensions) == ("A2", "A1:W6", "A1:W6")
    assert all(cell.font.bold for cell in sheet[1])
    formats = {name: sheet.cell(2, place).number_format for place, name in enumerate(names, start=1)}
    assert (formats["opened_year"], formats["employees"], formats["latitude"]) == ("0", "#,##0", "0.0000##")
    link = sheet.cell(2, names.index("wikipedia_url") + 1)
    assert link.hyperlink.target == link.value == "https://en.wikipedia.org/wiki/Alfa_Romeo_Cassino_Plant"
    assert link.font.underline == "single"


def test_the_sheet_about_it() -> None:
    """What is shown, of when, under which terms, and what each column means."""
    said = about(exported())
    assert said["Title"] == site.ALFA.title
    assert said["Shows"] == "5 plants in 2 countries"
    assert (said["Rows"], said["Made on"], said["“Now” means"]) == ("all", DAY.isoformat(), "February 2026")
    assert said["Licence"] == export_.LICENCE
    assert said["site_area_m2"] == "Site area (m²). Area of the whole site."
    assert "Not as in the atlas" not in said


def test_an_operators_table_has_no_licence_of_ours() -> None:
    """We do not know its terms, nor what "now" means in it."""
    said = about(exported(sheet_of(pd.DataFrame({"name": ["Ulsan"]}))))
    assert set(said) & {"Licence", "“Now” means", "Sources"} == set()


def test_no_rows() -> None:
    """An empty selection is a header and a sheet that says so."""
    export = replace(exported(), selection=filters.Selection("plants", (), "nothing like this"))
    assert len(cells(export)) == 1
    assert (about(export)["Shows"], about(export)["Rows"]) == (
        "No plant matching “nothing like this”",
        "none",
    )


def test_a_hostile_name_is_a_text(hostile: str) -> None:
    """It is read back as it is, but for control characters and the apostrophe before a formula."""
    export = exported(sheet_of(pd.DataFrame({"name": [hostile], hostile: ["x"]})))
    names, row = cells(export)
    wanted = hostile.replace("\x00", "").replace("\x1b", "")
    wanted = f"'{wanted}" if wanted.startswith("=") else wanted
    assert row[names.index("name")] == wanted
    # Excel's own way to write a carriage return, which this reader does not undo.
    assert row[names.index(wanted.replace("\r", "_x000D_"))] == "x"
    assert not any(cell.data_type == "f" for line in book(export)["Plants"] for cell in line)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"])
def test_a_formula_in_text_is_text(cell: str) -> None:
    """It gets the apostrophe that the CSV gives it, so that both read back alike."""
    export = exported(sheet_of(pd.DataFrame({"name": [cell], "note": [f"'{cell}"], "size": [-1.5]})))
    names, row = cells(export)
    found = dict(zip(names, row, strict=True))
    assert (found["name"], found["note"], found["size"]) == (f"'{cell}", f"''{cell}", -1.5)


def test_what_excel_cannot_hold() -> None:
    """Long texts are cut, control characters left out, and the second sheet says how many."""
    long = ["x" * 32_767, "x" * 32_768, "🚗" * 16_384]
    export = exported(sheet_of(pd.DataFrame({"name": ["a", "b", "c\x07"], "note": long})))
    names, *rows = cells(export)
    notes = [row[names.index("note")] for row in rows]
    assert notes == [long[0], "x" * 32_766 + "…", "🚗" * 16_383 + "…"]
    assert rows[2][names.index("name")] == "c"
    text = [
        row[1] for row in book(export)["About"].iter_rows(values_only=True) if row[0] == "Not as in the atlas"
    ]
    assert text == [
        "Cells cut at 32,767 characters, the most that Excel holds: 2.",
        "Cells without their control characters, which Excel cannot hold: 1.",
    ]


def test_too_many_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """From a certain one on they are text; a very long one is text as well."""
    monkeypatch.setattr(excel_file, "MOST_LINKS", 2)
    links = [f"https://a.example/{n}" for n in range(4)] + [
        "https://a.example/" + "x" * 2_100,
        "javascript:1",
    ]
    export = exported(sheet_of(pd.DataFrame({"name": list("abcdef"), "wikipedia_url": links})))
    sheet = book(export)["Plants"]
    place = [cell.value for cell in sheet[1]].index("wikipedia_url") + 1
    assert [sheet.cell(row, place).value for row in range(2, 8)] == links
    assert [bool(sheet.cell(row, place).hyperlink) for row in range(2, 8)] == [True, True] + [False] * 4
    assert about(export)["Not as in the atlas"] == "Links that are plain text, as Excel holds 2: 2."


def test_numbers_that_excel_would_change() -> None:
    """Whole numbers of more than 15 digits and infinity are text; all others are exact numbers."""
    table = pd.DataFrame(
        {
            "name": ["a", "b"],
            "code": pd.array([12_345_678_901_234_567, 1], dtype="Int64"),
            "count": pd.array([999_999_999_999_999, None], dtype="Int64"),
            "share": [0.1 + 0.2, np.nan],
            "ratio": [np.inf, 1e-300],
        }
    )
    names, first, second = cells(exported(sheet_of(table)))
    one, other = (dict(zip(names, row, strict=True)) for row in (first, second))
    assert (one["code"], other["code"]) == ("12345678901234567", "1")
    assert (one["count"], other["count"]) == (999_999_999_999_999, None)
    assert (one["share"], other["share"]) == (0.1 + 0.2, None)
    assert (one["ratio"], other["ratio"]) == ("inf", "1e-300")


def test_text_that_looks_escaped() -> None:
    """Excel would read _x0041_ as "A"; it is written so that it does not."""
    export = exported(sheet_of(pd.DataFrame({"name": ["_x0041_ and _x41_"]})))
    assert "_x005F_x0041_ and _x41_" in sheet_xml(export)


def test_what_was_searched_for_breaks_no_file(hostile: str) -> None:
    """Every file inside is well-formed, whatever stands in titles, words, names and links."""
    selection = filters.Selection("plants", (), hostile)
    sheet = sheet_of(pd.DataFrame({"name": ["a"], "wikipedia_url": [f"https://a.example/{hostile}"]}))
    here = replace(site.ALFA, title=hostile)
    for export in (exported(sheet), replace(exported(), selection=selection, site=here)):
        with zipfile.ZipFile(io.BytesIO(written(export))) as file:
            for name in file.namelist():
                ElementTree.fromstring(file.read(name))


def sheet_xml(export: export_.Export) -> str:
    with zipfile.ZipFile(io.BytesIO(written(export))) as file:
        assert file.testzip() is None
        return file.read("xl/worksheets/sheet1.xml").decode()


def test_rows_in_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row has its own number and stands in its place; nothing is sent before it is asked for."""
    monkeypatch.setattr(row_parts, "ROWS_A_PART", 10)
    export = exported(sheet_of(pd.DataFrame({"name": [f"P {n}" for n in range(25)]})))
    sheet = ElementTree.fromstring(sheet_xml(export))
    rows, size = sheet.find(f"{MAIN}sheetData"), sheet.find(f"{MAIN}dimension")
    assert rows is not None
    assert size is not None
    assert size.get("ref") == "A1:D26"
    assert [row.get("r") for row in rows] == [str(number) for number in range(1, 27)]
    assert [row[0] for row in cells(export)][1:] == [f"p-{n}" for n in range(25)]
    assert len(list(excel_file.write(export))) == 4


def test_it_is_made_on_that_day() -> None:
    """The file's own date is the day of the export."""
    made = book(replace(exported(), today=date(2027, 1, 2))).properties.created
    assert made.date() == date(2027, 1, 2)


def test_the_catalogs_table_is_left_alone() -> None:
    """Writing changes nothing."""
    before = loader.open_catalog().sheet("plants").table.copy()
    written(exported())
    pd.testing.assert_frame_equal(loader.open_catalog().sheet("plants").table, before)


def test_a_sheet_of_more_than_two_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is announced as such before its first byte; a zip file that is not would end in the middle."""
    export = exported(sheet_of(pd.DataFrame({"name": ["x" * 1_000]})))
    assert not excel_file._is_huge(export)
    monkeypatch.setattr(excel_file, "_BYTES_A_CELL", 2**31)
    assert excel_file._is_huge(export)
    assert cells(export)[1][1] == "x" * 1_000


def test_a_workbook_has_no_time_of_day() -> None:
    """Two servers that make it seconds apart send the same bytes."""
    with zipfile.ZipFile(io.BytesIO(written(exported()))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
