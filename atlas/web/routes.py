"""HTTP beside the pages: the same rows as files, the map's browser files, a health report.

    GET /api/plants.csv?country=Italy&status=now   the shown rows; parameters are those of a page's URL
    GET /api/plants.xlsx, .geojson, .kml, .json    the same rows, other formats (see formats.py)
    GET /api/plants.html?country=Italy             the same rows as an offline map (see offline.py)
    GET /api/preview.png?country=Italy             a picture of them for links (see preview.py)
    GET /api/openapi.json                          all of this for programs
    GET /api/points/<version>.bin                  the map's packed columns of a table (see points.py)
    GET /api/points/<version>/names?rows=0,5       id, name, place and accuracy of points in view
    GET /api/rejects/<key>.csv                     rows with a problem of a file that a visitor prepares
    GET /api/health                                version, rows, browser files, cache
    GET /assets/<version>/...                      JavaScript, styles, base map: compressed, never changing

A visitor's own table answers on the same addresses, `?table=<key>` and `<key>` for the version, to whoever
has its secret key; no browser or proxy may keep such an answer, and no other site may read it.

How an answer is kept, compressed or refused: see answers.py. `SecurityHeaders` goes around everything
that the server sends.
"""

import gzip
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atlas import __version__, settings, site
from atlas.catalog import filters, loader, sheets
from atlas.catalog.selection import check_names, parse
from atlas.drawing import browser_files, folium_map, preview_picture
from atlas.errors import AtlasError, SelectionError
from atlas.export import formats
from atlas.export.export import ROWS_A_PART, Export, Options, of
from atlas.web import link_card, openapi, responses
from atlas.web.health import run

_KEEP = f"public, max-age={365 * 24 * 3600}, immutable"
MOST_NAMES = 500
PREVIEW_S = 3600
_one_picture = CapacityLimiter(1)
GONE = "There is no such table version (any more). Reload the page."
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Answer:
    """The rows that a request asks for and the selection that says so."""

    selection: filters.Selection
    sheet: sheets.Sheet


def routes(prefix: str = "") -> list[Route]:
    """All routes, under the path that the server runs below ("" or "/atlas")."""
    paths: Mapping[str, Endpoint] = {
        **{form.path: _endpoint(form) for form in formats.FORMATS},
        "/api/preview.png": preview_png,
        "/api/openapi.json": description,
        "/api/points/{version}.bin": points_bin,
        "/api/points/{version}/names": point_names,
        "/api/{path:path}": unknown,
        "/assets/{version}/{name:path}": asset,
    }
    # The health report is for the operator, not for scripts of other sites.
    # Nor are a visitor's rows.
    closed = [
        Route(f"{prefix}/api/health", responses.ReadOnly(health, is_open=False)),
        Route(f"{prefix}/api/rejects/{{key}}.csv", responses.ReadOnly(rejects_csv, is_open=False)),
    ]
    return closed + [Route(prefix + path, responses.ReadOnly(endpoint)) for path, endpoint in paths.items()]


def page_routes(prefix: str, pages: Sequence[str], shell: str, *, title: str, words: str) -> list[Route]:
    """The pages' first answer: Streamlit's own HTML (`shell`) with our title, description and address.

    Title and description follow the page and its parameters (see share.py); `title` and `words` are for
    when the tables cannot be read. Without the address, a link to /plants first looks for the server below
    /plants, in vain, which costs a round trip and an error in the browser's console.
    """

    def made(request: Request) -> str:
        try:
            card = _card(request, prefix)
        except AtlasError:
            return page_html(shell, prefix, title=title, words=words)
        return page_html(shell, prefix, title=card.title, words=card.words, tags=card.tags)

    async def answer(request: Request) -> Response:
        html = await run_in_threadpool(made, request)
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    paths = [f"{prefix}/{page}" for page in pages] + [f"{prefix}/{page}/" for page in pages if page]
    return [Route(path, answer, methods=["GET"]) for path in paths]


def _card(request: Request, prefix: str) -> link_card.Card:
    asked = f"{request.url.scheme}://{request.url.netloc}{prefix}"
    return link_card.card(
        loader.open_catalog(),
        site.current(),
        request.url.path.removeprefix(prefix).strip("/"),
        request.query_params.multi_items(),
        root=link_card.root_of(asked),
    )


def page_html(shell: str, prefix: str, *, title: str, words: str, tags: str = "") -> str:
    """`shell` with title and description, the server's address and an early start for the map's files.

    `tags` are more of the head, as HTML.
    """
    try:
        root = f"{prefix}/assets/{browser_files.version()}"
        sheet = loader.open_catalog().sheet(sheets.DEFAULT_SHEET)
        columns = folium_map.fixed_config(sheet)["points_url"]
        large = [f"{prefix}/{columns.removeprefix('../../')}"] if columns else []
        early = json.dumps([*large, f"{root}/atlas.js", f"{root}/basemap/world.json"])
    except AtlasError:
        early = "[]"  # the page itself says what is missing
    head = (
        f"<title>{escape(title)}</title>"
        f'<meta name="description" content="{escape(words)}">'
        f'<meta property="og:title" content="{escape(title)}">'
        f'<meta property="og:description" content="{escape(words)}">{tags}'
        f"<script>window.__streamlit = {{BACKEND_BASE_URL: location.origin + {json.dumps(prefix + '/')}}};"
        f"{early}.forEach((url) => fetch(url));</script>"
    )
    return shell.replace("<title>Streamlit</title>", head)


