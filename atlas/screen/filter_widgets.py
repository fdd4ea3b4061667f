"""The widgets beside every page: the switch between tables, the filters, and the player of decades."""

import streamlit as st

from atlas import columns
from atlas.alfa import tables
from atlas.catalog import filters, sheets
from atlas.catalog.index import Numbers
from atlas.catalog.selection import query
from atlas.drawing import told
from atlas.language import gettext, number
from atlas.screen import address, own_table, state
from atlas.screen.address import touch
from atlas.screen.page_parts import plain
from atlas.screen.view import View

MAX_PILLS = 6
SECONDS_A_DECADE = 1.5


def draw(view: View, *, has_filters: bool = True) -> None:
    """Draws the switch between tables, and the filters of the one on show where the page has some."""
    _table_switch(view.catalog)
    if not has_filters:
        keep(view.sheet)
        return
    for row in view.sheet.index.filters:
        if row.kind == "search":
            _search(row, about_alfa=view.sheet.about_alfa)
        elif row.kind == "years":
            _year(row, view.sheet.index.options[row.key].values)
        elif row.kind == "range":
            _range(row, view.sheet.index.numbers[row.key])
        else:
            _choice(row, view.result.counts[row.key])
    st.button(
        gettext("Clear filters"),
        key=state.CLEAR_BUTTON,
        icon=":material/filter_alt_off:",
        on_click=address.clear_filters,
        args=(view.sheet.index.filters,),
        disabled=not view.selection.is_filtered,
        width="stretch",
    )


def choose(*, table: str | None = None, **values: tuple[str, ...]) -> None:
    """Callback: changes the table or values of filters; all else stays, as far as the table knows it."""
    catalog = own_table.visible_tables()
    sheet = catalog.sheets.get(st.session_state[state.SHEET], catalog.sheets[sheets.DEFAULT_SHEET])
    wanted = query(address.widgets_to_selection(sheet), default_table="")
    wanted |= {filters.TABLE: [table or sheet.key]} | {key: list(chosen) for key, chosen in values.items()}
    address.url_to_widgets(wanted, catalog)
    address.keep_widgets()


def show_plant(plant_id: str) -> None:
    """Callback: selects a plant in a table that has it, without filters that may hide it; "" for none."""
    catalog = own_table.visible_tables()
    shown = {filters.TABLE: [st.session_state[state.SHEET]]}
    wanted = told.selecting(catalog, shown, plant_id) if plant_id else {}
    address.url_to_widgets({**shown, **wanted}, catalog)
    address.touch()


def keep(sheet: sheets.Sheet) -> None:
    """Keeps what the filters choose in a run that does not draw them: Streamlit forgets such widgets."""
    for key in (*(row.key for row in sheet.index.filters), state.YEAR):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def relabel(sheet: sheets.Sheet) -> None:
    """Keeps what is chosen in each filter, though the counts in its labels have changed.

    Streamlit's multiselect names a choice by its label; one with an older count is still that choice.
    """
    for row in sheet.index.filters:
        if row.kind in ("choice", "choices"):
            _relabel(row, sheet.index.options[row.key].values)


def step() -> None:
    """Moves the year as playing decided between two runs; call it before the box of the year is drawn."""
    year = st.session_state.pop(state.NEXT_YEAR, None)
    if year is not None:
        st.session_state[state.YEAR] = year
        st.session_state[state.PLAYING] = year < tables.AS_OF_YEAR
        address.keep_widgets()


# ---- drawing ---------------------------------------------------------------------------------------


def _table_switch(catalog: sheets.Catalog) -> None:
    if len(catalog.sheets) < 2:
        return
    state.put(state.TABLE_SWITCH, st.session_state[state.SHEET])
    # Text only: a session holds what its widgets hold, and must not hold a visitor's table.
    labels = {
        key: plain(f"{own_table.title_of(sheet)} ({number(len(sheet.table))})")
        for key, sheet in catalog.sheets.items()
    }
    st.radio(
        gettext("Table"),
        list(labels),
        format_func=lambda key: labels.get(key, key),
        key=state.TABLE_SWITCH,
        on_change=lambda: choose(table=st.session_state[state.TABLE_SWITCH]),
    )


