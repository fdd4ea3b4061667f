"""Map: who builds Alfa Romeos, where a car was born, a story, plants to click, their cards and rows."""

import streamlit as st

from atlas import columns
from atlas.screen import page_parts
from atlas.screen.plants import answer, map_view, plant_card, plant_rows, which_alfa
from atlas.screen.view import current_view

view = current_view()
answer.draw_heading(view)
which_alfa.draw(view)
page_parts.empty_result(view)

map_side, card_side = st.columns([7, 3])
with map_side:
    map_view.draw_map(view)
with card_side:
    plant_card.draw_card(view)

if not view.result.is_empty:
    st.header(page_parts.plain(view.words), anchor=False)
    plant_rows.draw_first_rows(view, columns.ON_MAP_PAGE)
