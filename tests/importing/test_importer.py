"""Imports: whatever table an operator names, every row is there, and what cannot be read is said."""

import csv
import io
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyarrow import parquet

from atlas import settings
from atlas.errors import DataError
from atlas.importing import importer
from atlas.importing import source as source_
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.rows import names_and_ids

Load = Callable[..., importer.Imported]
OWN = {"plant_id", "latitude", "longitude"}  # what every imported table has, whatever the file has


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """load(content, name): the table of a file with this content."""

    def write_and_load(content: str | bytes, name: str = "t.csv") -> importer.Imported:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return source_.load(str(path))

    return write_and_load


@pytest.fixture
def refused(load: Load) -> Callable[..., str]:
    """refused(content, name): the sentence about a file that is no plant table."""

    def sentence(content: str | bytes, name: str = "t.csv") -> str:
        with pytest.raises(DataError) as caught:
            load(content, name)
        return str(caught.value)

    return sentence


def as_parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


def rows(imported: importer.Imported, *names: str) -> list[tuple[Any, ...]]:
    """Cells of some columns, line by line; an empty number is None."""
    table = imported.table[list(names)].astype(object)
    return list(table.where(table.notna(), None).itertuples(index=False, name=None))


# --- CSV ---

SPELLINGS = {
    "commas": "name,lat,lon,fuel\nUlsan,35.5,129.4,gas\n",
    "semicolons": "name;lat;lon;fuel\nUlsan;35.5;129.4;gas\n",
    "tabs": "name\tlat\tlon\tfuel\nUlsan\t35.5\t129.4\tgas\n",
    "byte order mark": "\ufeffname,lat,lon,fuel\nUlsan,35.5,129.4,gas\n",
    "Windows": "name,lat,lon,fuel\r\nUlsan,35.5,129.4,gas\r\n",
    "old Mac": "name,lat,lon,fuel\rUlsan,35.5,129.4,gas\r",
    "no last line end": "name,lat,lon,fuel\nUlsan,35.5,129.4,gas",
    "quotes": '"name","lat","lon","fuel"\n"Ulsan","35.5","129.4","gas"\n',
    "blanks": " name , lat ,\tlon, fuel \n Ulsan , 35.5 ,129.4 , gas\n",
    "blank lines": "name,lat,lon,fuel\n\nUlsan,35.5,129.4,gas\n\n\n",
    "capitals": "NAME,Lat,LON,fuel\nUlsan,35.5,129.4,gas\n",
    "in full": "Name,Latitude,Longitude,fuel\nUlsan,35.5,129.4,gas\n",
    "other words": "name,LAT,Lng,fuel\nUlsan,35.5,129.4,gas\n",
    "long": "name,lat,Long,fuel\nUlsan,35.5,129.4,gas\n",
}


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=[*SPELLINGS])
def test_one_table_in_many_spellings(load: Load, text: str) -> None:
    """However a spreadsheet saves it, and whatever it calls the position, it is the same table."""
    imported = load(text)
    assert imported.notes == []
    assert list(imported.table.columns) == ["name", "latitude", "longitude", "fuel", "plant_id"]
    assert rows(imported, *imported.table.columns) == [("Ulsan", 35.5, 129.4, "gas", "ulsan")]


def test_a_suffix_in_capitals(load: Load) -> None:
    """Some programs write PLANTS.CSV."""
    assert rows(load("name\nUlsan\n", "PLANTS.CSV"), "name") == [("Ulsan",)]


def test_cells_with_line_breaks_quotes_and_delimiters(load: Load) -> None:
    """A quoted cell is one cell, in the header too."""
    imported = load('name,"Capacity\n(MW)","a,b"\n"Two\nlines, and ""quotes""",12,"x;y"\nPlain,13,z\n')
    assert rows(imported, "name", "Capacity\n(MW)", "a,b") == [
        ('Two\nlines, and "quotes"', 12.0, "x;y"),
        ("Plain", 13.0, "z"),
    ]


@pytest.mark.parametrize("header", ["name,town,a;b;c;d", 'name,town,"a;b;c;d"', "a;b;c;d,town, Name"])
def test_a_header_with_other_delimiters_in_it(load: Load, header: str) -> None:
    """The delimiter is the one between the columns, of which one is called name."""
    imported = load(f"{header}\nUlsan,Ulsan,Ulsan\n")
    assert rows(imported, "name", "a;b;c;d", "town") == [("Ulsan", "Ulsan", "Ulsan")]


