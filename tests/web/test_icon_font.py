"""The font of the few icons that pages show, cut from the installed Streamlit's."""

import io
import re
from pathlib import Path

import pytest
import streamlit
from fontTools.ttLib import TTFont
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas.paths import ATLAS
from atlas.web import icon_font
from atlas.web.icon_font import IconFont

STREAMLIT = Path(streamlit.__file__).parent
SHELL = (STREAMLIT / "static" / "index.html").read_text(encoding="utf-8")
WHOLE = next((STREAMLIT / "static" / "static" / "media").glob("MaterialSymbols*.woff2"))


@pytest.fixture(scope="module")
def icons() -> IconFont:
    return IconFont(STREAMLIT, ATLAS, prefix="/atlas")


def test_every_icon_of_our_code_is_in_the_font(icons: IconFont) -> None:
    """And those that Streamlit's own code names, as far as its font has them; the rest is left out."""
    found = icon_font._icons(TTFont(io.BytesIO(icons.content)))
    ours = {
        name for path in ATLAS.rglob("*.py") for name in re.findall(r":material/(\w+):", path.read_text())
    }
    assert {"map", "download", "filter_alt_off"} <= ours <= set(found)
    assert icons.names & set(icon_font._icons(TTFont(WHOLE))) <= set(found)
    assert "rocket" not in found
    assert len(icons.content) < 30_000 < WHOLE.stat().st_size / 10


def test_an_icon_looks_as_in_the_whole_font(icons: IconFont) -> None:
    """Same outline, same place, same width."""
    cut, whole = TTFont(io.BytesIO(icons.content)), TTFont(WHOLE)
    ours, theirs = icon_font._icons(cut)["download"], icon_font._icons(whole)["download"]
    assert cut["glyf"][ours].coordinates == whole["glyf"][theirs].coordinates
    assert cut["hmtx"][ours] == whole["hmtx"][theirs]
    assert cut["head"].unitsPerEm == whole["head"].unitsPerEm


def test_pages_name_our_font_instead_of_streamlits(icons: IconFont) -> None:
    """The styles of the shell are a copy of Streamlit's; all else that they name is Streamlit's."""
    shell = icons.in_shell(SHELL)
    (styles,) = re.findall(r'rel="stylesheet"[^>]*href="([^"]+)"', shell)
    assert styles == "/atlas" + icons.paths[0]
    client = TestClient(Starlette(routes=icons.routes()))
    css = client.get(styles)
    assert "immutable" in css.headers["cache-control"]
    addresses = set(re.findall(r"url\((/[^)]+)\)", css.text))
    assert "/atlas" + icons.paths[1] in addresses
    rest = addresses - {"/atlas" + icons.paths[1]}
    assert rest
    for address in rest:
        assert (STREAMLIT / "static" / address.removeprefix("/atlas/")).is_file()
    font = client.get("/atlas" + icons.paths[1])
    assert (font.content, font.headers["content-type"]) == (icons.content, "font/woff2")


def made_up(folder: Path, css: str, font: bytes) -> IconFont:
    """A Streamlit whose styles and icon font are these."""
    static = folder / "static"
    (static / "static" / "css").mkdir(parents=True)
    (static / "static" / "media").mkdir()
    (static / "index.html").write_text('<link rel="stylesheet" href="./static/css/index.a.css">')
    (static / "static" / "css" / "index.a.css").write_text(css)
    (static / "static" / "media" / "MaterialSymbols-New.woff2").write_bytes(font)
    return IconFont(folder, folder)


def test_another_font_is_served_whole(tmp_path: Path) -> None:
    """One that cannot be cut is the one that browsers get."""
    css = "@font-face{font-family:Icons;src:url(../media/MaterialSymbols-New.woff2)}"
    assert made_up(tmp_path, css, b"no font").content == b"no font"


def test_styles_without_icons_stay_as_they_are(tmp_path: Path) -> None:
    """Streamlit's HTML is not changed where its styles name no such font."""
    icons = made_up(tmp_path, "p{margin:0}", b"")
    shell = '<link rel="stylesheet" href="./static/css/index.a.css">'
    assert icons.in_shell(shell) == shell
