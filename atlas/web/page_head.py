"""The pages' HTML: Streamlit's own with our title, description and address in its head, and a first answer.

Title and description follow the page and its parameters (see `link_card`). A browser that has this answer
begins to fetch the map's files while Streamlit still starts.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import brotli
from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from atlas import language, site
from atlas.catalog import loader, sheets
from atlas.drawing import browser_files, folium_map
from atlas.errors import AtlasError
from atlas.export import changes_feed
from atlas.web import first_answer, link_card, packed_files, responses
from atlas.web.requests import RequestedRows, as_on_page

MOST_PAGES = 256  # kept of a table, about 30 kB each


@dataclass(frozen=True)
class EarlyFiles:
    """Streamlit's files that a browser should load before Streamlit asks for them, as in `static/js/a.js`.

    `chunks`: modules of the page, in the order of their use. `frame_scripts`: scripts of the map's frame.
    """

    chunks: Sequence[str] = ()
    frame_scripts: Sequence[str] = ()


NOTHING_EARLY = EarlyFiles()


def page_routes(
    prefix: str,
    pages: Sequence[str],
    shell: str,
    *,
    title: str,
    words: str,
    early: EarlyFiles = NOTHING_EARLY,
) -> list[Route]:
    """Returns the routes of the pages, under the path that the server runs below ("" or "/atlas").

    `shell`: Streamlit's HTML. `title`, `words`: what the head says when the tables cannot be read. `early`:
    Streamlit's files that the map waits for.
    """
    shell = shell.replace(
        "</title>", f"</title>{_links(prefix, early)}{_own_files(prefix)}{_feed(prefix)}", 1
    )

    async def answer(request: Request) -> Response:
        page = await run_in_threadpool(_page, request, shell, prefix, title, words)
        return page.response(request)

    paths = [f"{prefix}/{page}" for page in pages] + [f"{prefix}/{page}/" for page in pages if page]
    return [Route(path, answer, methods=["GET"]) for path in paths]


@dataclass(frozen=True)
class PackedPage:
    """The HTML of a page, ready to be sent: `bodies` by content coding ("" for the HTML as it is)."""

    bodies: Mapping[str, bytes]
    tag: str

    @classmethod
    def of(cls, html: str) -> "PackedPage":
        content = html.encode()
        bodies = {
            "": content,
            "br": brotli.compress(content, quality=5),
            "gzip": gzip.compress(content, 6, mtime=0),
        }
        return cls(bodies, responses.etag(content))

    def response(self, request: Request) -> Response:
        """Returns the page in a coding that the browser takes, or 304 if the browser has it already."""
        vary = "Accept-Encoding, Accept-Language"
        headers = {"Cache-Control": "no-cache", "ETag": self.tag, "Vary": vary}
        if responses.is_unchanged(request, self.tag):
            return Response(status_code=304, headers=headers)
        coding = packed_files.coding(request.headers.get("accept-encoding", ""))
        if coding:
            headers["Content-Encoding"] = coding
        return HTMLResponse(self.bodies[coding], headers=headers)


def _page(request: Request, shell: str, prefix: str, title: str, words: str) -> PackedPage:
    """Returns the page that a request asks for; each selection's is made once."""
    path = request.url.path.removeprefix(prefix).strip("/")
    try:
        rows = as_on_page(request.query_params.multi_items(), loader.open_catalog())
        is_embedded = "embed" in request.query_params
        key = (prefix, path, rows.selection, rows.tells, _root(request, prefix), is_embedded, site.current())
        return rows.sheet.memory.of(
            "pages", key, lambda: _new_page(request, shell, prefix, path, rows), most=MOST_PAGES
        )
    except AtlasError:
        return PackedPage.of(page_html(shell, prefix, title=title, words=words))


def _new_page(request: Request, shell: str, prefix: str, path: str, rows: RequestedRows) -> PackedPage:
    card = _card(request, prefix)
    row = next((row for row in site.current().pages if row.url_path == path), None)
    if row is not None and "embed" not in request.query_params:  # an embedded page is its map alone
        shell = first_answer.filled(shell, prefix, row, rows, loader.open_catalog())
    shell = shell.replace('<html lang="en"', f'<html lang="{language.current().code}"', 1)
    return PackedPage.of(page_html(shell, prefix, title=card.title, words=card.words, tags=card.tags))


def _card(request: Request, prefix: str) -> link_card.LinkCard:
    return link_card.card(
        loader.open_catalog(),
        site.current(),
        request.url.path.removeprefix(prefix).strip("/"),
        request.query_params.multi_items(),
        root=_root(request, prefix),
    )


def _root(request: Request, prefix: str) -> str:
    """Returns the server's address for others."""
    return link_card.root_of(f"{request.url.scheme}://{request.url.netloc}{prefix}")


def page_html(shell: str, prefix: str, *, title: str, words: str, tags: str = "") -> str:
    """Returns `shell` with title, description, the server's address and an early start of the map's files.

    `tags`: more of the head, as HTML. Without the address, a link to /plants would first look for the server
    below /plants, which costs a round trip and an error in the browser's console.
    """
    head = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(words)}">'
        f'<meta property="og:title" content="{escape(title)}">'
        f'<meta property="og:description" content="{escape(words)}">{tags}'
        f"<script>window.__streamlit = {{BACKEND_BASE_URL: location.origin + {json.dumps(prefix + '/')}}};"
        f"{json.dumps([prefix + path for path in map_files()])}.forEach((url) => fetch(url));</script>"
    )
    return shell.replace("<title>Streamlit</title>", head)


def _links(prefix: str, early: EarlyFiles) -> str:
    """Returns the links that make a browser load files before Streamlit asks for them."""
    chunks = (f'<link rel="modulepreload" crossorigin href="{prefix}/{path}">' for path in early.chunks)
    frame = (f'<link rel="prefetch" as="script" href="{prefix}/{path}">' for path in early.frame_scripts)
    return "".join([*chunks, *frame])


def _feed(prefix: str) -> str:
    """Returns the element that names the feed of corrected facts, where the tables are ours."""
    if site.current().file_stem != site.ALFA.file_stem:
        return ""
    return (
        f'<link rel="alternate" type="{changes_feed.MEDIA_TYPE}" title="Corrected facts"'
        f' href="{prefix}{changes_feed.PATH}">'
    )


def _own_files(prefix: str) -> str:
    """Returns the elements that load our styles and menus, which the first answer does not wait for."""
    if not page_files():
        return ""
    styles, menus = page_files()
    return (
        f'<link rel="stylesheet" href="{prefix}{styles}" media="print" onload="this.media=\'all\'">'
        f'<script defer src="{prefix}{menus}"></script>'
    )


def page_files() -> list[str]:
    """Returns the paths of the pages' styles and menus; none when they cannot be read."""
    try:
        assets = f"/assets/{browser_files.version()}"
    except AtlasError:
        return []  # the page itself says what is missing
    return [f"{assets}/page.css", f"{assets}/share.js"]


def map_files() -> list[str]:
    """Returns the paths of what the map needs first; none when the tables cannot be read.

    The first view of Alfa Romeo's plants is close enough to be drawn without the coarse land.
    """
    try:
        assets = f"/assets/{browser_files.version()}"
        sheet = loader.open_catalog().sheet(sheets.DEFAULT_SHEET)
    except AtlasError:
        return []  # the page itself says what is missing
    points = folium_map.points_path(sheet)
    land = [] if sheet.about_alfa else [f"{assets}/basemap/world-land.json"]
    return [
        *([points] if points else []),
        f"{assets}/atlas.js",
        f"{assets}/basemap/world.json",
        *land,
    ]
