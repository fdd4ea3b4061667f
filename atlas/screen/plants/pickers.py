"""Boxes to pick plants by their names, without the map."""

import streamlit as st

from atlas import columns
from atlas.screen import address, state
from atlas.screen.view import View

MOST_COMPARED = 6


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
        on_change=lambda: address.select(st.session_state[state.PLANT_PICKER] or ""),
    )


def choose_plants(view: View, label: str, placeholder: str) -> list[str]:
    """Draws a box for several of the first shown plants, and returns their ids."""
    names = shown_names(view)
    return st.multiselect(
        label,
        list(names),
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        placeholder=placeholder,
        key=state.PLANTS_TO_COMPARE,
        max_selections=MOST_COMPARED,
    )


def shown_names(view: View) -> dict[str, str]:
    """Returns plant_id -> name of the first shown plants, as many as a box can offer."""
    rows = view.result.head
    return dict(zip(rows["plant_id"], columns.distinct(rows["name"].tolist()), strict=True))
