"""Parquet and GeoParquet: cells and types, shapes in any system, several files, files that are damaged."""

import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pyproj
import pytest
import shapely

from atlas.errors import DataError
from atlas.importing import source
from atlas.importing.files import parquet_file, raw_table
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


# ---- GeoParquet ------------------------------------------------------------------------------------

ARESE = (9.0789, 45.55)
RECTANGLE = shapely.box(9, 45, 10, 46)


def geoparquet(shapes: pa.Array, **about: Any) -> bytes:
    """A file as GeoPandas writes it, with a column of shapes that has no usual name."""
    column = {"encoding": "WKB", "geometry_types": [], **about}
    geo = {"version": "1.1.0", "primary_column": "where", "columns": {"where": column}}
    table = pa.table({"name": [f"plant {n}" for n in range(len(shapes))], "where": shapes})
    file = io.BytesIO()
    parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), file)
    return file.getvalue()


def wkb(*shapes: Any) -> pa.Array:
    return pa.array([shape if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())


def projected(code: int | str, place: tuple[float, float]) -> shapely.Point:
    change = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    return shapely.Point(*change.transform(*place))


SYSTEMS = ["OGC:CRS84", "EPSG:4326", "EPSG:32632", "EPSG:3857", "EPSG:3035", "EPSG:4267"]


@pytest.mark.parametrize("code", SYSTEMS)
def test_the_system_that_a_file_states(load: Load, code: str) -> None:
    """Metres and degrees of any system become degrees of WGS 84, east first whatever the system says."""
    crs = pyproj.CRS(code)
    imported = load(geoparquet(wkb(projected(crs, ARESE), None), crs=crs.to_json_dict()), "t.parquet")
    (latitude, longitude), nowhere = rows(imported, "latitude", "longitude")
    assert (latitude, longitude) == pytest.approx((ARESE[1], ARESE[0]), abs=1e-6)
    assert nowhere == (None, None)
    converted = ["1 position in a projected system was converted to degrees."]
    assert imported.warnings == ([] if crs.is_geographic else converted)
    assert "where" not in imported.table


def test_a_file_that_states_no_system(load: Load) -> None:
    """Without a word it is WGS 84, as the format says; "null" is said."""
    assert load(geoparquet(wkb(shapely.Point(ARESE))), "t.parquet").warnings == []
    assert load(geoparquet(wkb(shapely.Point(ARESE)), crs=None), "t.parquet").warnings == [
        "The file does not say which reference system its positions are in; read as degrees."
    ]


def test_shapes_and_broken_shapes(load: Load) -> None:
    """A shape stands at a point within it; what cannot be read has no position, and both are said."""
    shapes = pa.array(
        [shapely.to_wkb(RECTANGLE), b"broken", None, shapely.to_wkb(shapely.Point())], pa.binary()
    )
    imported = load(geoparquet(shapes), "t.parquet")
    latitude, longitude = rows(imported, "latitude", "longitude")[0]
    assert RECTANGLE.contains(shapely.Point(longitude, latitude))
    assert rows(imported, "latitude")[1:] == [(None,)] * 3
    assert imported.warnings == [
        "1 shape is no point; it stands at a point within it.",
        "1 shape could not be read; its row has no position.",
    ]


def test_native_points(load: Load) -> None:
    """The encoding of GeoParquet 1.1 that needs no WKB; other native shapes are a sentence."""
    kind = pa.struct([("x", pa.float64()), ("y", pa.float64())])
    points = pa.array([{"x": ARESE[0], "y": ARESE[1]}, None], kind)
    imported = load(geoparquet(points, encoding="point"), "t.parquet")
    assert rows(imported, "latitude", "longitude") == [(45.55, 9.0789), (None, None)]
    with pytest.raises(
        DataError, match="has its shapes in the encoding “polygon”; save them as WKB or points"
    ):
        load(geoparquet(points, encoding="polygon"), "t.parquet")


def test_a_column_that_is_marked_as_shapes(load: Load) -> None:
    """As GeoArrow marks it, with its system."""
    about = {"crs": pyproj.CRS(32632).to_json_dict()}
    marks = {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": json.dumps(about)}
    field = pa.field("there", pa.binary(), metadata=marks)
    table = pa.table([["a"], wkb(projected(32632, ARESE))], pa.schema([pa.field("name", pa.string()), field]))
    file = io.BytesIO()
    parquet.write_table(table, file)
    [position] = rows(load(file.getvalue(), "t.parquet"), "latitude", "longitude")
    assert position == pytest.approx((45.55, 9.0789), abs=1e-6)


# ---- several files ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files whose columns differ, one of them deeper, and a file of another kind."""
    (tmp_path / "plants" / "more").mkdir(parents=True)
    one = as_parquet(name=["a", "b"], mw=pa.array([1, None], pa.int32()), kind=["x", "x"])
    two = as_parquet(name=["c"], mw=[2.5], owner=["o"], kind=pa.array(["y"], pa.large_string()))
    (tmp_path / "plants" / "1.parquet").write_bytes(one)
    (tmp_path / "plants" / "more" / "2.parquet").write_bytes(two)
    (tmp_path / "plants" / "notes.txt").write_text("-", encoding="utf-8")
    return tmp_path / "plants"


@pytest.mark.parametrize("named", ["", "/", "/**/*.parquet", "/**/[12].parquet"])
def test_files_become_one_table(folder: Path, named: str) -> None:
    """Of a folder or a pattern, in the order of their paths, with all columns that any of them has."""
    imported = source.load(f"{folder}{named}")
    assert rows(imported, "name", "mw", "kind", "owner") == [
        ("a", 1.0, "x", ""), ("b", None, "x", ""), ("c", 2.5, "y", "o"),
    ]  # fmt: skip
    assert imported.report["row"].tolist() == [1, 2, 3]
    assert imported.warnings == ["2 files were read, from 1.parquet to 2.parquet."]


def test_files_of_shapes(folder: Path) -> None:
    """Each in its own system."""
    for number, code in enumerate((32632, 3857), 1):
        place = geoparquet(wkb(projected(code, ARESE)), crs=pyproj.CRS(code).to_json_dict())
        (folder / f"{number}.parquet").write_bytes(place)
    imported = source.load(f"{folder}/*.parquet")
    assert rows(imported, "latitude", "longitude") == [pytest.approx((45.55, 9.0789), abs=1e-6)] * 2


def test_files_that_do_not_fit(folder: Path) -> None:
    """The sentence names the file."""
    (folder / "3.parquet").write_bytes(as_parquet(name=["d"], mw=["many"]))
    with pytest.raises(DataError, match=r"3\.parquet does not fit 1\.parquet: a column of the same name"):
        source.load(f"{folder}/*.parquet")
    (folder / "3.parquet").write_bytes(b"PAR1 broken")
    with pytest.raises(DataError, match=r"3\.parquet is damaged or no Parquet file"):
        source.load(str(folder))


def test_no_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that fits nothing, other files, and too many."""
    monkeypatch.chdir(folder)
    for named, words in (
        ("*.csv", "*.csv has no Parquet files (.parquet). Check the path."),
        ("*", "notes.txt is no Parquet file (.parquet), as all of several must be."),
    ):
        with pytest.raises(DataError) as caught:
            source.load(named)
        assert str(caught.value) == words
    monkeypatch.setattr(source, "MOST_FILES", 1)
    with pytest.raises(DataError, match=r"\. has more than 1 files; put them into fewer\."):
        source.load(".")


def test_files_that_are_too_large_together(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits hold for all of them."""
    monkeypatch.setattr(raw_table, "MOST_ROWS", 2)
    with pytest.raises(DataError, match="plants has more than 2 rows"):
        source.load(str(folder))


# ---- files that would fill the memory --------------------------------------------------------------


def test_a_list_of_many_values(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows may hold very many values; the file says how many before they are unpacked."""
    monkeypatch.setattr(parquet_file, "MOST_VALUES", 100)
    assert (
        load(as_parquet(name=["a"], parts=[[0] * 100]), "t.parquet")
        .table["parts"]
        .iloc[0]
        .startswith("[0, 0")
    )
    with pytest.raises(DataError, match=r"t\.parquet has lists with more than 100 values; leave them out"):
        load(as_parquet(name=["a"], parts=[[0] * 101]), "t.parquet")


def test_cells_within_cells(load: Load) -> None:
    """Structures and maps are text, however deep."""
    kind = pa.struct([("a", pa.struct([("b", pa.list_(pa.map_(pa.string(), pa.int8())))]))])
    deep = pa.array([{"a": {"b": [[("x", 1)]]}}], kind)
    assert load(as_parquet(name=["p"], deep=deep), "t.parquet").table["deep"].tolist() == [
        "{'a': {'b': [[('x', 1)]]}}"
    ]
