"""Front door: `streamlit run dashboard.py` serves the pages, the API and the map's files from one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from atlas import site
from atlas.errors import keep_words_out_of_logs
from atlas.paths import ATLAS
from atlas.screen import internals, page_parts
from atlas.web import health, page_head, requests, routes, security
from atlas.web.icon_font import IconFont
from atlas.web.own_process import OwnProcess
from atlas.web.packed_files import PackedFiles
from atlas.web.streamlit_files import MAP_FRAME, StreamlitFiles, map_component

keep_words_out_of_logs()
prefix = page_parts.server_path()
current_site = site.current()
streamlit_files = StreamlitFiles(Path(st.__file__).parent / "static")
icons = IconFont(Path(st.__file__).parent, ATLAS, prefix=prefix)


def early_files() -> list[str]:
    """Returns the paths of what every page loads, in the order of packing."""
    ours = [*page_head.page_files(), *page_head.map_files()]
    return [*streamlit_files.of_a_page(), *ours, *icons.paths]


@asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """Loads libraries and tables before the first visitor comes."""
    await run_in_threadpool(health.run)
    await run_in_threadpool(internals.register_map_component)
    internals.send_at_once()
    yield


app = st.App(
    "pages/frame.py",
    routes=[
        *icons.routes(),
        *routes.routes(prefix),
        *page_head.page_routes(
            prefix,
            [row.url_path for row in current_site.pages],
            icons.in_shell(streamlit_files.shell),
            title=current_site.title,
            words=current_site.words,
            early=page_head.EarlyFiles(streamlit_files.chunks([MAP_FRAME]), map_component()[1:]),
        ),
    ],
    lifespan=warm_up,
    middleware=[
        Middleware(security.SecurityHeaders),
        Middleware(requests.VisitorsLanguage),
        Middleware(OwnProcess, prefix=prefix, has_session=internals.is_connected),
        Middleware(PackedFiles, prefix=prefix, early=early_files),
    ],
)

if __name__ == "__main__":
    app.run()