def _endpoint(form: formats.Format) -> Endpoint:
    """The address of one format: byte for byte what the pages' menu gives."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_file, request, form)

    return answer


def _file(request: Request, form: formats.Format) -> Response:
    params = request.query_params.multi_items()
    export = exported(params, loader.open_catalog(), form)
    options, known = export.options, export.known
    asked = (export.selection, options, export.here, export.today)
    tag = responses.etag(form.file, export.sheet.version, known.version, asked)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if export.sheet.is_private:
        headers = {"Cache-Control": responses.PRIVATE}
    elif responses.is_unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    parts = form.parts(export)
    pieces = responses.links(params, limit=options.limit, offset=options.offset, total=export.total)
    headers |= {
        "Content-Disposition": f'attachment; filename="{form.name(export)}"',
        "Link": responses.link_header([*pieces, ("service-desc", "openapi.json")]),
        "X-Total-Count": str(export.total),
    }
    is_large = len(export.rows) > ROWS_A_PART
    return responses.file(
        request, parts, headers, media_type=form.media_type, is_large=is_large, is_packed=form.is_packed
    )


async def description(request: Request) -> Response:
    """All addresses and parameters of the API as OpenAPI describes them."""
    root = request.url.path.removesuffix("/api/openapi.json")
    content = await run_in_threadpool(
        lambda: openapi.describe(loader.open_catalog(), site.current(), server=root or "/")
    )
    return JSONResponse(content, headers={"Cache-Control": "no-cache"})


async def preview_png(request: Request) -> Response:
    """A picture of the selected plants on the map, for programs that show what a link leads to."""
    # One at a time, and whoever waits for it keeps no thread from the other answers.
    content, keep = await to_thread.run_sync(_preview, request, limiter=_one_picture)
    headers = {"Cache-Control": keep}
    return Response(content, media_type=preview_picture.MEDIA_TYPE, headers=headers)


async def points_bin(request: Request) -> Response:
    """The map's packed columns of one table version; its URL never changes its content."""
    sheet = await run_in_threadpool(loader.with_version, request.path_params["version"])
    if sheet is None:
        return responses.problem(404, GONE)
    content = await run_in_threadpool(lambda: sheet.points.gzipped)
    return _compressed(request, content, "application/octet-stream", _keep(sheet))


def _keep(sheet: sheets.Sheet) -> str:
    """How long a browser may keep what a version of a table says: for ever, or not at all."""
    return responses.PRIVATE if sheet.is_private else _KEEP


async def point_names(request: Request) -> Response:
    """Ids, names, places and accuracy of some points of one table version: `?rows=0,5,17`."""
    sheet = await run_in_threadpool(loader.with_version, request.path_params["version"])
    if sheet is None:
        return responses.problem(404, GONE)
    content = await run_in_threadpool(folium_map.about, sheet, _rows(request, len(sheet.points)))
    return JSONResponse(content, headers={"Cache-Control": _keep(sheet)})


