"""Exports: the file that leaves is exactly what was shown, and safe to open in a spreadsheet."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas import arrow_text, site
from atlas.catalog import filters, loader, sheets
from atlas.catalog.filters import Selection
from atlas.catalog.index import index_of
from atlas.catalog.selection import slug
from atlas.export import csv_file, row_parts
from atlas.export import export as export_
from atlas.importing import source

DAY = date(2026, 2, 1)


def table(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def rows(raw: bytes) -> list[list[str]]:
    """What another program's CSV reader sees."""
    return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))


def sheet_of(shown: pd.DataFrame) -> sheets.Sheet:
    """An operator's table with these columns; ids are made from the names if it has none."""
    names = shown["name"].tolist()
    ids = [re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "plant" for name in names]
    given = {"plant_id": ids, "latitude": np.nan, "longitude": np.nan}
    texts = {name: "str" for name in shown.columns if shown[name].dtype == object}
    whole = shown.astype(texts).assign(**{name: cells for name, cells in given.items() if name not in shown})
    index = index_of(whole, filters.rows_for(whole))
    codes = np.zeros(len(whole), np.uint8)
    return sheets.Sheet.of(whole, index, codes, sheets.About("plants", "plants"))


def exported(sheet: sheets.Sheet | None = None) -> export_.Export:
    """The whole of a table on its way out: by default of the five plants."""
    known = loader.open_catalog()
    sheet = sheet or known.sheet("plants")
    return export_.Export(known, sheet, Selection("plants"), site.ALFA, DAY)


def test_a_whole_file() -> None:
    """Known columns in their order, then others; UTF-8, LF; what is empty is empty; numbers as they are."""
    shown = pd.DataFrame(
        {
            "mood": ["good", ""],
            "longitude": [-99.6068, np.nan],
            "latitude": [19.2903, np.nan],
            "opened_year": pd.array([1968, pd.NA], dtype="Int64"),
            "name": ["Toluca, “México”", 'The "other" one'],
            "plant_id": ["toluca", "other"],
            "accuracy_m": [300.0, np.nan],
        },
        index=[7, 3],
    )
    assert csv_file.csv(shown).decode("utf-8") == (
        "plant_id,name,latitude,longitude,accuracy_m,opened_year,mood\n"
        'toluca,"Toluca, “México”",19.2903,-99.6068,300.0,1968,good\n'
        'other,"The ""other"" one",,,,,\n'
    )


def test_no_rows() -> None:
    """An empty selection is a file with its header."""
    assert csv_file.csv(table(plant_id=[], name=[])) == b"plant_id,name\n"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0", "-9.14"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_in_text_is_text(cell: str) -> None:
    """Text that a spreadsheet would run gets a leading apostrophe."""
    assert rows(csv_file.csv(table(name=[cell], longitude=[-99.6]))) == [
        ["name", "longitude"],
        [f"'{cell}", "-99.6"],
    ]


ANY_TEXT = st.text() | st.from_regex(r"'{0,3}[=+@\t\r\n＝＋－＠-].{0,3}", fullmatch=True)


