"""What we export can be imported: the same table again, whatever is in its cells."""

import io

import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from atlas.errors import DataError
from atlas.export import csv_file
from atlas.importing import importer

CELLS = st.sampled_from(
    [
        "",
        "1",
        "1.5",
        "1,5",
        "1,000",
        "1.234",
        "007",
        "=1+1",
        "'=1",
        "-x",
        "@a",
        "no",
        "Italy",
        "ca. 1972",
        "1972",
        "45°N",
        "a;b",
        'a"b',
        "two\nlines",
        "é",
        "工場",
        "NA",
        "null",
        "x" * 300,
        "0",
        "-5",
        "1e5",
        "| |",
        "'",
    ]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)
HEADERS = st.lists(
    st.sampled_from(
        ["name", "town", "country", "lat", "Länge", "opened", "MW", "Note", "=x", "status", "id", "owner"]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(max_examples=15, deadline=None)
@given(HEADERS, st.data())
def test_an_exported_table_is_the_same_table_again(header: list[str], data: st.DataObject) -> None:
    """Whatever was imported: exported as CSV and imported again, every cell and type is the same."""
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=6))
    table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(header)})
    file = io.BytesIO()
    parquet.write_table(table, file)
    try:
        first = importer.read(file.getvalue(), "t.parquet").table
    except DataError:
        return
    again = importer.read(csv_file.csv(first), "t.csv").table
    pd.testing.assert_frame_equal(again[first.columns], first)
    assert set(again.columns) == set(first.columns)
