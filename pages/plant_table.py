"""Plants: the whole table, and chosen plants side by side."""

import streamlit as st

from atlas import columns, filters, parts, screen

view = screen.view()
screen.heading(
    "Plants", view, filters.describe(view.selection, view.totals.plants, view.totals.countries) + "."
)

if view.shown.empty:
    screen.empty_result(view)
else:
    parts.draw_table(view, columns.ON_PLANTS_PAGE)
    st.subheader("Side by side", anchor=False)
    chosen = parts.choose_plants(view, "Plants to compare", "Choose two or more plants")
    if len(chosen) < 2:
        st.caption("Choose two or more plants to see their facts beside each other.")
    else:
        st.table(
            columns.side_by_side(view.sheet.table, chosen).map(screen.plain).rename(columns=screen.plain)
        )
