"""Map: explore, click a plant, read its card, see the rows."""

import streamlit as st

from atlas import columns, parts, screen
from atlas.alfa import runs
from atlas.drawing import cards

view = screen.view()
lead = runs.now_in_words(view.sheet.table) if view.sheet.about_alfa else view.words + "."
screen.heading(view.heading, view, lead)
st.html(cards.headline(view.totals, about_alfa=view.sheet.about_alfa))
screen.empty_result(view)

map_side, card_side = st.columns([7, 3])
with map_side:
    parts.draw_map(view)
with card_side:
    parts.draw_card(view)

if not view.result.is_empty:
    st.subheader(screen.plain(view.words), anchor=False)
    parts.draw_table_after_map(view, columns.ON_MAP_PAGE)