def _search(row: filters.Filter, *, about_alfa: bool) -> None:
    st.text_input(
        row.label,
        key=row.key,
        placeholder=gettext("Name, town, owner, model") if about_alfa else gettext("Name, town, …"),
        help=row.help,
        on_change=touch,
    )


def _choice(row: filters.Filter, counts: dict[str, int]) -> None:
    """Draws one filter with the number of plants beside each option: a few as pills, many as a list."""
    options = list(counts)

    def label(value: str) -> str:
        return f"{row.label_of(value)} ({number(counts.get(value, 0))})"

    if len(options) <= MAX_PILLS:
        st.pills(
            plain(row.label),
            options,
            selection_mode="multi",
            format_func=lambda value: plain(label(value)),
            key=row.key,
            help=plain(row.help),
            on_change=touch,
        )
        return
    st.multiselect(
        plain(row.label),
        options,
        format_func=label,
        key=row.key,
        help=plain(row.help),
        placeholder=gettext("Any"),
        on_change=touch,
    )


def _range(row: filters.Filter, numbers: Numbers) -> None:
    """Draws two boxes for the least and the most; an empty box leaves that end open."""
    column = columns.of(row.columns[0], 0)
    whole = numbers.are_whole
    places = st.columns(2, gap="small", vertical_alignment="bottom")
    labels = (gettext("{column} from", column=row.label), gettext("{column} to", column=row.label))
    for place, side, label, end in zip(places, (state.LEAST, state.MOST), labels, numbers.ends, strict=True):
        place.number_input(
            plain(label),
            value=None,
            step=1 if whole else None,
            key=f"{row.key}-{side}",
            placeholder=columns.as_text(column, end),
            help=plain(row.help) if side == state.LEAST else None,
            on_change=touch,
        )


def _relabel(row: filters.Filter, values: tuple[str, ...]) -> None:
    chosen = list(st.session_state.get(row.key) or [])
    by_label = {row.label_of(value): value for value in values}
    kept = [value if value in values else by_label.get(str(value).rpartition(" (")[0]) for value in chosen]
    if kept != chosen:
        st.session_state[row.key] = [value for value in kept if value is not None]


# ---- years -----------------------------------------------------------------------------------------


def _year(row: filters.Filter, years: tuple[str, ...]) -> None:
    """Draws a switch, and under it a box for the year with a button that plays the decades.

    A box, as a year is typed exactly, and its buttons go on by one; on a slider as narrow as the menu, a
    year is a pixel or two.
    """
    is_on = st.toggle(row.label, key=row.key, help=row.help, on_change=touch)
    first, last = int(years[0]), int(years[-1])
    with st.container():
        if not is_on:
            return
        st.session_state.setdefault(state.YEAR, last)
        st.number_input(
            gettext("Year, {first} to {last}", first=str(first), last=str(last)),
            first,
            last,
            step=1,
            key=state.YEAR,
            on_change=_stop_playing,
        )
        is_playing = bool(st.session_state.get(state.PLAYING, False))
        st.button(
            gettext("Stop") if is_playing else gettext("Play the decades"),
            key=state.PLAY_BUTTON,
            icon=":material/stop:" if is_playing else ":material/play_arrow:",
            on_click=_stop_playing if is_playing else _start_playing,
            args=() if is_playing else (first, last),
            width="stretch",
        )
        if is_playing:
            _play(last)


def _start_playing(first: int, last: int) -> None:
    if st.session_state[state.YEAR] >= last:
        st.session_state[state.YEAR] = first
    st.session_state[state.PLAYING] = True
    touch()


def _stop_playing() -> None:
    st.session_state[state.PLAYING] = False
    touch()


@st.fragment(run_every=SECONDS_A_DECADE)
def _play(last: int) -> None:
    """Goes one decade on each time that the browser asks; not in the run that draws the button."""
    if st.session_state.get(state.PLAYING) == "waiting":
        st.session_state[state.NEXT_YEAR] = min((st.session_state[state.YEAR] // 10 + 1) * 10, last)
        st.rerun()
    st.session_state[state.PLAYING] = "waiting"
