"""Boxes and a list to pick plants by their names, without the map."""

import streamlit as st

from atlas import columns
from atlas.alfa import runs
from atlas.catalog import figures
from atlas.catalog.filters import MOST_PINS
from atlas.language import gettext, ngettext
from atlas.screen import address, state
from atlas.screen.page_parts import plain
from atlas.screen.view import View

MOST_LISTED = 30
MOST_LISTS = 64


def plant_picker(view: View) -> None:
    """Draws a box that selects one of the first shown plants; the selected plant is always among them."""
    names, selected, row = shown_names(view), view.selection.plant, view.selected_row
    if row is not None and selected not in names:
        names = {selected: view.sheet.table["name"].iloc[row], **names}
    state.put(state.PLANT_PICKER, selected or None)
    st.selectbox(
        gettext("Selected plant"),
        list(names),
        index=None,
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        key=state.PLANT_PICKER,
        placeholder=gettext("None yet"),
        on_change=address.on_choice(state.PLANT_PICKER, lambda plant: address.select(plant or "")),
    )


def plant_list(view: View) -> None:
    """Draws the shown plants with their models and years, or their places; choosing one selects it."""
    key = (view.result.bits, view.year)
    names, lines = view.sheet.memory.of("list", key, lambda: _lines(view), most=MOST_LISTS)
    state.put(state.PLANT_LIST, None)
    st.radio(
        ngettext("{number} plant", "{number} plants", view.totals.plants),
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


def pins_picker(view: View) -> None:
    """Draws a box that pins some of the first shown plants; those that are pinned are always among them."""
    names, pins = shown_names(view), view.selection.pins
    others = {plant_id: name for plant_id, name in pinned_names(view).items() if plant_id not in names}
    names = {**others, **names}
    state.put(state.PINS_PICKER, list(pins))
    st.multiselect(
        gettext("Pinned plants"),
        list(names),
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        placeholder=gettext("Pin two or more plants"),
        key=state.PINS_PICKER,
        max_selections=MOST_PINS,
        on_change=address.on_choice(state.PINS_PICKER, address.pin),
    )


def pinned_names(view: View) -> dict[str, str]:
    """Returns plant_id -> name of the pinned plants, in their order."""
    rows = [view.sheet.index.row_of(plant_id) for plant_id in view.selection.pins]
    names = view.sheet.table["name"].iloc[[row for row in rows if row is not None]]
    return dict(zip(view.selection.pins, columns.distinct(names.tolist()), strict=True))


def shown_names(view: View) -> dict[str, str]:
    """Returns plant_id -> name of the first shown plants, as many as a box can offer."""
    rows = view.result.head
    return dict(zip(rows["plant_id"], columns.distinct(rows["name"].tolist()), strict=True))
