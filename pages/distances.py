"""Distances: how far the plants are from a plant, a town or any point, and from each other."""

import streamlit as st

from atlas import nearby, screen

view = screen.view()
about = nearby.asked(view)
screen.heading("Distances", view, nearby.lead(view, about))
nearby.choose_start(view, about)
screen.empty_result(view)

if not view.result.is_empty:
    nearby.draw_map(view, about)
    if about.start:
        nearby.draw_nearest(view, about.start)
    st.subheader("Between the plants", anchor=False)
    nearby.draw_matrix(view, about)
