"""Front door: `streamlit run dashboard.py` serves the pages, the API and the map's files from one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from atlas import site
from atlas.web import health, page_head, routes, security

base_path = str(st.get_option("server.baseUrlPath") or "").strip("/")
prefix = f"/{base_path}" if base_path else ""
here = site.current()
shell = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


@asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """The first visitor need not wait for libraries and tables to load."""
    await run_in_threadpool(health.run)
    yield


app = st.App(
    "pages/frame.py",
    routes=[
        *routes.routes(prefix),
        *page_head.page_routes(
            prefix,
            [row.url_path for row in here.pages],
            shell,
            title=here.title,
            words=here.words,
        ),
    ],
    lifespan=warm_up,
    middleware=[Middleware(security.SecurityHeaders)],
)

if __name__ == "__main__":
    app.run()
