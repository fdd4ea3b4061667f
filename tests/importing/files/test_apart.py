"""Files that could be made to harm: read in a process of its own, and refused in a sentence soon."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from atlas.errors import DataError
from atlas.importing import importer
from atlas.importing.files import apart, raw_table, reader
from atlas.importing.files.raw_table import FileOptions
from tests.importing.plant_files import as_parquet

SHEET = "xl/worksheets/sheet1.xml"
BEGIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


def workbook(rows: Iterable[bytes]) -> bytes:
    """An Excel file with these rows, as XML, in its sheet."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name in book.namelist():
            if name != SHEET:
                made.writestr(name, book.read(name))
        with made.open(SHEET, "w") as sheet:
            for part in (BEGIN, *rows, END):
                sheet.write(part)
    return packed.getvalue()


def features(geometry: bytes) -> bytes:
    start = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},"geometry":'
    return start + geometry + b"}]}"


def amplified(times: int) -> bytes:
    """A list of one long text, many times: a few kilobytes that unpack to `times` MB."""
    long = pa.array(["x" * 1_000_000]).dictionary_encode()
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * times, pa.int32()), long.dictionary)
    return as_parquet(name=["a"], parts=pa.ListArray.from_arrays(pa.array([0, times], pa.int32()), texts))


WIDE = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "16,384 columns": ("t.xlsx", lambda: workbook([WIDE] * 3), "t.xlsx has 16,384 columns; at most 2,000"),
    "a cell of 30 MB": (
        "t.xlsx",
        lambda: workbook(
            [b'<row><c t="inlineStr"><is><t>', *[b"a" * 1_000_000] * 30, b"</t></is></c></row>"]
        ),
        "t.xlsx has a cell that is longer than Excel allows",
    ),
    "elements within elements": ("t.xlsx", lambda: workbook([b"<row>" * 100_000]), "t.xlsx is damaged"),
    "an XML bomb": (
        "t.xlsx",
        lambda: workbook([b'<!DOCTYPE a [<!ENTITY b "c">]><row><c><v>&b;</v></c></row>']),
        "t.xlsx holds XML that no Excel writes",
    ),
    "a million columns": (
        "t.csv",
        lambda: b",".join(b"c%d" % number for number in range(1_000_000)) + b"\n1,2\n",
        "columns; at most 2,000 are read",
    ),
    "a row of a million cells": (
        "t.csv",
        lambda: b"name,lat\n" + b"1," * 1_000_000 + b"1\n",
        "at most 2,000",
    ),
    "a million keys": (
        "t.json",
        lambda: json.dumps([{f"k{number}": 1} for number in range(200_000)]).encode(),
        "t.json has more than 2,000 columns",
    ),
    "lists within lists": (
        "t.geojson",
        lambda: b"[" * 100_000 + b"]" * 100_000,
        "is not well-formed GeoJSON",
    ),
    "structures within structures": ("t.parquet", lambda: deep(200), "is not a well-formed table"),
    "one text many times": ("t.parquet", lambda: amplified(2_000), "needs more than 1.5 GB of memory"),
}


def deep(levels: int) -> bytes:
    kind: pa.DataType = pa.int8()
    value: Any = 1
    for _ in range(levels):
        kind, value = pa.struct([("a", kind)]), {"a": value}
    return as_parquet(name=["a"], deep=pa.array([value], kind))


@pytest.mark.parametrize(("name", "make", "words"), HOSTILE.values(), ids=[*HOSTILE])
def test_hostile_files_end_in_a_sentence(
    name: str, make: Callable[[], bytes], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Soon, and in bounded memory."""
    monkeypatch.setattr(apart, "MOST_MEMORY", 1_500_000_000)
    monkeypatch.setattr(apart, "MOST_S", 60.0)
    with pytest.raises(DataError) as caught:
        importer.read(make(), name)
    assert words in str(caught.value)


@pytest.mark.parametrize("levels", [100, 400, 900])
def test_deep_cells_of_a_small_file(levels: int) -> None:
    """They are text, or a sentence; never a mistake of ours."""
    for content in (features(b"null"), features(b"[" * levels + b"]" * levels)):
        assert importer.read(content, "t.geojson").rows == 1
    nested = b'{"type":"Polygon","coordinates":' + b"[" * levels + b"1" + b"]" * levels + b"}"
    assert importer.read(features(nested), "t.geojson").placed == 0


# ---- in a process of its own -----------------------------------------------------------------------

SMALL = b"name,lat,lon\nArese,45.55,9.08\n"
NEEDED = [
    (SMALL, "t.csv", False),
    (SMALL * 100_000, "t.csv", True),
    (as_parquet(name=["a"]), "t.bin", True),
    (b"", "t.parquet", True),
    (workbook([b"<row><c><v>1</v></c></row>"]), "t.xlsx", False),
    (workbook([b"<row><c><v>1</v></c></row>" * 1_000_000]), "t.xlsx", True),
    (b"PK\x03\x04 broken", "t.xlsx", False),
]


@pytest.mark.parametrize(("content", "name", "needed"), NEEDED)
def test_which_files_are_read_apart(content: bytes, name: str, needed: bool) -> None:
    """Large ones, and such as may become large; a process takes a second that small ones need not wait."""
    assert apart.is_needed(content, name) == needed


def test_the_cells_are_the_same() -> None:
    """With types, notes and problems."""
    lines = "".join(f"Plant {number};45,{number % 90};9,08\n" for number in range(100_000))
    content = ("name;lat;lon\n" + lines + 'one;two;3;"4\n').encode("cp1252")
    assert apart.is_needed(content, "t.csv")
    there, here = reader.read(content, "t.csv"), reader.read_here(content, "t.csv", options=FileOptions())
    assert there.table.equals(here.table)
    assert (there.numbers == here.numbers).all()
    assert (there.detected, there.notes, there.oddities) == (here.detected, here.notes, here.oddities)
    assert there.oddities


def test_a_sentence_comes_back() -> None:
    """As if the file had been read here."""
    with pytest.raises(DataError, match=r"^t\.csv is no table: CSV, Excel"):
        importer.read(b"\x01\x02" * 2_000_000, "t.csv")


def test_an_operators_own_file_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its operator knows what it is, and may have more memory."""
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("reads apart"))
    assert reader.read(as_parquet(name=["a"]), "t.parquet", most_bytes=raw_table.MOST_BYTES + 1).detected


def test_a_file_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process is ended."""
    monkeypatch.setattr(apart, "MOST_S", 0.01)
    with pytest.raises(DataError, match=r"^t\.parquet takes longer than 0\.01 seconds to read\."):
        importer.read(as_parquet(name=["a"]), "t.parquet")


def test_a_process_that_is_ended_early_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a system that is short of memory for a moment; a file that ends it again is refused."""
    run, ended = subprocess.run, subprocess.CompletedProcess([], -9, b"")
    for fails, words in ((1, ""), (2, "t.parquet needs more than 4 GB of memory, or is damaged.")):
        left = [ended] * fails
        monkeypatch.setattr(
            subprocess, "run", lambda *a, left=left, **k: left.pop() if left else run(*a, **k)
        )
        if words:
            with pytest.raises(DataError, match=words):
                importer.read(as_parquet(name=["a"]), "t.parquet")
        else:
            assert importer.read(as_parquet(name=["a"]), "t.parquet").rows == 1
