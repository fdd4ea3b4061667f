"""What pages are made of: the map, the plant card, pickers and tables of the shown plants.

Map, card and table row always agree, because all three read the selection and write it through
`screen.select`; the map is never rebuilt for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from atlas import columns
from atlas.alfa import facts
from atlas.catalog import figures, readable, sheets
from atlas.drawing import cards, folium_map
from atlas.screen import frame

MAP_HEIGHT_PX = 560
NOTHING_SELECTED = "Click a plant on the map, pick it here, or choose a row of the table."
ROWS_UNDER_MAP = 100
ROWS_A_PAGE = 500
NEIGHBOURS_KM, MOST_NEIGHBOURS = 100, 8
MOST_CARDS = 256
ALL_SITES = "sites"
DISTANCES = "distances.py"
_PICKER, _TABLE, _MAP, _PAGE = "atlas-picker", "atlas-table", "atlas-map", "atlas-page-of-table"
READY = "atlas-ready"  # set once the browser has drawn the map


def draw_map(
    current: frame.View,
    *,
    height: int = MAP_HEIGHT_PX,
    lines: folium_map.Lines | None = None,
    words: str = "",
    fills: bool = False,
) -> None:
    """The map of the shown plants; a click on a plant selects it. `words` go before those of the map.

    `fills`: it is as high as its frame.
    """
    sheet, selection = current.sheet, current.selection
    changing = folium_map.changing_config(
        sheet,
        current.result,
        plant=selection.plant,
        # The year is not in it: while the decades pass, the map stands still.
        fit_key=repr((sheet.version, [pair for pair in selection.choices if pair[0] != "year"], selection.q)),
        words=" ".join(
            filter(
                None,
                [
                    words,
                    figures.in_words(sheet.index.filters, selection, current.result.head, current.totals),
                ],
            )
        ),
        announce=READY not in st.session_state,
        lines=lines,
    )
    st_folium(
        folium_map.LiveMap(
            highlight=sheet.country_codes,
            online=folium_map.online_layers(),
            statuses=sheet.categories,
            fills=fills,
        ),
        key=_MAP,
        height=height,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=folium_map.PlantLayer(_fixed(sheet), changing),
        on_change=_map_spoke,
    )
    if current.totals.unplaced and not fills:
        st.caption(
            f"In the table, not on the map, as their position is not known: {current.totals.unplaced:,}."
        )


def _fixed(sheet: sheets.Sheet) -> str:
    """What the browser gets of a table with every run, made once per table."""
    return sheet.memory.of("fixed", "", lambda: folium_map.literal(folium_map.fixed_config(sheet)), most=1)


def draw_card(current: frame.View) -> None:
    """The selected plant's card; until one is selected, what to do."""
    with st.container(border=True, key="atlas-card"):
        plant_picker(current)
        row = current.sheet.index.row_of(current.selection.plant)
        if row is None:
            st.html(cards.lead(NOTHING_SELECTED))
            return
        if not current.result.shows(row):
            st.caption("The filters leave this plant out, so it is not on the map.")
        story = _card(current, row)
        st.html(story.html)
        if story.neighbours:
            st.caption(f"Neighbours within {NEIGHBOURS_KM} km")
            with st.container(gap="xxsmall"):
                for one in story.neighbours[:MOST_NEIGHBOURS]:
                    st.button(
                        frame.plain(one.words),
                        key=f"atlas-near-{one.plant_id}",
                        type="tertiary",
                        help="Select this plant",
                        on_click=frame.select,
                        args=(one.plant_id,),
                    )
            if len(story.neighbours) > MOST_NEIGHBOURS:
                st.caption(f"and {len(story.neighbours) - MOST_NEIGHBOURS} more")
        _offer_distances(current, row)


def _offer_distances(current: frame.View, row: int) -> None:
    """A quiet link to how far the other plants are; not for a plant without a position."""
    if current.sheet.points.place_of(row) >= 0:
        st.page_link(
            DISTANCES,
            label="Distances from here",
            icon=":material/straighten:",
            query_params={**current.parameters, "from": current.selection.plant},
        )


@dataclass(frozen=True)
class _Card:
    """A card ready to show: a page that is drawn again for a click works nothing out twice."""

    html: str
    neighbours: tuple[figures.Neighbour, ...]


def _card(current: frame.View, row: int) -> _Card:
    """The card of the plant in `row`."""
    return current.sheet.memory.of("card", row, lambda: _new_card(current, row), most=MOST_CARDS)


def _new_card(current: frame.View, row: int) -> _Card:
    near = figures.neighbours(current.sheet.table, row, within_km=NEIGHBOURS_KM)
    return _Card(_card_html(current, row), tuple(near))


def _card_html(current: frame.View, row: int) -> str:
    sheet = current.sheet
    plant = {str(name): value for name, value in sheet.table.iloc[row].items()}
    category = sheet.category_of(row)
    words = "" if category is None else sheet.categories[category]
    if sheet.about_alfa:
        return cards.plant_card(plant, current.known.about_alfa, category=category, words=words)
    return cards.any_card(plant, category, words)


def plant_picker(current: frame.View) -> None:
    """A box to select a plant without the map; the first of the shown plants."""
    names = shown_names(current)
    selected = current.selection.plant
    ids = list(names)
    row = current.sheet.index.row_of(selected)
    if row is not None and selected not in names:
        names = {selected: current.sheet.table["name"].iloc[row], **names}
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
        on_change=lambda: frame.select(st.session_state[_PICKER] or ""),
    )


