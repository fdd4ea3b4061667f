"""A link shows what it names, on every page; what cannot be is left out and said."""

import re
from typing import Any

import pytest

from atlas import site
from tests.screen.page import (
    MAP,
    PLANTS,
    button,
    download,
    html,
    is_sound,
    names,
    opened,
    picker,
    plant_layer,
    sees,
    unescaped,
)

ADDRESSES: list[tuple[dict[str, Any], str, list[str]]] = [
    (
        {"country": "Italy"},
        "4 plants in Italy",
        ["Cassino Plant", "Pomigliano d'Arco Plant", "Melfi Plant", "Modena Plant"],
    ),
    (
        {"country": "italy", "status": "now"},
        "2 plants in Italy building Alfa Romeos now",
        ["Cassino Plant", "Pomigliano d'Arco Plant"],
    ),
    ({"country": ["Italy", "Mexico"], "status": "none"}, "2 plants", ["Melfi Plant", "Toluca Plant"]),
    ({"model": "Tonale"}, "1 plant where the Tonale was built", ["Pomigliano d'Arco Plant"]),
    ({"q": "maserati"}, "1 plant matching “maserati”", ["Modena Plant"]),
    ({"q": "MÉXICO"}, "1 plant matching “MÉXICO”", ["Toluca Plant"]),
]


@pytest.mark.parametrize(("query", "sentence", "plants"), ADDRESSES)
def test_a_link_shows_what_it_names(query: dict[str, Any], sentence: str, plants: list[str]) -> None:
    """Filters in the address hold at the first look and on the next page: sentence, table and download."""
    app = opened(**query)
    noun = "plant" if len(plants) == 1 else "plants"
    for page in (MAP, PLANTS):
        app.switch_page(page).run()
        assert is_sound(app)
        assert sees(app, sentence)
        assert names(app) == plants
        assert download(app).label == f"Download {len(plants)} {noun}"
        assert not button(app, "Clear filters").disabled


def test_a_link_sets_the_widgets() -> None:
    """What the address names is what the filters show."""
    app = opened(country="italy", status="now", model=["Tonale", "Giulia (952)"], q=" alfa ")
    assert [group.value for group in app.sidebar.button_group] == [["Italy"], ["now"]]
    assert app.sidebar.multiselect[0].value == ["Tonale", "Giulia (952)"]
    assert app.sidebar.text_input[0].value == "alfa"


def test_a_link_to_a_plant() -> None:
    """plant= opens the plant's card and marks it on the map."""
    app = opened(plant="toluca")
    assert picker(app).value == "toluca"
    assert sees(app, "Toluca Assembly Plant (Toluca Car Assembly)")
    assert sees(app, "485,600 m² (48.6 hectares)")
    assert plant_layer(app)["selected"] == 4


def test_a_link_to_a_plant_that_is_filtered_out() -> None:
    """Its card is shown all the same, with a word about the map."""
    app = opened(plant="toluca", country="Italy")
    assert sees(app, "The filters leave this plant out, so it is not on the map.")
    assert sees(app, "Toluca Assembly Plant")
    assert plant_layer(app)["selected"] == -1


UNKNOWN = [
    (
        {"country": "Narnia"},
        "Country: there is no “Narnia” in this table; there is Italy, Mexico. It was left out.",
    ),
    ({"status": "**now**"}, "Status: there is no “**now**” in this table; there is now, before, none."),
    ({"plant": "portelo"}, "There is no plant “portelo” in this table. It was left out."),
    ({"table": "trains"}, "There is no table “trains”. It was left out."),
]


@pytest.mark.parametrize(("query", "note"), UNKNOWN)
def test_a_bad_link_is_a_note(query: dict[str, str], note: str) -> None:
    """A value that does not exist is left out and named, on every page; everything else works."""
    app = opened(**query)
    for row in site.PAGES:
        app.switch_page(row.script).run()
        assert is_sound(app)
        assert [note in unescaped(one.value) for one in app.info] == [True], row.script
        assert download(app).label == "Download 5 plants"


def test_a_hostile_link_is_text(hostile_names: tuple[str, ...]) -> None:
    """Whatever stands in the address is shown as it is, or not found; nothing of it is markup."""
    app = opened()
    markup = re.compile(r"(?<!\\)[<\[*:$`]")
    for text in hostile_names:
        app.query_params.update({"q": text, "country": text[:40], "plant": text[:40]})
        app.run()
        assert is_sound(app)
        assert "<img src" not in html(app)
        assert len(app.info) == 2
        assert [one.value for one in app.info if markup.search(one.value)] == []
        for one in app.markdown:
            quoted = one.value.removeprefix("**").split(".** Nothing is wrong")[0]
            assert markup.search(quoted) is None


def test_other_parameters_are_left_alone() -> None:
    """An address may hold what is not ours, such as a campaign's mark."""
    app = opened(utm_source="mail")
    assert is_sound(app)
    assert app.query_params["utm_source"] == "mail"


def test_a_note_goes_when_something_is_chosen() -> None:
    """The word about a bad link does not stay for ever."""
    app = opened(country="Narnia")
    app.sidebar.text_input[0].input("melfi").run()
    assert (len(app.info), names(app)) == (0, ["Melfi Plant"])