def test_headers_that_are_blank_or_stand_twice(load: Load) -> None:
    """No column is lost: each gets a name of its own."""
    imported = load("name,,x,x,\nUlsan,a,b,c,d\n")
    assert rows(imported, "name", "column 2", "x", "x (2)", "column 5") == [("Ulsan", "a", "b", "c", "d")]


TWICE = [
    ("Name,name\nno,yes\n", {"name": "yes", "Name": "no"}),
    ("name,NAME\nyes,no\n", {"name": "yes", "NAME": "no"}),
    ("NAME,Name\nyes,no\n", {"name": "yes", "Name": "no"}),
    ("name,lat,latitude,lon\nx,1,2,3\n", {"lat": 1.0, "latitude": 2.0, "longitude": 3.0}),
    ("name,id,plant_id\nx,old-7,new\n", {"id": "old-7", "plant_id": "new"}),
    ("name,lon,lng,lat\nx,1,2,3\n", {"longitude": 1.0, "lng": 2.0, "latitude": 3.0}),
]


@pytest.mark.parametrize(("text", "cells"), TWICE)
def test_two_columns_that_mean_the_same(load: Load, text: str, cells: dict[str, object]) -> None:
    """The exact name wins, else the first; the other column stays, under its own name."""
    table = load(text).table
    assert {name: table[name].iloc[0] for name in cells} == cells


def test_known_columns_in_any_spelling(load: Load) -> None:
    """Case, blanks and hyphens make no difference; a column of somebody else keeps its name."""
    imported = load(
        "Plant-ID,NAME,Official Name,Country  Code,site area M2,Opened Year,My Column,Größe\n"
        "p1,Ulsan,Ulsan Works,KR,5000000,1968,x,big\n"
    )
    assert list(imported.table.columns) == [
        "plant_id",
        "name",
        "official_name",
        "country_code",
        "site_area_m2",
        "opened_year",
        "My Column",
        "Größe",
        "country",
        "latitude",
        "longitude",
    ]
    assert rows(imported, "plant_id", "site_area_m2", "opened_year") == [("p1", 5_000_000, 1968)]


def test_only_the_name_is_needed(load: Load) -> None:
    """A list of names is a table: ids are made, positions are empty, nothing is complained about."""
    imported = load("name\nUlsan\nBursa\n")
    assert rows(imported, "plant_id", "name", "latitude", "longitude") == [
        ("ulsan", "Ulsan", None, None),
        ("bursa", "Bursa", None, None),
    ]
    assert imported.notes == []


def test_without_a_name_column(load: Load) -> None:
    """What the plants are called by is said, also beside another sentence on the whole table."""
    called = "No column is a name; plants are called by their town."
    rewritten = "Codes of countries were written as two capital letters."
    assert load("town,region\nMelfi,Basilicata\n").notes == [called]
    imported = load("town,country_code\nMelfi,ITA\n")
    assert imported.notes == [rewritten, called]
    assert rows(imported, "name", "country", "country_code") == [("Melfi", "Italy", "IT")]


@pytest.mark.parametrize("text", ["name,lat,lon\n", "name,lat,lon", "name;lat;lon\r\n"])
def test_a_header_only(load: Load, text: str) -> None:
    """A table without plants is a table."""
    imported = load(text)
    assert (len(imported.table), imported.notes) == (0, [])
    assert OWN | {"name"} == set(imported.table.columns)


def test_names_that_look_like_nothing(load: Load) -> None:
    """ "null" and "NA" are names; only an empty cell has none, and it says so."""
    imported = load('name,x\nnull,a\nNA,b\nnan,c\nNone,d\n,e\n" ",f\n')
    assert rows(imported, "name", "plant_id") == [
        ("null", "null"),
        ("NA", "na"),
        ("nan", "nan"),
        ("None", "none"),
        ("(no name)", "plant"),
        ("(no name)", "plant-2"),
    ]


