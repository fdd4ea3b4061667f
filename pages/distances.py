"""Distances: how far the plants are from a plant, a town or any point, and from each other."""

import streamlit as st

from atlas.language import gettext
from atlas.screen import distances, page_parts
from atlas.screen.view import current_view

view = current_view()
asked = distances.question(view)
page_parts.heading(gettext("Distances"), view, distances.lead(view, asked))
distances.choose_start(view, asked)
page_parts.empty_result(view)

if not view.result.is_empty:
    distances.draw_map(view, asked)
    if asked.start:
        distances.draw_nearest(view, asked.start)
    st.header(distances.between_words(view), anchor=False)
    distances.draw_matrix(view, asked)
