"""GeoJSON and Parquet: their cells and types, and files that are damaged."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tests.importing.plant_files import OWN, Load, as_parquet, rows


def test_columns_of_a_parquet_file(load: Load) -> None:
    """Numbers are numbers, all else is text that can be read; an empty cell is empty."""
    raw = as_parquet(
        name=["a", None, "c"],
        kind=pa.array(["x", None, "x"]).dictionary_encode(),
        units=pa.array([4, None, 6], pa.int16()),
        mw=[1.5, None, 3.0],
        share=pa.array([Decimal("1.50"), None, Decimal("2.25")]),
        planned=[True, False, None],
        checked=[date(2020, 1, 2), None, date(2021, 1, 1)],
        seen=[datetime(2020, 1, 2, 3, 4), None, None],  # noqa: DTZ001
        parts=[[1, 2], None, []],
        nothing=pa.nulls(3),
        code=["007", "010", None],
    )
    imported = load(raw, "t.parquet")
    assert imported.notes == []
    assert {
        name: [cell for (cell,) in rows(imported, name)] for name in imported.table if name not in OWN
    } == {
        "name": ["a", "(no name)", "c"],
        "kind": ["x", "", "x"],
        "units": [4, None, 6],
        "mw": [1.5, None, 3.0],
        "share": [1.5, None, 2.25],
        "planned": ["true", "false", ""],
        "checked": ["2020-01-02", "", "2021-01-01"],
        "seen": ["2020-01-02 03:04:00.000000", "", ""],
        "parts": ["[1, 2]", "", "[]"],
        "nothing": ["", "", ""],
        "code": ["007", "010", ""],
    }
    kinds = {name: str(kind) for name, kind in imported.table.dtypes.items()}
    assert (kinds["units"], kinds["mw"], kinds["share"]) == ("Int64", "float64", "float64")
    assert {name for name, kind in kinds.items() if kind != "str"} == {
        "units",
        "mw",
        "share",
        "latitude",
        "longitude",
    }


POSITION_TYPES = {
    "floats": pa.array([35.5, None]),
    "small floats": pa.array([35.5, None], pa.float32()),
    "decimals": pa.array([Decimal("35.5"), None]),
    "text": pa.array([" 35.5 ", ""]),
    "a dictionary": pa.array(["35.5", None]).dictionary_encode(),
}


@pytest.mark.parametrize("cells", POSITION_TYPES.values(), ids=[*POSITION_TYPES])
def test_positions_of_any_type(load: Load, cells: pa.Array) -> None:
    """Degrees are read however they are stored."""
    imported = load(as_parquet(name=["a", "b"], Lat=cells, lon=cells), "t.parquet")
    assert (imported.notes, rows(imported, "latitude", "longitude")) == ([], [(35.5, 35.5), (None, None)])


def test_rows_of_a_parquet_file_are_counted_from_one(load: Load) -> None:
    """It has no header row."""
    imported = load(as_parquet(name=["a", "b"], opened_year=[1968.5, 1970.0]), "t.parquet")
    assert imported.notes == [
        "Row 1, column opened_year: “1968.5”: This is not a year; left empty, the text is kept."
    ]
    assert rows(imported, "opened_year") == [(None,), (1970,)]


def test_yes_and_no_are_no_degrees(load: Load) -> None:
    """A logical value is not taken for 1."""
    imported = load(as_parquet(name=["a"], lat=[True], lon=[5.0]), "t.parquet")
    assert imported.notes[0] == ("Row 1, column lat, lon: “true, 5”: This is no position; not used.")


def test_ids_of_numbers(load: Load) -> None:
    """A database's numbers are ids as they are written."""
    raw = as_parquet(name=["a", "b"], id=pa.array([7, 12], pa.int64()))
    assert load(raw, "t.parquet").table["plant_id"].tolist() == ["7", "12"]


def test_an_empty_parquet_file(load: Load) -> None:
    """Columns without rows are a table without plants."""
    columns: dict[str, Any] = {"name": pa.array([], pa.string()), "lat": pa.array([], pa.float64())}
    imported = load(as_parquet(**columns, parts=pa.array([], pa.list_(pa.int8()))), "t.parquet")
    assert (len(imported.table), imported.notes) == (0, [])


def test_large_whole_numbers_keep_every_digit(load: Load) -> None:
    """Ids of 18 digits, as databases have them, are what they were."""
    number = 123_456_789_012_345_678
    raw = as_parquet(name=["a", "b"], osm_id=pa.array([number, None], pa.int64()))
    assert load(raw, "t.parquet").table["osm_id"].iloc[0] == number


@pytest.mark.parametrize("content", [b"", b"name,lat\nA,1\n", b"PAR1" * 10])
def test_a_parquet_file_that_is_none(refused: Callable[..., str], content: bytes) -> None:
    """A file with the wrong name is a sentence."""
    sentence = refused(content, "t.parquet")
    assert re.fullmatch(
        r"t\.parquet is (not a well-formed table: .+|damaged or no Parquet file; .+)\.", sentence
    )


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_damaged_parquet_file(refused: Callable[..., str], place: float) -> None:
    """Half a download, or bytes that a disk has lost, are a sentence, wherever they lie."""
    raw = as_parquet(name=[f"Plant {n}" for n in range(500)], lat=[n / 10 for n in range(500)])
    start = int(len(raw) * place)
    for broken in (raw[:start], raw[:start] + b"\xff" * 40 + raw[start + 40 :]):
        assert refused(broken, "t.parquet").startswith("t.parquet is ")