def test_a_hostile_name_survives(load: Load, hostile: str) -> None:
    """Letter for letter, as name, as value and as the name of a column."""
    text = io.StringIO()
    csv.writer(text).writerows([["name", "town", hostile], [hostile, hostile, hostile], ["x", "y", "z"]])
    imported = load(text.getvalue())
    assert rows(imported, "name", "town", hostile)[0] == (hostile, hostile, hostile)
    assert re.fullmatch(r"[a-z0-9-]+", imported.table["plant_id"].iloc[0])


# --- numbers and text ---


def test_columns_of_numbers(load: Load) -> None:
    """A column of numbers is one; codes with leading zeros, exponents and mixed columns stay text."""
    imported = load(
        "name,mw,cipher,size,mixed,tiny,phone\nA,12,007,-5,1,0.5,+39\nB,2.5,010,0,x,-0.25,+41\nC,,100,1,,,1\n"
    )
    table = imported.table
    kinds = {name: str(table[name].dtype) for name in ("mw", "size", "tiny")}
    assert kinds == {"mw": "float64", "size": "Int64", "tiny": "float64"}
    assert {name: str(table[name].dtype) for name in ("cipher", "mixed", "phone")} == dict.fromkeys(
        ("cipher", "mixed", "phone"), "str"
    )
    assert rows(imported, "mw", "cipher", "size", "mixed", "tiny", "phone") == [
        (12.0, "007", -5.0, "1", 0.5, "+39"),
        (2.5, "010", 0.0, "x", -0.25, "+41"),
        (None, "100", 1.0, "", None, "1"),
    ]


@pytest.mark.parametrize("cell", ["1e5", "0x10", "1_000", "inf", "nan", "1.", ".5", "--1", "١٢"])
def test_what_is_no_plain_number_stays_text(load: Load, cell: str) -> None:
    """Nothing is guessed: the cell is shown as it was typed."""
    assert rows(load(f'name,x\nA,"{cell}"\nB,1\n'), "x") == [(cell,), ("1",)]


def test_long_codes_keep_every_digit(load: Load) -> None:
    """A number that a computer would round is a code."""
    assert rows(load("name,x\nA,12345678901234567890\nB,1\n"), "x") == [("12345678901234567890",), ("1",)]


def test_an_empty_column_is_text(load: Load) -> None:
    """A column without a single cell is no number."""
    assert str(load("name,x\nA,\nB,\n").table["x"].dtype) == "str"


def test_ids_and_names_of_digits_are_text(load: Load) -> None:
    """A known column of text stays text, whatever stands in it."""
    imported = load("plant_id,name,town,owner,status\n1,500,11,12,13\n2,501,11,12,13\n")
    assert rows(imported, "plant_id", "name", "town", "owner", "status") == [
        ("1", "500", "11", "12", "13"),
        ("2", "501", "11", "12", "13"),
    ]


# --- cells that cannot be read ---

HALF = "Latitude and longitude are not both there; not on the map."
WHOLE = "This is not a whole number; left empty."
NOTES = [
    (
        "name,lat,lon\nA,1,2\nB,north,5\n",
        ["Row 3, column lat, lon: “north, 5”: This is no position; not on the map."],
    ),
    (
        "name,employees\nA,2200\nB,many\nC,12.5\nD,\n",
        [f"Row 3, column employees: “many”: {WHOLE} One more row like it."],
    ),
    (
        "name,Opened\nA,1968\nB,ca. 1970\nC,1970s\n",
        [
            (
                "Row 3, column Opened: “ca. 1970”: Not an exact year; the year in it was taken, the "
                "text is kept."
            ),
            "Row 4, column Opened: “1970s”: This is not a year; left empty, the text is kept.",
        ],
    ),
    (
        "name,accuracy_m\nA,inf\nB,nan\nC,5.5\n",
        ["Row 2, column accuracy_m: “inf”: This is not a distance; left empty. One more row like it."],
    ),
    ('name,site_area_m2\nA,"1,000"\nB,1e3\n', []),
    (f"name,employees\nA,{'x' * 100}\n", [f"Row 2, column employees: “{'x' * 59}…”: {WHOLE}"]),
]


@pytest.mark.parametrize(("text", "notes"), NOTES)
def test_numbers_that_are_none(load: Load, text: str, notes: list[str]) -> None:
    """The cell is empty, the row stays, and a sentence names row, column and value."""
    imported = load(text)
    assert imported.notes == notes
    assert len(imported.table) == text.count("\n") - 1


