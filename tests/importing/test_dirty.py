"""Dirty files as real users produce them: each is read, no row is lost, and what is wrong is said."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from atlas.errors import DataError
from atlas.importing import importer, rejects
from atlas.importing.column_roles import ColumnRoles
from atlas.importing.files import excel, raw_table
from atlas.importing.problems import KINDS

OK = ["Cassino", "Melfi"]
ROWS = "Cassino{d}41{p}474{d}13{p}755\nMelfi{d}40{p}987{d}15{p}712\n"
COMMA, SEMI = ROWS.format(d=",", p="."), ROWS.format(d=";", p=",")


@dataclass(frozen=True)
class Dirty:
    """A file and what becomes of it. `kinds`: kind of problem -> rows; `found`: what is detected."""

    content: bytes
    rows: int
    placed: int
    kinds: dict[str, int] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] | None = None
    file_name: str = "t.csv"


def text(content: str, *outcome: Any, encoding: str = "utf-8", **more: Any) -> Dirty:
    return Dirty(content.encode(encoding), *outcome, **more)


def workbook(change: Callable[[Any], None], *outcome: Any, **more: Any) -> Dirty:
    book = openpyxl.Workbook()
    change(book)
    file = io.BytesIO()
    book.save(file)
    return Dirty(file.getvalue(), *outcome, file_name="t.xlsx", **more)


def with_title(book: Any) -> None:
    book.active.title = "Read me"
    book.active["A1"] = "Made by Anna"
    sheet = book.create_sheet("Plants")
    for row in (["Plants 2024"], [], ["Name", "Lat", "Lon", "Opened"], ["Cassino", 41.474, 13.755, 1972]):
        sheet.append(row)
    sheet.append(["Melfi", "40,987", "15,712", "ca. 1993"])


def with_merged(book: Any) -> None:
    sheet = book.active
    for row in (["Country", "Plant", "Lat", "Lon"], ["Italy", "Cassino", 41.474, 13.755]):
        sheet.append(row)
    sheet.append([None, "Melfi", 40.987, 15.712])
    sheet.merge_cells("A2:A3")


def with_formulas(book: Any) -> None:
    sheet = book.active
    for row in (
        ["Plant", "Lat", "Lon", "MW"],
        ["Cassino", 41.474, 13.755, "=2*3"],
        ["Melfi", "#N/A", 15.7, 5],
    ):
        sheet.append(row)


def geojson(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def feature(name: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


def twice_named() -> bytes:
    file = io.BytesIO()
    columns = [["Cassino", "Melfi"], [41.474, 40.987], [13.755, 15.712], [[1], None], [1, 2]]
    table = pa.Table.from_arrays([pa.array(cells) for cells in columns], ["name", "lat", "lon", "x", "x"])
    parquet.write_table(table, file)
    return file.getvalue()


POINT = {"type": "Point", "coordinates": [13.755, 41.474]}
SQUARE = {"type": "Polygon", "coordinates": [[[15, 40], [16, 40], [16, 41], [15, 41], [15, 40]]]}
NAMES = "name,lat,lon\n"
FILES = {
    # --- reading ---
    "UTF-8 with a mark": text("\ufeff" + NAMES + COMMA, 2, 2, found={"encoding": "utf-8-sig"}),
    "UTF-16 of Excel's “Unicode text”": text(
        (NAMES + COMMA).replace(",", "\t"), 2, 2, found={"encoding": "utf-16", "delimiter": "\t"},
        encoding="utf-16",
    ),
    "UTF-16 without a mark": text(NAMES + COMMA, 2, 2, found={"encoding": "utf-16-le"}, encoding="utf-16-le"),
    "Windows-1252": text(
        "Werk;Breite;Länge\nMünchen;48,1;11,5\n", 1, 1, found={"encoding": "cp1252", "decimal": ","},
        columns={"name": "Werk", "latitude": "Breite", "longitude": "Länge"}, encoding="cp1252",
    ),
    "Mac Roman": text(
        "Usine;Ville\nÉtablissement Frère;Orléans\n", 1, 0, {"position": 1},
        found={"encoding": "mac_roman"}, encoding="mac_roman",
    ),
    "a line in another encoding": Dirty(
        "name,town\nFábrica,Córdoba\nUsine,Liège\n".encode() + "Werk,Köln\n".encode("cp1252") + "É,à\n".encode() * 3,
        6, 0, {"position": 6}, found={"encoding": "utf-8"},
    ),
    "old Mac line ends": text((NAMES + COMMA).replace("\n", "\r"), 2, 2),
    "Italian Excel": text(
        "Stabilimento;Latitudine;Longitudine\n" + SEMI, 2, 2, found={"delimiter": ";", "decimal": ","}
    ),
    "pipes": text((NAMES + COMMA).replace(",", "|"), 2, 2, found={"delimiter": "|"}),
    "sep= for Excel": text("sep=;\nname;lat;lon\n" + SEMI, 2, 2, found={"delimiter": ";", "header_row": 2}),
    "a title above": text("Plants of the group\n\n" + NAMES + COMMA, 2, 2, found={"header_row": 3}),
    "no header": text(COMMA, 2, 2, found={"header": False, "header_row": 0}),
    "pasted names": text("Cassino\nMelfi\nPomigliano d'Arco\n", 3, 0, {"position": 3}, found={"header": False}),
    "blank rows": text(NAMES + "\n\n" + COMMA + ",,\n,,\n", 2, 2),
    "separators at the ends": text("name;lat;lon;;\n" + SEMI.replace("\n", ";;\n"), 2, 2),
    "a header twice": text("name,lat,lon,mw,mw\nCassino,41.4,13.7,1,2\n", 1, 1),
    "ragged rows": text(
        NAMES + "Cassino,41.474,13.755\nMelfi\nRoma, Est,41.9,12.5\n", 3, 1,
        {"cells": 2, "position": 1, "unreadable": 1},
    ),
    "quoted line breaks": text('name,lat,lon,note\nCassino,41.474,13.755,"two\nlines"\nMelfi,40.987,15.712,x\n', 2, 2),
    "letters decoded wrongly": text(NAMES + "FÃ¡brica,41.474,13.755\nSÃO,40.9,15.7\n", 2, 2, {"letters": 1}),
    "a quote that never closes": text(
        'name,lat,lon\n"Cassino,41.474,13.755\nMelfi,40.987,15.712\nArese,45.5,9.0\n', 3, 3, {"quotes": 1}
    ),
    "thousands and apostrophes": text(
        "name;lat;lon;employees\nA;41,474;13,755;1.200\nB;40,987;15,712;1'300\nC;45,5;9,0;1 400\n", 3, 3
    ),
    "a note below": text(NAMES + COMMA + "Source: annual report,,\n", 3, 2, {"position": 1}),
    "NUL characters": text(NAMES + COMMA.replace("Melfi", "Mel\x00fi"), 2, 2),
    # --- positions ---
    "latitude and longitude exchanged": text(
        "name,country,lat,lon\nUlsan,South Korea,129.4,35.5\nMelfi,Italy,15.712,40.987\n", 2, 1, {"swapped": 2}
    ),
    "0, 0": text(NAMES + "A,0,0\n" + COMMA, 3, 2, {"zero": 1}),
    "out of range": text(NAMES + "A,95,200\n" + COMMA, 3, 2, {"range": 1}),
    "degrees, minutes, seconds": text(
        'name,lat,lon\nA,41°29′N,13°45′E\nB,"41 29 13 N","13 45 12 E"\n', 2, 0, {"degrees": 2}
    ),
    "the sign forgotten": text("name,country,lat,lon\nToluca,Mexico,19.28,99.65\n", 1, 1, {"sign": 1}),
    "the point lost": text("name,country,lat,lon\nMelfi,Italia,40987,15712\n", 1, 0, {"decimal": 1}),
    "in another country": text("name,country,lat,lon\nWien,Italy,48.2,16.4\n", 1, 1, {"country": 1}),
    "half a position": text(NAMES + "A,41.4,\n" + COMMA, 3, 2, {"half": 1}),
    "a word for a number": text(NAMES + "A,north,east\n" + COMMA, 3, 2, {"unreadable": 1}),
    "both in one cell": text(
        'Plant,Coordinates\nA,"41.474, 13.755"\nB,"40,987; 15,712"\nC,41°29′N 13°45′E\n', 3, 2, {"degrees": 1},
        columns={"name": "Plant", "coordinates": "Coordinates"},
    ),
    # --- the rest ---
    "an unknown country": text("name,country,lat,lon\nA,Itlay,41.4,13.7\n", 1, 1, {"unknown country": 1}),
    "a plant twice": text(NAMES + "A,41.474,13.755\na,41.4741,13.7551\nA,45,9\n", 3, 3, {"duplicate": 1}),
    "units of a plant": text("name,lat,lon,mw\nA,41.474,13.755,100\nA,41.474,13.755,200\n", 2, 2, {}),
    "longitudes to 360": text(NAMES + "A,29.76,264.63\nB,45.07,7.68\n", 2, 1, {"wrapped": 1}),
    "metres of a stated zone": text(
        "name,country,northing,easting,zone\nTurin,Italy,4991687,396581,32N\nMilan,Italy,5034500,514860,32N\n",
        2, 0, {"projected": 2},
    ),
    "metres of an unknown system": text(NAMES + "A,4991687,396581\nB,5034500,514860\n", 2, 0, {"projected": 2}),
    "years of all kinds": text(
        "name,opened,lat,lon\nA,ca. 1972,41,13\nB,1972/73,41,14\nC,seit 1972,41,15\nD,19772,41,16\nE,1972-05-01,42,13\n",
        5, 5, {"about": 1, "year": 3},
    ),
    "numbers that are none and an id that stands twice": text(
        "id,name,employees,lat,lon\na,A,many,41,13\na,B,12.5,41,14\nb,C,3000,41,15\n", 3, 3, {"number": 2, "id": 1}
    ),
    "addresses only": text("Anschrift\nVia Roma 1\nVia Roma 2\n", 2, 0, {"position": 2}),
    "Excel with a title and a second sheet": workbook(
        with_title, 2, 2, {"about": 1}, found={"kind": "excel", "sheet": "Plants", "header_row": 3}
    ),
    "Excel with merged cells": workbook(with_merged, 2, 2, columns={
        "name": "Plant", "country": "Country", "latitude": "Lat", "longitude": "Lon"}),
    "Excel with formulas and errors": workbook(with_formulas, 2, 1, {"half": 1}),
    "GeoJSON with all kinds of shapes": Dirty(
        geojson(feature("A", POINT), feature("B", SQUARE), feature("C", None)), 3, 2, {"position": 1},
        found={"kind": "geojson"}, file_name="t.geojson",
    ),
    "Parquet with two columns of one name": Dirty(
        twice_named(), 2, 2, found={"kind": "parquet"}, file_name="t.parquet"
    ),
}  # fmt: skip


@pytest.mark.parametrize("dirty", FILES.values(), ids=[*FILES])
def test_a_dirty_file(dirty: Dirty) -> None:
    """As many rows, placed rows and problems as stated, and what was found out."""
    imported = importer.read(dirty.content, dirty.file_name)
    assert (imported.rows, imported.placed, imported.kinds) == (dirty.rows, dirty.placed, dirty.kinds)
    detected = imported.raw.detected.as_json()
    assert {name: detected[name] for name in dirty.found} == dirty.found
    assert dirty.columns in (None, dict(imported.mapping.columns))
    check_no_row_is_lost(imported)


def check_no_row_is_lost(imported: importer.Imported) -> None:
    """Rows in = rows placed + rows reported that are not placed."""
    placed = set(imported.places[imported.table["latitude"].notna()])
    assert len(placed) + len(set(imported.report.index) - placed) == imported.rows
    assert imported.table["plant_id"].is_unique


def test_every_kind_of_problem_occurs() -> None:
    """Each that the report can name is in at least one of the files."""
    assert {kind for dirty in FILES.values() for kind in dirty.kinds} == {*KINDS} - {"unsure"}


@pytest.mark.parametrize("dirty", FILES.values(), ids=[*FILES])
def test_every_fix_can_be_applied(dirty: Dirty) -> None:
    """What is applied is not reported again, and no row is lost by it."""
    imported = importer.read(dirty.content, dirty.file_name)
    fixed = importer.apply(imported, imported.fixes)
    assert fixed.fixes == {}
    check_no_row_is_lost(fixed)


FIXED = {
    "latitude and longitude exchanged": [(35.5, 129.4), (40.987, 15.712)],
    "degrees, minutes, seconds": [(41.4833, 13.75), (41.4869, 13.7533)],
    "the sign forgotten": [(19.28, -99.65)],
    "the point lost": [(40.987, 15.712)],
    "both in one cell": [(41.474, 13.755), (40.987, 15.712), (41.4833, 13.75)],
}


@pytest.mark.parametrize("name", FIXED)
def test_positions_after_the_fix(name: str) -> None:
    """The plant stands where it was meant to stand."""
    imported = importer.read(FILES[name].content, "t.csv")
    table = importer.apply(imported, imported.fixes).table
    assert list(zip(table["latitude"].round(4), table["longitude"].round(4), strict=True)) == FIXED[name]


# --- what a person can say instead ---


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ({"header": False}, ["name", "Cassino"]),
        ({"delimiter": ";"}, ["Cassino,41.474"]),
        ({"encoding": "cp1252"}, ["Cassino"]),
    ],
)
def test_what_is_told_is_believed(told: dict[str, Any], names: list[str]) -> None:
    """Whatever would have been found out."""
    raw = importer.open_file(b"name,lat\nCassino,41.474\n", "t.csv", options=raw_table.FileOptions(**told))
    assert raw.table.column(0).to_pylist() == names


def test_the_decimal_mark_that_is_told() -> None:
    """ "1.200" is a thousand or one."""
    content = b"name;employees\nA;1.200\nB;2.000\n"
    for decimal, wanted in ((",", [1200, 2000]), (".", [None, 2])):
        options = raw_table.FileOptions(decimal=decimal)
        cells = importer.read(content, "t.csv", options=options).table["employees"]
        assert [None if pd.isna(cell) else int(cell) for cell in cells] == wanted


def test_a_mapping_is_kept_and_used_again() -> None:
    """Written as a small file, read back the same, and stronger than what would be guessed."""
    mapping = ColumnRoles({"name": "b", "town": "a"}, ",")
    assert ColumnRoles.from_json(mapping.to_json()) == mapping
    imported = importer.read(b"a,b\nx,y\n", "t.csv", columns=mapping)
    assert imported.table[["name", "town"]].to_numpy().tolist() == [["y", "x"]]


@pytest.mark.parametrize(
    "broken",
    ["", "[]", '{"columns": 5}', '{"columns": {"nam": "a"}}', '{"columns": {"name": 5}}', "[" * 9999],
)
def test_a_mapping_that_is_none(broken: str) -> None:
    """One sentence."""
    with pytest.raises(DataError):
        ColumnRoles.from_json(broken)


def test_a_mapping_for_another_file() -> None:
    """It names the column that is missing."""
    with pytest.raises(DataError, match=r"t\.csv has no column “Werk” for name; it has: name, x\."):
        importer.read(b"name,x\nA,1\n", "t.csv", columns=ColumnRoles({"name": "Werk"}))


# --- rejects ---


def test_corrected_rejects_come_back() -> None:
    """A row takes the place of the one it corrects; one without a number is new; the others stay."""
    imported = importer.read(f"{NAMES}{COMMA}A,north,9.1\nB,0,0\n".encode(), "t.csv")
    lines = rejects.csv(imported).decode().replace("A,north", "A,45.5").splitlines()
    assert lines[0] == "name,lat,lon,problem_row,problem,problem_fix"
    assert [line.split(",")[:4] for line in lines[1:]] == [["A", "45.5", "9.1", "4"], ["B", "0", "0", "5"]]
    corrected = "\n".join([*lines, "New,45.6,9.2,,,"]).encode()
    whole = rejects.add(imported, corrected, "rejects.csv")
    assert whole.table["name"].tolist() == ["Cassino", "Melfi", "A", "B", "New"]
    assert (whole.rows, whole.placed, whole.kinds) == (5, 4, {"zero": 1})
    assert imported.placed == 2


def test_rejects_of_another_table() -> None:
    """Nothing is mixed that does not belong together."""
    imported = importer.read((NAMES + COMMA).encode(), "t.csv")
    with pytest.raises(DataError, match="none of the table's columns"):
        rejects.add(imported, b"fuel,mw\ngas,5\n", "other.csv")


def test_rows_are_located_on_demand() -> None:
    """Only rows without a position are asked about; what is found is counted, the rest stays reported."""
    imported = importer.read(f"{NAMES}{COMMA}A,,\nB,,\n".encode(), "t.csv")

    def find(table: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
        assert (table["name"].tolist(), roles["name"]) == (["A", "B"], "name")
        found = {"latitude": [45.0, None], "longitude": [9.0, None], "accuracy_m": [5e3, None]}
        return pd.DataFrame({**found, "geocoder": ["gazetteer", ""]}, index=table.index)

    located = importer.locate(imported, find)
    assert (located.placed, located.located, located.kinds) == (3, 1, {"position": 1})
    assert located.table["geocoder"].tolist() == [*["given in the table"] * 2, "gazetteer", ""]
    check_no_row_is_lost(located)


def test_a_position_that_is_a_guess_is_reported() -> None:
    """It is on the map, and the report names the row, where it was put and how sure that is."""
    imported = importer.read(f"{NAMES}{COMMA}A,,\nB,,\nC,,\n".encode(), "t.csv")

    def find(table: pd.DataFrame, roles: dict[str, str]) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "latitude": [45.0, 46.0, None],
                "longitude": [9.0, 10.0, None],
                "accuracy_m": [5e3, 15e3, None],
                "geocoder": ["gazetteer", "gazetteer", ""],
                "matched": ["Milan", "Bergamo", ""],
                "position_certainty": ["sure", "guess", ""],
            },
            index=table.index,
        )

    located = importer.locate(imported, find)
    assert (located.placed, located.kinds) == (4, {"position": 1, "unsure": 1})
    (line,) = located.report[located.report["kind"] == "unsure"].to_dict("records")
    assert line["row"] == 5
    assert line["value"] == "Bergamo"
    assert line["reason"] == (
        "Taken for Bergamo; a guess: within about 15 km (gazetteer). Add its region or position."
    )
    check_no_row_is_lost(located)


# --- hostile files ---

HOSTILE = [
    "<script>alert(1)</script>",
    "${alert(1)}",
    "{{7*7}}",
    "=cmd|'/c calc'!A1",
    "a\x00b",
    "x" * 1_000_000,
]


@pytest.mark.parametrize("cell", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_cells_are_only_text(cell: str) -> None:
    """In a name, a country, a position, a year and a header: kept letter for letter or reported."""
    header, row = f"name,country,lat,lon,opened,{cell}", f"{cell},{cell},{cell},{cell},{cell},{cell}"
    imported = importer.read(f"{header}\n{row}\nA,Italy,41.4,13.7,1972,x\n".encode(), "t.csv")
    assert imported.table["name"].tolist() == [cell, "A"]
    assert (imported.rows, imported.placed) == (2, 1)
    assert imported.report["value"].astype("str").str.len().max() <= 200
    assert len(" ".join(imported.notes)) < 2_000
    assert len(rejects.csv(imported)) < 12_000_000


def packed(parts: dict[str, bytes]) -> bytes:
    """A workbook with other parts in place of some of its own."""
    file = io.BytesIO()
    own = io.BytesIO(FILES["Excel with merged cells"].content)
    with zipfile.ZipFile(own) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(name, source.read(name)))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    + START
    + b"&b;</sheetData>"
)


def test_a_zip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that unpacks to more than any table of our limits is refused before it is read."""
    monkeypatch.setattr(excel, "MOST_UNPACKED", 3_000_000)
    content = packed({SHEET: START + b"<row/>" * 600_000})
    assert len(content) < 50_000
    with pytest.raises(DataError, match="unpacks to more than 3 MB"):
        importer.read(content, "bomb.xlsx")


