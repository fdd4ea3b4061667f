"""What is said in English until it is shown is marked for the catalogues."""

import pytest

from atlas.catalog import draft, draft_words, loader, start_places, visitors
from atlas.export import export, formats
from atlas.geocoding import background
from atlas.importing.problems import KINDS
from atlas.importing.roles import status_words
from atlas.importing.roles.header_words import ROLES
from atlas.screen import distances, your_plants
from data.build import languages

NAMES = {"CSV", "Excel", "GeoJSON", "KML", "JSON", "utf-8", "utf-16", *your_plants.OLDER_ENCODINGS}
"""The same in every language."""
LATER = {
    "kinds of problems": [text for kind in KINDS.values() for text in (kind.label, kind.fix) if text],
    "roles of columns": [role.label for role in ROLES.values()],
    "meanings of statuses": list(status_words.LABELS.values()),
    "files": [text for form in formats.FORMATS for text in (form.label, form.help, *form.variants)],
    "the report": [*draft_words._REPORT.values(), *draft_words._DELIMITERS.values()],
    "options": [
        text
        for words in (
            your_plants.DELIMITERS,
            your_plants.DECIMALS,
            your_plants.HEADERS,
            your_plants.ENCODINGS,
        )
        for text in words.values()
    ],
    "sentences": [
        your_plants.LEAD,
        your_plants.PRIVACY,
        distances.INVITATION,
        draft.PASTED,
        visitors.PUT_ASIDE,
        start_places.HOW_TO_WRITE,
        export.LICENCE,
        background.UNFORESEEN,
    ],
}


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """Every message of the project."""
    return {message.id for message in languages.messages() if isinstance(message.id, str)}


@pytest.mark.parametrize("what", LATER)
def test_it_is_marked(what: str, marked: set[str]) -> None:
    assert LATER[what]
    assert [text for text in LATER[what] if text not in marked | NAMES] == []


def test_titles_of_our_tables(marked: set[str]) -> None:
    """The switch of tables shows them."""
    assert {sheet.title for sheet in loader.open_catalog().sheets.values()} <= marked
