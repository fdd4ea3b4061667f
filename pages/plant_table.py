"""Plants: the whole table, and chosen plants side by side."""

import streamlit as st

from atlas import columns
from atlas.catalog import readable
from atlas.screen import frame, map_view

view = frame.view()
frame.heading("Plants", view, view.words + ".")

if view.result.is_empty:
    frame.empty_result(view)
else:
    map_view.draw_table(view, columns.ON_PLANTS_PAGE)
    frame.unread_cells(view)
    st.subheader("Side by side", anchor=False)
    chosen = map_view.choose_plants(view, "Plants to compare", "Choose two or more plants")
    if len(chosen) < 2:
        st.caption("Choose two or more plants to see their facts beside each other.")
    else:
        beside = readable.side_by_side(view.sheet.table, chosen).map(frame.plain)
        st.table(beside.rename(columns=frame.plain, index=frame.plain))
