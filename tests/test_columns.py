"""Columns: labels and units for people, and cells as people read them."""

import numpy as np
import pandas as pd
import pytest

from atlas import columns, tables
from atlas.columns import BY_NAME

TABLE = pd.DataFrame(
    {
        "plant_id": ["a", "b", "c"],
        "name": ["Plant", "Plant", "Other"],
        "status": ["now", "none", "before"],
        "models_now": ["Tonale", "", ""],
        "town": ["Melfi", "", ""],
        "latitude": [41.47, -25.6347, np.nan],
        "opened_year": pd.array([1972, pd.NA, pd.NA], dtype="Int64"),
        "site_area_m2": pd.array([2_000_000, 51_000, pd.NA], dtype="Int64"),
        "employees": pd.array([pd.NA, pd.NA, 5], dtype="Int64"),
    }
).astype({"plant_id": "str", "name": "str", "status": "str", "models_now": "str", "town": "str"})

CELLS = [
    ("site_area_m2", 2_000_000, "2,000,000"),
    ("opened_year", 1972, "1972"),
    ("opened_year", 1972.0, "1972"),
    ("latitude", 41.474, "41.4740"),
    ("longitude", -99.6068, "-99.6068"),
    ("accuracy_m", 300.0, "300"),
    ("town", "Melfi", "Melfi"),
    ("name", "{0} %s", "{0} %s"),
    ("town", "", "not stated"),
    ("town", None, "not stated"),
    ("latitude", float("nan"), "not stated"),
    ("employees", pd.NA, "not stated"),
    ("employees", 0, "0"),
]


@pytest.mark.parametrize(("name", "value", "text"), CELLS)
def test_a_cell_for_a_person(name: str, value: object, text: str) -> None:
    """Years without, numbers with separators, degrees with four decimals; zero is not "not stated"."""
    assert columns.as_text(BY_NAME[name], value) == text


def test_the_comparison() -> None:
    """Plants beside each other in the order chosen; facts that none of them states are left out."""
    beside = columns.side_by_side(TABLE, ["b", "a"])
    assert list(beside.columns) == ["Plant", "Plant (2)"]
    assert {str(fact): cells.tolist() for fact, cells in beside.iterrows()} == {
        "Status": ["No Alfa Romeo known", "Builds Alfa Romeos now"],
        "Alfa Romeos now": ["none known", "Tonale"],
        "Town": ["not stated", "Melfi"],
        "Latitude (°)": ["-25.6347", "41.4700"],
        "Opened": ["not stated", "1972"],
        "Site area (m²)": ["51,000", "2,000,000"],
    }


def test_names_that_look_numbered() -> None:
    """Headers are distinct, also when a plant is really called "Plant (2)"."""
    table = TABLE.assign(name=["Plant", "Plant", "Plant (2)"])
    headers = columns.side_by_side(table, ["a", "b", "c"]).columns
    assert len(set(headers)) == 3


def test_a_table_to_look_at() -> None:
    """Codes are words, and what is empty is missing, so that the table says "not stated"."""
    shown = columns.for_people(TABLE)
    assert shown["status"].tolist() == [
        "Builds Alfa Romeos now",
        "No Alfa Romeo known",
        "Built Alfa Romeos before",
    ]
    assert shown["models_now"].tolist() == ["Tonale", "none known", "none known"]
    assert shown["town"].isna().tolist() == [False, True, True]


def test_the_table_is_left_alone() -> None:
    """Looking at a table does not change it."""
    before = TABLE.copy()
    columns.for_people(TABLE)
    columns.side_by_side(TABLE, ["a", "b"])
    pd.testing.assert_frame_equal(TABLE, before)


def test_columns_that_are_present() -> None:
    """Known columns in the page's order; only the whole table shows a table's own further columns."""
    table = TABLE.assign(mood="good")
    assert columns.present(columns.ON_MAP_PAGE, table) == [
        "name",
        "status",
        "models_now",
        "town",
        "opened_year",
    ]
    assert columns.present(columns.ON_PLANTS_PAGE, table)[-2:] == ["employees", "mood"]
    assert "plant_id" not in columns.present(columns.ON_PLANTS_PAGE, table)


def test_every_shipped_column_is_explained() -> None:
    """Each column of the plant tables has a label and a help, once; a measured one has its unit."""
    shipped = {*tables.SCHEMAS["plants"].columns, *tables.SCHEMAS["sites"].columns}
    derived = {"status", "models_now", "models_before", "latitude", "longitude", "accuracy_m", "geocoder"}
    assert set(BY_NAME) == shipped | derived
    assert len(columns.COLUMNS) == len(BY_NAME) == len({column.label for column in columns.COLUMNS})
    assert [column.name for column in columns.COLUMNS if not (column.label and column.help)] == []
    units = {"latitude": "(°)", "longitude": "(°)", "accuracy_m": "(m)", "site_area_m2": "(m²)"}
    assert {name: BY_NAME[name].label.rsplit(" ", 1)[-1] for name in units} == units
    assert [*columns.SOURCE_LABELS] == [
        "column",
        "row_key",
        "value",
        "source_url",
        "read_from",
        "confidence",
        "note",
    ]
