"""Timeline: which model was built where and when, and what each plant built per year."""

import streamlit as st

from atlas.language import gettext
from atlas.screen import page_parts, timeline
from atlas.screen.view import current_view

view = current_view()
plants = view.sheet.table.iloc[view.result.rows]
runs = timeline.all_runs(view)
timeline.draw_heading(view)
timeline.find_my_car(view, runs)
page_parts.empty_result(view)

if not view.result.is_empty:
    st.header(page_parts.plain(gettext("Models built: {plants}", plants=view.words)), anchor=False)
    timeline.draw_models(view, plants, runs)
    st.header(gettext("Vehicles built per year"), anchor=False)
    timeline.draw_output(view, plants)
