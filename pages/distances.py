"""Distances: how far the plants are from a plant, a town or any point, and from each other."""

import streamlit as st

from atlas.screen import distances, frame

view = frame.view()
about = distances.asked(view)
frame.heading("Distances", view, distances.lead(view, about))
distances.choose_start(view, about)
frame.empty_result(view)

if not view.result.is_empty:
    distances.draw_map(view, about)
    if about.start:
        distances.draw_nearest(view, about.start)
    st.subheader("Between the plants", anchor=False)
    distances.draw_matrix(view, about)
