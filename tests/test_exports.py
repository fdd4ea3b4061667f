"""Exports: the file that leaves is exactly what was shown, and safe to open in a spreadsheet."""

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from atlas import exports, filters
from atlas.filters import Selection

DAY = date(2026, 2, 1)


def table(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def rows(raw: bytes) -> list[list[str]]:
    """What another program's CSV reader sees."""
    return list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))


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
    assert exports.csv(shown).decode("utf-8") == (
        "plant_id,name,latitude,longitude,accuracy_m,opened_year,mood\n"
        'toluca,"Toluca, “México”",19.2903,-99.6068,300.0,1968,good\n'
        'other,"The ""other"" one",,,,,\n'
    )


def test_no_rows() -> None:
    """An empty selection is a file with its header."""
    assert exports.csv(table(plant_id=[], name=[])) == b"plant_id,name\n"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|' /C calc'!A0", "-9.14"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_in_text_is_text(cell: str) -> None:
    """Text that a spreadsheet would run gets a leading apostrophe."""
    assert rows(exports.csv(table(name=[cell], longitude=[-99.6]))) == [
        ["name", "longitude"],
        [f"'{cell}", "-99.6"],
    ]


@pytest.mark.parametrize("cell", ["a=b", "d'Arco", "'quoted", "1-2", " =1", "x@y", "", "null"])
def test_harmless_text_is_untouched(cell: str) -> None:
    """Only the first character counts."""
    assert exports.neutralise(table(name=[cell]))["name"].tolist() == [cell]


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
    pd.testing.assert_frame_equal(exports.neutralise(numbers), numbers)


def test_the_table_is_left_alone() -> None:
    """Neutralising makes a copy."""
    shown = table(name=["=1"])
    exports.csv(shown)
    assert shown["name"].tolist() == ["=1"]


def test_a_hostile_name_survives_a_round_trip(hostile: str) -> None:
    """Any other program reads the very name, but for the apostrophe before a formula, in one row."""
    name = f"'{hostile}" if hostile.startswith("=") else hostile
    assert rows(exports.csv(table(plant_id=["a"], name=[hostile], town=["b"]))) == [
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
    assert exports.file_name(selection, DAY, "csv") == name


def test_no_name_breaks_a_header(hostile: str) -> None:
    """Whatever was typed: the file name is plain ASCII without quotes, slashes and line breaks."""
    name = exports.file_name(Selection("plants", (), hostile.strip()), DAY, "csv")
    assert name.isascii()
    assert not set(name) & set('"\\/\r\n;% ')
    assert (
        name == f"alfa-romeo-plants_{filters.slug(Selection('plants', (), hostile.strip()))}_2026-02-01.csv"
    )
