"""HTTP around an answer: who may read, what may be kept, what is compressed, how a mistake is said.

`ReadOnly` is put around every address of ours: GET, HEAD and OPTIONS, other sites may read, and an
`AtlasError` becomes a problem (RFC 9457) whose `detail`, and `error`, is its sentence.
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

from atlas.errors import AtlasError, SelectionError
from atlas.paths import ATLAS

ALLOWED = "GET, HEAD, OPTIONS"
PROBLEM_TYPE = "application/problem+json"
_TOLD = "Link, X-Total-Count, ETag, Content-Disposition"
_DAY_S = 24 * 3600
PRIVATE = "no-store, private"  # for a visitor's own table: nobody keeps it, no other site reads it
_LEVEL = 4
_WORTH_PACKING = 1_000


class ReadOnly:
    """ASGI endpoint around a function that answers GET; `is_open`: scripts of other sites may read it."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]], *, is_open: bool = True) -> None:
        self._answer, self._is_open = answer, is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        if self._is_open and response.headers.get("Cache-Control") != PRIVATE:
            response.headers.setdefault("Access-Control-Allow-Origin", "*")
            response.headers.setdefault("Access-Control-Expose-Headers", _TOLD)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return self._may()
        if request.method not in ("GET", "HEAD"):
            return problem(405, "This address can only be read: use GET or HEAD.", {"Allow": ALLOWED})
        try:
            return await self._answer(request)
        except SelectionError as error:
            return problem(400, error)
        except AtlasError as error:
            return problem(503, error)

    def _may(self) -> Response:
        """What a browser asks before it reads for another site."""
        headers = {"Allow": ALLOWED}
        if self._is_open:
            headers |= {
                "Access-Control-Allow-Methods": ALLOWED,
                "Access-Control-Allow-Headers": "*",
                "Access-Control-Max-Age": str(_DAY_S),
            }
        return Response(status_code=204, headers=headers)


def problem(status: int, error: AtlasError | str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A mistake as RFC 9457 says it; never kept by a browser."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(error),
        "error": str(error),
    }
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(content, status_code=status, headers=kept, media_type=PROBLEM_TYPE)


# ---- what has not changed --------------------------------------------------------------------------


def etag(*parts: object) -> str:
    """A weak tag that changes with any of its parts and with our code."""
    digest = hashlib.sha256(repr((code_version(), *parts)).encode("utf-8", "surrogatepass"))
    return f'W/"{digest.hexdigest()[:20]}"'


@cache
def code_version() -> str:
    """Changes with any file of the program."""
    digest = hashlib.sha256()
    for path in program_files():
        digest.update(path.relative_to(ATLAS).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def program_files() -> list[Path]:
    """Returns the program's modules, scripts, styles and templates, in all folders."""
    files = [path for path in ATLAS.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
    return sorted(files)


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether whoever asks has the very answer already (If-None-Match)."""
    known = ",".join(request.headers.getlist("if-none-match"))
    tags = re.findall(r'"[^"]*"|\*', known)
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
    """A file, compressed for those who take it so unless it is packed already.

    One that is large leaves as it is made, and for HEAD is not made at all.
    """
    told = {**headers, "Vary": "Accept-Encoding"}
    may_pack = not is_packed and takes_gzip(request)
    if not is_large:
        content = b"".join(parts)
        if may_pack and len(content) >= _WORTH_PACKING:
            content, told["Content-Encoding"] = b"".join(packed([content])), "gzip"
        return Response(content, headers=told, media_type=media_type)
    if may_pack:
        told["Content-Encoding"] = "gzip"
    if request.method == "HEAD":
        response = Response(headers=told, media_type=media_type)
        del response.headers["Content-Length"]
        return response
    return StreamingResponse(packed(parts) if may_pack else parts, headers=told, media_type=media_type)


def takes_gzip(request: Request) -> bool:
    """Whether whoever asks takes compressed answers."""
    accepted = request.headers.get("accept-encoding", "")
    return bool(re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", accepted))


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Parts compressed with gzip, each sent on as far as it is done."""
    gzip = zlib.compressobj(_LEVEL, wbits=31)
    for part in parts:
        yield gzip.compress(part)
    yield gzip.flush()


# ---- pieces of a list ------------------------------------------------------------------------------


def links(
    params: Sequence[tuple[str, str]], *, limit: int | None, offset: int, total: int
) -> list[tuple[str, str]]:
    """Relation -> address, relative to the request's own, of the pieces around one; none without `limit`."""
    if limit is None:
        return []
    last = offset + max(0, (total - 1 - offset) // limit) * limit
    pieces = {"first": 0, "last": last if last < total else max(0, (total - 1) // limit * limit)}
    pieces |= {"prev": max(0, offset - limit)} if offset else {}
    pieces |= {"next": offset + limit} if offset + limit < total else {}
    others = [(name, value) for name, value in params if name not in ("limit", "offset")]
    return [
        (relation, "?" + urlencode([*others, ("limit", limit), ("offset", start)]))
        for relation, start in pieces.items()
    ]


def link_header(pairs: Iterable[tuple[str, str]]) -> str:
    """Links as RFC 8288 writes them."""
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in pairs)