def test_what_is_left_of_a_bad_column(load: Load) -> None:
    """Its other cells are numbers all the same."""
    imported = load("name,employees,opened_year\nA,2200,1968.0\nB,many,1e3\nC,,MCMLXX\n")
    assert rows(imported, "employees", "opened_year") == [(2200, 1968), (None, None), (None, None)]


def test_thousands_of_bad_cells_are_one_sentence(load: Load) -> None:
    """They are counted, and the first is shown."""
    imported = load("name,employees\nA,1\n" + "B,?\n" * 1500)
    assert imported.notes == [
        "Row 3, column employees: “?”: This is not a whole number; left empty. 1,499 more rows like it."
    ]


NOWHERE = "This is no place on Earth; not on the map."
SWAPPED = "Latitude and longitude seem exchanged. No place on Earth; not on the map."
ZERO = "0, 0 stands for an unknown place; not on the map."
POSITIONS = [
    ("91,95", NOWHERE),
    ("-90.5,-190", NOWHERE),
    ("45,181", NOWHERE),
    ("129.4,35.5", SWAPPED),
    ("41474000,13755000", "The decimal point seems lost. No place on Earth; not on the map."),
    ("0,0", ZERO),
    ("0.0,-0.0", ZERO),
    ("5,", HALF),
    (",5", HALF),
]


@pytest.mark.parametrize(("cells", "words"), POSITIONS)
def test_positions_that_are_none(load: Load, cells: str, words: str) -> None:
    """Out of range, swapped, 0, 0 or half a position: said, kept in the table, never placed."""
    imported = load(f"name,lat,lon\nGood,35.5,129.4\nBad,{cells}\nAlso good,0,5\n")
    assert rows(imported, "name", "latitude", "longitude") == [
        ("Good", 35.5, 129.4),
        ("Bad", None, None),
        ("Also good", 0.0, 5.0),
    ]
    value = cells.replace(",", ", ")
    assert imported.notes == [f"Row 3, column lat, lon: “{value}”: {words}"]


def test_an_empty_position_is_no_mistake(load: Load) -> None:
    """Rows without coordinates are looked up by their address; there is nothing to say about them."""
    imported = load("name,lat,lon\nA,,\nB,35.5,129.4\n")
    assert imported.notes == []
    assert rows(imported, "latitude") == [(None,), (35.5,)]


def test_a_latitude_alone(load: Load) -> None:
    """Half a position is none, also where the whole column is missing."""
    imported = load("name,lat\nA,45\nB,46\n")
    assert imported.table[["latitude", "longitude"]].isna().all(axis=None)
    assert imported.notes == [f"Row 2, column lat: “45, ”: {HALF} One more row like it."]


def test_the_edges_of_the_world(load: Load) -> None:
    """The poles and the 180th meridian are places."""
    imported = load("name,lat,lon\nN,90,180\nS,-90,-180\n")
    assert (imported.notes, rows(imported, "latitude", "longitude")) == ([], [(90.0, 180.0), (-90.0, -180.0)])


# --- ids ---


def test_given_ids_are_kept(load: Load) -> None:
    """Letter for letter: links and other files rely on them."""
    imported = load("id,name\nP 1,Ulsan\n工場,Bursa\n007,Pune\n")
    assert imported.table["plant_id"].tolist() == ["P 1", "工場", "007"]


def test_an_id_that_stands_twice(load: Load) -> None:
    """The second gets one of its own, and that is said."""
    imported = load("plant_id,name\na,A\nb,B\na,C\n")
    assert rows(imported, "plant_id", "name") == [("a", "A"), ("b", "B"), ("a-row-4", "C")]
    assert imported.notes == [
        "Row 4, column plant_id: “a”: This id stands twice; the row got one of its own."
    ]


def test_ids_with_gaps_are_made(load: Load) -> None:
    """Where not every plant has an id, all are made from the names."""
    assert load("plant_id,name\nx,A\n,B\n").table["plant_id"].tolist() == ["a", "b"]