def choose_plants(current: frame.View, label: str, placeholder: str) -> list[str]:
    """Several of the shown plants, by name; their ids."""
    names = shown_names(current)
    return st.multiselect(
        label,
        list(names),
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        placeholder=placeholder,
        key="atlas-compare",
        max_selections=6,
    )


def shown_names(current: frame.View) -> dict[str, str]:
    """plant_id -> name of the first of the shown plants, as many as a box can offer."""
    rows = current.result.head
    return dict(zip(rows["plant_id"], columns.distinct(rows["name"].tolist()), strict=True))


def coverage(current: frame.View) -> str:
    """How many of the facts on all cards have a source, in a sentence or two."""
    every, known = current.known.sheet(ALL_SITES), current.known.about_alfa
    return every.memory.of("coverage", "", lambda: facts.coverage(every.table, known), most=1)


def source_columns() -> dict[str, Any]:
    """Column settings for rows of sources.csv."""
    link = st.column_config.LinkColumn("Source", display_text=r"^https?://(?:www\.)?([^/]+)")
    labels = {name: st.column_config.TextColumn(label) for name, label in columns.SOURCE_LABELS.items()}
    return {**labels, "source_url": link}


def draw_table_after_map(current: frame.View, names: tuple[str, ...]) -> None:
    """The first shown rows; plain until the map stands, as the widget's code would hold the map up."""
    acted = current.selection.plant or current.selection.is_filtered
    rows = current.result.readable.iloc[:ROWS_UNDER_MAP]
    if READY in st.session_state or (acted and _TABLE in st.session_state):
        draw_rows(current, rows, names)
    else:
        st.html(cards.rows(rows, columns.present(names, rows), current.totals.plants))
    if current.totals.plants > len(rows):
        more = f"The first {len(rows):,} of {current.totals.plants:,} plants."
        st.caption(f"{more} The page Plants and the CSV have them all.")


def draw_table(current: frame.View, names: tuple[str, ...]) -> None:
    """The shown rows, page by page; the selected plant's row is marked, choosing a row selects the plant."""
    total = current.totals.plants
    rows = current.result.rows
    if total > ROWS_A_PAGE:
        by, is_descending = _choose_order(current)
        rows = current.sheet.results.ordered(current.result, by, descending=is_descending)
    place = st.container()
    first = 0
    if total > ROWS_A_PAGE:
        pages = -(-total // ROWS_A_PAGE)
        if st.session_state.get(_PAGE, 1) > pages:
            st.session_state[_PAGE] = 1
        first = (st.pagination(pages, key=_PAGE, max_visible_pages=5) - 1) * ROWS_A_PAGE
        st.caption(
            f"Rows {first + 1:,} to {min(first + ROWS_A_PAGE, total):,} of {total:,}; the CSV has them all."
        )
    with place:
        page = current.sheet.table.iloc[rows[first : first + ROWS_A_PAGE]]
        draw_rows(current, readable.for_people(page), names)


def _choose_order(current: frame.View) -> tuple[str, bool]:
    """By which column a table of several pages is sorted, over all pages; "" for the order of the file."""
    names = ["", *columns.present(columns.ON_PLANTS_PAGE, current.sheet.table)]
    by_side, down_side = st.columns([3, 2], vertical_alignment="bottom", width=420)
    with by_side:
        by = st.selectbox(
            "Sort all rows by",
            names,
            format_func=lambda name: columns.of(name).label if name else "Order of the table",
            key="atlas-sort",
        )
    with down_side:
        is_descending = st.toggle("Descending", key="atlas-descending", disabled=not by)
    return by, is_descending


def draw_rows(current: frame.View, rows: pd.DataFrame, names: tuple[str, ...]) -> None:
    """Readable rows as a widget: the selected plant's is marked, choosing one selects its plant."""
    ids = rows["plant_id"].tolist()
    _mark_row(ids, current.selection.plant)
    shown = rows[columns.present(names, rows)]
    st.dataframe(
        shown,
        hide_index=True,
        column_config=_column_config(shown),
        key=_TABLE,
        on_select=lambda: _row_chosen(ids),
        selection_mode="single-row",
        placeholder="not stated",
        alt="Plants shown",
    )


def _column_config(shown: pd.DataFrame) -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "text": st.column_config.TextColumn,
        "status": st.column_config.TextColumn,
        "year": partial(st.column_config.NumberColumn, format="%d"),
        "amount": partial(st.column_config.NumberColumn, format="localized"),
        "number": partial(st.column_config.NumberColumn, format="localized"),
        "degrees": partial(st.column_config.NumberColumn, format="%.4f"),
        "link": partial(st.column_config.LinkColumn, display_text="Article"),
    }
    known = [columns.of(str(name), 0 if kind != "str" else "") for name, kind in shown.dtypes.items()]
    return {column.name: kinds[column.kind](column.label, help=frame.plain(column.help)) for column in known}


def _mark_row(ids: Sequence[str], plant: str) -> None:
    wanted = [ids.index(plant)] if plant in ids else []
    state = st.session_state.get(_TABLE)
    if (state["selection"]["rows"] if state else []) != wanted:
        st.session_state[_TABLE] = {"selection": {"rows": wanted, "columns": [], "cells": []}}


def _row_chosen(ids: Sequence[str]) -> None:
    rows = st.session_state[_TABLE]["selection"]["rows"]
    frame.select(ids[rows[0]] if rows and rows[0] < len(ids) else "")


def _map_spoke() -> None:
    value = st.session_state.get(_MAP) or {}
    st.session_state[READY] = True
    frame.keep_widgets()
    if value.get("plant"):
        frame.select(str(value["plant"]))
