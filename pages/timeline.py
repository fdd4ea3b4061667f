"""Timeline: which model was built where and when, and what each plant built per year."""

import streamlit as st

from atlas import screen, story
from atlas.alfa import history, tables

view = screen.view()
plants = view.sheet.table.iloc[view.result.rows]
every = story.all_runs(view)
screen.heading("Timeline", view, history.in_year(every, story.chosen_year(view) or tables.AS_OF_YEAR))
story.find_my_car(view, every)
screen.empty_result(view)

if not view.result.is_empty:
    st.subheader(screen.plain(f"Models built: {view.words}"), anchor=False)
    story.draw_models(view, plants, every)
    st.subheader("Vehicles built per year", anchor=False)
    story.draw_output(view, plants)