def test_a_zip_bomb_that_lies_about_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes in the archive's list are not believed."""
    monkeypatch.setattr(excel, "MOST_UNPACKED", 3_000_000)
    content = packed({SHEET: START + b"<row/>" * 600_000})
    real = len(START + b"<row/>" * 600_000).to_bytes(4, "little")
    with pytest.raises(DataError):
        importer.read(content.replace(real, (100).to_bytes(4, "little")), "bomb.xlsx")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_an_xml_bomb(part: str) -> None:
    """Entities are refused in every part."""
    with pytest.raises(DataError, match="XML that no Excel writes"):
        importer.read(packed({part: LAUGHS}), "bomb.xlsx")


def test_cells_in_far_corners() -> None:
    """Two cells do not make a table of seventeen thousand million."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    with pytest.raises(DataError):
        importer.read(packed({SHEET: START + cells + b"</sheetData></worksheet>"}), "far.xlsx")


REFUSED = {
    "an old or protected workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "t.xls", "password"),
    "a packed file": (None, "t.zip", "unpack it"),
    "half a workbook": (FILES["Excel with merged cells"].content[:900], "t.xlsx", "damaged"),
    "GeoJSON that breaks off": (geojson(feature("A", POINT))[:-9], "t.geojson", "not well-formed"),
    "deep brackets": (b'{"a":' + b"[" * 100_000, "t.geojson", "not well-formed"),
    "GeoJSON in metres": (
        geojson(feature("A", POINT), crs={"properties": {"name": "EPSG:1"}}), "t.geojson", "WGS 84"
    ),
    "an unknown sheet": (FILES["Excel with merged cells"].content, "t.xlsx", "has no sheet"),
    "half a Parquet file": (FILES["Parquet with two columns of one name"].content[:200], "t.parquet", "t.parquet"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_refused(name: str) -> None:
    """One sentence with the way out."""
    content, file_name, words = REFUSED[name]
    if content is None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("plants.csv", NAMES + COMMA)
        content = file.getvalue()
    options = raw_table.FileOptions(sheet="Nix" if name == "an unknown sheet" else "")
    with pytest.raises(DataError, match=words) as caught:
        importer.read(content, file_name, options=options)
    assert "\n" not in str(caught.value)


def test_a_text_that_unpacks_in_a_parquet_file() -> None:
    """One long text in a hundred thousand rows is small in the file and not in memory."""
    file = io.BytesIO()
    names = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 100_000])
    parquet.write_table(pa.table({"name": names}), file)
    assert file.tell() < 1_000_000
    with pytest.raises(DataError, match="unpacks to more than"):
        importer.read(file.getvalue(), "bomb.parquet")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes are refused before reading, too many rows while reading."""
    monkeypatch.setattr(raw_table, "MOST_ROWS", 3)
    for content in (NAMES + COMMA * 2, 'name,lat,lon\n"A\n",1,2\n' + COMMA * 2):
        with pytest.raises(DataError, match="more than 3 rows"):
            importer.read(content.encode(), "t.csv")
    with pytest.raises(DataError, match=r"has 51 MB; at most 50 MB and 3 rows are read"):
        importer.read(b" " * 51_000_000, "t.csv")


