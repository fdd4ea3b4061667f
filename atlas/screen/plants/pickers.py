"""Boxes and a list to pick plants by their names, without the map."""

import streamlit as st

from atlas import columns
from atlas.alfa import runs
from atlas.catalog import figures
from atlas.screen import address, state
from atlas.screen.page_parts import plain
from atlas.screen.view import View
from atlas.words import count

MOST_COMPARED = 6
MOST_LISTED = 30
COMPARE, BETWEEN_PLANTS = "compare", ","
"""The parameter of the page's address, and what stands between its ids."""
MOST_LISTS = 64


def plant_picker(view: View) -> None:
    """Draws a box that selects one of the first shown plants; the selected plant is always among them."""
    names, selected, row = shown_names(view), view.selection.plant, view.selected_row
    if row is not None and selected not in names:
        names = {selected: view.sheet.table["name"].iloc[row], **names}
    state.put(state.PLANT_PICKER, selected or None)
    st.selectbox(
        "Selected plant",
        list(names),
        index=None,
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        key=state.PLANT_PICKER,
        placeholder="None yet",
        on_change=address.on_choice(state.PLANT_PICKER, lambda plant: address.select(plant or "")),
    )


def plant_list(view: View) -> None:
    """Draws the shown plants with their models and years, or their places; choosing one selects it."""
    key = (view.result.bits, view.year)
    names, lines = view.sheet.memory.of("list", key, lambda: _lines(view), most=MOST_LISTS)
    state.put(state.PLANT_LIST, None)
    st.radio(
        count("plant", view.totals.plants),
        list(names),
        index=None,
        format_func=lambda plant_id: names.get(plant_id, ""),
        captions=lines,
        key=state.PLANT_LIST,
        on_change=lambda: address.select(st.session_state[state.PLANT_LIST] or ""),
    )


def _lines(view: View) -> tuple[dict[str, str], list[str]]:
    """Returns plant_id -> name, and the line below each name, in the order of the list, as Markdown."""
    rows, names = view.result.head, shown_names(view)
    if view.sheet.about_alfa:
        lines = runs.in_short(rows, view.catalog.about_alfa.production, view.year)
    else:
        lines = dict(zip(rows["plant_id"], figures.places_in_words(rows), strict=True))
    marked = {plant_id: plain(str(names[plant_id])) for plant_id in lines}
    return marked, [plain(line) for line in lines.values()]


def choose_plants(view: View, label: str, placeholder: str) -> list[str]:
    """Draws a box for several of the first shown plants, and returns their ids; the address holds them."""
    names, table = shown_names(view), view.sheet.table
    asked = view.page_parameters.get(COMPARE, "").split(BETWEEN_PLANTS)[:MOST_COMPARED]
    rows = {plant_id: view.sheet.index.row_of(plant_id) for plant_id in dict.fromkeys(asked)}
    known = {plant_id: table["name"].iloc[row] for plant_id, row in rows.items() if row is not None}
    names = {**{key: name for key, name in known.items() if key not in names}, **names}
    state.put(state.PLANTS_TO_COMPARE, list(known))
    return st.multiselect(
        label,
        list(names),
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        placeholder=placeholder,
        key=state.PLANTS_TO_COMPARE,
        max_selections=MOST_COMPARED,
        on_change=address.on_choice(state.PLANTS_TO_COMPARE, _compared),
    )


def _compared(chosen: list[str]) -> None:
    address.set_page_parameters(**{COMPARE: BETWEEN_PLANTS.join(chosen)})


def shown_names(view: View) -> dict[str, str]:
    """Returns plant_id -> name of the first shown plants, as many as a box can offer."""
    rows = view.result.head
    return dict(zip(rows["plant_id"], columns.distinct(rows["name"].tolist()), strict=True))
