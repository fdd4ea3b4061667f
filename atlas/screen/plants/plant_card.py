"""The card of the selected plant: its facts, its neighbours, and the way to its distances."""

from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from atlas import language, settings
from atlas.catalog import figures, filters
from atlas.drawing import cards
from atlas.language import gettext, gettext_noop, number
from atlas.screen import address, state
from atlas.screen.page_parts import plain, server_path
from atlas.screen.plants.pickers import MOST_LISTED, plant_list, plant_picker
from atlas.screen.view import View

NOTHING_SELECTED = gettext_noop("Click a plant on the map, pick it here, or choose a row of the table.")
NOTHING_SHOWN = gettext_noop("No plant to show here.")
NEIGHBOURS_KM, MOST_NEIGHBOURS = 100, 8
MOST_CARDS = 256
DISTANCES, PLANTS = "distances.py", "plant_table.py"
PINS_ARE_FULL = gettext_noop("{number} plants are pinned, and no more can be. Unpin one first.")


@dataclass(frozen=True)
class _CardContent:
    """What a card shows, remembered so that a page drawn again for a click works nothing out twice."""

    html: str
    neighbours: tuple[figures.Neighbour, ...]


def draw_card(view: View) -> None:
    """Draws the card of the selected plant or of the only one shown, else the shown plants as a list."""
    with st.container(border=True, key=state.CARD):
        row = view.opened_row
        if row is None:
            _offer_plants(view)
            return
        if row == view.selected_row:
            plant_picker(view)
        if not view.result.shows(row):
            st.caption(gettext("The filters leave this plant out, so it is not on the map."))
        content = view.sheet.memory.of("card", row, lambda: _content(view, row), most=MOST_CARDS)
        st.html(content.html)
        _offer_pin(view, view.sheet.table["plant_id"].iloc[row])
        if content.neighbours:
            _offer_neighbours(content.neighbours)
        if view.sheet.points.place_of(row) >= 0:
            _offer_distances(view, view.sheet.table["plant_id"].iloc[row])


def _offer_plants(view: View) -> None:
    """Draws a list of few plants, a box for many."""
    if view.result.is_empty:
        st.html(cards.lead(gettext(NOTHING_SHOWN)))
    elif view.totals.plants <= MOST_LISTED:
        plant_list(view)
    else:
        plant_picker(view)
        st.html(cards.lead(gettext(NOTHING_SELECTED)))


def _content(view: View, row: int) -> _CardContent:
    near = figures.neighbours(view.sheet.table, row, within_km=NEIGHBOURS_KM)
    return _CardContent(_html(view, row), tuple(near))


def _html(view: View, row: int) -> str:
    sheet = view.sheet
    plant = {str(name): value for name, value in sheet.table.iloc[row].items()}
    category = sheet.category_of(row)
    words = sheet.status_of(row)
    links = _links(view, plant["plant_id"])
    if sheet.about_alfa:
        return cards.plant_card(plant, view.catalog.about_alfa, category=category, words=words, links=links)
    return cards.any_card(plant, category, words, links)


def _links(view: View, plant_id: str) -> cards.CardLinks:
    names = (filters.TABLE, language.PARAMETER)
    parameters = {name: view.file_parameters[name] for name in names if name in view.file_parameters}
    query = urlencode({**parameters, filters.PLANT: plant_id}, doseq=True)
    return cards.CardLinks(f"{server_path()}/sheet?{query}", settings.CORRECTIONS.read())


def _offer_neighbours(neighbours: tuple[figures.Neighbour, ...]) -> None:
    st.caption(gettext("Neighbours within {km} km", km=number(NEIGHBOURS_KM)))
    with st.container(gap="xxsmall"):
        for neighbour in neighbours[:MOST_NEIGHBOURS]:
            st.button(
                plain(neighbour.words),
                key=f"{state.NEIGHBOUR_BUTTON}-{neighbour.plant_id}",
                type="tertiary",
                help=gettext("Select this plant"),
                on_click=address.select,
                args=(neighbour.plant_id,),
            )
    if len(neighbours) > MOST_NEIGHBOURS:
        st.caption(gettext("and {number} more", number=number(len(neighbours) - MOST_NEIGHBOURS)))


def _offer_pin(view: View, plant_id: str) -> None:
    """Draws a button that pins the plant or takes its pin away, and the way to the pinned plants."""
    pins = view.selection.pins
    is_pinned = plant_id in pins
    others = tuple(pin for pin in pins if pin != plant_id)
    is_full = not is_pinned and len(pins) >= filters.MOST_PINS
    st.button(
        gettext("Unpin") if is_pinned else gettext("Pin to compare"),
        key=state.PIN_BUTTON,
        icon=":material/keep_off:" if is_pinned else ":material/keep:",
        type="tertiary",
        disabled=is_full,
        help=gettext(PINS_ARE_FULL, number=number(filters.MOST_PINS)) if is_full else None,
        on_click=address.pin,
        args=(others if is_pinned else (*pins, plant_id),),
    )
    if len(pins) > 1:
        st.page_link(
            PLANTS,
            label=gettext("Compare {number} pinned plants", number=number(len(pins))),
            icon=":material/compare_arrows:",
            query_params=view.parameters,
        )


def _offer_distances(view: View, plant_id: str) -> None:
    """Draws a quiet link to how far the other plants are from this one."""
    st.page_link(
        DISTANCES,
        label=gettext("Distances from here"),
        icon=":material/straighten:",
        query_params={**view.parameters, "from": plant_id},
    )
