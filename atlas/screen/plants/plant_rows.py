"""The shown plants as rows: the first below the map, all of them page by page, sorted over all pages.

The selected plant's row is marked; choosing a row selects its plant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import streamlit as st

from atlas import columns
from atlas.catalog import filters, readable
from atlas.drawing import cards
from atlas.language import gettext, number
from atlas.screen import address, internals, page_parts, state
from atlas.screen.page_parts import plain
from atlas.screen.view import View
from atlas.text import NOT_STATED

MOST_KEPT, MOST_PAGES = 64, 16
ROWS_A_PAGE = 500
SORT, PAGE = "sort", "page"
"""Parameters of the page's address."""
MAX_HEIGHT_PX = 400  # as Streamlit draws it
ROW_PX = 35


def draw_first_rows(view: View, names: tuple[str, ...]) -> None:
    """Draws the first shown rows, each with a link that selects its plant.

    Not as a widget: its code alone would be a third of all that the page loads. `page/rows.js` makes a click
    on a row a click on the map.
    """
    st.html(
        view.sheet.memory.of(
            "rows", (view.selection, names), lambda: _first_rows(view, names), most=MOST_KEPT
        )
    )
    if view.totals.plants > cards.MOST_ROWS:
        counts = {"shown": number(cards.MOST_ROWS), "plants": number(view.totals.plants)}
        more = gettext("The first {shown} of {plants} plants.", **counts)
        others = gettext("The page Plants and the CSV have them all.")
        st.caption(f"{more} {others}")


def _first_rows(view: View, names: tuple[str, ...]) -> str:
    rows = view.result.readable.iloc[: cards.MOST_ROWS]
    return cards.rows(
        rows,
        names,
        [view.sheet.category_of(int(number)) for number in view.result.rows[: len(rows)]],
        address=lambda plant_id: "?" + urlencode({**view.parameters, filters.PLANT: plant_id}, doseq=True),
        selected=view.selection.plant,
    )


