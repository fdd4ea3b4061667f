"""A visitor's own table: whose it is, how it comes on show, and how it is forgotten.

The session keeps only the name of its owner; the table lies in the server's `visitors` under that name. In
the address of a page the table is called "yours", which names it for nobody else.
"""

import secrets

import streamlit as st

from atlas.catalog import filters, loader, sheets
from atlas.language import gettext
from atlas.screen import address, internals, state


def owner() -> str:
    """Returns the name under which this session owns a table; the first call registers the session."""
    if state.OWNER not in st.session_state:
        st.session_state[state.OWNER] = secrets.token_urlsafe(32)
        enter()
    return str(st.session_state[state.OWNER])


def enter() -> None:
    """Notes that the owner is here, in a session that may own a table."""
    if state.OWNER in st.session_state:
        loader.visitors().enter(st.session_state[state.OWNER], is_here=internals.presence())


def farewell() -> str:
    """Returns once why the session's table is gone; "" where it is not."""
    return loader.visitors().farewell(st.session_state.get(state.OWNER, ""))


def visible_tables() -> sheets.Catalog:
    """Returns the tables that this session can look at: everybody's, and its own."""
    own = loader.visitors().mine(st.session_state[state.OWNER]) if state.OWNER in st.session_state else None
    return loader.open_catalog().with_own(own)


def title_of(sheet: sheets.Sheet) -> str:
    """Returns what a table is called in the switch."""
    return gettext("Your table") if sheet.is_private else sheet.shown_title


def show() -> None:
    """Callback: brings the visitor's own table on show, without filters."""
    address.url_to_widgets({filters.TABLE: [sheets.YOURS]}, visible_tables())
    address.keep_widgets()


def forget() -> None:
    """Callback: drops the visitor's own table and all that was made of it."""
    loader.visitors().forget(owner())
    if st.session_state.get(state.SHEET) == sheets.YOURS:
        address.url_to_widgets({}, visible_tables())
    address.keep_widgets()
