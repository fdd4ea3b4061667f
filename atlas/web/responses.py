"""Headers and bodies of responses: CORS, caching, gzip, pieces of a list, problems (RFC 9457).

`ReadOnly` is put around every endpoint of ours that answers: GET, HEAD and OPTIONS only, scripts of other
sites may read; `Action` around those that do something. An `AtlasError` becomes a problem whose `detail`, and
`error`, is its sentence.
"""

import hashlib
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from atlas import settings
from atlas.errors import AtlasError, Busy, NotHere, SelectionError, for_strangers
from atlas.language import gettext, gettext_noop
from atlas.paths import ATLAS
from atlas.web import limits

ALLOWED = "GET, HEAD, OPTIONS"
PROBLEM_TYPE = "application/problem+json"
_EXPOSED = "Link, X-Total-Count, ETag, Content-Disposition"
_DAY_S = 24 * 3600
KEEP = f"public, max-age={365 * _DAY_S}, immutable"
"""Cache-Control of an answer whose address changes with its content."""
PRIVATE = "no-store, private"
"""Cache-Control of a visitor's own table; no other site may read it either."""
_LEVEL = 4
_WORTH_PACKING = 1_000


# Starlette's own tools, on a mount or on `st.App`, would change answers. CORSMiddleware opens every address
# below it (ours differ), adds its header only for requests with an Origin (a shared cache would pass on an
# answer without it) and answers OPTIONS with 200. GZipMiddleware takes "gzip;q=0" for a yes, packs workbooks
# again and leaves "Content-Encoding" out for the HEAD of a large file. The response of an exception handler
# does not pass through `ReadOnly`, so scripts of other sites could not read the problem.
class ReadOnly:
    """ASGI endpoint around a function that answers GET.

    `is_open`: scripts of other sites may read it.
    """

    allowed = ALLOWED
    otherwise = gettext_noop("This address can only be read: use GET or HEAD.")

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]], *, is_open: bool = True) -> None:
        self._endpoint, self._is_open = endpoint, is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        if self._is_open and response.headers.get("Cache-Control") != PRIVATE:
            response.headers.setdefault("Access-Control-Allow-Origin", "*")
            response.headers.setdefault("Access-Control-Expose-Headers", _EXPOSED)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return self._permissions()
        if request.method not in self.allowed.split(", "):
            return problem(405, gettext(self.otherwise), {"Allow": self.allowed})
        try:
            return await self._endpoint(request)
        except NotHere as error:
            return problem(404, error)
        except SelectionError as error:
            return problem(400, error)
        except Busy as error:
            return problem(503, error, {"Retry-After": str(error.retry_s)})
        except AtlasError as error:
            return problem(503, for_strangers(str(error), settings.private_folders()))

    def _permissions(self) -> Response:
        """Answers a browser that asks what it may do before it reads for another site."""
        headers = {"Allow": self.allowed}
        if self._is_open:
            headers |= {
                "Access-Control-Allow-Methods": self.allowed,
                "Access-Control-Allow-Headers": "*",
                "Access-Control-Max-Age": str(_DAY_S),
            }
        return Response(status_code=204, headers=headers)


class Action(ReadOnly):
    """ASGI endpoint around a function that answers POST, for nobody but the operator."""

    allowed = "POST, OPTIONS"
    otherwise = "This address does something: use POST."

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__(endpoint, is_open=False)


def problem(status: int, error: AtlasError | str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Returns an error as RFC 9457 writes it; no browser keeps it."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(error),
        "error": str(error),
    }
    every = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(content, status_code=status, headers=every, media_type=PROBLEM_TYPE)


# ---- what has not changed --------------------------------------------------------------------------


def etag(*parts: object) -> str:
    """Returns a weak tag that changes with each of its parts and with our code."""
    digest = hashlib.sha256(repr((code_version(), *parts)).encode("utf-8", "surrogatepass"))
    return f'W/"{digest.hexdigest()[:20]}"'


@cache
def code_version() -> str:
    """Returns a text that changes with any file of the program."""
    digest = hashlib.sha256()
    for path in program_files():
        digest.update(path.relative_to(ATLAS).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def program_files() -> list[Path]:
    """Returns the program's modules, scripts, styles and templates, in all folders."""
    files = [path for path in ATLAS.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return sorted(files)


def is_unchanged(request: Request, tag: str) -> bool:
    """Returns whether the client has this answer already (If-None-Match)."""
    tags = re.findall(r'"[^"]*"|\*', ",".join(request.headers.getlist("if-none-match")))
    return "*" in tags or tag.removeprefix("W/") in tags


# ---- a file ----------------------------------------------------------------------------------------


def file(
    request: Request,
    parts: Iterable[bytes],
    headers: Mapping[str, str],
    *,
    media_type: str,
    is_large: bool,
    is_packed: bool = False,
) -> Response:
    """Returns a file, compressed for clients that accept gzip unless it is packed already.

    A large file is sent while it is made, and is not made at all for HEAD.
    """
    every = {**headers, "Vary": "Accept-Encoding"}
    may_pack = not is_packed and takes_gzip(request)
    if not is_large:
        content = b"".join(parts)
        if may_pack and len(content) >= _WORTH_PACKING:
            content, every["Content-Encoding"] = b"".join(packed([content])), "gzip"
        return Response(content, headers=every, media_type=media_type)
    if may_pack:
        every["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        response = Response(headers=every, media_type=media_type)
        del response.headers["Content-Length"]
        return response
    made = limits.LARGE_FILES.parts(packed(parts) if may_pack else parts)
    return StreamingResponse(made, headers=every, media_type=media_type)


def takes_gzip(request: Request) -> bool:
    """Returns whether the client accepts gzip."""
    accepted = request.headers.get("accept-encoding", "")
    return bool(re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", accepted))


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Compresses parts with gzip and yields what is ready after each."""
    gzip = zlib.compressobj(_LEVEL, wbits=31)
    for part in parts:
        yield gzip.compress(part)
    yield gzip.flush()


# ---- pieces of a list ------------------------------------------------------------------------------


def links(
    parameters: Sequence[tuple[str, str]], *, limit: int | None, offset: int, total: int
) -> list[tuple[str, str]]:
    """Returns relation and address of the pieces around a piece of a list; none without `limit`.

    Addresses are relative to that of the request, which has these `parameters`.
    """
    if limit is None:
        return []
    last = offset + max(0, (total - 1 - offset) // limit) * limit
    pieces = {"first": 0, "last": last if last < total else max(0, (total - 1) // limit * limit)}
    pieces |= {"prev": max(0, offset - limit)} if offset else {}
    pieces |= {"next": offset + limit} if offset + limit < total else {}
    others = [(name, value) for name, value in parameters if name not in ("limit", "offset")]
    return [
        (relation, "?" + urlencode([*others, ("limit", limit), ("offset", start)]))
        for relation, start in pieces.items()
    ]


def link_header(pairs: Iterable[tuple[str, str]]) -> str:
    """Returns relations and addresses as RFC 8288 writes them."""
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in pairs)
