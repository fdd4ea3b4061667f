"""The map of the shown plants; a click on a plant selects it, and the map is never rebuilt for it.

A click on a line of its legend filters by that status.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from atlas import earth
from atlas.alfa import runs
from atlas.catalog import figures, filters, sheets
from atlas.drawing import folium_map
from atlas.language import gettext, number
from atlas.place_columns import STATED
from atlas.screen import address, internals, own_table, page_parts, state
from atlas.screen.view import View

HEIGHT_PX = 560
MOST_MAPS = 8  # heights in which a table is drawn
MOST_SENTENCES = 64


def draw_map(
    view: View,
    *,
    height_px: int = HEIGHT_PX,
    lines: folium_map.Lines | None = None,
    lead: str = "",
    fills: bool = False,
) -> None:
    """Draws the map of the shown plants; `fills`: it is as high as its frame.

    Screen readers get a sentence, which begins with `lead`.
    """
    sheet, selection = view.sheet, view.selection
    row, year = view.opened_row, _year(view)
    sentence = sheet.memory.of("sentence", selection.rows_key, lambda: _in_words(view), most=MOST_SENTENCES)
    changing = folium_map.changing_config(
        sheet,
        view.result,
        plant="" if row is None else sheet.table["plant_id"].iloc[row],
        fit_key=_fit_key(view),
        words=f"{lead} {sentence}" if lead else sentence,
        lines=lines,
        home=_home(view),
        year=year,
        pins=selection.pins,
        legend=_legend(view),
    )
    # Without a place for it, the component is first lower, then twice as high as the map.
    with st.container() if fills else page_parts.place(height_px, "map"):
        internals.show_map(
            prepared_map(sheet, height_px, fills=fills),
            folium_map.literal(changing),
            key=state.MAP,
            on_change=partial(_clicked, sheet.key),
        )
    if view.totals.unplaced and not fills:
        st.caption(_unplaced_in_words(view))


def prepared_map(sheet: sheets.Sheet, height_px: int, *, fills: bool) -> internals.PreparedMap:
    """Returns the map of a table with all that no choice changes, made once."""
    return sheet.memory.of(
        "map", (height_px, fills), lambda: _prepare(sheet, height_px, fills=fills), most=MOST_MAPS
    )


def _prepare(sheet: sheets.Sheet, height_px: int, *, fills: bool) -> internals.PreparedMap:
    return internals.prepare_map(
        folium_map.AtlasMap(
            highlight=sheet.country_codes,
            online=folium_map.online_layers(),
            statuses=sheet.statuses,
            fills=fills,
        ),
        folium_map.PlantLayer(folium_map.literal(folium_map.fixed_config(sheet)), folium_map.LATER),
        key=state.MAP,
        height_px=height_px,
        blank=folium_map.literal(folium_map.LATER),
    )


def _unplaced_in_words(view: View) -> str:
    plants = number(view.totals.unplaced)
    if STATED not in view.sheet.table:
        return gettext(
            "In the table, not on the map, as their position is not known: {plants}.", plants=plants
        )
    return gettext(
        "In the table, not on the map, as their position is not known or cannot be right: {plants}.",
        plants=plants,
    )


def _in_words(view: View) -> str:
    return figures.in_words(view.sheet.index.filters, view.selection, view.result.head, view.totals)


def _fit_key(view: View) -> str:
    """Returns what the view is fitted to: table and filters; while the decades pass, the map stands still."""
    is_playing = bool(st.session_state.get(state.PLAYING, False))
    year = "" if view.year is None or is_playing else f" {view.year}"
    return f"{view.sheet.version} {view.selection.view_key}{year}"


def _home(view: View) -> list[list[float]] | None:
    """Returns the bounds of the plants that build now, which an unfiltered map of Alfa Romeos begins with."""
    if not view.sheet.about_alfa or view.selection.is_filtered:
        return None
    table = view.sheet.table
    return view.sheet.memory.of(
        "home",
        "",
        lambda: earth.bounds(table, np.flatnonzero((table["status"] == "now").to_numpy()).astype(np.int32)),
        most=1,
    )


def _year(view: View) -> folium_map.Year | None:
    """Returns the chosen year with the models of the shown plants, and all plants of the other filters."""
    if view.year is None:
        return None
    choices = tuple(choice for choice in view.selection.choices if choice[0] != "year")
    others = view.sheet.results.of(replace(view.selection, choices=choices))
    models = view.sheet.memory.of("models of a year", view.year, lambda: _models_in(view), most=64)
    return folium_map.Year(view.year, models, others.mask)


def _models_in(view: View) -> dict[str, tuple[str, ...]]:
    builders = runs.builders_in(view.sheet.table, view.catalog.about_alfa.production, view.year or 0)
    return {builder.plant_id: builder.models for builder in builders}


def _legend(view: View) -> folium_map.Legend | None:
    """Returns what the legend filters by; None in a table that has no filter of that, and in a year."""
    if view.year is not None or not view.sheet.categories or filters.STATUS not in view.sheet.index.options:
        return None
    chosen = view.selection.values(filters.STATUS)
    if not chosen:
        return folium_map.Legend((), ())
    counts = view.result.counts[filters.STATUS]
    categories = _values_by_category(view.sheet)
    return folium_map.Legend(
        tuple(code for code, values in enumerate(categories) if values and set(values) <= set(chosen)),
        tuple(sum(counts.get(value, 0) for value in values) for values in categories),
    )


def _values_by_category(sheet: sheets.Sheet) -> list[list[str]]:
    """Returns the values of the filter by status that each category stands for."""

    def work_out() -> list[list[str]]:
        codes = sheet.index.options[filters.STATUS]
        return [
            [
                value
                for value, count in zip(codes.values, codes.counts(sheet.codes == code), strict=True)
                if count
            ]
            for code in range(len(sheet.categories))
        ]

    return sheet.memory.of("values by category", "", work_out, most=1)


def _clicked(sheet_key: str) -> None:
    """Callback: the map says which plant was clicked, or which status in its legend."""
    message = st.session_state.get(state.MAP) or {}
    address.keep_widgets()
    if "plant" in message:
        address.select(str(message["plant"]))
    sheet = own_table.visible_tables().sheets.get(sheet_key)
    if sheet is not None and "status" in message:
        toggle_status(sheet, message["status"])


def toggle_status(sheet: sheets.Sheet, code: object) -> None:
    """Adds a status of the legend to those that are filtered by, or takes it away."""
    categories = _values_by_category(sheet) if filters.STATUS in sheet.index.options else []
    if not isinstance(code, int) or not 0 <= code < len(categories):
        return
    wanted, before = categories[code], list(st.session_state.get(filters.STATUS) or [])
    others = [value for value in before if value not in wanted]
    # In the order of the options, as the filter itself has them.
    after = others if set(wanted) <= set(before) else [*others, *wanted]
    st.session_state[filters.STATUS] = [
        value for value in sheet.index.options[filters.STATUS].values if value in after
    ]
    address.touch()