def silently(content: bytes, file_name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            imported = importer.read(content, file_name)
        except DataError:
            return
        check_no_row_is_lost(imported)


PIECES = st.sampled_from(
    [b"name", b"lat", b"lon", b",", b";", b"\t", b"\n", b"\r", b'"', b"'", b"1,5", b"0", b"-99", b"\x00", b"\xff",
     b"\xc3\xa9", b"Italy", b"1e999", b"19772", b"=1", b"45\xc2\xb0", b"N", b"sep=", b"  ", b"1.234.567", b"\xef\xbb\xbf"]
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(PIECES, max_size=40).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    """Nothing else comes of them."""
    silently(content, "t.csv")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(
        [
            "Excel with merged cells",
            "Parquet with two columns of one name",
            "GeoJSON with all kinds of shapes",
        ]
    ),
    st.floats(0, 1),
    st.binary(min_size=1, max_size=8),
)
def test_damaged_files_are_a_table_or_a_sentence(name: str, where: float, bits: bytes) -> None:
    """Wherever the damage is."""
    whole, file_name = FILES[name].content, FILES[name].file_name
    at = int(where * len(whole))
    silently(whole[:at] + bits + whole[at + len(bits) :], file_name)


AGAIN = "name,lat,lon\nArese,45.5,9.0\nMelfi,91,15.7\nCassino,41.4,13.7\n"
CORRECTIONS = {
    "the whole file": ("name,lat,lon\nArese,45.5,9.0\nMelfi,40.9,15.7\nCassino,41.4,13.7\n", 3),
    "in another order": ("name,lat,lon\nCassino,41.4,13.7\nMelfi,40.9,15.7\nArese,45.5,9.0\n", 3),
    "with a name corrected": ("name,lat,lon\nArese,45.5,9.0\nMelfi (PZ),40.9,15.7\nCassino,41.4,13.7\n", 3),
    "the corrected row alone": ("name,lat,lon\nMelfi,40.9,15.7\n", 3),
    "a plant more": ("name,lat,lon\nMelfi,40.9,15.7\nTermoli,42.0,15.0\n", 4),
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_corrected_rows_without_numbers(name: str) -> None:
    """The whole corrected file, or a part of it, does not double the table."""
    content, rows = CORRECTIONS[name]
    whole = rejects.add(importer.read(AGAIN.encode(), "t.csv"), content.encode(), "t.csv")
    assert (whole.rows, whole.placed, whole.reported) == (rows, rows, 0)
    assert whole.table["latitude"].tolist()[:3] == [45.5, 40.9, 41.4]
