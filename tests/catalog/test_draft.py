"""The work on a visitor's file: each step returns a draft of its own."""

from pathlib import Path

import pytest

from atlas.catalog import draft_words
from atlas.catalog.draft import SAMPLE as SAMPLE_FILE
from atlas.catalog.draft import Draft, FileOptions, opened, sample
from atlas.errors import DataError

SAMPLE = sample()


@pytest.fixture(scope="module")
def draft() -> Draft:
    return opened(SAMPLE, "sample-plants.csv")


def test_a_fix_is_applied_to_its_kind_alone(draft: Draft) -> None:
    """And can be taken back."""
    mended = draft.fixed("swapped")
    assert draft_words.mended(mended) == ["latitude and longitude exchanged"]
    assert "swapped" not in [remark.key for remark in draft_words.remarks(mended)]
    assert "degrees" in [remark.key for remark in draft_words.remarks(mended)]
    names, latitudes = mended.imported.table["name"], mended.imported.table["latitude"]
    assert dict(zip(names, latitudes, strict=True))["Wolfsburg Plant"] == pytest.approx(52.439)
    assert draft_words.remarks(mended.unfixed()) == draft_words.remarks(draft)


def test_other_columns(draft: Draft) -> None:
    """What a person says counts; a file of it says the same again."""
    changed = draft.with_roles({"name": "Town", "country": "Country"})
    assert changed.imported.table["name"].tolist()[:2] == ["Piedimonte San Germano", "Melfi"]
    again = draft.with_mapping_file(changed.mapping_file().encode())
    assert dict(again.roles) == {"name": "Town", "country": "Country"}
    with pytest.raises(DataError, match="has no column with a name"):
        draft.with_roles({"country": "Country"})
    with pytest.raises(DataError, match="mapping"):
        draft.with_mapping_file(b"\x00")


def test_a_mapping_with_a_decimal_mark(draft: Draft) -> None:
    """The file is read again with the mark that was saved."""
    told = b'{"columns": {"name": "Plant", "latitude": "Latitude"}, "decimal": "."}'
    assert draft.with_mapping_file(told).detected.decimal == "."


def test_read_differently(draft: Draft) -> None:
    """The same bytes, as a person says that they are to be read."""
    once = draft.read_as(FileOptions(delimiter=",", header=False))
    assert once.columns != draft.columns
    assert once.read_as(FileOptions()).columns == draft.columns


def test_corrected_rows_come_back(draft: Draft) -> None:
    """Download, correct, add: the row takes its place, and its problem is gone."""
    corrected = draft.rejects().decode().replace('"10,7720","52,4390"', '"52,4390","10,7720"')
    whole = draft.with_corrected(corrected.encode(), "rejects.csv")
    assert "swapped" not in [remark.key for remark in draft_words.remarks(whole)]
    assert len(whole.imported.table) == 8


@pytest.mark.parametrize("content", [b"", b"  \n \n"])
def test_nothing_in_it(content: bytes) -> None:
    """One sentence."""
    with pytest.raises(DataError, match=r"^t\.csv is empty"):
        opened(content, "t.csv")


def test_it_says_how_far_it_is() -> None:
    """A large file takes seconds: the page can say what is being done."""
    said: list[str] = []
    opened(SAMPLE, "t.csv", say=said.append)
    assert said == ["Checking 8 rows …"]


def test_the_sample_is_shipped() -> None:
    """As a file, with the mistakes that people make."""
    assert Path(SAMPLE_FILE).read_bytes() == SAMPLE


def test_what_it_weighs(draft: Draft) -> None:
    """At least the file, its cells and the table."""
    table = draft.imported.table.memory_usage(deep=True).sum()
    assert draft.size >= len(SAMPLE) + draft.imported.raw.table.nbytes + table
