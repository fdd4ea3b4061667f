"""The API and the pages' first answer as a server without Streamlit, for the tests beside this file."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
import streamlit
from httpx2 import Response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from atlas import site
from atlas.catalog import loader, sheets
from atlas.catalog.loader import Library
from atlas.export import formats
from atlas.web import page_head, routes, security

Edit = Callable[[str, str, str], None]


Serve = Callable[[Path], Library]


SHELL = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


PAGES = [row.url_path for row in site.PAGES]


FILES = [form.file for form in formats.FORMATS]


def server(prefix: str = "") -> TestClient:
    """The API and the pages' first answer as dashboard.py puts them together, without Streamlit."""
    words = {"title": site.ALFA.title, "words": site.ALFA.words}
    pages = page_head.page_routes(prefix, PAGES, SHELL, **words)
    app = Starlette(
        routes=[*routes.routes(prefix), *pages], middleware=[Middleware(security.SecurityHeaders)]
    )
    return TestClient(app)


def problem(answer: Response) -> tuple[int, str]:
    """Status and sentence of a mistake, which must be said as RFC 9457 says it."""
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert said == {
        "type": "about:blank",
        "title": HTTPStatus(answer.status_code).phrase,
        "status": answer.status_code,
        "detail": said["error"],
        "error": said["error"],
    }
    assert "Traceback" not in said["error"]
    return answer.status_code, said["error"]


def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> sheets.Sheet:
    """An operator's table of `size` plants, of which every seventh has no position."""
    path = tmp_path / "power_plants.csv"
    lines = [
        f'p{n},"Plant {n}, =1",{("Italy", "Peru", "")[n % 3]},{("gas", "coal")[n % 2]},'
        + (",," if n % 7 == 6 else f"{n % 170 - 85},{n % 360 - 180},{n}")
        for n in range(size)
    ]
    path.write_text("\n".join(["id,name,country,fuel,lat,lon,accuracy m", *lines]), encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    return loader.open_catalog().sheet("plants")
