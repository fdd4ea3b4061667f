"""Cells as text: what Python and other programs read back is what was there."""

import csv
import io
import json
import math
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas import arrow_text

TEXTS = st.lists(st.text(max_size=8) | st.sampled_from(["a,b", 'say "x"', "a\r\nb", "\\", "<&>", "\ufffe"]))


def column(cells: list[str]) -> pa.Array:
    return pa.array(cells, pa.large_string())


@given(st.lists(st.floats()))
def test_numbers_are_those_of_python(cells: list[float]) -> None:
    """The fewest digits that read back as the same number, in Python's own form; null for "not a number"."""
    found = arrow_text.numbers(pd.Series(cells, dtype="float64")).to_pylist()
    assert found == [None if math.isnan(cell) else repr(cell) for cell in cells]


@pytest.mark.parametrize("kind", ["Int64", "UInt64", "Int8"])
def test_whole_numbers(kind: str) -> None:
    """They have no point, whatever their size, and null where they are missing."""
    assert arrow_text.numbers(pd.Series([0, 127, None], dtype=kind)).to_pylist() == ["0", "127", None]


@given(TEXTS)
def test_csv(cells: list[str]) -> None:
    """Python's reader sees the very texts; only those that must have quotes have them."""
    written = arrow_text.together(arrow_text.joined("x,", arrow_text.csv_cells(column(cells)), "\n")).decode()
    assert [row[1] for row in csv.reader(io.StringIO(written, newline=""), strict=True)] == cells
    assert written.count('"') == 0 or any(set(cell) & set('",\r\n') for cell in cells)


@given(TEXTS)
def test_json(cells: list[str]) -> None:
    """Python's reader sees the very texts; an empty one is null."""
    written = arrow_text.json_cells(column(cells)).to_pylist()
    assert [json.loads(cell) for cell in written] == [cell or None for cell in cells]


@given(TEXTS)
def test_xml(cells: list[str]) -> None:
    """A reader of XML sees the very texts but for what XML cannot hold, in elements and attributes."""
    gone = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
    kept = [cell.translate(gone) for cell in cells]
    written = arrow_text.xml_cells(column(cells)).to_pylist()
    assert [arrow_text.xml_text(cell) for cell in cells] == written
    assert [ElementTree.fromstring(f"<a>{cell}</a>").text or "" for cell in written] == kept


def test_json_has_no_infinity() -> None:
    """What JSON has no word for is null."""
    found = arrow_text.json_numbers(pd.Series([1.5, np.inf, -np.inf, np.nan])).to_pylist()
    assert found == ["1.5", "null", "null", "null"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pd.Series(["a", None], dtype="str"), ["a", ""]),
        (pd.Series(["a", None], dtype="category"), ["a", ""]),
        (pd.Series([True, False]), ["True", "False"]),
        (pd.Series([None, 3], dtype="object"), ["", "3"]),
        (pd.Series(pd.to_datetime(["2020-01-31", None])), ["2020-01-31", ""]),
    ],
)
def test_anything_is_text(cells: pd.Series, expected: list[str]) -> None:
    """A column of any type can be written; what is missing is empty."""
    assert not arrow_text.is_number(cells)
    assert arrow_text.texts(cells).to_pylist() == expected


def test_a_piece_of_a_column() -> None:
    """An array that is a part of another gives its own texts only."""
    whole = column(["ab", "", "=c", "d"])
    assert arrow_text.together(whole[1:3]) == b"=c"
    assert arrow_text.together(whole[4:]) == b""
    quoted = arrow_text.change_where_first(whole[1:3], "^=", b"=", lambda odd: arrow_text.joined("'", odd))
    assert quoted.to_pylist() == ["", "'=c"]


def test_counting() -> None:
    """How many texts have something in them."""
    assert (
        arrow_text.count_where(
            column(["a\x00", "\x01\x02", "c"]), arrow_text.NOT_IN_XML, arrow_text.BYTES_NOT_IN_XML
        )
        == 2
    )
    assert arrow_text.count_where(column(["a", "é"]), arrow_text.NOT_IN_XML, arrow_text.BYTES_NOT_IN_XML) == 0
