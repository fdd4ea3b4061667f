"""The table of our routes and their endpoints: files, map data, the map's browser files, a health report.

    GET /api/plants.csv?country=Italy&status=now   the shown rows; parameters are those of a page's URL
    GET /api/plants.xlsx, .geojson, .kml, .json    the same rows, other formats (see `formats`)
    GET /api/plants.html?country=Italy             the same rows as an offline map (see `offline_map`)
    GET /api/sources.csv?country=Italy             the source of each fact about them
    GET /api/preview.png?country=Italy             a picture of them for links (see `preview_picture`)
    GET /api/changes.atom                          a feed of corrected facts (see `changes_feed`)
    GET /sheet?plant=cassino                       the fact sheet of a plant, to print (see `fact_sheet`)
    GET /api/openapi.json                          all of this for programs
    GET /api/points/<version>.bin                  the map's packed columns of a table (see `points`)
    GET /api/points/<version>/names?rows=0,5       id, name, place and accuracy of points in view
    GET /api/rejects/<key>.csv                     rows with a problem of a file that a visitor prepares
    GET /api/health                                version, rows, browser files, cache
    POST /api/refresh                              reads an operator's table again, for who has the key
    GET /assets/<version>/...                      JavaScript, styles, base map: compressed, never changing

A visitor's own table has the same addresses, `?table=<key>` and `<key>` for the version, for everybody who
knows its secret key; no browser or proxy may keep such an answer, and no other site may read it.

How an answer is kept, compressed or refused: see `responses`. What an address asks for: see `requests`.
"""

import gzip
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from atlas import __version__, language, settings, site
from atlas.catalog import filters, loader, selection, sheets, visitors
from atlas.drawing import browser_files, fact_sheet, folium_map, preview_picture, told
from atlas.errors import SelectionError, for_strangers
from atlas.export import changes_feed, formats
from atlas.export.export import Export
from atlas.export.row_parts import ROWS_A_PART
from atlas.language import gettext
from atlas.web import health, limits, link_card, openapi, requests, responses, security

_PREVIEW_S = 3600
FEW_ROWS = 2_000
"""Rows of a file that is made at once; larger ones wait for their turn."""
_one_reading = CapacityLimiter(1)
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(prefix: str = "") -> list[Route]:
    """Returns all routes, under the path that the server runs below ("" or "/atlas")."""
    # The health report is for the operator and the rejects are for a visitor: no other site may read them.
    closed: Mapping[str, Endpoint] = {"/api/health": health_json, "/api/rejects/{key}.csv": rejects_csv}
    paths: Mapping[str, Endpoint] = {
        **{form.path: _endpoint(form) for form in formats.FORMATS},
        "/api/preview.png": preview_png,
        "/api/openapi.json": description,
        changes_feed.PATH: changes_atom,
        "/sheet": sheet_html,
        "/api/points/{version}.bin": points_bin,
        "/api/points/{version}/names": point_names,
        "/api/{path:path}": unknown,
        "/assets/{version}/{name:path}": asset,
    }
    actions = [Route(f"{prefix}/api/refresh", responses.Action(refresh))]
    return actions + [
        Route(prefix + path, responses.ReadOnly(endpoint, is_open=path not in closed))
        for path, endpoint in {**closed, **paths}.items()
    ]


async def unknown(request: Request) -> Response:
    """Answers a path below /api/ that does not exist."""
    existing = [form.path for form in formats.FORMATS]
    existing += ["/api/preview.png", changes_feed.PATH, "/api/openapi.json", "/api/health"]
    return responses.problem(
        404,
        gettext(
            "There is no “{path}”; there is {paths}.",
            path=f"/api/{request.path_params['path'][:60]}",
            paths=", ".join(existing),
        ),
    )


# ---- the shown rows --------------------------------------------------------------------------------


def _endpoint(form: formats.Format) -> Endpoint:
    """Returns the endpoint of a format: byte for byte what the pages' menu gives."""

    async def answer(request: Request) -> Response:
        parameters = request.query_params.multi_items()
        export = await run_in_threadpool(lambda: requests.exported(parameters, loader.open_catalog(), form))
        rows = await run_in_threadpool(lambda: len(export.rows))
        write = partial(_file, request, form, export)
        if request.method == "HEAD" or rows <= FEW_ROWS:
            return await run_in_threadpool(write)
        return await limits.FILES.run(write)

    return answer