async def rejects_csv(request: Request) -> Response:
    """The rows with a problem of the file that a visitor prepares, to correct; see `workbench`."""
    draft = loader.visitors().draft_of(request.path_params["key"])
    if draft is None:
        return responses.problem(404, GONE)
    content = await run_in_threadpool(draft.rejects)
    headers = {
        "Content-Disposition": f'attachment; filename="{site.OTHER_STEM}-rejects.csv"',
        "Cache-Control": responses.PRIVATE,
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _rows(request: Request, size: int) -> list[int]:
    """The point numbers that a request names; raises `SelectionError` for any that is none."""
    asked = request.query_params.get("rows", "").split(",")
    rows = [int(text) for text in asked if re.fullmatch(r"[0-9]{1,9}", text)]
    if len(rows) != len(asked) or any(row >= size for row in rows):
        raise SelectionError(f"“rows” must be numbers from 0 to {size - 1}, with commas between them.")
    if len(rows) > MOST_NAMES:
        raise SelectionError(f"“rows” may name {MOST_NAMES} points at most; ask again for the others.")
    return rows


async def health(_request: Request) -> Response:
    """Whether all is in order: "ok", "degraded" (cache or geocoder) or, with status 503, "broken"."""
    report = await run_in_threadpool(run)
    content = {
        "status": "ok" if report.is_sound else "degraded" if report.can_serve else "broken",
        "version": __version__,
        "rows": report.rows,
        "assets": report.assets,
        "cache_writable": report.cache_writable,
        "database": report.database,
        "problems": report.problems,
    }
    return JSONResponse(
        content, status_code=200 if report.can_serve else 503, headers={"Cache-Control": "no-store"}
    )


async def asset(request: Request) -> Response:
    """One browser file; its URL holds the version, so a browser may keep it for ever."""
    version, name = request.path_params["version"], request.path_params["name"]
    try:
        found = browser_files.read(name)
    except KeyError:
        return responses.problem(404, f"There is no browser file “{name[:60]}”.")
    keep = _KEEP if version == browser_files.version() else "no-cache"
    return _compressed(request, found.gzipped, found.media_type, keep)


def _compressed(request: Request, gzipped: bytes, media_type: str, keep: str) -> Response:
    """Content that lies compressed, as it is to browsers that take it so."""
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    if keep != responses.PRIVATE:
        headers["Access-Control-Allow-Origin"] = "*"
    if responses.takes_gzip(request):
        return Response(gzipped, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(gzipped), media_type=media_type, headers=headers)


async def unknown(request: Request) -> Response:
    """A path below /api/ that does not exist."""
    known = [form.path for form in formats.FORMATS]
    known += ["/api/preview.png", "/api/openapi.json", "/api/health"]
    return responses.problem(
        404, f"There is no “/api/{request.path_params['path'][:60]}”; there is {', '.join(known)}."
    )


def select(params: Iterable[tuple[str, str]], opened: sheets.Catalog, also: Sequence[str] = ()) -> Answer:
    """Parameters of a URL -> sheet and selection; raises `SelectionError` for anything unknown.

    `also` are allowed beside the selection's own; so is what only a page understands.
    """
    grouped = _grouped(params)
    sheet = opened.sheet(next(iter(grouped.get(filters.TABLE, ())), sheets.DEFAULT_SHEET))
    known = [name for name in grouped if name not in filters.PAGE_ONLY]
    check_names(known, sheet.index, also)
    selection, problems = parse(grouped, sheet.index, table=sheet.key)
    if problems:
        raise SelectionError(problems[0])
    return Answer(selection, sheet)


def exported(params: Sequence[tuple[str, str]], opened: sheets.Catalog, form: formats.Format) -> Export:
    """Parameters of a URL -> what leaves; raises `SelectionError` for anything unknown."""
    answer = select(params, opened, form.options)
    options = _options(_grouped(params))
    today = datetime.now(UTC).date()
    return Export(opened, answer.sheet, answer.selection, of(answer.sheet), today, options)


def _preview(request: Request) -> tuple[bytes, str]:
    """The picture, and how long it may be kept."""
    opened = loader.open_catalog()
    params = request.query_params.multi_items()
    answer = select(params, opened)
    card = link_card.card(opened, site.current(), "", params, root="")
    shown = answer.sheet.results.of(answer.selection).shown
    picture = preview_picture.png(
        answer.sheet, shown, plant=answer.selection.plant, title=card.subject, words=card.words
    )
    return picture, responses.PRIVATE if answer.sheet.is_private else f"public, max-age={PREVIEW_S}"


def _grouped(params: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in params:
        grouped.setdefault(name, []).append(value)
    return grouped


def _options(params: Mapping[str, Sequence[str]]) -> Options:
    return Options(
        limit=_whole(params, "limit", low=1, high=10**9),
        offset=_whole(params, "offset", low=0, high=10**9) or 0,
        bom=bool(_whole(params, "bom", low=0, high=1)),
    )


def _whole(params: Mapping[str, Sequence[str]], name: str, *, low: int, high: int) -> int | None:
    """A parameter that is one whole number; None where it is not given."""
    given = params.get(name, ())
    if not given:
        return None
    text = given[0]
    if len(given) > 1 or not re.fullmatch("[0-9]{1,10}", text) or not low <= int(text) <= high:
        raise SelectionError(f"“{name}” must be one whole number from {low} to {high:,}.")
    return int(text)


class SecurityHeaders:
    """ASGI middleware: nothing may come in but our own files and the optional layers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = security_headers(
            (layer.url for layer in folium_map.online_layers()), ancestors=settings.safe_frame_ancestors()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers(layer_urls: Iterable[str], *, ancestors: str = settings.OURSELVES) -> dict[str, str]:
    """The headers of every response; `layer_urls`: tile addresses whose hosts images may come from;
    `ancestors`: who may show our pages in a frame (see embed.py).
    """
    hosts = sorted({"https://" + (urlsplit(url).hostname or "") for url in layer_urls})
    policy: Mapping[str, Any] = {
        "default-src": "'self'",
        # Streamlit, its charts and its map component build code and styles in the page.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self' data: blob:", *hosts]),
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": ancestors,
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        # Tile servers refuse requests without an origin; ours needs no more than that.
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