def draw_table(view: View, names: tuple[str, ...]) -> None:
    """Draws the shown rows, page by page where there are many."""
    total = view.totals.plants
    if total <= ROWS_A_PAGE:
        _draw_page(view, view.result.rows, names)
        return
    by, is_descending = _choose_order(view)
    rows = view.sheet.results.ordered(view.result, by, descending=is_descending)
    place = st.container()
    first = (_choose_page(view, -(-total // ROWS_A_PAGE)) - 1) * ROWS_A_PAGE
    last = min(first + ROWS_A_PAGE, total)
    rows_shown = {"first": number(first + 1), "last": number(last), "rows": number(total)}
    st.caption(gettext("Rows {first} to {last} of {rows}; the CSV has them all.", **rows_shown))
    with place:
        _draw_page(view, rows[first:last], names)


def _draw_page(view: View, row_numbers: npt.NDArray[np.int32], names: tuple[str, ...]) -> None:
    draw_rows(
        view,
        view.sheet.memory.of(
            "page of rows",
            (row_numbers.tobytes(), names),
            lambda: prepared(readable.for_people(view.sheet.table.iloc[row_numbers]), names),
            most=MOST_PAGES,
        ),
    )


def _choose_page(view: View, pages: int) -> int:
    """Draws the page numbers and returns the one of the address; one that is gone becomes the first."""
    asked = view.page_parameters.get(PAGE, "")
    page = int(asked) if asked.isdecimal() and 1 <= int(asked) <= pages else 1
    state.put(state.ROWS_PAGE, page)
    return st.pagination(
        pages,
        key=state.ROWS_PAGE,
        max_visible_pages=5,
        on_change=_page_chosen,
    )


def _page_chosen() -> None:
    page = st.session_state[state.ROWS_PAGE]
    address.set_page_parameters(**{PAGE: "" if page == 1 else str(page)})


def _choose_order(view: View) -> tuple[str, bool]:
    """Draws what all pages are sorted by, and returns the column ("": as in the table) and the direction.

    The address holds both: `sort=employees`, `sort=-employees` for descending.
    """
    names = ["", *columns.present(columns.ON_PLANTS_PAGE, view.sheet.table)]
    asked = view.page_parameters.get(SORT, "")
    state.put(state.ROWS_ORDER, asked.removeprefix("-") if asked.removeprefix("-") in names else "")
    state.put(state.ROWS_DESCENDING, asked.startswith("-"))
    by_side, down_side = st.columns([3, 2], vertical_alignment="bottom", width=420)
    with by_side:
        by = st.selectbox(
            gettext("Sort all rows by"),
            names,
            format_func=lambda name: columns.of(name).label if name else gettext("Order of the table"),
            key=state.ROWS_ORDER,
            on_change=_sorted,
        )
    with down_side:
        is_descending = st.toggle(
            gettext("Descending"), key=state.ROWS_DESCENDING, disabled=not by, on_change=_sorted
        )
    return by, is_descending


def _sorted() -> None:
    """Callback: the address holds the order; the pages begin with the first."""
    by = st.session_state[state.ROWS_ORDER]
    is_descending = by and st.session_state[state.ROWS_DESCENDING]
    address.set_page_parameters(**{SORT: f"-{by}" if is_descending else by, PAGE: ""})


@dataclass(frozen=True, eq=False)
class PreparedRows:
    """Rows ready to be drawn: the plants' ids, the cells as they travel, and what each column is."""

    ids: Sequence[str]
    cells: Any
    columns: Mapping[str, Any]


def prepared(rows: pd.DataFrame, names: tuple[str, ...]) -> PreparedRows:
    """Returns readable rows with the columns that they have of `names`, to be drawn more than once."""
    shown = rows[columns.present(names, rows)]
    return PreparedRows(rows["plant_id"].tolist(), _as_arrow(shown), _column_config(shown))


def _as_arrow(shown: pd.DataFrame) -> pa.Table | pd.DataFrame:
    try:
        return pa.Table.from_pandas(shown, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return shown  # a column of mixed cells, which Streamlit knows how to show


def draw_rows(view: View, rows: PreparedRows) -> None:
    """Draws prepared rows as a widget; the selected plant's is marked."""
    ids, selected = rows.ids, view.selection.plant
    internals.select_row(state.ROWS, ids.index(selected) if selected in ids else None)
    with page_parts.place(min((len(ids) + 1) * ROW_PX + 2, MAX_HEIGHT_PX), "table"):
        st.dataframe(
            rows.cells,
            hide_index=True,
            column_config=rows.columns,
            key=state.ROWS,
            on_select=lambda: _row_chosen(ids),
            selection_mode="single-row",
            placeholder=gettext(NOT_STATED),
            alt=gettext("Plants shown"),
        )


def _column_config(shown: pd.DataFrame) -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "text": st.column_config.TextColumn,
        "status": st.column_config.TextColumn,
        "year": partial(st.column_config.NumberColumn, format="%d"),
        "amount": partial(st.column_config.NumberColumn, format="localized"),
        "plain": partial(st.column_config.NumberColumn, format="plain"),
        "number": partial(st.column_config.NumberColumn, format="localized"),
        "degrees": partial(st.column_config.NumberColumn, format="%.4f"),
        "link": partial(st.column_config.LinkColumn, display_text=gettext("Article")),
    }
    described = [columns.of_cells(shown[name]) for name in shown]
    shown_columns = {
        column.name: kinds[column.kind](
            column.label, help=plain(column.help), pinned=True if column.name == "name" else None
        )
        for column in described
    }
    return shown_columns | {name: None for name in columns.HIDDEN_AT_FIRST if name in shown_columns}


def _row_chosen(ids: Sequence[str]) -> None:
    """Callback: the plant of the chosen row is the selected one; without a row, none is."""
    rows = internals.selected_rows(state.ROWS)
    address.select(ids[rows[0]] if rows and rows[0] < len(ids) else "")
