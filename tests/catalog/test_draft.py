"""The work on a visitor's file: each step a state of its own that says about itself what the page shows."""

from pathlib import Path

import pytest

from atlas.catalog import draft
from atlas.catalog.draft import Bench, FileOptions
from atlas.errors import DataError

SAMPLE = draft.sample()


@pytest.fixture(scope="module")
def bench() -> Bench:
    return draft.opened(SAMPLE, "sample-plants.csv")


def test_what_the_file_is(bench: Bench) -> None:
    """Its size, and what was found out about it."""
    assert bench.title == "sample plants"
    assert bench.detected_in_words == (
        "Text with 8 rows and 7 columns: encoding utf-8, divided by semicolon, decimal comma, "
        "the names of the columns in row 1."
    )


def test_what_the_columns_are() -> None:
    """Those that are known, and those that are kept."""
    content = "Werk;Fuel;Grid\nErfurt;gas;n\n"
    assert draft.opened(content.encode(), "t.csv").columns_in_words == (
        "Name: “Werk”. Kept as they are: “Fuel”, “Grid”."
    )


def test_the_preview(bench: Bench) -> None:
    """The first rows as they stand in the file."""
    assert bench.preview.iloc[2].tolist() == [
        "Wolfsburg Plant",
        "Wolfsburg",
        "Germany",
        "10,7720",
        "52,4390",
        "1938",
        "Volkswagen",
    ]
    assert len(bench.preview) == 5


def test_what_is_wrong(bench: Bench) -> None:
    """Kind by kind, those first that can be mended at a click."""
    assert [(remark.words, remark.fix) for remark in bench.remarks][:3] == [
        ("1 row: latitude and longitude exchanged", "Exchange them"),
        ("1 row: degrees, minutes and seconds", "Read them as decimal degrees"),
        ("1 row: position 0, 0", "Take it for unknown"),
    ]
    lines = bench.problems(100)
    assert lines.columns.tolist() == ["Row", "Column", "Value", "Problem", "Reason", "Proposed"]
    assert (lines["Row"].iloc[0], lines["Proposed"].iloc[0]) == (4, "52.439, 10.772")
    assert len(bench.problems(2)) == 2


def test_a_fix_is_applied_to_its_kind_alone(bench: Bench) -> None:
    """And can be taken back."""
    mended = bench.fixed("swapped")
    assert mended.mended == ["latitude and longitude exchanged"]
    assert "swapped" not in [remark.key for remark in mended.remarks]
    assert "degrees" in [remark.key for remark in mended.remarks]
    names, latitudes = mended.imported.table["name"], mended.imported.table["latitude"]
    assert dict(zip(names, latitudes, strict=True))["Wolfsburg Plant"] == pytest.approx(52.439)
    assert mended.unfixed().remarks == bench.remarks


def test_other_columns(bench: Bench) -> None:
    """What a person says counts; a file of it says the same again."""
    changed = bench.with_roles({"name": "Town", "country": "Country"})
    assert changed.imported.table["name"].tolist()[:2] == ["Piedimonte San Germano", "Melfi"]
    again = bench.with_mapping_file(changed.mapping_file().encode())
    assert dict(again.roles) == {"name": "Town", "country": "Country"}
    with pytest.raises(DataError, match="has no column with a name"):
        bench.with_roles({"country": "Country"})
    with pytest.raises(DataError, match="mapping"):
        bench.with_mapping_file(b"\x00")


def test_a_mapping_with_a_decimal_mark(bench: Bench) -> None:
    """The file is read again with the mark that was saved."""
    told = b'{"columns": {"name": "Plant", "latitude": "Latitude"}, "decimal": "."}'
    assert bench.with_mapping_file(told).detected.decimal == "."


def test_read_differently(bench: Bench) -> None:
    """The same bytes, as a person says that they are to be read."""
    once = bench.read_as(FileOptions(delimiter=",", header=False))
    assert once.columns != bench.columns
    assert once.read_as(FileOptions()).columns == bench.columns


def test_corrected_rows_come_back(bench: Bench) -> None:
    """Download, correct, add: the row takes its place, and its problem is gone."""
    corrected = bench.rejects().decode().replace('"10,7720","52,4390"', '"52,4390","10,7720"')
    whole = bench.with_corrected(corrected.encode(), "rejects.csv")
    assert "swapped" not in [remark.key for remark in whole.remarks]
    assert len(whole.imported.table) == 8


@pytest.mark.parametrize("content", [b"", b"  \n \n"])
def test_nothing_in_it(content: bytes) -> None:
    """One sentence."""
    with pytest.raises(DataError, match=r"^t\.csv is empty"):
        draft.opened(content, "t.csv")


def test_it_says_how_far_it_is() -> None:
    """A large file takes seconds: the page can say what is being done."""
    said: list[str] = []
    draft.opened(SAMPLE, "t.csv", say=said.append)
    assert said == ["Checking 8 rows …"]


def test_the_sample_is_shipped() -> None:
    """As a file, with the mistakes that people make."""
    assert Path(draft.SAMPLE).read_bytes() == SAMPLE


def test_what_it_weighs(bench: Bench) -> None:
    """At least the file, its cells and the table."""
    table = bench.imported.table.memory_usage(deep=True).sum()
    assert bench.size >= len(SAMPLE) + bench.imported.raw.table.nbytes + table
