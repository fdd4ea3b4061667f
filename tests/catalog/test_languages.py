"""What the pages say of drafts, starts and distances follows the language of the visitor."""

from pathlib import Path

import pandas as pd
import pytest

from atlas import language, settings
from atlas.catalog import distances, draft_words, loader, start_places, visitors
from atlas.catalog.draft import Draft, opened, sample
from atlas.catalog.visitors import Visitors
from atlas.errors import DataError
from atlas.geocoding.service import settings as geocoder_settings
from tests.catalog.test_start_places import TURIN, ask
from tests.pseudo_language import left_in_english

RAGGED = b"""name,town,lat,lon
Cassino,Cassino,41.474,13.755
Melfi,Melfi
Elsewhere,Springfield,95,200
Lost,,,
Works,Springfield,,
"""


def everything(draft: Draft) -> list[str]:
    """All that the page says of a draft."""
    chosen = geocoder_settings({"ATLAS_GEOCODER": "nominatim"})
    lines = draft_words.problems(draft, 100)
    remarks = draft_words.remarks(draft)
    return [
        draft_words.file_in_words(draft),
        draft_words.summary(draft),
        draft_words.missing_in_words(draft, chosen),
        draft_words.missing_in_words(draft, geocoder_settings({})),
        *[remark.words for remark in remarks],
        *[remark.fix for remark in remarks if remark.fix],
        *draft_words.mended(draft),
        *draft.imported.warnings,
        *draft.imported.notes,
        *map(str, lines.columns),
        *lines.iloc[:, 3],
        *lines.iloc[:, 4],
    ]


@pytest.mark.parametrize("content", [sample(), RAGGED])
def test_a_draft(content: bytes, pseudo_language: str) -> None:
    """The file, the report, kinds of problems, and what can be done about missing positions."""
    with language.spoken(pseudo_language):
        draft = opened(content, "t.csv")
        draft = draft.fixed("zero")
        texts = everything(draft)
        labels = draft_words.columns_in_words(draft)
    assert [text for text in texts if left_in_english(text)] == []
    assert labels.startswith("[Nåmé]: “")


def test_another_language_than_before(pseudo_language: str) -> None:
    """The report is said again: fixes, corrected rows and positions stay."""
    draft = opened(RAGGED, "t.csv").fixed("zero")
    assert draft.in_language() is draft
    corrected = draft.with_corrected(b"problem_row,name,town,lat,lon\n3,Melfi,Melfi,40.987,15.712\n", "c.csv")
    with language.spoken(pseudo_language):
        told = corrected.in_language()
        assert [text for text in everything(told) if left_in_english(text)] == []
        assert told.in_language() is told
    pd.testing.assert_frame_equal(told.imported.table, corrected.imported.table)
    assert told.imported.report.drop(columns=["reason", "fix"]).equals(
        corrected.imported.report.drop(columns=["reason", "fix"])
    )
    assert "unsure" in set(told.imported.report["kind"])
    assert told.imported.located == corrected.imported.located > 0
    assert told.key == corrected.key
    with language.spoken("en"):
        assert everything(told.in_language()) == everything(corrected)


@pytest.mark.parametrize("text", ["Torin", "Halle", "Springfield", "Nowhere", "95, 200", "Portello", "Plant"])
def test_a_start(text: str, pseudo_language: str) -> None:
    """How a text was read, and why not."""
    sheets = list(loader.open_catalog().sheets.values())
    with language.spoken(pseudo_language):
        reading = start_places.find(text, sheets, ask)
    assert reading.sentence or reading.start
    assert left_in_english(reading.sentence) == ""
    assert left_in_english(reading.start.about if reading.start else "") == ""


def test_a_point(pseudo_language: str) -> None:
    with language.spoken(pseudo_language):
        assert start_places.in_degrees(45.46, -9.19) == "[45.46° N], [9.19° Ŵ]"
        about = start_places.find("Turin", [], lambda _: [TURIN]).start
    assert about
    assert about.about.startswith("[Méåšüŕéd fŕöm thé çéņtŕé öf thé töŵņ, [ŵíthíņ åböüt")


def test_distances(pseudo_language: str) -> None:
    """The nearest plants, pairs, lists and units."""
    plants = pd.DataFrame({"name": ["A", "B", "C"], "latitude": [0, 0, 0], "longitude": [0.0, 1, 3]})
    rows = distances.rank(plants, plants.index.to_numpy("int32"), (0, 0.5), most=9)
    with language.spoken(pseudo_language):
        square = distances.matrix(plants, rows.rows, "miles")
        nearest = distances.nearest_of_each(square, "miles")
        said = [
            distances.in_words("X", plants, rows, "miles"),
            distances.in_words("X", plants.iloc[:0], distances.rank(plants, rows.rows[:0], (0, 0), most=9)),
            distances.matrix_in_words(square, "miles"),
            distances.said(0.1),
            distances.said(5, "miles"),
            distances.unit_in_words("miles"),
            *nearest.columns,
            *nearest.iloc[:, 0].str.split(", ").str[1],
        ]
    assert [text for text in said if left_in_english(text)] == []
    assert distances.as_file(square, "miles").columns[0] == "distance in miles"


def test_a_farewell_and_refusals(monkeypatch: pytest.MonkeyPatch, pseudo_language: str) -> None:
    """What one visitor is told was not said in the language of another."""
    monkeypatch.setenv("ATLAS_UPLOADS_MB", "1")
    lockers: Visitors[str] = Visitors(sweeps=False)
    for owner in ("anna", "bert"):
        lockers.enter(owner, is_here=lambda: True)
        lockers.keep(owner, f"key of {owner}", "table", 900_000)
    with language.spoken(pseudo_language):
        assert left_in_english(lockers.farewell("anna")) == ""
        assert lockers.farewell("anna") == ""
        with pytest.raises(DataError) as refused:
            visitors.check_room(2_000_000)
    assert left_in_english(str(refused.value)) == ""


def test_an_operators_table_is_read_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pseudo_language: str
) -> None:
    """Whoever opens it first: it is everybody's."""
    path = tmp_path / "plants.csv"
    path.write_text("name,lat,lon\nMelfi,95,200\n", encoding="utf-8")
    monkeypatch.setenv(settings.PLANTS.name, str(path))
    with language.spoken(pseudo_language):
        (sheet,) = loader.open_catalog().sheets.values()
    assert sheet.notes[0].endswith("This is no place on Earth; not used.")


def test_the_legend_of_another_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pseudo_language: str
) -> None:
    """Its own words stay; what they mean, and that nothing is stated, is in the language."""
    path = tmp_path / "Sources.csv"
    rows = "A,1,2,Operating\nB,1,3,announced\nC,1,4,permitted\nD,1,5,\n"
    path.write_text(f"name,lat,lon,status\n{rows}", encoding="utf-8")
    monkeypatch.setenv(settings.PLANTS.name, str(path))
    (sheet,) = loader.open_catalog().sheets.values()
    with language.spoken(pseudo_language):
        assert [words for words in sheet.statuses if words] == [
            "Operating",
            "[Plåņņéd] (announced, permitted)",
            "[ņöt štåtéd]",
        ]
        assert sheet.shown_title == sheet.title == "Sources"


def test_titles_of_our_tables(pseudo_language: str) -> None:
    with language.spoken(pseudo_language):
        assert [sheet.shown_title for sheet in loader.open_catalog().sheets.values()] == [
            "[Fívé plåņtš]",
            "[All Alfå Ŕöméö šítéš]",
        ]
