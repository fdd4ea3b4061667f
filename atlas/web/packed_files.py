"""ASGI middleware that answers files that never change from memory, compressed once.

Streamlit sends the scripts of its pages (`/static/...`) as they are, 3 MB at the first visit, and compresses
those of components (`/component/...`) anew for each visitor. `PackedFiles` stands in front of it, and of the
map's files (`/assets/...`): the first answer to a path is remembered with the headers that it came with, its
content packed with Brotli, or with gzip for a browser that takes no Brotli. Only answers that every browser
may keep ("public") are remembered, so nothing here knows a name, a type or a version of Streamlit's files.

All else goes through untouched: other paths and methods, parts of a file, scripts of other sites, unknown
names, pages. Touches no disk; `MOST_BYTES` of packed content at most, the longest unused leaves first.
"""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDERS = ("/static/", "/component/", "/assets/")
MOST_BYTES = 24_000_000
LARGEST_FILE = 6_000_000  # Streamlit's largest script has 4.7 MB
# Brotli 5 packs all scripts of a page in 0.1 s; 10 takes 1 s for a tenth less, which the start can spare.
QUICK, THOROUGH = 5, 10
_GZIP_LEVEL = 6
_WORTH_PACKING = 0.95  # fonts and pictures are packed already
_CODINGS = ("br", "gzip")
_FALL_THROUGH = ("range", "if-range", "authorization")
_VARIES_BY = {"", "accept-encoding"}
_UNASKED = ("accept-encoding", "if-none-match", "if-modified-since", "origin")


@dataclass
class _File:
    """A remembered answer: `headers` as they came, `bodies` by content coding ("" for content as it is)."""

    headers: list[tuple[bytes, bytes]]
    tag: str
    bodies: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))

    def coding_for(self, accepted: str) -> str | None:
        """Returns the coding to answer in, "" for content as it is; None when there is no body for it."""
        return "" if "" in self.bodies else accepted if accepted in self.bodies else None