MADE = [
    (["Ulsan", "Bursa"], ["ulsan", "bursa"]),
    (["Ulsan", "ulsan", "ULSAN "], ["ulsan", "ulsan-2", "ulsan-3"]),
    (["Fábrica São Paulo", "Fabrica Sao Paulo"], ["fabrica-sao-paulo", "fabrica-sao-paulo-2"]),
    (["工場", "מפעל", "!!!"], ["plant", "plant-2", "plant-3"]),
    (["Works #1 (old)", "--x--"], ["works-1-old", "x"]),
    (["Straße", "ﬁrm"], ["strasse", "firm"]),
    (["a", "a", "a 2"], ["a", "a-2", "a-2-row-3"]),
    (["x" * 100, "x" * 90], ["x" * 60, "x" * 60 + "-2"]),
]


@pytest.mark.parametrize(("names", "ids"), MADE)
def test_ids_made_from_names(load: Load, names: list[str], ids: list[str]) -> None:
    """Short, readable in an address, and the first of a name has it without a number."""
    assert load("name\n" + "\n".join(names) + "\n").table["plant_id"].tolist() == ids


def made_ids(names: list[str]) -> list[str]:
    ids: list[str] = names_and_ids.made_ids(pa.array(names, pa.large_string())).tolist()
    return ids


CONFUSING = st.lists(
    st.sampled_from(["a", "A", "á", "a 2", "a-2", "a 2 row 3", "a-2-row-4", "a row 1", "", "plant", "工場"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    max_size=25,
)


@examples(max_examples=25)
@given(CONFUSING, st.integers(0, 25))
@example(["a", "a", "a 2", "a 2 row 3"], 3)
@example(["a", "a", "a 2", "a 2 row 3", "a 2 row 3 row 4"], 3)
@example(["a", "a 2", "a", "a 2 row 3", "a"], 4)
def test_made_ids_are_always_unique(names: list[str], first: int) -> None:
    """Whatever the plants are called, also after our own numbering; a row added later changes no link."""
    ids = made_ids(names)
    assert len(set(ids)) == len(names)
    assert [one for one in ids if not re.fullmatch(r"[a-z0-9-]+", one)] == []
    assert made_ids(names[:first]) == ids[:first]


# --- rows in, rows out ---

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from(' ,;\t\n"'), max_size=12
)
AS_CALLED = ColumnRoles({"name": "name", "employees": "employees"})
TABLES = st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["", "1", "-7.5", "x"])), max_size=20)


