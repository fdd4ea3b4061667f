"""What the page Distances is made of: the start, the nearest plants, and how far plants are from each other.

Knows Streamlit, as `parts` does. What takes time is worked out once per table, selection and start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from atlas import columns, site
from atlas.catalog import distances, filters, readable, selection, start_places
from atlas.catalog.distances import Ranked, Rows, Unit
from atlas.drawing import charts, folium_map
from atlas.export import csv_file, export
from atlas.screen import frame, map_view

MAP_HEIGHT_PX = 480
MOST_LINES, MOST_ROWS, MOST_IN_FILE = 50, 200, 100_000
MOST_IN_MATRIX, MOST_IN_MATRIX_FILE = 30, 1_000
INVITATION = "How far the plants are, as the crow flies, from a plant, a town or any point."
FROM, UNIT = "from", "unit"
_TEXT, _PICK, _UNIT = "atlas-from", "atlas-from-plant", "atlas-unit"
MOST_STARTS, MOST_TABLES = 64, 16


@dataclass(frozen=True)
class Asked:
    """What this visit of the page is about: the text of the address, the start that it means, the unit."""

    text: str
    answer: start_places.Reading
    unit: Unit
    problem: str = ""

    @property
    def start(self) -> start_places.Start | None:
        return self.answer.start


@dataclass(frozen=True, eq=False)
class _Square:
    """A matrix, its chart, and how it says itself."""

    table: pd.DataFrame
    chart: dict[str, Any]
    words: str


def asked(current: frame.View) -> Asked:
    """What the address asks for; a value that cannot be used becomes a sentence."""
    text, unit = current.own.get(FROM, ""), current.own.get(UNIT, "").lower()
    others = [sheet for sheet in current.known.sheets.values() if sheet is not current.sheet]
    answer = current.sheet.memory.of(
        "start", text, lambda: start_places.find(text, [current.sheet, *others]), most=MOST_STARTS
    )
    if unit and unit not in distances.UNITS:
        return Asked(text, answer, "km", f"Unit: there is no “{unit[:60]}”; there is km and miles.")
    return Asked(text, answer, "miles" if unit == "miles" else "km")


def lead(current: frame.View, about: Asked) -> str:
    """The nearest plants in a sentence; until there is a start, what the page is for."""
    if not about.start or current.result.is_empty:
        return INVITATION
    return distances.in_words(
        about.start.name, current.sheet.table, _ranked(current, about.start), about.unit
    )


# ---- the start -------------------------------------------------------------------------------------


def choose_start(current: frame.View, about: Asked) -> None:
    """A box to type a place in, one to pick a plant, the unit; and what the place was taken for."""
    with st.container(border=True, key="atlas-start"):
        typed, picked, unit = st.columns([5, 5, 2])
        with typed:
            _place_box(about)
        with picked:
            _plant_box(current, about)
        with unit:
            _unit_switch(about)
        _say(about)


def _place_box(about: Asked) -> None:
    text = "" if about.start and about.start.plant else about.text
    if st.session_state.get(_TEXT) != text:
        st.session_state[_TEXT] = text
    st.text_input(
        "From a place or coordinates",
        key=_TEXT,
        placeholder="Turin, Italy or 45.46, 9.19",
        max_chars=200,
        on_change=_typed,
    )


def _plant_box(current: frame.View, about: Asked) -> None:
    names = map_view.shown_names(current)
    plant = about.start.plant if about.start else ""
    if plant and about.start and plant not in names:
        names = {plant: about.start.name, **names}
    if st.session_state.get(_PICK) != (plant or None):
        st.session_state[_PICK] = plant or None
    st.selectbox(
        "Or from a plant",
        list(names),
        index=None,
        format_func=lambda plant_id: names.get(plant_id, plant_id),
        key=_PICK,
        placeholder="Pick a plant",
        on_change=lambda: measure_from(st.session_state[_PICK] or ""),
    )


def _unit_switch(about: Asked) -> None:
    if st.session_state.get(_UNIT) != about.unit:
        st.session_state[_UNIT] = about.unit
    st.segmented_control(
        "Unit",
        distances.UNITS,
        key=_UNIT,
        required=True,
        on_change=lambda: frame.set_own(unit="" if st.session_state[_UNIT] == "km" else "miles"),
    )


def _say(about: Asked) -> None:
    if about.problem:
        st.info(frame.plain(f"{about.problem} It was left out."), icon=":material/info:")
    if about.answer.sentence:
        st.markdown(frame.plain(about.answer.sentence))
    if about.answer.choices:
        with st.container(horizontal=True, gap="small"):
            for number, choice in enumerate(about.answer.choices):
                st.button(
                    frame.plain(choice.label),
                    key=f"atlas-choice-{number}",
                    on_click=measure_from,
                    args=(choice.asked,),
                )
    if about.start and about.start.about:
        st.caption(frame.plain(f"{about.start.label}. {about.start.about}"))


def _typed() -> None:
    frame.set_own(**{FROM: st.session_state[_TEXT].strip()})


def measure_from(text: str) -> None:
    """Callback: distances start there; "" for nowhere."""
    frame.set_own(**{FROM: text})


# ---- the nearest plants ----------------------------------------------------------------------------


def _ranked(current: frame.View, start: start_places.Start, most: int = MOST_ROWS) -> Ranked:
    sheet = current.sheet
    own = sheet.index.row_of(start.plant)
    return sheet.memory.of(
        "ranked",
        (current.result.bits, start.here, own, most),
        lambda: distances.rank(
            sheet.table, current.result.rows, start.here, most=most, without=-1 if own is None else own
        ),
        most=MOST_TABLES,
    )


def draw_map(current: frame.View, about: Asked) -> None:
    """The map with the start and lines to the nearest plants, and the plant that was clicked."""
    start = about.start
    if not start:
        map_view.draw_map(current, height=MAP_HEIGHT_PX)
        return
    ranked = _ranked(current, start)
    own = current.sheet.index.row_of(start.plant)
    is_drawn = own is not None and current.result.shows(own)
    name = "From here" if is_drawn else start.name  # a plant on the map has a label of its own
    lines = folium_map.Lines(name, start.here, ranked.measured[:MOST_LINES])
    map_view.draw_map(current, height=MAP_HEIGHT_PX, lines=lines, words=lead(current, about))
    if ranked.placed > MOST_LINES:
        st.caption(f"Lines go to the nearest {MOST_LINES} of {ranked.placed:,} plants.")
    _offer_selected(current, about)


def _offer_selected(current: frame.View, about: Asked) -> None:
    """How far the selected plant is, and a way to measure from it."""
    row = current.sheet.index.row_of(current.selection.plant)
    if row is None or not about.start or about.start.plant == current.selection.plant:
        return
    only = np.array([row], dtype=np.int32)
    (far,) = distances.rank(current.sheet.table, only, about.start.here).km
    if pd.isna(far):
        return
    name = str(current.sheet.table["name"].iloc[row])
    with st.container(horizontal=True, vertical_alignment="center"):
        told = f"Selected: {name}, {distances.said(far)} ({distances.said(far, 'miles')})"
        st.markdown(frame.plain(f"{told} from {about.start.name}."), width="content")
        st.button(
            "Measure from here",
            key="atlas-measure",
            icon=":material/straighten:",
            on_click=measure_from,
            args=(current.selection.plant,),
        )


def draw_nearest(current: frame.View, start: start_places.Start) -> None:
    """The shown plants with their distances, nearest first, and their file."""
    ranked = _ranked(current, start)
    if not ranked.total:
        return
    subject = "1 plant" if ranked.total == 1 else f"{ranked.total:,} plants"
    st.subheader(frame.plain(f"{subject} by distance from {start.name}"), anchor=False)
    rows = readable.for_people(distances.measured(current.sheet.table, ranked))
    map_view.draw_rows(current, rows, columns.ON_DISTANCES_PAGE)
    if ranked.total > len(rows):
        st.caption(f"The nearest {len(rows):,} of {ranked.total:,}; {_in_file(ranked.total)}")
    if ranked.unplaced:
        st.caption(
            f"Without a distance, as their position is not known: {ranked.unplaced:,}; they come last."
        )
    count = min(ranked.total, MOST_IN_FILE)
    _download(
        current,
        f"Download {count:,} {'distance' if count == 1 else 'distances'} (CSV)",
        f"from-{selection.slug(filters.Selection('', q=start.name)).removeprefix('search-')}",
        lambda: csv_file.csv(distances.measured(current.sheet.table, _ranked(current, start, MOST_IN_FILE))),
    )


def _in_file(total: int) -> str:
    return "the CSV has them all." if total <= MOST_IN_FILE else f"the CSV has the nearest {MOST_IN_FILE:,}."


# ---- between the plants ----------------------------------------------------------------------------


def draw_matrix(current: frame.View, about: Asked) -> None:
    """How far the shown plants are from each other, as a picture, in words, as a table and as files."""
    chosen = _chosen(current, about, MOST_IN_MATRIX)
    square = current.sheet.memory.of(
        "square",
        (chosen.tobytes(), about.unit),
        lambda: _square(current, chosen, about.unit),
        most=MOST_TABLES,
    )
    if len(square.table) < 2:
        st.markdown("Two or more plants with a position are needed to compare them with each other.")
        return
    st.markdown(frame.plain(f"{square.words} {_which(current, about)}"))
    st.vega_lite_chart(square.chart)
    with st.expander(f"The distances as a table ({about.unit})"):
        st.dataframe(square.table.rename_axis("Plant"), alt="Distances between plants")
    count = min(current.totals.plants - current.totals.unplaced, MOST_IN_MATRIX_FILE)
    _download(
        current,
        f"Download {count:,} × {count:,} distances (CSV)",
        f"between-{about.unit}",
        lambda: _matrix_file(current, about),
    )


def _square(current: frame.View, chosen: Rows, unit: Unit) -> _Square:
    table = distances.matrix(current.sheet.table, chosen, unit)
    words = distances.matrix_in_words(table, unit)
    chart = charts.matrix(table, unit, words=words).to_dict() if len(table) > 1 else {}
    return _Square(table, chart, words)


def _matrix_file(current: frame.View, about: Asked) -> bytes:
    chosen = _chosen(current, about, MOST_IN_MATRIX_FILE)
    return csv_file.csv(
        distances.as_file(distances.matrix(current.sheet.table, chosen, about.unit), about.unit)
    )


def _chosen(current: frame.View, about: Asked, most: int) -> Rows:
    """The plants to compare: the nearest to the start, else the first; those without a position left out."""
    if about.start:
        own = current.sheet.index.row_of(about.start.plant)
        ranked = _ranked(current, about.start, max(most, MOST_ROWS)).measured
        is_shown = own is not None and current.result.shows(own)
        first: list[int] = [own] if own is not None and is_shown else []
        return np.array([*first, *ranked.tolist()][:most], dtype=np.int32)
    rows = current.result.rows
    placed = current.sheet.table["latitude"].notna().to_numpy()[rows]
    return rows[placed][:most]


def _which(current: frame.View, about: Asked) -> str:
    placed = current.totals.plants - current.totals.unplaced
    if placed <= MOST_IN_MATRIX:
        return ""
    which = f"nearest to {about.start.name}" if about.start else "first in the table"
    more = f", the file up to {MOST_IN_MATRIX_FILE:,}" if placed > MOST_IN_MATRIX else ""
    return (
        f"The picture has the {MOST_IN_MATRIX} plants {which}{more}, of {placed:,}. "
        "Choose others with the filters."
    )


def _download(current: frame.View, label: str, what: str, data: Callable[[], bytes]) -> None:
    stem = f"{site.current().file_stem}-distances-{what}"
    st.download_button(
        label,
        data=data,
        file_name=export.file_name(current.selection, datetime.now(UTC).date(), "csv", stem=stem),
        mime="text/csv",
        key=f"atlas-csv-{what.split('-')[0]}",
        icon=":material/download:",
        on_click="ignore",
    )
