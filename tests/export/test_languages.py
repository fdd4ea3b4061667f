"""Files for people are in the language of whoever asks for them; files for programs are the same for all."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from atlas import language
from atlas.errors import SelectionError
from atlas.export import excel_file, formats
from atlas.web import requests, routes
from tests.export.test_csv_file import exported
from tests.pseudo_language import left_in_english

Get = Callable[[str], bytes]


@pytest.fixture
def get(pseudo_language: str) -> Iterator[Get]:
    """get(path): the file over HTTP, in the language."""
    client = TestClient(Starlette(routes=routes.routes(), middleware=[Middleware(requests.VisitorsLanguage)]))
    requests._language.cache_clear()
    yield lambda path: client.get(f"{path}?lang={pseudo_language}").content
    requests._language.cache_clear()


def test_the_menu_of_files(pseudo_language: str) -> None:
    """Names of formats are names; the rest is translated when it is shown."""
    with language.spoken(pseudo_language):
        shown = [language.gettext(form.help) for form in formats.FORMATS]
        assert language.gettext(formats.FORMATS[4].label) == "[Offlíņé måp]"
    assert [text for text in shown if left_in_english(text)] == []


@pytest.mark.parametrize("how", ["http", "at once"])
def test_a_workbook(how: str, get: Get, pseudo_language: str) -> None:
    """Its sheets, what the second says, and what the columns mean; the rows are as they are."""
    if how == "http":
        content = get("/api/plants.xlsx")
    else:
        with language.spoken(pseudo_language):
            content = b"".join(excel_file.write(exported()))
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Plåņtš", "Aböüt"]
    rows = list(book["Plåņtš"].iter_rows(values_only=True))
    assert rows[0][:2] == ("plant_id", "name")
    said = [(name or "", text or "") for name, text in book["Aböüt"].iter_rows(values_only=True, max_col=2)]
    middle = next(place for place, (name, _) in enumerate(said) if name == "[Çölümņ]")
    facts, meanings = dict(said[:middle]), dict(said[middle + 1 :])
    assert [name for name in facts if left_in_english(name)] == []
    assert (facts["[Ŕöŵš]"], facts["[Tåblé]"]) == ("[åll]", "[Fívé plåņtš]")
    assert left_in_english(facts["[Šöüŕçéš]"]) == left_in_english(facts["[Líçéņçé]"]) == ""
    assert [text for text in meanings.values() if left_in_english(text)] == []


def test_losses_of_a_workbook(pseudo_language: str) -> None:
    """What Excel cannot hold is said in the language."""
    with language.spoken(pseudo_language):
        said = excel_file._sentences(excel_file._Losses(cut=1, cleaned=2, links=3))
    assert len(said) == 3
    assert [text for pair in said for text in pair if left_in_english(text)] == []


def test_an_offline_map(get: Get) -> None:
    """The page around the map, and the words that its script takes from the settings."""
    page = get("/api/plants.html").decode()
    assert '<html lang="nl"' in page
    frame = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    texts = re.findall(r">([^<>]*[^\W\d_]{2,}[^<>]*)<", frame)
    texts += re.findall(r'(?:placeholder|aria-label)="([^"]*)"', frame)
    assert len(texts) > 9
    (lead,) = [text for text in texts if left_in_english(text)]
    assert lead.startswith("[[5 plåņtš] íņ 2 çöüņtŕíéš]: Cassino Plant (")  # names stay
    settings = json.loads(page.split('id="atlas-settings">')[1].split("</script>")[0])
    words = [*settings["certainties"].values(), settings["not_stated"]]
    words += [*settings["statuses"], *(column["label"] for column in settings["columns"])]
    assert [text for text in words if left_in_english(text)] == []


def test_files_for_programs_are_the_same_for_all(get: Get) -> None:
    """CSV, GeoJSON, KML and JSON."""
    client = TestClient(Starlette(routes=routes.routes()))
    for form in formats.FORMATS:
        if form.is_data:
            assert get(form.path) == client.get(form.path).content


def test_a_refusal(pseudo_language: str) -> None:
    """A file that cannot hold the rows, a file that a table does not have."""
    small = replace(formats.FORMATS[4], most_rows=1)
    with language.spoken(pseudo_language), pytest.raises(SelectionError) as refused:
        small.parts(exported())
    assert left_in_english(str(refused.value)) == ""
