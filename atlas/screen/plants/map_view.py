"""The map of the shown plants; a click on a plant selects it, and the map is never rebuilt for it."""

import streamlit as st
from streamlit_folium import st_folium

from atlas.catalog import figures, sheets
from atlas.drawing import folium_map
from atlas.screen import address, state
from atlas.screen.view import View

HEIGHT_PX = 560


def draw_map(
    view: View,
    *,
    height_px: int = HEIGHT_PX,
    lines: folium_map.Lines | None = None,
    lead: str = "",
    fills: bool = False,
    announces: bool = False,
) -> None:
    """Draws the map of the shown plants; `fills`: it is as high as its frame.

    Screen readers get a sentence, which begins with `lead`. With `announces` the script runs once more when
    the map is drawn. That run brings the browser's widget values, which may be older than a choice just made;
    so only for a page that waits for it.
    """
    sheet, selection = view.sheet, view.selection
    sentence = figures.in_words(sheet.index.filters, selection, view.result.head, view.totals)
    changing = folium_map.changing_config(
        sheet,
        view.result,
        plant=selection.plant,
        fit_key=f"{sheet.version} {selection.view_key}",
        words=f"{lead} {sentence}" if lead else sentence,
        announce=announces and not is_ready(),
        lines=lines,
    )
    st_folium(
        folium_map.AtlasMap(
            highlight=sheet.country_codes,
            online=folium_map.online_layers(),
            statuses=sheet.categories,
            fills=fills,
        ),
        key=state.MAP,
        height=height_px,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=folium_map.PlantLayer(fixed_config(sheet), changing),
        on_change=_map_spoke,
    )
    if view.totals.unplaced and not fills:
        st.caption(f"In the table, not on the map, as their position is not known: {view.totals.unplaced:,}.")


def is_ready() -> bool:
    """Returns whether the browser has drawn the map in this session."""
    return state.MAP_READY in st.session_state


def fixed_config(sheet: sheets.Sheet) -> str:
    """Returns what the browser gets of a table with every run, made once for each table."""
    return sheet.memory.of("fixed", "", lambda: folium_map.literal(folium_map.fixed_config(sheet)), most=1)


def _map_spoke() -> None:
    """Callback: the map says that it is drawn, or which plant was clicked."""
    message = st.session_state.get(state.MAP) or {}
    st.session_state[state.MAP_READY] = True
    address.keep_widgets()
    if message.get("plant"):
        address.select(str(message["plant"]))