@examples(max_examples=25)
@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_every_row_of_a_csv_arrives(
    cells: list[tuple[str, str, str]], delimiter: str, line_end: str, start: str
) -> None:
    """As many rows as were written, in their order, with their text; nothing is dropped or split."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([("name", "remark", "employees"), *cells])
    imported = importer.read((start + text.getvalue()).encode(), "t.csv", columns=AS_CALLED)
    filled = [row for row in cells if any(cell.strip() for cell in row)]  # a blank row is no plant
    assert imported.table["name"].tolist() == [name.strip() or "(no name)" for name, _, _ in filled]
    remarks = [remark.strip() for _, remark, _ in filled]
    if imported.table["remark"].dtype == "str":
        assert imported.table["remark"].tolist() == remarks
    else:
        assert [float(one) if one else None for one in remarks] == [
            one for (one,) in rows(imported, "remark")
        ]
    wanted = {"": None, "1": 1, "-7.5": None, "x": None}
    assert [one for (one,) in rows(imported, "employees")] == [wanted[number] for _, _, number in filled]
    wrong = sum(number in ("-7.5", "x") for _, _, number in filled)
    assert imported.kinds.get("number", 0) == wrong
    assert (imported.rows, imported.reported) == (len(filled), len(filled))  # none has a position
    assert imported.table["plant_id"].is_unique


@examples(max_examples=15)
@given(TABLES)
def test_every_row_of_a_parquet_file_arrives(cells: list[tuple[str, str, str]]) -> None:
    """The same for the other kind of file."""
    names, remarks, _ = zip(*cells, strict=True) if cells else ([], [], [])
    raw = as_parquet(
        name=pa.array(names, pa.string()), remark=pa.array(remarks, pa.string()).dictionary_encode()
    )
    table = importer.read(raw, "t.parquet", columns=ColumnRoles({"name": "name"})).table
    assert table["name"].tolist() == [name.strip() or "(no name)" for name in names]
    assert len(table["remark"]) == len(cells)


def test_a_file_of_many_parts(load: Load) -> None:
    """More than a megabyte: also where a part ends within a quoted cell, all rows arrive in order."""
    cells = [[f"Plant {n}", f"line one of {n}\n" * 20, str(n)] for n in range(6_000)]
    text = io.StringIO()
    csv.writer(text).writerows([["name", "remark", "number"], *cells])
    table = load(text.getvalue()).table
    assert len(text.getvalue()) > 1_500_000
    assert table["name"].tolist() == [name for name, _, _ in cells]
    assert table["remark"].tolist() == [remark.strip() for _, remark, _ in cells]
    assert table["number"].tolist() == list(range(6_000))


# --- Parquet ---


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
    assert imported.notes[0] == ("Row 1, column lat, lon: “true, 5”: This is no position; not on the map.")


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


# --- files that are none ---

EMPTY = "t.csv is empty: it needs a row for each plant."
NOTHING = (
    "t.csv has no column with a name, an address, a town or a position, one of which every plant needs; "
    "it has: mw, fuel."
)
BROKEN = [
    ("", EMPTY),
    ("\n\n", EMPTY),
    (",,\n,,\n", EMPTY),
    ("mw,fuel\n12,gas\n", NOTHING),
    ("<html><body>", "t.csv is a web page or XML, not a table; download the table itself."),
    (bytes(range(256)) * 9, "t.csv is no table: CSV, Excel (.xlsx), GeoJSON and Parquet files are read."),
]


@pytest.mark.parametrize(("content", "sentence"), BROKEN)
def test_a_file_that_is_no_table(refused: Callable[..., str], content: str | bytes, sentence: str) -> None:
    """One sentence that names the file and says what is wrong."""
    assert refused(content) == sentence


def test_not_utf8_far_down(load: Load) -> None:
    """Also where the letter stands long after the beginning."""
    imported = load(("name\n" + "Ulsan\n" * 50_000 + "Fábrica\n").encode("latin-1"))
    assert (imported.raw.detected.encoding, imported.table["name"].iloc[-1]) == ("cp1252", "Fábrica")


def test_many_columns_without_a_name(refused: Callable[..., str]) -> None:
    """The list of columns is cut short."""
    names = ", ".join(f"amount {n} mw" for n in range(100))
    assert refused(names.replace(", ", ",") + "\n" + "5," * 99 + "6\n").endswith(f"; it has: {names[:199]}….")


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


def test_a_missing_file(tmp_path: Path) -> None:
    """The path and the way out."""
    path = tmp_path / "nowhere.csv"
    with pytest.raises(DataError) as caught:
        source_.load(str(path))
    shown = str(path) if len(str(path)) <= 60 else str(path)[:59] + "…"
    assert str(caught.value) == f"{shown} cannot be read (no such file or directory). Check the path."


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the name of a file, seen from where the server stands."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plants.csv").mkdir()
    with pytest.raises(DataError) as caught:
        source_.load("plants.csv")
    assert str(caught.value) == "plants.csv cannot be read (is a directory). Check the path."


def test_a_path_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ "~" is the home folder, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "plants.csv").write_text("name\nUlsan\n", encoding="utf-8")
    assert rows(source_.load("~/plants.csv"), "name") == [("Ulsan",)]


# --- from a web address ---


class Web:
    """A web server on 127.0.0.1; `files`: path -> content, all else is 404. `hold`: answers wait."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.released = threading.Event()
        self.released.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(web) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.released.wait(timeout=10)
                content = web.files.get(self.path.split("?")[0])
                try:
                    self.send_response(404 if content is None else 200)
                    self.send_header("Content-Length", str(len(content or b"")))
                    self.end_headers()
                    self.wfile.write(content or b"")
                except OSError:
                    return  # the client gave up waiting

            def log_message(self, *_: Any) -> None:
                """Silent."""

        return Handler


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = Web()
    yield server
    server.stop()


def refused_address(address: str) -> str:
    with pytest.raises(DataError) as caught:
        source_.load(address)
    return str(caught.value)


