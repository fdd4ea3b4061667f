"""Columns: labels and units for people, and cells as people read them."""

import numpy as np
import pandas as pd
import pytest

from atlas import columns
from atlas.alfa import schemas
from atlas.catalog import readable
from atlas.columns import BY_NAME
from atlas.place_columns import PROBLEM, STATED

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
    beside = readable.side_by_side(TABLE, ["b", "a"])
    assert list(beside.columns) == ["Plant", "Plant (2)"]
    assert {str(fact): cells.tolist() for fact, cells in beside.iterrows()} == {
        "≠ Status": ["No Alfa Romeo known", "Builds Alfa Romeos now"],
        "≠ Alfa Romeos now": ["none known", "Tonale"],
        "≠ Town": ["not stated", "Melfi"],
        "≠ Latitude (°)": ["-25.6347", "41.4700"],
        "≠ Opened": ["not stated", "1972"],
        "≠ Site area (m²)": ["51,000", "2,000,000"],
    }


def test_names_that_look_numbered() -> None:
    """Headers are distinct, also when a plant is really called "Plant (2)"."""
    table = TABLE.assign(name=["Plant", "Plant", "Plant (2)"])
    headers = readable.side_by_side(table, ["a", "b", "c"]).columns
    assert len(set(headers)) == 3


def test_a_table_to_look_at() -> None:
    """Codes are words, and what is empty is missing, so that the table says "not stated"."""
    shown = readable.for_people(TABLE)
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
    readable.for_people(TABLE)
    readable.side_by_side(TABLE, ["a", "b"])
    pd.testing.assert_frame_equal(TABLE, before)


def test_columns_that_are_present() -> None:
    """Known columns in the page's order, then the table's own: seven on the Map page, all on Plants."""
    table = TABLE.assign(mood="good", **{"Fuel type": "gas", "size": 1.0})
    assert columns.present(columns.ON_MAP_PAGE, table) == [
        "name",
        "models_now",
        "town",
        "status",
        "mood",
        "Fuel type",
        "size",
    ]
    closed = table.assign(country="Italy", alfa_years="1972", closed_year=2000)
    assert columns.present(columns.ON_MAP_PAGE, closed)[-1] == "closed_year"
    assert columns.present(columns.ON_PLANTS_PAGE, closed)[:7] == [
        "name",
        "models_now",
        "alfa_years",
        "town",
        "country",
        "status",
        "closed_year",
    ]
    assert columns.present(columns.ON_PLANTS_PAGE, table)[-4:] == ["employees", "mood", "Fuel type", "size"]
    assert "plant_id" not in columns.present(columns.ON_PLANTS_PAGE, table)


def test_every_shipped_column_is_explained() -> None:
    """Each column of the plant tables has a label and a help, once; a measured one has its unit."""
    shipped = {*schemas.SCHEMAS["plants"].columns, *schemas.SCHEMAS["sites"].columns}
    derived = {
        "status",
        "models_now",
        "models_before",
        "alfa_years",
        "latitude",
        "longitude",
        "accuracy_m",
        "geocoder",
        "distance_km",
        "position_certainty",
        "distance_miles",
        PROBLEM,
        STATED,
    }
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