def _file(request: Request, form: formats.Format, export: Export) -> Response:
    """Returns the file, or how it is made part by part where it is large."""
    options = export.options
    tag = responses.etag(
        form.file,
        export.sheet.version,
        export.catalog.version,
        (export.selection, options, export.site, export.today),
        "" if form.is_data else language.current(),
    )
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}
    if export.sheet.is_private:
        headers = {"Cache-Control": responses.PRIVATE}
    elif responses.is_unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    parts = language.each_in(language.ENGLISH, form.parts(export)) if form.is_data else form.parts(export)
    parameters = request.query_params.multi_items()
    pieces = responses.links(parameters, limit=options.limit, offset=options.offset, total=export.total)
    headers |= {
        "Content-Disposition": f'attachment; filename="{form.name(export)}"',
        "Link": responses.link_header([*pieces, ("service-desc", "openapi.json")]),
        "X-Total-Count": str(export.total),
    }
    is_large = len(export.rows) > ROWS_A_PART
    return responses.file(
        request, parts, headers, media_type=form.media_type, is_large=is_large, is_packed=form.is_packed
    )


async def preview_png(request: Request) -> Response:
    """Answers with a picture of the selected plants on the map, which programs show beside a link."""
    content, cache_control = await limits.PICTURES.run(partial(_preview, request))
    headers = {"Cache-Control": cache_control}
    return Response(content, media_type=preview_picture.MEDIA_TYPE, headers=headers)


def _preview(request: Request) -> tuple[bytes, str]:
    """Returns the picture and its Cache-Control."""
    opened = loader.open_catalog()
    parameters = request.query_params.multi_items()
    rows = requests.select(parameters, opened)
    as_on_page = requests.as_on_page(parameters, opened)
    if as_on_page.tells and as_on_page.tells.plant_ids:
        return _picture_told(opened, as_on_page.tells), f"public, max-age={_PREVIEW_S}"
    card = link_card.card(opened, site.current(), "", parameters, root="")
    shown = rows.sheet.results.of(rows.selection).shown
    picture = preview_picture.png(
        rows.sheet, shown, plant=rows.selection.plant, title=card.subject, words=card.words
    )
    return picture, responses.PRIVATE if rows.sheet.is_private else f"public, max-age={_PREVIEW_S}"


def _picture_told(opened: sheets.Catalog, tells: told.Told) -> bytes:
    """Returns the picture of what the Map page tells: its plants alone."""
    sheet = opened.sheet(sheets.ALL_SITES)
    is_told = sheet.table["plant_id"].isin(tells.plant_ids).to_numpy(bool)
    title = tells.subject or site.current().heading
    plant = tells.plant_ids[0] if len(tells.plant_ids) == 1 else ""
    return preview_picture.png(sheet, is_told, plant=plant, title=title, words=tells.sentence)


async def rejects_csv(request: Request) -> Response:
    """Answers with the rows with a problem of the file that a visitor prepares, to correct; see `draft`."""
    draft = loader.visitors().draft_of(request.path_params["key"])
    if draft is None:
        return responses.problem(404, gettext(visitors.NOT_HERE))
    content = await run_in_threadpool(draft.rejects)
    headers = {
        "Content-Disposition": f'attachment; filename="{site.OTHER_STEM}-rejects.csv"',
        "Cache-Control": responses.PRIVATE,
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


# ---- what leaves besides -----------------------------------------------------------------------------


async def sheet_html(request: Request) -> Response:
    """Answers with the fact sheet of a plant as a page to print."""
    # It has a picture, so it waits for its turn like the pictures.
    content, cache_control = await limits.PICTURES.run(partial(_sheet, request))
    return HTMLResponse(content, headers={"Cache-Control": cache_control})


def _sheet(request: Request) -> tuple[str, str]:
    """Returns the fact sheet and its Cache-Control."""
    opened = loader.open_catalog()
    rows = requests.select(request.query_params.multi_items(), opened)
    sheet, row = rows.sheet, rows.sheet.index.row_of(rows.selection.plant)
    if row is None:
        way = "/sheet?plant=cassino"
        raise SelectionError(gettext("Which plant? Name one, as in {address}.", address=way))
    root = "" if sheet.is_private else _root(request, "/sheet")
    text = sheet.memory.of("fact sheet", (row, root), lambda: _new_sheet(opened, rows, row, root), most=32)
    return text, responses.PRIVATE if sheet.is_private else "no-cache"


def _new_sheet(opened: sheets.Catalog, rows: requests.RequestedRows, row: int, root: str) -> str:
    sheet = rows.sheet
    alone = filters.Selection(sheet.key, plant=rows.selection.plant)
    query = urlencode(selection.query(alone, default_table=sheets.DEFAULT_SHEET), doseq=True)
    return fact_sheet.html(
        {str(name): value for name, value in sheet.table.iloc[row].items()},
        opened.about_alfa if sheet.about_alfa else None,
        words=sheet.status_of(row),
        address=f"{root}/?{query}" if root else "",
        picture=preview_picture.map_png(sheet, row),
    )


async def changes_atom(request: Request) -> Response:
    """Answers with the feed of corrected facts, where the tables are ours."""
    opened = loader.open_catalog()
    if not opened.sheet(sheets.DEFAULT_SHEET).about_alfa:
        return responses.problem(
            404, gettext("There is no feed of changes for this table, which is not ours.")
        )
    with language.spoken(language.ENGLISH):  # an entry keeps its identifier whoever reads it
        content = await run_in_threadpool(
            changes_feed.atom, opened.about_alfa, site.current(), root=_root(request, changes_feed.PATH)
        )
    tag = responses.etag(content)
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if responses.is_unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=changes_feed.MEDIA_TYPE, headers=headers)


