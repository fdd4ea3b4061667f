"""Your plants and Distances in another language: no text of theirs is left in English."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from atlas import paths
from atlas.catalog import loader
from atlas.catalog.draft import Draft, sample
from atlas.catalog.loader import Library
from atlas.screen import state, your_plants
from tests.importing import test_dirty
from tests.pseudo_language import left_in_english
from tests.screen.page import DISTANCES, YOURS, opened, unescaped
from tests.screen.test_your_plants import upload

DIRTY = b"""Id,Name,Town,Country,Lat,Lon,Opened,Employees
1,Ulsan,Ulsan,South Korea,129.4,35.5,1968,12
1,Melfi,Melfi,Italy,0,0,ca. 1993,many
3,Melfi,Melfi,Italy,40.987,15.712,long ago,12
4,Melfi,Melfi,Italy,40.987,15.712,,12
5,F\xc3\x83\xc2\xa1brica,Nowhere,Itly,95,200,1990,1.5
6,Rome,Rome,Italy,52.5,13.4,1990,3
7,Works,Springfield,,,,1990,3
8,Lost,,,41.1,,,
"""


@pytest.fixture(autouse=True)
def nobody(serve: Callable[[Path], Library]) -> None:
    """No visitor has a table yet."""
    serve(paths.DATA)


def labels(app: AppTest) -> Iterator[str]:
    """Everything that the main part of a page says: texts, labels, options, help, headings of tables."""
    main = app.main
    for kind in (main.header, main.markdown, main.caption, main.info, main.warning, main.error):
        yield from (element.value for element in kind)
    yield from (part.label for part in [*main.tabs, *main.expander])
    for box in main.selectbox:
        yield box.label
        yield from box.options
    for widget in [*main.button, *main.text_area, *main.text_input, *main.get("file_uploader")]:
        yield widget.proto.label
    for widget in [*main.get("download_button"), *main.get("link_button")]:
        yield widget.proto.label
    for element in main.button:
        yield element.proto.help
    for element in main.text_input:
        yield element.proto.placeholder


def english(app: AppTest, *own: str) -> list[str]:
    """What is left in English, but for texts that a table or a file holds (`own`)."""
    texts = {unescaped(text) for text in labels(app)}
    return sorted(text for text in texts if left_in_english(text) and text not in own)


def test_no_file_yet(pseudo_language: str) -> None:
    """The first step, and a refusal."""
    app = opened(YOURS, lang=pseudo_language)
    assert not app.exception
    icon = ":material/lock: "
    assert [text for text in english(app) if left_in_english(text.removeprefix(icon))] == []
    refused = upload(app, "t.csv", b"%PDF")
    assert [left_in_english(unescaped(error.value)) for error in refused.error] == [""]


def options_of_the_file(draft: Draft) -> list[str]:
    """Names of its columns, and of encodings."""
    return [*draft.columns, *your_plants.UNICODE, *your_plants.OLDER_ENCODINGS]


@pytest.mark.parametrize("content", [DIRTY, sample(), test_dirty.FILES["ragged rows"].content])
def test_a_draft(content: bytes, pseudo_language: str) -> None:
    """The file, its columns, the report with all its lines, positions, and what can be done."""
    app = upload(opened(YOURS, lang=pseudo_language), "works.csv", content)
    assert not app.exception
    draft = loader.visitors().draft(app.session_state[state.OWNER])
    assert isinstance(draft, Draft)
    own = {"works", *options_of_the_file(draft)}
    left = [text for text in english(app, *own) if "]: “" not in text]  # "[Name]: “Werk”" is checked apart
    assert left == []
    lines = app.main.dataframe[-1].value
    assert [str(name) for name in lines.columns if left_in_english(str(name))] == []
    for column in (3, 4):
        assert [text for text in lines.iloc[:, column] if left_in_english(text)] == []


def test_a_callback_speaks_the_language(pseudo_language: str) -> None:
    """It runs before the page says which one: a fix is a report anew."""
    app = upload(opened(YOURS, lang=pseudo_language), "works.csv", DIRTY)
    app.main.button(key=f"{state.FIX_BUTTON}-duplicate").click().run()
    draft = loader.visitors().draft(app.session_state[state.OWNER])
    assert isinstance(draft, Draft)
    assert draft.spoken == pseudo_language
    assert [text for text in draft.imported.report["reason"] if left_in_english(text)] == []


def test_another_language_on_the_way(pseudo_language: str) -> None:
    """The report follows; nothing is to be brought again."""
    app = upload(opened(YOURS), "works.csv", DIRTY)
    assert english(app)
    app.query_params["lang"] = pseudo_language
    app.run()
    draft = loader.visitors().draft(app.session_state[state.OWNER])
    assert isinstance(draft, Draft)
    assert [text for text in draft.imported.report["reason"] if left_in_english(text)] == []


@pytest.mark.parametrize(
    "query", [{}, {"from": "45.07, 7.69"}, {"from": "cassino", "unit": "miles"}, {"from": "Qx"}]
)
def test_distances(query: dict[str, str], pseudo_language: str) -> None:
    """The start, the nearest plants, and the plants among each other; names of plants stay."""
    app = opened(DISTANCES, lang=pseudo_language, **query)
    assert not app.exception
    names = set(loader.open_catalog().sheets["plants"].table["name"])
    assert [text for text in english(app, *names) if not text.startswith("Cassino Plant (")] == []
