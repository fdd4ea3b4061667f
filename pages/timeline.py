"""Timeline: which model was built where and when, and what each plant built per year."""

import streamlit as st

from atlas.alfa import history, tables
from atlas.screen import frame, timeline

view = frame.view()
plants = view.sheet.table.iloc[view.result.rows]
every = timeline.all_runs(view)
frame.heading("Timeline", view, history.in_year(every, timeline.chosen_year(view) or tables.AS_OF_YEAR))
timeline.find_my_car(view, every)
frame.empty_result(view)

if not view.result.is_empty:
    st.subheader(frame.plain(f"Models built: {view.words}"), anchor=False)
    timeline.draw_models(view, plants, every)
    st.subheader("Vehicles built per year", anchor=False)
    timeline.draw_output(view, plants)
