"""What an import says is in the language of whoever imports: reports, notes, proposed fixes, refusals."""

import pandas as pd
import pytest

from atlas import language
from atlas.errors import DataError
from atlas.importing import importer, problems
from atlas.importing.problems import KINDS
from atlas.place_columns import CERTAINTY
from tests.importing import test_dirty
from tests.pseudo_language import left_in_english

# A proposed fix may be a number, a position, a mended text or a country of the data; the others are words.
_OWN_TEXTS = ("year", "letters", "unknown country", "degrees", "swapped", "sign", "decimal", "wrapped")


def _english(texts: "pd.Series | list[str]") -> list[str]:
    """The texts of which words are left in English."""
    return sorted({str(text) for text in texts if left_in_english(str(text))})


@pytest.mark.parametrize("name", test_dirty.FILES)
def test_a_report_is_in_the_language_of_the_visitor(name: str, pseudo_language: str) -> None:
    """All reasons, notes, sentences and the summary; row for row as many problems as in English."""
    dirty = test_dirty.FILES[name]
    in_english = importer.read(dirty.content, dirty.file_name)
    with language.spoken(pseudo_language):
        imported = importer.read(dirty.content, dirty.file_name)
        assert _english([imported.summary, *imported.notes, *imported.warnings]) == []
    report = imported.report
    assert _english(report["reason"]) == []
    assert _english(report["fix"][~report["kind"].isin([*_OWN_TEXTS, "projected"]).to_numpy()]) == []
    for column in ("row", "column", "value", "kind"):
        assert report[column].tolist() == in_english.report[column].tolist()
    assert imported.table.equals(in_english.table)


def test_every_kind_has_words(pseudo_language: str) -> None:
    """A kind is named in English, which is translated where it is shown."""
    with language.spoken(pseudo_language):
        shown = [language.gettext(text) for kind in KINDS.values() for text in (kind.label, kind.fix) if text]
    assert _english(shown) == []
    assert "[Låtítüdé åņd löņgítüdé éxçhåņgéd]" in shown


def test_fixes_are_in_the_language(pseudo_language: str) -> None:
    """A row that is left out, a position that is taken for unknown, a point that is not drawn."""
    content = b"name,lat,lon\nMelfi,40.987,15.712\nMelfi,40.987,15.712\nNowhere,0,0\n"
    with language.spoken(pseudo_language):
        imported = importer.read(content, "t.csv")
        fixes = imported.report["fix"].tolist()
        left_out = importer.apply(imported, ["duplicate"]).report["reason"].tolist()
    assert fixes == ["[léåvé thíš ŕöŵ öüt]", "[ņö pöšítíöņ]"]
    assert left_out[0] == "[Léft öüt, åš ÿöü åškéd: šåmé ņåmé åš ŕöŵ 2, 0 m åŵåÿ.]"


def test_an_unsure_place_is_said_in_the_language(pseudo_language: str) -> None:
    """Also how far the found place may be off."""
    imported = importer.read(b"name,town\nWorks,Springfield\n", "t.csv")
    places = pd.DataFrame(
        {"matched": ["Springfield, Illinois"], "accuracy_m": [15_000.0], "geocoder": ["gazetteer"]}
    ).assign(**{CERTAINTY: "guess"})
    with language.spoken(pseudo_language):
        (reason,) = problems.with_unsure(imported.report, imported.report, places)["reason"].tolist()[1:]
    assert left_in_english(reason) == ""
    assert reason.startswith("[Tåkéņ föŕ Springfield, Illinois; [")


REFUSALS = {
    "empty": (b"", "t.csv"),
    "a page": (b"<!DOCTYPE html><html><body>no</body></html>", "t.html"),
    "a picture": (b"\x89PNG\x0d\x0a" + bytes(range(32)) * 4, "t.png"),
    "prose": (b"This is a letter to you. It has sentences.\nAnd it goes on like that for long.\n", "t.txt"),
    "no workbook": (b"PK\x03\x04 broken", "t.xlsx"),
    "no GeoJSON": (b'{"type": "FeatureCollection"}', "t.geojson"),
    "no Parquet": (b"PAR1 broken", "t.parquet"),
    "no plants": (b"mw,owner\n12,Anna\n13,Bert\n", "t.csv"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "t.xls"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_refusal_is_in_the_language(what: str, pseudo_language: str) -> None:
    content, file_name = REFUSALS[what]
    with language.spoken(pseudo_language), pytest.raises(DataError) as refused:
        importer.read(content, file_name)
    assert _english([str(refused.value)]) == []
