"""What the page says of a draft: each sentence, and the small tables."""

from dataclasses import replace

import pytest

from atlas.catalog import draft_words
from atlas.catalog.draft import Draft, opened, sample
from atlas.geocoding.service import settings


@pytest.fixture(scope="module")
def draft() -> Draft:
    return opened(sample(), "sample-plants.csv")


def test_what_the_file_is(draft: Draft) -> None:
    """Its size, and what was found out about it."""
    assert draft.title == "sample plants"
    assert draft_words.file_in_words(draft) == (
        "Text with 8 rows and 7 columns: encoding utf-8, divided by semicolon, decimal comma, "
        "the names of the columns in row 1."
    )


def test_what_the_columns_are() -> None:
    """Those that are known, and those that are kept."""
    content = "Werk;Fuel;Grid\nErfurt;gas;n\n"
    assert draft_words.columns_in_words(opened(content.encode(), "t.csv")) == (
        "Name: “Werk”. Kept as they are: “Fuel”, “Grid”."
    )


def test_the_preview(draft: Draft) -> None:
    """The first rows as they stand in the file."""
    assert draft_words.preview(draft).iloc[2].tolist() == [
        "Wolfsburg Plant",
        "Wolfsburg",
        "Germany",
        "10,7720",
        "52,4390",
        "1938",
        "Volkswagen",
    ]
    assert len(draft_words.preview(draft)) == 5


def test_what_is_wrong(draft: Draft) -> None:
    """Kind by kind, those first that can be mended at a click."""
    assert [(remark.words, remark.fix) for remark in draft_words.remarks(draft)][:3] == [
        ("1 row: latitude and longitude exchanged", "Exchange them"),
        ("1 row: degrees, minutes and seconds", "Read them as decimal degrees"),
        ("1 row: position 0, 0", "Take it for unknown"),
    ]
    lines = draft_words.problems(draft, 100)
    assert lines.columns.tolist() == ["Row", "Column", "Value", "Problem", "Reason", "Proposed"]
    assert (lines["Row"].iloc[0], lines["Proposed"].iloc[0]) == (4, "52.439, 10.772")
    assert len(draft_words.problems(draft, 2)) == 2


def test_what_the_report_says(draft: Draft) -> None:
    """How many plants are placed; positions that were looked up are counted apart."""
    for located, words in (
        (0, ""),
        (1, " 1 of the positions was looked up."),
        (2000, " 2,000 of the positions were looked up."),
    ):
        told = replace(draft, imported=replace(draft.imported, located=located))
        not_drawn = " 1 of the points is too far from the stated country and not drawn."
        assert draft_words.summary(told) == f"8 of 8 plants placed.{words}{not_drawn}"


PUBLIC = {"ATLAS_GEOCODER": "nominatim"}
UNKNOWN = "They stay in the table, not on the map, until a town or an address is known."
ASKING = "Asking nominatim for all of them takes about 1 min."
SHARED = (
    " This server shares nominatim.openstreetmap.org with all the world, so at most 100 addresses are asked "
    "in one run."
)
KEPT = " What it answers is kept on this server, so that nobody has to ask twice."
MISSING = [
    ({"ATLAS_GEOCODER": "none"}, "", UNKNOWN),
    ({}, "", UNKNOWN),
    (PUBLIC, "nominatim", f"{ASKING}{SHARED}{KEPT}"),
    ({**PUBLIC, "ATLAS_GEOCODER_URL": "http://127.0.0.1:1"}, "nominatim", f"{ASKING}{KEPT}"),
]


@pytest.mark.parametrize(("env", "asked", "words"), MISSING)
def test_what_can_be_done_about_missing_positions(env: dict[str, str], asked: str, words: str) -> None:
    """Nothing, or a service may be asked: how long it takes, and what a shared one allows."""
    chosen = settings(env)
    assert draft_words.network_service(chosen) == asked
    unplaced = opened(b"name\nNowhere Works\nNoplace Works\n", "t.csv")
    assert draft_words.missing_in_words(unplaced, chosen) == f"2 plants without a position. {words}"


def test_no_lookup_no_progress(draft: Draft) -> None:
    """Only a lookup has something to say about how far it is."""
    assert draft_words.progress_in_words(draft) == ""
