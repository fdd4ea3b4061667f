"""The page Distances: the start, the nearest plants, and how far plants are from each other.

What takes time is worked out once for each table, selection and start.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from atlas import columns
from atlas.catalog import distances, filters, readable, selection, start_places
from atlas.catalog.distances import Ranked, Rows, Unit
from atlas.drawing import charts, folium_map, matrix_chart
from atlas.export import csv_file
from atlas.language import gettext, gettext_noop, ngettext, number
from atlas.screen import address, download_menu, page_parts, state
from atlas.screen.page_parts import plain
from atlas.screen.plants import map_view, pickers, plant_rows
from atlas.screen.view import View

MAP_HEIGHT_PX = 480
MOST_LINES, MOST_ROWS, MOST_IN_FILE = 50, 200, 100_000
MOST_IN_MATRIX, MOST_IN_LIST, MOST_IN_MATRIX_FILE = 20, 200, 1_000
INVITATION = gettext_noop("How far the plants are, as the crow flies, from a plant, a town or any point.")
FROM, UNIT = "from", "unit"
MOST_STARTS, MOST_TABLES = 64, 16


@dataclass(frozen=True)
class Question:
    """What this visit of the page is about: the text of the address, the start that it means, the unit."""

    text: str
    answer: start_places.Reading
    unit: Unit
    problem: str = ""

    @property
    def start(self) -> start_places.Start | None:
        """Returns where distances are measured from, None for nowhere."""
        return self.answer.start


def question(view: View) -> Question:
    """Returns what the address asks for; a value that cannot be used becomes a sentence."""
    text, unit = view.page_parameters.get(FROM, ""), view.page_parameters.get(UNIT, "").lower()
    others = [sheet for sheet in view.catalog.sheets.values() if sheet is not view.sheet]
    answer = view.sheet.memory.of(
        "start", text, lambda: start_places.find(text, [view.sheet, *others]), most=MOST_STARTS
    )
    if unit and unit not in distances.UNITS:
        problem = gettext("Unit: there is no “{unit}”; there is km and miles.", unit=unit[:60])
        return Question(text, answer, "km", problem)
    return Question(text, answer, "miles" if unit == "miles" else "km")


def lead(view: View, asked: Question) -> str:
    """Returns the nearest plants in a sentence; until there is a start, what the page is for."""
    if not asked.start or view.result.is_empty:
        return gettext(INVITATION)
    return distances.in_words(asked.start.name, view.sheet.table, _ranked(view, asked.start), asked.unit)


# ---- the start -------------------------------------------------------------------------------------


def choose_start(view: View, asked: Question) -> None:
    """Draws a box to type a place in, one to pick a plant, the unit, and what the place was taken for."""
    with st.container(border=True, key=state.START):
        text_side, plant_side, unit_side = st.columns([5, 5, 3])
        with text_side:
            _place_box(asked)
        with plant_side:
            _plant_box(view, asked)
        with unit_side:
            _unit_switch(asked)
        _say_start(asked)


def _place_box(asked: Question) -> None:
    state.put(state.START_TEXT, "" if asked.start and asked.start.plant else asked.text)
    st.text_input(
        gettext("From a place or coordinates"),
        key=state.START_TEXT,
        placeholder=gettext("Turin, Italy or 45.46, 9.19"),
        max_chars=200,
        on_change=address.on_choice(state.START_TEXT, lambda text: measure_from(text.strip())),
    )


def _plant_box(view: View, asked: Question) -> None:
    names = pickers.shown_names(view)
    plant = asked.start.plant if asked.start else ""
    if plant and asked.start and plant not in names:
        names = {plant: asked.start.name, **names}
    state.put(state.START_PLANT, plant or None)
    st.selectbox(
        gettext("Or from a plant"),
        list(names),
        index=None,
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        key=state.START_PLANT,
        placeholder=gettext("Pick a plant"),
        on_change=address.on_choice(state.START_PLANT, lambda plant: measure_from(plant or "")),
    )


def _unit_switch(asked: Question) -> None:
    state.put(state.UNIT_SWITCH, asked.unit)
    st.segmented_control(
        gettext("Unit"),
        distances.UNITS,
        format_func=distances.unit_in_words,
        key=state.UNIT_SWITCH,
        required=True,
        on_change=address.on_choice(state.UNIT_SWITCH, _unit_chosen),
    )


def _say_start(asked: Question) -> None:
    if asked.problem:
        left_out = gettext("It was left out.")
        st.info(plain(f"{asked.problem} {left_out}"), icon=":material/info:")
    if asked.answer.sentence:
        st.markdown(plain(asked.answer.sentence))
    if asked.answer.choices:
        with st.container(horizontal=True, gap="small"):
            for number, choice in enumerate(asked.answer.choices):
                st.button(
                    plain(choice.label),
                    key=f"{state.START_BUTTON}-{number}",
                    on_click=measure_from,
                    args=(choice.asked,),
                )
    if asked.start and asked.start.about:
        st.caption(plain(f"{asked.start.label}. {asked.start.about}"))


def measure_from(text: str) -> None:
    """Callback: distances start at this place or plant, "" for nowhere."""
    address.set_page_parameters(**{FROM: text})


def _unit_chosen(unit: str) -> None:
    address.set_page_parameters(**{UNIT: "" if unit == "km" else unit})


# ---- the nearest plants ----------------------------------------------------------------------------


def _ranked(view: View, start: start_places.Start, most: int = MOST_ROWS) -> Ranked:
    """Returns the shown plants by distance from a start, without the start itself."""
    sheet = view.sheet
    start_row = sheet.index.row_of(start.plant)
    without = -1 if start_row is None else start_row
    return sheet.memory.of(
        "ranked",
        (view.result.bits, start.here, start_row, most),
        lambda: distances.rank(sheet.table, view.result.rows, start.here, most=most, without=without),
        most=MOST_TABLES,
    )


def draw_map(view: View, asked: Question) -> None:
    """Draws the map with the start and lines to the nearest plants, and the plant that was clicked."""
    start = asked.start
    if not start:
        map_view.draw_map(view, height_px=MAP_HEIGHT_PX)
        return
    ranked = _ranked(view, start)
    start_row = view.sheet.index.row_of(start.plant)
    is_drawn = start_row is not None and view.result.shows(start_row)
    name = gettext("From here") if is_drawn else start.name  # a plant on the map has a label of its own
    lines = folium_map.Lines(name, start.here, ranked.measured[:MOST_LINES])
    map_view.draw_map(view, height_px=MAP_HEIGHT_PX, lines=lines, lead=lead(view, asked))
    if ranked.placed > MOST_LINES:
        st.caption(
            ngettext(
                "Lines go to the nearest {most} of {number} plant.",
                "Lines go to the nearest {most} of {number} plants.",
                ranked.placed,
                most=number(MOST_LINES),
            )
        )
    _offer_selected(view, start)


def _offer_selected(view: View, start: start_places.Start) -> None:
    """Draws how far the selected plant is, and a way to measure from it."""
    row = view.selected_row
    if row is None or start.plant == view.selection.plant:
        return
    (km,) = distances.rank(view.sheet.table, np.array([row], dtype=np.int32), start.here).km
    if pd.isna(km):
        return
    name = str(view.sheet.table["name"].iloc[row])
    words = gettext(
        "Selected: {plant}, {km} ({miles}) from {start}.",
        plant=name,
        km=distances.said(km),
        miles=distances.said(km, "miles"),
        start=start.name,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(words), width="content")
        st.button(
            gettext("Measure from here"),
            key=state.MEASURE_BUTTON,
            icon=":material/straighten:",
            on_click=measure_from,
            args=(view.selection.plant,),
        )


def _nearest_rows(view: View, ranked: Ranked) -> plant_rows.PreparedRows:
    rows = readable.for_people(distances.measured(view.sheet.table, ranked))
    return plant_rows.prepared(rows, columns.ON_DISTANCES_PAGE)


def draw_nearest(view: View, start: start_places.Start) -> None:
    """Draws the shown plants with their distances, nearest first, and their file."""
    ranked = _ranked(view, start)
    if not ranked.total:
        return
    title = ngettext(
        "{number} plant by distance from {start}",
        "{number} plants by distance from {start}",
        ranked.total,
        start=start.name,
    )
    st.header(plain(title), anchor=False)
    rows = view.sheet.memory.of(
        "nearest rows",
        (start.here, start.plant, view.result.bits),
        lambda: _nearest_rows(view, ranked),
        most=MOST_TABLES,
    )
    plant_rows.draw_rows(view, rows)
    if ranked.total > len(rows.ids):
        st.caption(_in_file(len(rows.ids), ranked.total))
    if ranked.unplaced:
        st.caption(
            gettext(
                "Without a distance, as their position is not known: {number}; they come last.",
                number=number(ranked.unplaced),
            )
        )
    place = selection.slug(filters.Selection("", q=start.name)).removeprefix("search-")
    download_menu.csv_button(
        view,
        ngettext(
            "Download {number} distance (CSV)",
            "Download {number} distances (CSV)",
            min(ranked.total, MOST_IN_FILE),
        ),
        lambda: csv_file.csv(distances.measured(view.sheet.table, _ranked(view, start, MOST_IN_FILE))),
        about=f"distances-from-{place}",
        part="from",
    )


def _in_file(shown: int, total: int) -> str:
    """Returns how many of the plants the page shows, and how many the file has."""
    words = {"shown": number(shown), "number": number(total)}
    if total <= MOST_IN_FILE:
        return gettext("The nearest {shown} of {number}; the CSV has them all.", **words)
    return gettext(
        "The nearest {shown} of {number}; the CSV has the nearest {most}.", most=number(MOST_IN_FILE), **words
    )


# ---- between the plants ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Matrix:
    """The distances between plants as a table and in words: few as a chart, many as the nearest of each."""

    table: pd.DataFrame
    words: str
    chart: dict[str, Any] | None = None
    nearest: pd.DataFrame | None = None


def draw_matrix(view: View, asked: Question) -> None:
    """Draws how far the shown plants are from each other: words, a chart or a list, and a file."""
    rows, unit = _compared(view, asked, MOST_IN_LIST), asked.unit
    matrix = view.sheet.memory.of(
        "square", (rows.tobytes(), unit), lambda: _matrix(view, rows, unit), most=MOST_TABLES
    )
    if len(matrix.table) < 2:
        st.markdown(gettext("Two or more plants with a position are needed to compare them with each other."))
        return
    st.markdown(plain(f"{matrix.words} {_which_plants(view, asked)}"))
    if matrix.chart:
        with page_parts.place(matrix.chart["height"], "matrix"):
            st.vega_lite_chart(matrix.chart)
        _distances_as_table(matrix.table, unit)
    else:
        st.dataframe(matrix.nearest, alt=gettext("The nearest plants of each plant"))
    size = min(_placed(view), MOST_IN_MATRIX_FILE)
    download_menu.csv_button(
        view,
        gettext("Download {size} × {size} distances (CSV)", size=number(size)),
        lambda: _matrix_file(view, asked),
        about=f"distances-between-{unit}",
        part="between",
    )


def _distances_as_table(table: pd.DataFrame, unit: Unit) -> None:
    with st.expander(gettext("The distances as a table ({unit})", unit=distances.unit_in_words(unit))):
        st.dataframe(table.rename_axis(gettext("Plant")), alt=gettext("Distances between plants"))


def _matrix(view: View, rows: Rows, unit: Unit) -> _Matrix:
    table = distances.matrix(view.sheet.table, rows, unit)
    words = distances.matrix_in_words(table, unit)
    if len(table) > MOST_IN_MATRIX:
        return _Matrix(table, words, nearest=distances.nearest_of_each(table, unit))
    if len(table) < 2:
        return _Matrix(table, words)
    return _Matrix(
        table,
        words,
        chart=charts.as_sent(matrix_chart.matrix(table, distances.unit_in_words(unit), words=words)),
    )


def _matrix_file(view: View, asked: Question) -> bytes:
    rows = _compared(view, asked, MOST_IN_MATRIX_FILE)
    table = distances.matrix(view.sheet.table, rows, asked.unit)
    return csv_file.csv(distances.as_file(table, asked.unit))


def _compared(view: View, asked: Question, most: int) -> Rows:
    """Returns the rows to compare: those of the pinned plants; without two of them the nearest to the start,
    else the first; only rows with a position.
    """
    pinned = pinned_rows(view)
    if len(pinned) > 1:
        return pinned
    if not asked.start:
        rows = view.result.rows
        return rows[view.sheet.table["latitude"].notna().to_numpy()[rows]][:most]
    start_row = view.sheet.index.row_of(asked.start.plant)
    is_shown = start_row is not None and view.result.shows(start_row)
    nearest = _ranked(view, asked.start, max(most, MOST_ROWS)).measured.tolist()
    return np.array([*([start_row] if is_shown else []), *nearest][:most], dtype=np.int32)


def pinned_rows(view: View) -> Rows:
    """Returns the rows of the pinned plants that have a position."""
    rows = [view.sheet.index.row_of(plant_id) for plant_id in view.selection.pins]
    placed = view.sheet.table["latitude"].notna().to_numpy()
    return np.array([row for row in rows if row is not None and placed[row]], dtype=np.int32)


def _placed(view: View) -> int:
    """Returns how many plants with a position are compared."""
    pinned = len(pinned_rows(view))
    return pinned if pinned > 1 else view.totals.plants - view.totals.unplaced


def between_words(view: View) -> str:
    """Returns the heading above the distances between plants."""
    if len(pinned_rows(view)) > 1:
        return gettext("Between the pinned plants")
    return gettext("Between the plants")


def _which_plants(view: View, asked: Question) -> str:
    """Returns which plants the list shows, where it cannot show all."""
    placed = _placed(view)
    if placed <= MOST_IN_LIST:
        return ""
    words = {
        "listed": number(MOST_IN_LIST),
        "in_file": number(MOST_IN_MATRIX_FILE),
        "number": number(placed),
    }
    if asked.start:
        return gettext(
            "The list has the {listed} plants nearest to {start}, the file up to {in_file}, of {number}. "
            "Choose others with the filters.",
            start=asked.start.name,
            **words,
        )
    return gettext(
        "The list has the {listed} plants first in the table, the file up to {in_file}, of {number}. "
        "Choose others with the filters.",
        **words,
    )
