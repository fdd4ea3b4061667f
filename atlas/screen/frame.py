"""The frame around every page: navigation, filters and downloads beside it, and errors in its place.

A run goes from the address to the page: read the address, let `address.decide` say whether it or the widgets
count, make a selection, ask for its result, write the address, draw. Pages read `view.current_view`.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from markupsafe import escape

from atlas import site
from atlas.catalog import sheets
from atlas.drawing import browser_files, cards, told
from atlas.errors import AtlasError
from atlas.language import gettext
from atlas.paths import ASSETS
from atlas.screen import address, download_menu, filter_widgets, internals, own_table, page_parts, state
from atlas.screen.page_parts import plain
from atlas.screen.view import View, set_view

MOST_LANGUAGES = 64


def run_frame() -> None:
    """Draws the page that the URL names, with navigation, filters and downloads; errors become a sentence."""
    address.speak()
    our_site = site.current()
    is_embedded = bool(st.context.is_embedded)
    own_table.enter()
    pages = {row.script: _streamlit_page(row, is_embedded=is_embedded) for row in our_site.pages}
    chosen = st.navigation(list(pages.values()), position="hidden")
    page = next(row for row in our_site.pages if row.url_path == chosen.url_path)
    title = f"{page.title} · {our_site.title}" if page.url_path else our_site.title
    st.set_page_config(page_title=title, page_icon=browser_files.page_icon(), layout="wide")
    st.html(f"<style>{browser_files.page_css()}</style>")
    internals.resume_by_itself()
    try:
        view = _read_view(page)
        set_view(view)
        if subject := view.subject:
            st.set_page_config(page_title=f"{subject} · {title}")
        if is_embedded and not page.url_path:
            st.html(ASSETS / "page" / "embed.css")
            chosen.run()
            return
        with st.sidebar:
            _draw_navigation(our_site, pages, view)
            controls = st.container()
        download_menu.draw(view, page)
        # The page before the filters: their widgets must not hold up the map.
        if page.for_any_table or view.sheet.about_alfa:
            chosen.run()
        else:
            _about_alfa_alone(page, view)
    except AtlasError as error:
        page_parts.show_error(error)
        return
    with controls:
        filter_widgets.draw(view, has_filters=page.has_filters)
        st.html(_languages(page, view))


def _read_view(page: site.PageRow) -> View:
    """Returns what this run shows: from the address if that is new, else from the widgets.

    Leaves the address in the browser that says so, and remembers it for the next run.
    """
    catalog = own_table.visible_tables()
    arrived = address.read(page, catalog)
    filter_widgets.step()
    touched = st.session_state.pop(state.TOUCHED, False)
    remembered = st.session_state.get(state.REMEMBERED, address.Remembered())
    winners = address.decide(remembered, arrived, touched=touched, now_s=time.monotonic())
    if winners.page_parameters == "address":
        address.keep_page_parameters(page, arrived.page_parameters)
    if winners.selection == "address":
        tells = told.told(catalog, arrived.page_parameters)
        address.url_to_widgets(told.with_plant(catalog, arrived.selection, tells), catalog)
    elif st.session_state[state.SHEET] not in catalog.sheets:
        address.url_to_widgets({}, catalog)
    if farewell := own_table.farewell():
        st.session_state[state.NOTES] = [farewell]
    sheet = catalog.sheets[st.session_state[state.SHEET]]
    filter_widgets.relabel(sheet)
    selection = address.widgets_to_selection(sheet)
    view = View(catalog, sheet, selection, sheet.results.of(selection), address.page_parameters(page))
    left = address.PageAddress(page.url_path, view.selection_parameters, view.page_parameters)
    address.write(page, sheet, arrived, left)
    st.session_state[state.REMEMBERED] = remembered.after(arrived, left, now_s=time.monotonic())
    return view


# ---- navigation ------------------------------------------------------------------------------------


def _streamlit_page(row: site.PageRow, *, is_embedded: bool) -> Any:
    script = row.script if row.url_path or not is_embedded else site.EMBEDDED_SCRIPT
    # Without an icon: Streamlit would fetch it from the internet for the browser's tab.
    return st.Page(script, title=row.title, url_path=row.url_path or None, default=not row.url_path)


def _draw_navigation(our_site: site.Site, pages: Mapping[str, Any], view: View) -> None:
    st.html(f"<p class='atlas-site'>{escape(our_site.title)}</p>")
    with st.container(gap="xxsmall"):
        for row in our_site.pages:
            st.page_link(
                pages[row.script],
                icon=row.icon,
                width="stretch",
                query_params={**view.parameters, **address.page_parameters(row)},
            )


def _languages(page: site.PageRow, view: View) -> str:
    """Returns the links to the same view in each language as HTML; `page/share.js` follows them in place.

    Not as a widget, which would cost each run of a page as much as a filter does.
    """
    parameters = {**view.selection_parameters, **view.page_parameters}
    return view.sheet.memory.of(
        "languages",
        (page.url_path, view.selection, tuple(view.page_parameters.items())),
        lambda: cards.languages(lambda code: "?" + urlencode({**parameters, "lang": code}, doseq=True)),
        most=MOST_LANGUAGES,
    )


def _about_alfa_alone(page: site.PageRow, view: View) -> None:
    """Draws a way back to our plants, instead of a page that a table of other plants would leave empty."""
    page_parts.heading(page.title, view)
    with st.container(border=True):
        st.markdown(
            plain(
                gettext(
                    "This page is about Alfa Romeos, and {table} is on show.",
                    table=own_table.title_of(view.sheet),
                )
            )
        )
        title = view.catalog.sheets[sheets.DEFAULT_SHEET].shown_title
        st.button(
            plain(gettext("Show {table}", table=title[:1].lower() + title[1:])),
            key=state.OUR_PLANTS_BUTTON,
            icon=":material/undo:",
            on_click=filter_widgets.choose,
            kwargs={"table": sheets.DEFAULT_SHEET},
        )
