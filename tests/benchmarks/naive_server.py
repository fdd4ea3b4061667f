"""Serves `naive.py` and, from installed packages, the browser files that its map needs.

The files are compressed once and may be kept for ever, as a content delivery network would have it.
"""

import gzip
import mimetypes
from functools import cache
from importlib import resources

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_PACKAGES = ("leaflet", "leaflet_markercluster", "jquery")


@cache
def compressed(name: str) -> bytes:
    """A browser file of one of the XStatic packages, by its name; `KeyError` for any other."""
    for package in _PACKAGES:
        file = resources.files(f"xstatic.pkg.{package}").joinpath("data", *name.split("/"))
        if ".." not in name and file.is_file():
            return gzip.compress(file.read_bytes(), mtime=0)
    raise KeyError(name)


async def asset(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        content = compressed(name)
    except KeyError:
        return Response(status_code=404)
    headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=mimetypes.guess_type(name)[0], headers=headers)


app = st.App("naive.py", routes=[Route("/benchmark-assets/{name:path}", asset)])
