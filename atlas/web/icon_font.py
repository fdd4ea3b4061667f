"""The icons of the pages as a font of 15 kB, cut from the one that Streamlit brings.

Streamlit's icon font has 4,000 icons in 375 kB; a page shows a few dozen. An icon is a ligature of the
letters of its name (":material/home:" in our code and in Streamlit's): a font with the letters and the named
icons is enough. The HTML of a page names a copy of Streamlit's styles in which that font stands for the whole
one. Nothing here knows a version: styles, font and names are read from what is installed. Where no such font
can be cut, pages keep Streamlit's.
"""

import hashlib
import io
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, TTLibError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from atlas.web import responses

_NAME = re.compile(r":material/(\w+):")
_STYLES = re.compile(r'href="\./(static/css/[^"]+\.css)"')
_FONT = re.compile(r"url\([^)]*/(MaterialSymbols[\w.-]+)\)")
_ADDRESS = re.compile(r"url\(\.\./")
_LIGATURES = 4  # the type of such a table in OpenType's GSUB


class IconFont:
    """The icons that `program` and the Streamlit installed in `streamlit` name; both are folders.

    `prefix` is the path that the server runs below.
    """

    def __init__(self, streamlit: Path, program: Path, *, prefix: str = "") -> None:
        self._streamlit, self._program, self._prefix = streamlit, program, prefix

    def in_shell(self, shell: str) -> str:
        """Returns Streamlit's HTML with our copy of its styles, which names our icons."""
        return (
            shell.replace(f"./{self._styles[0]}", f"{self._prefix}{self.paths[0]}") if self._font else shell
        )

    @cached_property
    def paths(self) -> list[str]:
        """The paths of styles and font below the server's own; they change with Streamlit and our program."""
        tag = hashlib.sha256(f"{self._styles} {responses.code_version()}".encode()).hexdigest()[:16]
        return [f"/assets/icons/{tag}.css", f"/assets/icons/{tag}.woff2"]

    def routes(self) -> list[Route]:
        """Returns the routes of styles and font."""
        answers = zip(self.paths, (self._css, self._woff2), strict=True)
        return [Route(self._prefix + path, answer, methods=["GET"]) for path, answer in answers]

    async def _css(self, _request: Request) -> Response:
        css = _FONT.sub(f"url({self._prefix}{self.paths[1]})", self._styles[1])
        css = _ADDRESS.sub(f"url({self._prefix}/static/", css)
        return Response(css, media_type="text/css", headers={"Cache-Control": responses.KEEP})

    async def _woff2(self, _request: Request) -> Response:
        content = await run_in_threadpool(lambda: self.content)
        return Response(content, media_type="font/woff2", headers={"Cache-Control": responses.KEEP})

    @cached_property
    def content(self) -> bytes:
        """The font as WOFF2; Streamlit's whole one where none can be cut."""
        whole = self._streamlit / "static" / "static" / "media" / self._font
        try:
            return _cut(whole, self.names)
        except (TTLibError, KeyError, AttributeError):  # a font of another make
            return whole.read_bytes()

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of icons in our code and in Streamlit's."""
        scripts = (self._streamlit / "static" / "static" / "js").glob("*.js")
        modules = (path for folder in (self._streamlit, self._program) for path in folder.rglob("*.py"))
        return frozenset(_named(scripts) | _named(modules))

    @cached_property
    def _styles(self) -> tuple[str, str]:
        """The path and the text of the styles that Streamlit's HTML names and that name the icons."""
        folder = self._streamlit / "static"
        for path in _STYLES.findall((folder / "index.html").read_text(encoding="utf-8")):
            text = (folder / path).read_text(encoding="utf-8")
            if _FONT.search(text):
                return path, text
        return "", ""

    @property
    def _font(self) -> str:
        """The file name of Streamlit's icon font, "" where its styles name none."""
        match = _FONT.search(self._styles[1])
        return match.group(1) if match else ""


def _named(paths: Iterable[Path]) -> set[str]:
    return {name for path in paths for name in _NAME.findall(path.read_text(encoding="utf-8"))}


def _cut(path: Path, names: Iterable[str]) -> bytes:
    """Returns a font with the letters and the icons of these names only, as WOFF2."""
    font = TTFont(path)
    letters, icons = font.getBestCmap(), _icons(font)
    wanted = {name: icons[name] for name in names if name in icons}
    options = subset.Options(layout_closure=False, layout_features=["*"], hinting=False, flavor="woff2")
    cutter = subset.Subsetter(options)
    characters = {ord(character) for name in wanted for character in name}
    cutter.populate(glyphs=[*wanted.values(), *(letters[one] for one in characters)], unicodes=characters)
    cutter.subset(font)
    content = io.BytesIO()
    font.flavor = "woff2"
    font.save(content)
    return content.getvalue()


def _icons(font: Any) -> dict[str, str]:
    """Returns the name of each icon, with the glyph that stands for it."""
    letters: dict[str, str] = {}
    for code, glyph in font.getBestCmap().items():
        letters[glyph] = chr(code).lower()  # "a" and "A" have one glyph
    tables = (table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable)
    icons = {}
    for table in (getattr(table, "ExtSubTable", table) for table in tables):
        if table.LookupType == _LIGATURES:
            for first, ligatures in table.ligatures.items():
                for one in ligatures:
                    name = "".join(letters[glyph] for glyph in (first, *one.Component))
                    icons[name] = one.LigGlyph
    return icons
