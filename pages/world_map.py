"""Map: explore, click a plant, read its card, see the rows."""

import streamlit as st

from atlas import columns
from atlas.alfa import runs
from atlas.drawing import cards
from atlas.screen import page_parts
from atlas.screen.plants import map_view, plant_card, plant_rows
from atlas.screen.view import current_view

view = current_view()
lead = runs.now_in_words(view.sheet.table) if view.sheet.about_alfa else view.words + "."
page_parts.heading(view.heading, view, lead)
st.html(cards.headline(view.totals, about_alfa=view.sheet.about_alfa))
page_parts.empty_result(view)

map_side, card_side = st.columns([7, 3])
with map_side:
    map_view.draw_map(view, announces=True)
with card_side:
    plant_card.draw_card(view)

if not view.result.is_empty:
    st.subheader(page_parts.plain(view.words), anchor=False)
    plant_rows.draw_table_after_map(view, columns.ON_MAP_PAGE)
