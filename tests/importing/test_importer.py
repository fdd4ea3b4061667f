"""Imports: whatever table an operator names, every row is there, and what cannot be read is said."""

import csv
import io
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from atlas.importing import importer
from atlas.importing.column_roles import ColumnRoles
from tests.importing.plant_files import OWN, Load, as_parquet, rows

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


def test_nothing_is_left_open(load: Load) -> None:
    """The table is a copy of its own: the file can be changed or removed at once."""
    imported = load("name,x\nUlsan,1\n")
    imported.table.loc[0, "name"] = "Changed"
    imported.table["x"] = np.array([2.0])
    assert isinstance(imported.table, pd.DataFrame)
    assert rows(imported, "name", "x") == [("Changed", 2.0)]