@given(st.lists(ANY_TEXT, min_size=1, max_size=5))
def test_what_was_made_harmless_can_be_restored(cells: list[str]) -> None:
    """Any text comes back, also one that already begins as if we had made it harmless; none can run."""
    shown = pd.DataFrame({"name": pd.array(cells, dtype="str"), "longitude": -9.5})
    safe = arrow_text.neutralise(shown)
    assert [cell for cell in safe["name"] if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []
    pd.testing.assert_frame_equal(arrow_text.restore(safe), shown)


def test_the_apostrophe_is_there_only_where_it_must_be() -> None:
    """Somebody's own apostrophe stays; only one before a formula needs another."""
    cells = ["'quoted", "'=1", "''=1", "'", "＝1", "'d"]
    safe = arrow_text.neutralise(table(name=cells))["name"].tolist()
    assert safe == ["'quoted", "''=1", "'''=1", "'", "'＝1", "'d"]


def test_restoring_a_strangers_table() -> None:
    """Names of columns are restored too; what is missing is empty; numbers are left alone."""
    shown = pd.DataFrame({"name": ["'=1", None], "'=1+1": [-1.5, np.nan]})
    restored = arrow_text.restore(shown)
    assert restored.columns.tolist() == ["name", "=1+1"]
    assert restored["name"].tolist() == ["=1", ""]
    assert restored["=1+1"].iloc[0] == -1.5


@pytest.mark.parametrize("cell", ["a=b", "d'Arco", "'quoted", "1-2", " =1", "x@y", "", "null"])
def test_harmless_text_is_untouched(cell: str) -> None:
    """Only the first character counts."""
    assert arrow_text.neutralise(table(name=[cell]))["name"].tolist() == [cell]


def test_numbers_stay_numbers() -> None:
    """A negative longitude is no formula, in whatever numeric type it comes."""
    numbers = pd.DataFrame(
        {
            "float": [-99.6, np.nan],
            "Float": pd.array([-99.6, pd.NA], dtype="Float64"),
            "int": [-5, 5],
            "Int": pd.array([-5, pd.NA], dtype="Int64"),
        }
    )
    pd.testing.assert_frame_equal(arrow_text.neutralise(numbers), numbers)


def test_the_table_is_left_alone() -> None:
    """Neutralising makes a copy."""
    shown = table(name=["=1"])
    csv_file.csv(shown)
    assert shown["name"].tolist() == ["=1"]


def test_a_hostile_name_survives_a_round_trip(hostile: str) -> None:
    """Any other program reads the very name, but for the apostrophe before a formula, in one row."""
    name = f"'{hostile}" if hostile.startswith("=") else hostile
    assert rows(csv_file.csv(table(plant_id=["a"], name=[hostile], town=["b"]))) == [
        ["plant_id", "name", "town"],
        ["a", name, "b"],
    ]


NAMES = [
    (Selection("plants"), "alfa-romeo-plants_all_2026-02-01.csv"),
    (
        Selection("plants", (("country", ("Italy",)), ("status", ("now",)))),
        "alfa-romeo-plants_country-italy_status-now_2026-02-01.csv",
    ),
    (Selection("sites", (), "Xerém / Rio", "xerem_fnm"), "alfa-romeo-sites_search-xerem-rio_2026-02-01.csv"),
]


@pytest.mark.parametrize(("selection", "name"), NAMES)
def test_the_file_name_says_what_is_inside(selection: Selection, name: str) -> None:
    """Table, filters and day; nothing that a file system or a header minds."""
    assert export_.file_name(selection, DAY, "csv") == name


def test_no_name_breaks_a_header(hostile: str) -> None:
    """Whatever was typed: the file name is plain ASCII without quotes, slashes and line breaks."""
    name = export_.file_name(Selection("plants", (), hostile.strip()), DAY, "csv")
    assert name.isascii()
    assert not set(name) & set('"\\/\r\n;% ')
    assert name == f"alfa-romeo-plants_{slug(Selection('plants', (), hostile.strip()))}_2026-02-01.csv"


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 25])
def test_a_file_in_parts(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put together, the parts are the whole file; each is small, and only the first has the header."""
    monkeypatch.setattr(row_parts, "ROWS_A_PART", 10)
    shown = pd.DataFrame({"name": [f"=P {n}\n" for n in range(40)], "size": np.arange(40) / 4})
    rows_ = np.arange(39, 39 - size, -1)
    parts = list(csv_file.csv_parts(shown, rows_))
    assert b"".join(parts) == csv_file.csv(shown.iloc[rows_])
    assert len(parts) == max(1, -(-size // 10))
    assert [b"name,size" in part for part in parts] == [True] + [False] * (len(parts) - 1)
    assert rows(b"".join(parts))[1:] == [[f"'=P {n}\n", str(n / 4)] for n in rows_]


def test_parts_are_made_when_they_are_asked_for() -> None:
    """A million rows need the memory of one part: nothing is made before it is sent."""
    shown = table(name=["x"] * (row_parts.ROWS_A_PART + 1))
    parts = csv_file.csv_parts(shown, np.arange(len(shown)))
    assert next(parts).count(b"\n") == row_parts.ROWS_A_PART + 1
    assert next(parts) == b"x\n"
    assert next(parts, None) is None


def test_the_file_of_another_site() -> None:
    """An operator's table is not called ours."""
    assert (
        export_.file_name(Selection("plants"), DAY, "csv", stem="atlas") == "atlas-plants_all_2026-02-01.csv"
    )


def test_somebody_elses_columns() -> None:
    """Known columns first, then the others in their own order."""
    shown = table(fuel=["gas"], plant_id=["a"], capacity=[1.5], name=["Ulsan"])
    assert csv_file.csv(shown) == b"plant_id,name,fuel,capacity\na,Ulsan,gas,1.5\n"


def test_a_column_name_that_is_a_formula() -> None:
    """An operator's column names are made harmless as well."""
    assert csv_file.csv(pd.DataFrame({"name": ["x"], "=1+1": [2]})) == b"name,'=1+1\nx,2\n"


def test_sources_of_a_piece() -> None:
    """The sources that leave are those of the plants that leave, and none of a claim about the article."""
    export = replace(exported(), options=export_.ExportOptions(limit=1))
    found = rows(b"".join(csv_file.write_sources(export)))[1:]
    assert {row[1].split("|")[0] for row in found} == {"cassino"}
    assert "claims" not in {row[0] for row in found}


def test_our_importer_takes_our_csv_back(tmp_path: Path) -> None:
    """An operator who shows our CSV shows our table: every cell, whatever its type."""
    table = exported().table
    (tmp_path / "plants.csv").write_bytes(b"".join(csv_file.write_csv(exported())))
    back = source.load(str(tmp_path / "plants.csv"))
    assert back.notes == []
    pd.testing.assert_frame_equal(back.table[list(table.columns)], table, check_dtype=False)


def test_the_order_of_the_columns() -> None:
    """Known columns first, in our order, then the others in theirs."""
    shown = table(fuel=["gas"], name=["Ulsan"], plant_id=["a"])
    assert row_parts.ordered(shown).columns.tolist() == ["plant_id", "name", "fuel"]
