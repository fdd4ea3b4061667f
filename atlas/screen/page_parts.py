"""Parts that several pages share: the heading with its notes, empty results, errors, plain text."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from atlas import settings
from atlas.catalog import filters
from atlas.drawing import cards
from atlas.errors import AtlasError, for_strangers
from atlas.language import gettext, join, ngettext, number
from atlas.screen import address, own_table, state
from atlas.screen.view import View

MAX_NAMED = 3
_MARKDOWN = str.maketrans({character: "\\" + character for character in r"\`*_{}[]()<>#+-.!|~$:&"})


def plain(text: str) -> str:
    """Returns text for places where Streamlit reads Markdown, so that it is shown as it is."""
    return text.translate(_MARKDOWN)


def server_path() -> str:
    """Returns the path that the server runs below: "" or "/atlas"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def show_error(error: AtlasError) -> None:
    """Draws an error; the one place where errors are shown."""
    st.error(_public(str(error)), icon=":material/error:")


def _public(sentence: str) -> str:
    """Returns a sentence for anybody, without the folders of the server."""
    return plain(for_strangers(sentence, settings.private_folders()))


def place(height_px: int, key: str) -> Any:
    """Returns a container as high as what will stand in it, so that nothing jumps when that is loaded."""
    return st.container(height=height_px, border=False, key=f"{state.PLACE}-{key}")


def heading(title: str, view: View, lead: str = "", *, has_rows: bool = True) -> None:
    """Draws the title, a sentence, what the filters leave, and notes about values that were left out.

    `has_rows`: the page shows the rows that the filters leave.
    """
    st.title(plain(title), anchor=False)
    if lead:
        st.html(cards.lead(lead))
    # In a container, as the notes: a filter must not move what stands below, or the map would be loaded anew.
    with st.container():
        if has_rows and view.selection.is_filtered and not view.result.is_empty:
            _filtered(view, lead)
    notes(view)


def _filtered(view: View, lead: str) -> None:
    """Draws that filters choose what is shown, which may have been set on another page, and the way out."""
    words = f"{view.words}."
    with st.container(horizontal=True, vertical_alignment="center", key=state.FILTERED):
        if lead != words:
            st.html(cards.lead(gettext("Filtered: {plants}", plants=words)))
        st.button(
            gettext("Show all"),
            key=state.UNFILTER_BUTTON,
            type="tertiary",
            on_click=address.clear_filters,
            args=(view.sheet.index.filters,),
        )


def notes(view: View) -> None:
    """Draws what was left out of the address, and what is wrong with the table."""
    # In a container of their own: elements after them keep their place, or the map would be loaded anew.
    with st.container():
        for note in st.session_state.get(state.NOTES, []):
            st.info(plain(note), icon=":material/info:")
        if view.sheet.problem:
            st.warning(_public(view.sheet.problem), icon=":material/warning:")


def empty_result(view: View) -> None:
    """Draws, where the filters leave no plant, what other tables have, and a way back; else nothing."""
    place = st.container()
    if not view.result.is_empty:
        return
    with place, st.container(border=True):
        reason = gettext("Nothing is wrong: the filters just leave no plant.")
        st.markdown(f"**{plain(view.words)}.** {reason}")
        with st.container(horizontal=True):
            for key, words in _matches_elsewhere(view):
                st.button(
                    plain(gettext("{plants} – show", plants=words)),
                    key=f"{state.SHOW_IN_BUTTON}-{key}",
                    icon=":material/arrow_forward:",
                    type="primary",
                    on_click=_show_in,
                    args=(key, view.parameters),
                )
            st.button(
                gettext("Show all plants"),
                key=state.SHOW_ALL_BUTTON,
                icon=":material/undo:",
                on_click=address.clear_filters,
                args=(view.sheet.index.filters,),
            )


def _matches_elsewhere(view: View) -> list[tuple[str, str]]:
    """Returns the key of each other table with plants that fit, and "1 plant in All sites: Portello"."""
    matches = []
    for sheet in view.catalog.sheets.values():
        result = None if sheet.key == view.sheet.key else sheet.result_of_same(view.selection)
        if result is not None and not result.is_empty:
            names = result.head["name"].iloc[:MAX_NAMED].tolist()
            total = result.totals.plants
            more = [gettext("{number} more", number=number(total - len(names)))] if total > len(names) else []
            words = ngettext(
                "{number} plant in {table}: {names}",
                "{number} plants in {table}: {names}",
                total,
                table=own_table.title_of(sheet),
                names=join([*names, *more]),
            )
            matches.append((sheet.key, words))
    return matches


def _show_in(key: str, parameters: Mapping[str, Sequence[str]]) -> None:
    """Callback: the same filters in another table."""
    address.url_to_widgets({**parameters, filters.TABLE: [key]}, own_table.visible_tables())
    address.touch()


def unread_cells(view: View) -> None:
    """Draws what could not be read in an operator's table, for the people who look after it."""
    if view.sheet.notes:
        with st.expander(gettext("What could not be read in the table")):
            for note in view.sheet.notes:
                st.markdown(plain(note))


def embedded_line(view: View) -> None:
    """Draws, in one line, what an embedded map shows, with the way to the whole page of the selection."""
    row = view.selected_row
    selected = (
        [] if row is None else [gettext("Selected: {plant}.", plant=view.sheet.table["name"].iloc[row])]
    )
    words = " ".join([view.words + ".", *selected, *st.session_state.get(state.NOTES, [])])
    st.html(cards.embedded_line(words, f"{server_path()}/?{urlencode(view.parameters, doseq=True)}"))
