"""Plants: the whole table, and chosen plants side by side."""

import streamlit as st

from atlas import columns
from atlas.catalog import readable
from atlas.language import gettext
from atlas.screen import page_parts
from atlas.screen.page_parts import plain
from atlas.screen.plants import pickers, plant_rows
from atlas.screen.view import current_view

view = current_view()
page_parts.heading(gettext("Plants"), view, view.words + ".")

if view.result.is_empty:
    page_parts.empty_result(view)
else:
    plant_rows.draw_table(view, columns.ON_PLANTS_PAGE)
    page_parts.unread_cells(view)
    st.header(gettext("Side by side"), anchor=False)
    pickers.pins_picker(view)
    if len(view.selection.pins) < 2:
        st.caption(
            gettext("Pin two or more plants, here or on their cards, to see their facts beside each other.")
        )
    else:
        st.caption(gettext(readable.DIFFERS_IN_WORDS))
        beside = readable.side_by_side(view.sheet.table, view.selection.pins).map(plain)
        st.table(beside.rename(columns=plain, index=plain))
