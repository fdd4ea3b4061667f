"""The top of the Map page: its title, and a line that says who builds Alfa Romeos, now or in a year."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from atlas import site
from atlas.alfa import runs, tables
from atlas.catalog import sheets
from atlas.drawing import cards
from atlas.screen import address, elsewhere, filter_widgets, page_parts, state
from atlas.screen.page_parts import plain
from atlas.screen.view import ALL_SITES, View

MAX_LINKS = 6
MOST_ANSWERS = 64


@dataclass(frozen=True)
class _Answer:
    """Words, links (what they say and the plant that they select), and a sentence on another table."""

    words: str
    links: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""


def draw_heading(view: View) -> None:
    """Draws title, answer and notes; the number of elements is the same in each run.

    Elements below keep their place, or the map would be loaded anew.
    """
    year = view.year
    title = f"Where Alfa Romeos were made in {year}" if year else view.heading
    st.title(plain(title), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", key=state.LEAD):
        if view.sheet.about_alfa:
            key = (view.selection.rows_key, year)
            _draw(view, view.sheet.memory.of("answer", key, lambda: _answer(view), most=MOST_ANSWERS))
        else:
            st.html(cards.lead(view.words + "."))
    page_parts.notes(view)


def _draw(view: View, answer: _Answer) -> None:
    st.html(cards.lead(answer.words))
    for label, plant_id in answer.links[:MAX_LINKS]:
        # No page link: one to the page that is open changes the page, but not the browser's address.
        st.button(
            plain(label),
            key=f"{state.LEAD_BUTTON}-{plant_id}",
            type="tertiary",
            on_click=address.select,
            args=(plant_id,),
        )
    if len(answer.links) > MAX_LINKS:
        st.html(cards.lead(f"and {len(answer.links) - MAX_LINKS} more"))
    if answer.elsewhere:
        st.html(cards.lead(answer.elsewhere))
        st.button(
            f"Show all {len(view.all_sites.table)} sites",
            key=state.SHOW_ELSEWHERE_BUTTON,
            type="tertiary",
            on_click=filter_widgets.choose,
            kwargs={"table": ALL_SITES},
        )


def _answer(view: View) -> _Answer:
    shown = view.sheet.table.iloc[view.result.rows]
    builders, words = _builders(view, shown), _words(view)
    links = tuple(
        (builder.year_in_words if view.year else builder.now_in_words, builder.plant_id)
        for builder in builders
    )
    return _Answer(words if links else _nobody(view), links, _elsewhere(view))


def _builders(view: View, plants: pd.DataFrame) -> list[runs.Builder]:
    if view.year is None:
        return runs.builders_now(plants)
    return runs.builders_in(plants, view.catalog.about_alfa.production, view.year)


def _words(view: View) -> str:
    return f"In {view.year}:" if view.year else f"Built today ({tables.AS_OF}):"


def _nobody(view: View) -> str:
    when = f"built Alfa Romeos in {view.year}" if view.year else f"builds Alfa Romeos today ({tables.AS_OF})"
    return f"No plant shown here {when}."


def _elsewhere(view: View) -> str:
    """Returns who else builds, out of what the same filters show of all sites; "" where nobody does."""
    if view.sheet.key != sheets.DEFAULT_SHEET or site.current() is not site.ALFA:
        return ""
    result = elsewhere.result_in(view, view.all_sites)
    if result is None:
        return ""
    others = view.all_sites.table.iloc[result.rows]
    builders = _builders(view, others[~others["plant_id"].isin(view.sheet.table["plant_id"])])
    return runs.elsewhere_in(builders, view.year) if view.year else runs.elsewhere_now(builders)
