"""The top of the Map page: its title, and a line that says who builds Alfa Romeos, now or in a year."""

import streamlit as st

from atlas.drawing import answer, cards
from atlas.language import gettext, number
from atlas.screen import address, filter_widgets, page_parts, state
from atlas.screen.page_parts import plain
from atlas.screen.view import ALL_SITES, View

MAX_LINKS = 6


def draw_heading(view: View) -> None:
    """Draws title, answer and notes; the number of elements is the same in each run.

    Elements below keep their place, or the map would be loaded anew.
    """
    st.title(plain(answer.title(view.heading, view.year)), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", key=state.LEAD):
        if view.sheet.about_alfa:
            _draw(view, answer.builders_line(view.catalog, view.sheet, view.selection))
        else:
            st.html(cards.lead(view.words + "."))
    page_parts.notes(view)


def _draw(view: View, line: answer.BuildersLine) -> None:
    st.html(cards.lead(line.words))
    for label, plant_id in line.links[:MAX_LINKS]:
        # No page link: one to the page that is open changes the page, but not the browser's address.
        st.button(
            plain(label),
            key=f"{state.LEAD_BUTTON}-{plant_id}",
            type="tertiary",
            on_click=address.select,
            args=(plant_id,),
        )
    if len(line.links) > MAX_LINKS:
        st.html(cards.lead(gettext("and {number} more", number=number(len(line.links) - MAX_LINKS))))
    if line.elsewhere:
        st.html(cards.lead(line.elsewhere))
        st.button(
            gettext("Show all {number} sites", number=number(len(view.all_sites.table))),
            key=state.SHOW_ELSEWHERE_BUTTON,
            type="tertiary",
            on_click=filter_widgets.choose,
            kwargs={"table": ALL_SITES},
        )
