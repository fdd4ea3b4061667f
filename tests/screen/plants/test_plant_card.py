"""The card of the selected plant."""

import re
from typing import Any

import pytest

from atlas.catalog import loader
from atlas.memory import Memory
from atlas.screen import state
from atlas.screen.plants import plant_card
from tests.screen.conftest import Show
from tests.screen.page import button, is_sound, opened, picker, plant_layer, sees, unescaped
from tests.screen.tables import many


def test_the_shown_plants_stand_as_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a plant is selected: with models and years; choosing one opens its card and marks it."""
    monkeypatch.setattr(state, "_JUST_PUT_S", 0)
    app = opened()
    (plants,) = app.main.radio
    assert [unescaped(name) for name in plants.options] == [
        "Cassino Plant",
        "Pomigliano d'Arco Plant",
        "Modena Plant",
        "Melfi Plant",
        "Toluca Plant",
    ]
    assert [unescaped(line) for line in plants.proto.captions[:2]] == [
        "Giulia, Stelvio · since 2016",
        "Tonale · since 2022",
    ]
    plants.set_value("modena").run()
    assert is_sound(app)
    assert (list(app.main.radio), picker(app).value) == ([], "modena")
    assert sees(app, "4C / 4C Spider, 2013–2020")
    assert plant_layer(app)["selected"] == 3
    picker(app).set_value(None).run()
    assert [radio.value for radio in app.main.radio] == [None]


def test_a_year_lists_the_models_of_that_year() -> None:
    """No years beside them, as it is one year."""
    (plants,) = opened(table="sites", year="1975").main.radio
    assert (
        dict(zip(plants.options, plants.proto.captions, strict=True))["Pomigliano d'Arco Plant"] == "Alfasud"
    )


def test_a_single_result_opens_itself() -> None:
    """Its card and its mark; the address stays that of the filters, and another filter closes it."""
    app = opened(country="Mexico")
    assert is_sound(app)
    assert sees(app, "Toluca Car Assembly")
    assert (plant_layer(app)["selected"], app.query_params.get("plant")) == (4, None)
    assert not app.main.radio
    button(app, "Clear filters").click().run()
    assert (plant_layer(app)["selected"], len(app.main.radio)) == (-1, 1)


def test_of_many_plants_a_box_offers_the_first(show: Show) -> None:
    """A list of hundreds would be no help."""
    show(many(200))
    app = opened()
    assert (list(app.main.radio), picker(app).value) == ([], None)
    assert sees(app, "Click a plant on the map, pick it here, or choose a row of the table.")


def test_neighbours_can_be_selected() -> None:
    """Plants within 100 km with their distance; a click selects one, and the way back is there."""
    app = opened(plant="cassino")
    (near,) = [one for one in app.main.button if one.key.startswith("atlas-near-")]
    assert re.fullmatch(r"Pomigliano d'Arco Plant, 8\d km \\\(5\d miles\\\)", near.label)
    near.click().run()
    assert picker(app).value == "pomigliano"
    assert [one.key for one in app.main.button if one.key.startswith("atlas-near-")] == ["atlas-near-cassino"]


def test_a_card_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is drawn again works nothing out again; other tables have cards of their own."""
    made: list[str] = []
    real = plant_card.cards.plant_card

    def counted(plant: dict[str, Any], *rest: Any, **more: Any) -> str:
        made.append(plant["plant_id"])
        return real(plant, *rest, **more)

    monkeypatch.setattr(plant_card.cards, "plant_card", counted)
    for sheet in loader.open_catalog().sheets.values():
        monkeypatch.setitem(vars(sheet), "memory", Memory())
    app = opened(plant="modena")
    app.run()
    app.run()
    assert made == ["modena"]
    opened(plant="modena", table="sites")
    assert made == ["modena", "modena"]


def test_a_plant_is_pinned_on_its_card() -> None:
    """The button pins it and unpins it; the address and the map say so, and two pins can be compared."""
    app = opened(plant="cassino", pin="melfi")
    assert not [link for link in app.main.get("page_link") if "pinned" in link.proto.label]
    button(app, "Pin to compare").click().run()
    assert is_sound(app)
    assert (app.query_params["pin"], plant_layer(app)["pins"]) == ("melfi,cassino", [3 - 1, 0])
    (link,) = [link for link in app.main.get("page_link") if "pinned" in link.proto.label]
    assert (link.proto.label, link.proto.page) == ("Compare 2 pinned plants", "plants")
    assert "pin=melfi%2Ccassino" in link.proto.query_string
    button(app, "Unpin").click().run()
    assert app.query_params["pin"] == "melfi"


def test_six_plants_are_enough() -> None:
    """The seventh cannot be pinned, and says why."""
    six = ["cassino", "melfi", "modena", "pomigliano", "toluca", "arese"]
    app = opened(table="sites", plant="portello", pin=",".join(six))
    pin = button(app, "Pin to compare")
    assert (pin.disabled, pin.help) == (True, "6 plants are pinned, and no more can be. Unpin one first.")
