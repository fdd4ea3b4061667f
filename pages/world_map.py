"""Map: explore, click a plant, read its card, see the rows."""

import streamlit as st

from atlas import cards, columns, figures, filters, parts, screen

view = screen.view()
screen.heading("Where Alfa Romeos are made", view, figures.now_in_words(view.sheet.table))
st.html(cards.headline(view.totals))
screen.empty_result(view)

map_side, card_side = st.columns([7, 3])
with map_side:
    parts.draw_map(view)
with card_side:
    parts.draw_card(view)

if not view.shown.empty:
    words = filters.describe(view.selection, view.totals.plants, view.totals.countries)
    st.subheader(screen.plain(words), anchor=False)
    parts.draw_table_after_map(view, columns.ON_MAP_PAGE)