def test_a_table_from_the_web(web: Web) -> None:
    """Both kinds of file, also where the address has more behind the name."""
    web.files = {
        "/my/plants.csv": b"name,lat,lon\nUlsan,35.5,129.4\n",
        "/plants.parquet": as_parquet(name=["Ulsan"], lat=[35.5], lon=[129.4]),
    }
    for path in ("/my/plants.csv", "/my/plants.csv?version=2#first", "/plants.parquet"):
        assert rows(source_.load(web.url + path), "name", "latitude") == [("Ulsan", 35.5)]
    assert web.asked == ["/my/plants.csv", "/my/plants.csv?version=2", "/plants.parquet"]


def test_an_address_without_a_table(web: Web) -> None:
    """The status says what the server answered."""
    assert refused_address(f"{web.url}/plants.csv") == (
        f"{web.url}/plants.csv answers with status 404, not with a table."
    )


def test_an_address_that_nobody_answers() -> None:
    """A server that is down is one sentence with the way out."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/plants.csv"
    assert refused_address(address) == f"{address} cannot be reached. Check the address and the network."


def test_a_server_that_keeps_silent(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(source_, "WAIT_S", 0.05)
    web.released.clear()
    address = f"{web.url}/plants.csv"
    assert refused_address(address) == f"{address} cannot be reached. Check the address and the network."


def test_a_web_page_in_place_of_a_table(web: Web) -> None:
    """A page that asks to sign in is no table, and what it is is said."""
    web.files = {"/plants.csv": b"<html>\n<body>Sign in</body>\n"}
    assert refused_address(f"{web.url}/plants.csv") == (
        "plants.csv is a web page or XML, not a table; download the table itself."
    )


def test_an_address_without_an_ending(web: Web) -> None:
    """What it is says the content."""
    web.files = {"/plants": b"name;lat;lon\nUlsan;35,5;129,4\n"}
    assert rows(source_.load(f"{web.url}/plants"), "name", "latitude") == [("Ulsan", 35.5)]


# --- what it is called ---

TITLES = [
    ("plants.csv", "plants"),
    ("/srv/power_plants-2024.parquet", "power plants 2024"),
    ("https://example.org/data/Car%20plants.csv?x=1#y", "Car plants"),
    ("https://example.org/data/car__plants.csv", "car plants"),
    ("___.csv", "plants"),
]


@pytest.mark.parametrize(("source", "title"), TITLES)
def test_a_table_is_called_as_its_file(source: str, title: str) -> None:
    """Without folders, suffix and underscores."""
    assert settings.title_of(source) == title


def test_nothing_is_left_open(load: Load) -> None:
    """The table is a copy of its own: the file can be changed or removed at once."""
    imported = load("name,x\nUlsan,1\n")
    imported.table.loc[0, "name"] = "Changed"
    imported.table["x"] = np.array([2.0])
    assert isinstance(imported.table, pd.DataFrame)
    assert rows(imported, "name", "x") == [("Changed", 2.0)]


def test_an_accuracy_below_zero(load: Load) -> None:
    """It is no distance: left empty, and said."""
    imported = load("name,accuracy_m\nA,-5\nB,5\n")
    assert rows(imported, "accuracy_m") == [(None,), (5.0,)]
    assert imported.notes == ["Row 2, column accuracy_m: “-5”: This is not a distance; left empty."]


def test_ids_for_some_plants_only(load: Load) -> None:
    """All are made anew, and that is said, because links with the old ones lead nowhere."""
    imported = load("name,plant_id\nUlsan,u1\nBursa,\nTychy,\n")
    assert rows(imported, "plant_id") == [("ulsan",), ("bursa",), ("tychy",)]
    assert imported.notes == [
        "Row 3, column plant_id: Empty, so all ids are made from the names. One more row like it."
    ]


@pytest.mark.parametrize("path", ["/plants.csv?token=5", "/plants.xlsx?token=5"])
def test_secrets_in_an_address_stay_secret(path: str) -> None:
    """Name, password and token of an address are not shown to visitors."""
    with pytest.raises(DataError) as caught:
        source_.load(f"http://user:secret@127.0.0.1:9{path}")
    assert [word for word in ("user", "secret", "token") if word in str(caught.value)] == []
    assert str(caught.value).startswith(f"http://127.0.0.1:9{path.partition('?')[0]} ")


def test_the_home_of_nobody() -> None:
    """A path that begins with ~ and an unknown name is a path that does not exist."""
    with pytest.raises(DataError, match="cannot be read"):
        source_.load("~nosuchuser/plants.csv")