class PackedFiles:
    """ASGI middleware in front of Streamlit; `prefix` is the path that the server runs below.

    `early` returns the paths to pack thoroughly as soon as the server has started, without the prefix.
    """

    def __init__(
        self, app: ASGIApp, *, prefix: str = "", early: Callable[[], Iterable[str]] = tuple[str, ...]
    ) -> None:
        self.app = app
        self._folders = tuple(prefix + folder for folder in FOLDERS)
        self._prefix, self._early = prefix, early
        self._files: OrderedDict[str, _File] = OrderedDict()  # only touched on the event loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._serve_lifespan(scope, receive, send)
        elif scope["type"] == "http" and self._may_answer(scope):
            await self._answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _may_answer(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        return (
            scope["method"] in ("GET", "HEAD")
            and _path(scope).startswith(self._folders)
            and coding(headers.get("accept-encoding", "")) != ""
            and not any(name in headers for name in _FALL_THROUGH)
            and not _is_of_another_site(headers)
        )

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope)
        accepted = coding(Headers(scope=scope).get("accept-encoding", ""))
        file = self._files.get(path)
        if file is None or file.coding_for(accepted) is None:
            if scope["method"] == "HEAD":  # what Streamlit says of it will do
                await self.app(scope, receive, send)
                return
            file = await self._remember(scope, receive, send, accepted, QUICK)
            if file is None:
                return
        if path in self._files:
            self._files.move_to_end(path)
        await _send(file, file.coding_for(accepted) or "", scope, send)

    async def _remember(
        self, scope: Scope, receive: Receive, send: Send, accepted: str, quality: int
    ) -> _File | None:
        """Asks Streamlit; returns its answer packed, or None when the answer has gone to `send` unpacked."""
        original = _Original(send)
        await self.app(_plain_request(scope), receive, original)
        if not original.is_kept:
            return None
        if not original.is_whole:  # its client went away, or the file changed meanwhile
            await self.app(scope, receive, send)
            return None
        content = bytes(original.content)
        body = await run_in_threadpool(_pack, content, accepted, quality)
        name = "" if body is content else accepted
        file = self._files.get(_path(scope))
        if file is None:
            file = _File(original.headers, await run_in_threadpool(_tag, content))
        file.bodies[name] = body
        self._keep(_path(scope), file)
        return file

    def _keep(self, path: str, file: _File) -> None:
        self._files[path] = file
        self._files.move_to_end(path)
        while sum(kept.size for kept in self._files.values()) > MOST_BYTES:
            self._files.popitem(last=False)

    # ---- at the start ------------------------------------------------------------------------------

    async def _serve_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the server's start and end on; packs the early files in between, beside all else."""
        tasks: list[asyncio.Task[None]] = []

        async def send_and_pack(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                tasks.append(asyncio.create_task(self._pack_early()))

        try:
            await self.app(scope, receive, send_and_pack)
        finally:
            for task in tasks:
                task.cancel()

    async def _pack_early(self) -> None:
        paths = await run_in_threadpool(lambda: list(self._early()))
        for path in (path for path in paths if path.startswith(FOLDERS)):
            for accepted in _CODINGS:
                request = _own_request(self._prefix + path)
                await self._remember(request, _silent_client(), _drop, accepted, THOROUGH)


class _Original:
    """Streamlit's answer on its way: gathered where it may be kept, else passed on to `send`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_kept = False
        self.headers: list[tuple[bytes, bytes]] = []
        self.content = bytearray()

    @property
    def is_whole(self) -> bool:
        """Returns whether as much has come as the answer said."""
        return len(self.content) == int(Headers(raw=self.headers)["content-length"])

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = list(message.get("headers", ()))
            self.is_kept = message["status"] == 200 and _may_keep(Headers(raw=self.headers))
        if not self.is_kept:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self.content += message.get("body", b"")


def coding(accept_encoding: str) -> str:
    """Returns the best coding that an Accept-Encoding header takes: "br", "gzip", or "" for none."""
    for name in _CODINGS:
        if re.search(rf"(?:^|[,\s]){name}\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))", accept_encoding):
            return name
    return ""


def _is_of_another_site(headers: Headers) -> bool:
    """Whether a script of another site asks: what that may read, Streamlit must say each time."""
    origin = headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc != headers.get("host")


def _may_keep(headers: Headers) -> bool:
    """Whether an answer is the same for everybody and small enough to be remembered."""
    size = headers.get("content-length", "")
    return (
        "public" in headers.get("cache-control", "")
        and {name.strip().lower() for name in ",".join(headers.getlist("vary")).split(",")} <= _VARIES_BY
        and not {"set-cookie", "content-encoding"} & set(headers)
        and size.isdecimal()
        and int(size) <= LARGEST_FILE
    )


def _pack(content: bytes, accepted: str, quality: int) -> bytes:
    """Returns the content packed, or `content` itself where packing gains nothing."""
    if accepted == "br":
        packed: bytes = brotli.compress(content, quality=quality)
    else:
        packed = gzip.compress(content, _GZIP_LEVEL, mtime=0)
    return packed if len(packed) < _WORTH_PACKING * len(content) else content


def _tag(content: bytes) -> str:
    """Returns the same tag on every server; Streamlit's changes with the time of the installation."""
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'


async def _send(file: _File, name: str, scope: Scope, send: Send) -> None:
    """Sends a remembered file in the coding `name`: headers only for HEAD, 304 to who has it already."""
    headers = MutableHeaders(raw=list(file.headers))
    headers["ETag"] = "W/" + file.tag.removeprefix("W/")
    headers["Vary"] = "Accept-Encoding"
    if name:
        headers["Content-Encoding"] = name
        del headers["Accept-Ranges"]  # a part of the packed bytes is of no use
    body = file.bodies[name]
    headers["Content-Length"] = str(len(body))
    known = re.findall(r'"[^"]*"|\*', Headers(scope=scope).get("if-none-match", ""))
    status = 304 if "*" in known or file.tag.removeprefix("W/") in known else 200
    if status == 304:
        for header in ("Content-Length", "Content-Encoding", "Content-Type"):
            del headers[header]
    is_short = status == 304 or scope["method"] == "HEAD"
    await send({"type": "http.response.start", "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": b"" if is_short else body})


def _path(scope: Scope) -> str:
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if path.startswith(root + "/") else path


def _plain_request(scope: Scope) -> MutableMapping[str, object]:
    """Returns the request as a client sends it that takes no compressed content and has nothing yet."""
    headers = [(name, text) for name, text in scope["headers"] if name.decode("latin-1") not in _UNASKED]
    return {**scope, "headers": headers, "extensions": {}}


def _own_request(path: str) -> Scope:
    """Returns a request of the server to itself."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }


def _silent_client() -> Receive:
    """Returns a client that sends an empty body and then stays on the line, as Streamlit watches it leave."""
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    return receive


async def _drop(_message: Message) -> None:
    return
