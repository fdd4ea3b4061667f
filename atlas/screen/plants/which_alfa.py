"""The box of the Map page for a visitor's car, "Giulia 1968", and the answer: where it was born.

The question is the parameter `car` of the page's address. It is no filter: other pages know nothing of it.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from atlas.alfa import born, history, runs
from atlas.drawing import cards, told
from atlas.language import gettext
from atlas.screen import address, download_menu, filter_widgets, own_table, state
from atlas.screen.page_parts import plain, server_path
from atlas.screen.plants import story
from atlas.screen.view import View

PREVIEW = "/api/preview.png"


def draw(view: View) -> None:
    """Draws the box with its answer, or a step of the story; nothing for a table of other plants."""
    with st.container():
        if not view.sheet.about_alfa:
            return
        if story.is_told(view):
            story.draw(view)
            return
        text = view.page_parameters.get(told.CAR, "")
        with st.container(horizontal=True, vertical_alignment="center"):
            _ask(view, text)
            story.offer(view)
        if text:
            _answer(view, text, told.born_answer(view.catalog, text[: born.MOST_LETTERS]))


def _ask(view: View, text: str) -> None:
    production = view.catalog.about_alfa.production
    labels = view.all_sites.memory.of("models", "", lambda: runs.with_years(production), most=1)
    state.put(state.WHICH_ALFA, text or None)
    st.selectbox(
        gettext("Which Alfa do you have?"),
        [*labels, *({text} - {"", *labels})],  # what was typed is an option, too
        format_func=lambda model: labels.get(model, model),
        index=None,
        key=state.WHICH_ALFA,
        placeholder=gettext("Which Alfa do you have? Giulia 1968, 147, Spider …"),
        label_visibility="collapsed",
        accept_new_options=True,
        filter_mode="contains",
        on_change=address.on_choice(state.WHICH_ALFA, lambda asked: show_car(asked or "")),
    )


def show_car(text: str) -> None:
    """Callback: asks where a car was born, and selects its plant; "" closes the answer."""
    address.set_page_parameters(**{told.CAR: text})
    found = told.born_answer(own_table.visible_tables(), text[: born.MOST_LETTERS]) if text else None
    if found and found.plant_ids:
        filter_widgets.show_plant(found.plant_ids[0])


def _answer(view: View, text: str, answer: born.BornAnswer) -> None:
    """Draws the sentence with its sources, what to share, ways to its plants, and other cars to ask for."""
    query = urlencode({**view.parameters, told.CAR: [text]}, doseq=True)
    link, picture = f"{download_menu.server_address()}/?{query}", f"{server_path()}{PREVIEW}?{query}"
    with st.container(border=True, key=state.BORN):
        st.html(cards.born(answer, link=link, picture=picture))
        others = [plant_id for plant_id in answer.plant_ids if plant_id != view.selection.plant]
        if others or answer.offers:
            with st.container(horizontal=True, gap="small"):
                _offer_plants(view, others)
                _offer_cars(answer.offers)


def _offer_plants(view: View, plant_ids: Sequence[str]) -> None:
    names = view.all_sites.memory.of(
        "short names", "", lambda: history.short_names(view.all_sites.table), most=1
    )
    for plant_id in plant_ids:
        st.button(
            plain(gettext("Show {plant}", plant=names[plant_id])),
            key=f"{state.BORN_BUTTON}-{plant_id}",
            type="tertiary",
            icon=":material/map:",
            on_click=filter_widgets.show_plant,
            args=(plant_id,),
        )


def _offer_cars(texts: Sequence[str]) -> None:
    for text in texts:
        st.button(plain(text), key=f"{state.BORN_BUTTON}-{text}", on_click=show_car, args=(text,))
