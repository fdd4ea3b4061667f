"""What the pages use of Streamlit without a promise: the checklist for an upgrade.

This module holds what can be called from one place. Check these as well when Streamlit, streamlit-folium,
Folium, Leaflet or openpyxl gets a new version:

- `atlas/web` reads Streamlit's own `static/index.html`, and puts titles and `window.__streamlit` into it, so
  that pages load below any path.
- `atlas/web/streamlit_files.py` looks for `data-testid`s in Streamlit's scripts and follows their imports.
- `atlas/web/icon_font.py` looks for a font called `MaterialSymbols…` in Streamlit's styles, and for names of
  icons (`:material/…:`) in its scripts.
- `atlas/drawing/browser/page/*.css` names Streamlit's classes (`.stMain`, `.stSidebar`, ...), its
  `data-testid`s and the title of streamlit-folium's frame.
- `filter_widgets.relabel` knows that a multiselect names its choices by their labels.
- `atlas/drawing/folium_map.py`: `ASSETS` and `API` lead from the address of streamlit-folium's component to
  our routes, and `AtlasMap` relies on the component taking a map's scripts alone.
- `prepare_map` and `show_map` below do what st_folium does; `tests/screen/test_internals.py` compares.
- `atlas/drawing/browser/map/plants.js` empties streamlit-folium's `feature_group` (`.length = 0`) and calls
  Leaflet's `_getNewPixelOrigin`.
- `atlas/importing/files/excel.py` asks openpyxl for a sheet's `_worksheet_path`.
- `resume_by_itself` below relies on a page with a fragment that runs again asking for a run when it is
  connected anew; `tests/serving/test_proxy_slow.py` sees it.
- `tests/screen/page.py` sets the `_page_hash` of Streamlit's `AppTest`.
"""

import gc
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
import streamlit_folium
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

DAY_S = 24 * 3600


def presence() -> Callable[[], bool]:
    """Returns a function that says whether the session of this run is still connected to its browser."""
    context = get_script_run_ctx()
    return partial(is_connected, context.session_id if context else "")


def is_connected(session_id: str) -> bool:
    """Returns whether a browser is connected to this session of this process."""
    # Without a server, as in tests, no session ends.
    return not Runtime.exists() or bool(Runtime.instance().is_active_session(session_id))


def drop_uploaded_files() -> None:
    """Removes the session's uploaded files, which Streamlit keeps in memory until the session ends."""
    context = get_script_run_ctx()
    if context:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


@st.fragment(run_every=DAY_S)
def resume_by_itself() -> None:
    """Makes the page ask for a run as soon as it is connected anew; draws nothing.

    After a short loss of the connection the session goes on, and nothing need be run. But when the server
    was restarted, or another one answers, the session is a new one that has shown nothing yet, and the
    browser would keep the page as it stood until a click, which then is lost. A browser asks by itself only
    where something on the page runs again from time to time.
    """


def select_row(table_key: str, row: int | None) -> None:
    """Marks one row of a table before it is drawn, None for no row."""
    wanted = [] if row is None else [row]
    if selected_rows(table_key) != wanted:
        st.session_state[table_key] = {"selection": {"rows": wanted, "columns": [], "cells": []}}


def selected_rows(table_key: str) -> Sequence[int]:
    """Returns the numbers of the marked rows of a table, none before it was drawn."""
    table = st.session_state.get(table_key)
    return list(table["selection"]["rows"]) if table else []


def register_map_component() -> None:
    """Lets the server answer for the files of the map's component; else it does from the first run on."""
    Runtime.instance().component_registry.register_component(streamlit_folium._component_func)


@dataclass(frozen=True)
class PreparedMap:
    """What st_folium sends of a map, made once; the changing data of its layer stand between two texts."""

    arguments: Mapping[str, Any]
    before: str
    after: str


def prepare_map(drawn: Any, layer: Any, *, key: str, height_px: int, blank: str) -> PreparedMap:
    """Returns what `show_map` needs of a Folium map and the layer on it, in whose script `blank` stands once.

    st_folium itself would build and render map and layer in each run, which takes longer than the rest of
    drawing a map.
    """
    drawn.get_root().render()
    html, header = streamlit_folium._get_html(drawn), streamlit_folium._get_header(drawn)
    script = streamlit_folium._get_map_string(drawn)
    group = streamlit_folium._get_feature_group_string(layer, map=drawn)
    before, _, after = group.rpartition(blank)
    arguments = {
        "script": script,
        "header": header,
        "html": html,
        "id": streamlit_folium.get_full_id(drawn),
        "key": streamlit_folium.generate_js_hash(script, key),
        "height": height_px,
        "width": None,
        "returned_objects": [],
        "default": {},
        "zoom": None,
        "center": None,
        "return_on_hover": False,
        "layer_control": None,
        "pixelated": False,
        "css_links": [link for _, link in drawn.default_css],
        "js_links": [link for _, link in drawn.default_js],
        "wrap_longitude": False,
    }
    return PreparedMap(arguments, before, after)


def show_map(prepared: PreparedMap, data: str, *, key: str, on_change: Callable[[], None]) -> None:
    """Draws a prepared map with the changing data of its layer, as st_folium does.

    What the map says is in the session under `key` when `on_change` is called.
    """

    def said() -> None:
        st.session_state[key] = st.session_state.get(prepared.arguments["key"], {})
        on_change()

    streamlit_folium._component_func(
        **prepared.arguments, feature_group=f"{prepared.before}{data}{prepared.after}", on_change=said
    )


def send_at_once() -> None:
    """Lets the server send each message at once; call it when the server listens.

    Else the system holds small messages back until the browser has confirmed the one before (Nagle's
    algorithm), which takes up to 40 ms in each run. asyncio turns that off, but not for a socket that was
    made without the number of its protocol, as Streamlit makes it. Connections take over what is set here.
    """
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.fileno() >= 0 and _is_tcp(thing):
            thing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_tcp(connection: socket.socket) -> bool:
    return connection.family in (socket.AF_INET, socket.AF_INET6) and connection.type == socket.SOCK_STREAM