OWN = [
    ("capacity_mw", 12.5, "Capacity (MW)", "amount", "12.5"),
    ("capacity_mw", 1_234_567.0, "Capacity (MW)", "amount", "1,234,567"),
    ("capacity_mw", 0.1, "Capacity (MW)", "amount", "0.1"),
    ("capacity_mw", np.int64(-2), "Capacity (MW)", "amount", "-2"),
    ("capacity_mw", float("nan"), "Capacity (MW)", "amount", "not stated"),
    ("retrofit", 2015, "Retrofit", "plain", "2015"),
    ("EIA plant code 2", 60237, "EIA plant code 2", "plain", "60237"),
    ("phone", 390112345.0, "Phone", "plain", "390112345"),
    ("Netzknoten", 10438, "Netzknoten", "plain", "10438"),
    ("ratio", 0.25, "Ratio", "plain", "0.25"),
    ("Leistung", 12000, "Leistung", "amount", "12,000"),
    ("Production-year---oil", 2015, "Production year oil", "year", "2015"),
    ("PrimaryFuel", "gas", "Primary fuel", "text", "gas"),
    ("EIA_CODE", "x", "EIA code", "text", "x"),
    ("Status display", "x", "Status display", "text", "x"),
    ("Länge (km)", 12.5, "Länge (km)", "amount", "12.5"),
    ("height_m", 1200, "Height (m)", "amount", "1,200"),
    ("fuel", "gas", "Fuel", "text", "gas"),
    ("fuel", "", "Fuel", "text", "not stated"),
    ("is_open", True, "Is open", "text", "True"),
    ("Größe (m²)", "{0} %s", "Größe (m²)", "text", "{0} %s"),
    ("_", "x", "", "text", "x"),
]


@pytest.mark.parametrize(("name", "value", "label", "kind", "text"), OWN)
def test_a_column_of_somebody_else(name: str, value: object, label: str, kind: str, text: str) -> None:
    """It is called as it is called, and shown as what it holds."""
    column = columns.of(name, value)
    assert (column.name, column.label, column.kind) == (name, label, kind)
    assert columns.as_text(column, value) == text


def test_a_known_column_is_what_it_is() -> None:
    """Whatever its value is."""
    assert columns.of("opened_year", "x") == BY_NAME["opened_year"]


def test_own_columns_side_by_side() -> None:
    """Below the known facts, under their own names; one that nobody fills is left out."""
    table = TABLE.assign(capacity_mw=[1500.0, np.nan, 0.25], fuel=["gas", "", "coal"], nothing="")
    beside = readable.side_by_side(table, ["a", "b"])
    facts = {str(fact): cells.tolist() for fact, cells in beside.iterrows()}
    assert list(facts)[-2:] == ["≠ Capacity (MW)", "≠ Fuel"]
    assert (facts["≠ Capacity (MW)"], facts["≠ Fuel"]) == (["1,500", "not stated"], ["gas", "not stated"])


def test_two_facts_with_one_label() -> None:
    """A column called "Opened" beside ours loses neither of the two."""
    table = TABLE.assign(Opened=["in May", "in June", ""])
    beside = readable.side_by_side(table, ["a", "b"])
    assert [cells.tolist() for fact, cells in beside.iterrows() if "Opened" in str(fact)] == [
        ["1972", "not stated"],
        ["in May", "in June"],
    ]


def test_somebody_elses_statuses() -> None:
    """They are words already."""
    table = TABLE.drop(columns=["models_now"]).assign(status=["running", "", "now"]).astype({"status": "str"})
    shown = readable.for_people(table)["status"]
    assert (shown.tolist()[::2], shown.isna().tolist()) == (["running", "now"], [False, True, False])


def test_our_columns_in_a_table_of_somebody_else() -> None:
    """A table with models and no status, or one of its own, can be looked at all the same."""
    shown = readable.for_people(TABLE.drop(columns=["status"]))
    assert shown["models_now"].tolist() == ["Tonale", "none known", "none known"]
    own = TABLE.assign(status=["running", "none", "now"]).astype({"status": "str"})
    assert readable.for_people(own)["status"].tolist() == [
        "running",
        "No Alfa Romeo known",
        "Builds Alfa Romeos now",
    ]


def test_a_row_in_order_has_nothing_to_report() -> None:
    """An empty cell of the report's columns is no missing fact."""
    table = pd.DataFrame({"import_problem": ["", "Odd."], "owner": ["", "Fiat"]}).astype("str")
    shown = readable.for_people(table)
    assert [columns.as_text(columns.of(name), shown[name].iloc[0]) for name in shown] == ["", "not stated"]
