"""Plants: the whole table, and chosen plants side by side."""

import streamlit as st

from atlas import columns, parts, screen
from atlas.catalog import readable

view = screen.view()
screen.heading("Plants", view, view.words + ".")

if view.result.is_empty:
    screen.empty_result(view)
else:
    parts.draw_table(view, columns.ON_PLANTS_PAGE)
    screen.unread_cells(view)
    st.subheader("Side by side", anchor=False)
    chosen = parts.choose_plants(view, "Plants to compare", "Choose two or more plants")
    if len(chosen) < 2:
        st.caption("Choose two or more plants to see their facts beside each other.")
    else:
        beside = readable.side_by_side(view.sheet.table, chosen).map(screen.plain)
        st.table(beside.rename(columns=screen.plain, index=screen.plain))