def _root(request: Request, path: str) -> str:
    """Returns the server's address for others, as a request to `path` sees it."""
    prefix = request.url.path.removesuffix(path)
    return link_card.root_of(f"{request.url.scheme}://{request.url.netloc}{prefix}")


# ---- the map ---------------------------------------------------------------------------------------


async def points_bin(request: Request) -> Response:
    """Answers with the map's packed columns of a table version; its URL never changes its content."""
    sheet = await run_in_threadpool(loader.with_version, request.path_params["version"])
    if sheet is None:
        return responses.problem(404, gettext(visitors.NOT_HERE))
    content = await run_in_threadpool(lambda: sheet.points.gzipped)
    return _compressed(request, content, "application/octet-stream", _keep(sheet))


async def point_names(request: Request) -> Response:
    """Answers with ids, names, places and accuracy of points of a table version: `?rows=0,5,17`."""
    sheet = await run_in_threadpool(loader.with_version, request.path_params["version"])
    if sheet is None:
        return responses.problem(404, gettext(visitors.NOT_HERE))
    rows = requests.point_rows(request.query_params.get("rows", ""), len(sheet.points))
    if max(rows) >= len(sheet.points):
        return responses.problem(404, requests.no_such_point(len(sheet.points)))
    content = await run_in_threadpool(folium_map.about, sheet, rows)
    return JSONResponse(content, headers={"Cache-Control": _keep(sheet)})


async def asset(request: Request) -> Response:
    """Answers with a browser file; its URL holds the version, so a browser may keep it for ever."""
    version, name = request.path_params["version"], request.path_params["name"]
    try:
        file = browser_files.read(name)
    except KeyError:
        return responses.problem(404, gettext("There is no browser file “{name}”.", name=name[:60]))
    cache_control = responses.KEEP if version == browser_files.version() else "no-cache"
    return _compressed(request, file.gzipped, file.media_type, cache_control)


def _keep(sheet: sheets.Sheet) -> str:
    """Returns the Cache-Control of a table version: keep it for ever, or not at all."""
    return responses.PRIVATE if sheet.is_private else responses.KEEP


def _compressed(request: Request, gzipped: bytes, media_type: str, cache_control: str) -> Response:
    """Answers with content that is stored compressed, as it is to browsers that accept gzip."""
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    if responses.takes_gzip(request):
        return Response(gzipped, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(gzipped), media_type=media_type, headers=headers)


# ---- about the server ------------------------------------------------------------------------------


async def description(request: Request) -> Response:
    """Answers with all addresses and parameters of the API as OpenAPI describes them."""
    root = request.url.path.removesuffix("/api/openapi.json")
    with language.spoken(language.ENGLISH):  # for programs
        content = await run_in_threadpool(
            lambda: openapi.describe(loader.open_catalog(), site.current(), server=root or "/")
        )
    return JSONResponse(content, headers={"Cache-Control": "no-cache"})


async def health_json(_request: Request) -> Response:
    """Answers "ok", "degraded" (cache or geocoder) or, with status 503, "broken", and why, without paths."""
    report = await run_in_threadpool(health.run)
    content = {
        "status": "ok" if report.is_sound else "degraded" if report.can_serve else "broken",
        "version": __version__,
        "rows": report.rows,
        "assets": report.assets,
        "cache_writable": report.cache_writable,
        "database": report.database,
        "problems": [for_strangers(words, settings.private_folders()) for words in report.problems],
    }
    return JSONResponse(
        content, status_code=200 if report.can_serve else 503, headers={"Cache-Control": "no-store"}
    )


async def refresh(request: Request) -> Response:
    """Reads the operator's table again, for who has the key, and answers with what is on show then."""
    key = settings.REFRESH_KEY.read()
    if not key:
        return responses.problem(403, f"Nobody may do this here: {settings.REFRESH_KEY.name} is not set.")
    if not security.has_key(request, key):
        way_out = "Send the key in the header “Authorization: Bearer …”."
        return responses.problem(401, way_out, {"WWW-Authenticate": "Bearer"})
    opened = await to_thread.run_sync(loader.refresh, limiter=_one_reading)
    sheet = opened.sheet(sheets.DEFAULT_SHEET)
    content = {"rows": len(sheet.table), "version": sheet.version, "problems": len(sheet.notes)}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
