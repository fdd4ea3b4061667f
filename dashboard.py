"""Front door: `streamlit run dashboard.py` serves the pages, the API and the map's files from one process."""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from atlas import site
from atlas.web import health, packed_files, routes, streamlit_files

base_path = str(st.get_option("server.baseUrlPath") or "").strip("/")
prefix = f"/{base_path}" if base_path else ""
here = site.current()
streamlits = streamlit_files.StreamlitFiles(Path(st.__file__).parent / "static")
shell = streamlits.shell


@asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """The first visitor need not wait for libraries and tables to load."""
    await run_in_threadpool(health.run)
    # Streamlit serves the files of the map's component from its import on.
    await run_in_threadpool(importlib.import_module, "streamlit_folium")
    yield


def early_files() -> list[str]:
    """What every page loads of Streamlit, to be packed before the first visitor comes."""
    elements = [streamlit_files.MAP_FRAME, *streamlit_files.ELEMENTS]
    paths = [*streamlits.linked, *streamlit_files.map_component(), *streamlits.chunks(elements)]
    return [f"/{path}" for path in paths]


app = st.App(
    "pages/frame.py",
    routes=[
        *routes.routes(prefix),
        *routes.page_routes(
            prefix,
            [row.url_path for row in here.pages],
            shell,
            title=here.title,
            words=here.words,
        ),
    ],
    lifespan=warm_up,
    middleware=[
        Middleware(routes.SecurityHeaders),
        Middleware(packed_files.PackedFiles, prefix=prefix, early=early_files),
    ],
)

if __name__ == "__main__":
    app.run()
