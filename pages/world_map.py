"""Map: explore, click a plant, read its card, see the rows."""

import streamlit as st

from atlas import columns
from atlas.alfa import runs
from atlas.drawing import cards
from atlas.screen import frame, map_view

view = frame.view()
lead = runs.now_in_words(view.sheet.table) if view.sheet.about_alfa else view.words + "."
frame.heading(view.heading, view, lead)
st.html(cards.headline(view.totals, about_alfa=view.sheet.about_alfa))
frame.empty_result(view)

map_side, card_side = st.columns([7, 3])
with map_side:
    map_view.draw_map(view)
with card_side:
    map_view.draw_card(view)

if not view.result.is_empty:
    st.subheader(frame.plain(view.words), anchor=False)
    map_view.draw_table_after_map(view, columns.ON_MAP_PAGE)
