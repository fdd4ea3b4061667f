"""The card of the selected plant."""

import re
from typing import Any

import pytest

from atlas.catalog import loader
from atlas.memory import Memory
from atlas.screen.plants import plant_card
from tests.screen.page import opened, plant_layer, sees


def test_picking_a_plant() -> None:
    """The box opens the card and marks the plant on the map; emptied, the card says what to do."""
    app = opened()
    assert sees(app, "Click a plant on the map, pick it here, or choose a row of the table.")
    app.selectbox[0].select("Modena Plant").run()
    assert sees(app, "Stabilimento Maserati di Modena")
    assert sees(app, "4C / 4C Spider, 2013–2020")
    assert plant_layer(app)["selected"] == 3
    app.selectbox[0].set_value(None).run()
    assert sees(app, "Click a plant on the map")


def test_neighbours_can_be_selected() -> None:
    """Plants within 100 km with their distance; a click selects one, and the way back is there."""
    app = opened(plant="cassino")
    (near,) = [one for one in app.main.button if one.key.startswith("atlas-near-")]
    assert re.fullmatch(r"Pomigliano d'Arco Plant, 8\d km \\\(5\d miles\\\)", near.label)
    near.click().run()
    assert app.selectbox[0].value == "pomigliano"
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
