"""What pages are made of: the map, the plant card, pickers and tables of the shown plants.

Map, card and table row always agree, because all three read the selection and write it through
`screen.select`; the map is never rebuilt for it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from atlas import cards, columns, figures, maps, screen

MAP_HEIGHT_PX = 560
NOTHING_SELECTED = "Click a plant on the map, pick it here, or choose a row of the table."
MAX_PICKED = 500
MAX_TABLE_ROWS = 5_000
_PICKER, _TABLE, _MAP = "atlas-picker", "atlas-table", "atlas-map"
READY = "atlas-ready"  # set once the browser has drawn the map


def draw_map(current: screen.View) -> None:
    """The map of the shown plants; a click on a plant selects it."""
    table = current.sheet.table
    config = maps.plant_layer_config(
        table,
        current.sheet.points,
        current.mask,
        version=current.sheet.version,
        plant=current.selection.plant,
        fit_key=repr((current.selection.choices, current.selection.q)),
        words=figures.in_words(current.selection, current.shown, current.totals),
        announce=READY not in st.session_state,
    )
    highlight = sorted({code for code in table.get("country_code", []) if code})
    st_folium(
        maps.AtlasMap(highlight=highlight, online=maps.online_layers()),
        key=_MAP,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=maps.PlantLayer(config),
        on_change=_map_spoke,
    )
    if current.totals.unplaced:
        st.caption(
            f"In the table, not on the map, as their position is not known: {current.totals.unplaced:,}."
        )


def draw_card(current: screen.View) -> None:
    """The selected plant's card; until one is selected, what to do."""
    with st.container(border=True, key="atlas-card"):
        plant_picker(current)
        row = current.sheet.index.row_of.get(current.selection.plant)
        if row is None:
            st.html(cards.lead(NOTHING_SELECTED))
            return
        plant = {str(name): value for name, value in current.sheet.table.iloc[row].items()}
        if not current.mask[row]:
            st.caption("The filters leave this plant out, so it is not on the map.")
        st.html(cards.plant_card(plant, current.known.tables.production))


def plant_picker(current: screen.View) -> None:
    """A box to select a plant without the map; the first few hundred of the shown plants."""
    rows = current.shown.head(MAX_PICKED)
    ids = rows["plant_id"].tolist()
    names = dict(zip(ids, columns.distinct(rows["name"].tolist()), strict=True))
    selected = current.selection.plant
    if selected and selected not in names:
        names[selected] = current.sheet.table["name"].iloc[current.sheet.index.row_of[selected]]
        ids = [selected, *ids]
    if st.session_state.get(_PICKER) != (selected or None):
        st.session_state[_PICKER] = selected or None
    st.selectbox(
        "Selected plant",
        ids,
        index=None,
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        key=_PICKER,
        placeholder="None yet",
        on_change=lambda: screen.select(st.session_state[_PICKER] or ""),
    )


def choose_plants(current: screen.View, label: str, placeholder: str) -> list[str]:
    """Several of the shown plants, by name; their ids."""
    rows = current.shown.head(MAX_PICKED)
    names = dict(zip(rows["plant_id"], columns.distinct(rows["name"].tolist()), strict=True))
    return st.multiselect(
        label,
        list(names),
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        placeholder=placeholder,
        key="atlas-compare",
        max_selections=6,
    )


def source_columns() -> dict[str, Any]:
    """Column settings for rows of sources.csv."""
    link = st.column_config.LinkColumn("Source", display_text=r"^https?://(?:www\.)?([^/]+)")
    labels = {name: st.column_config.TextColumn(label) for name, label in columns.SOURCE_LABELS.items()}
    return {**labels, "source_url": link}


def draw_table_after_map(current: screen.View, names: tuple[str, ...]) -> None:
    """`draw_table`, but plain rows until the map stands: the widget's code would hold the map up."""
    acted = current.selection.plant or current.selection.is_filtered
    if READY in st.session_state or (acted and _TABLE in st.session_state):
        draw_table(current, names)
    else:
        st.html(cards.rows(current.sheet.readable[current.mask], names))


def draw_table(current: screen.View, names: tuple[str, ...]) -> None:
    """The shown rows; the selected plant's row is marked, and choosing a row selects the plant."""
    rows = current.sheet.readable.iloc[np.flatnonzero(current.mask)[:MAX_TABLE_ROWS]]
    ids = rows["plant_id"].tolist()
    _mark_row(ids, current.selection.plant)
    st.dataframe(
        rows[columns.present(names, rows)],
        hide_index=True,
        column_config=_column_config(),
        key=_TABLE,
        on_select=lambda: _row_chosen(ids),
        selection_mode="single-row",
        placeholder="not stated",
        alt="Plants shown",
    )
    if len(current.shown) > len(rows):
        st.caption(f"The first {len(rows):,} of {len(current.shown):,} plants; the CSV has them all.")


def _column_config() -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "text": st.column_config.TextColumn,
        "status": st.column_config.TextColumn,
        "year": partial(st.column_config.NumberColumn, format="%d"),
        "number": partial(st.column_config.NumberColumn, format="localized"),
        "degrees": partial(st.column_config.NumberColumn, format="%.4f"),
        "link": partial(st.column_config.LinkColumn, display_text="Article"),
    }
    return {column.name: kinds[column.kind](column.label, help=column.help) for column in columns.COLUMNS}


def _mark_row(ids: Sequence[str], plant: str) -> None:
    wanted = [ids.index(plant)] if plant in ids else []
    state = st.session_state.get(_TABLE)
    if (state["selection"]["rows"] if state else []) != wanted:
        st.session_state[_TABLE] = {"selection": {"rows": wanted, "columns": [], "cells": []}}


def _row_chosen(ids: Sequence[str]) -> None:
    rows = st.session_state[_TABLE]["selection"]["rows"]
    screen.select(ids[rows[0]] if rows and rows[0] < len(ids) else "")


def _map_spoke() -> None:
    value = st.session_state.get(_MAP) or {}
    st.session_state[READY] = True
    screen.keep_widgets()
    if value.get("plant"):
        screen.select(str(value["plant"]))
