"""Streamlit's own files come from memory, packed, and are otherwise what Streamlit sends."""

import gzip
import time
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from atlas.web import packed_files
from atlas.web.packed_files import PackedFiles

SCRIPT = b"export const answer = 42;\n" * 200
FOREVER = "public, immutable, max-age=31536000"


class Files:
    """An app that answers as Streamlit does and counts the requests that reach it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def answer(self, request: Request) -> Answer:
        self.asked.append((request.method, request.url.path))
        name = request.url.path.rsplit("/", 1)[-1]
        keep = {"page.html": "no-cache", "once.js": "no-store"}.get(name, FOREVER)
        headers = {"Cache-Control": keep, "X-Of-Streamlit": "yes"}
        if "/assets/" in request.url.path:
            headers["Vary"] = "Accept-Encoding, Accept-Encoding"  # said by our route and again by Streamlit
        if name == "cookie.js":
            headers["Set-Cookie"] = "visitor=1"
        if name == "missing.js":
            return Answer("Not Found", status_code=404, headers=headers)
        if "range" in request.headers:
            return Answer(SCRIPT[:10], status_code=206, headers=headers)
        content = b"<p>page</p>" if name.endswith(".html") else SCRIPT + name.encode()
        return Answer(content, headers=headers, media_type="text/javascript")


def client(answer: Callable[[Request], Answer], **options: Any) -> TestClient:
    routes = [Route("/{path:path}", answer, methods=["GET", "POST"])]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(PackedFiles, **options)]))


def raw(browser: TestClient, path: str, accepted: str, **headers: str) -> tuple[Response, bytes]:
    """The answer and its bytes as they travel."""
    with browser.stream("GET", path, headers={"Accept-Encoding": accepted, **headers}) as answer:
        return answer, b"".join(answer.iter_raw())


UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("accepted", ["br", "gzip"])
@pytest.mark.parametrize("path", ["/static/js/index.js", "/component/a.map/main.js", "/assets/1a/b.json"])
def test_the_same_file_in_fewer_bytes(path: str, accepted: str) -> None:
    """The first answer and the next are alike; after unpacking they are Streamlit's, with its headers."""
    files = Files()
    browser = client(files.answer)
    plain = client(files.answer).get(path, headers={"Accept-Encoding": "identity"})
    files.asked.clear()
    answers = [raw(browser, path, accepted) for _ in range(3)]
    assert files.asked == [("GET", path)]
    for answer, body in answers:
        assert UNPACK[accepted](body) == plain.content
        assert len(body) < len(plain.content) / 5
        assert answer.headers["content-length"] == str(len(body))
        assert answer.headers["content-encoding"] == accepted
        assert answer.headers["vary"].lower() == "accept-encoding"
        for name in ("content-type", "cache-control", "x-of-streamlit"):
            assert answer.headers[name] == plain.headers[name]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0,gzip;q=0.5", "gzip"),
        ("br;q=0.1", "br"),
        ("gzip ; q=0", ""),
        ("gzip;q=0.000, br; q=0", ""),
        ("identity", ""),
        ("", ""),
        ("xbr, notgzip", ""),
    ],
)
def test_the_coding_is_one_that_the_browser_takes(accepted: str, expected: str) -> None:
    assert packed_files.coding(accepted) == expected
    answer, body = raw(client(Files().answer), "/static/a.js", accepted)
    assert answer.headers.get("content-encoding", "") == expected
    assert UNPACK.get(expected, bytes)(body) == SCRIPT + b"a.js"


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver"])
def test_the_pages_own_scripts_are_packed(origin: str) -> None:
    """Chromium names the page's own site when a page loads a module; a proxy may speak TLS for us."""
    files = Files()
    browser = client(files.answer)
    for _ in range(2):
        assert "content-encoding" in browser.get("/static/a.js", headers={"Origin": origin}).headers
    assert len(files.asked) == 1


def test_head_says_what_get_says() -> None:
    """Also before the first GET, when Streamlit answers it."""
    files = Files()
    browser = client(files.answer)
    before = browser.head("/static/a.js", headers={"Accept-Encoding": "br"})
    assert (before.status_code, before.content) == (200, b"")
    got, _body = raw(browser, "/static/a.js", "br")
    told = browser.head("/static/a.js", headers={"Accept-Encoding": "br"})
    assert (told.headers, told.content) == (got.headers, b"")
    assert files.asked == [("HEAD", "/static/a.js"), ("GET", "/static/a.js")]


@pytest.mark.parametrize("known", ["{tag}", '"other", {tag}', "*"])
def test_who_has_it_gets_304(known: str) -> None:
    files = Files()
    browser = client(files.answer)
    tag = raw(browser, "/static/a.js", "br")[0].headers["etag"]
    again = browser.get("/static/a.js", headers={"If-None-Match": known.format(tag=tag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == FOREVER
    assert "content-length" not in again.headers
    assert browser.get("/static/b.js", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/static/a.js", {}),
        ("GET", "/static/a.js", {"Range": "bytes=0-9"}),
        ("GET", "/static/a.js", {"Origin": "https://example.org"}),
        ("GET", "/static/a.js", {"Origin": "null"}),
        ("GET", "/static/missing.js", {}),
        ("GET", "/static/page.html", {}),
        ("GET", "/static/once.js", {}),
        ("GET", "/static/cookie.js", {}),
        ("GET", "/other/a.js", {}),
        ("GET", "/staticky/a.js", {}),
        ("GET", "/", {}),
    ],
)
def test_all_else_goes_through(method: str, path: str, headers: dict[str, str]) -> None:
    """Each time, with the answer as it is without the layer."""
    files = Files()
    routes = [Route("/{path:path}", files.answer, methods=["GET", "POST"])]
    browser, without = client(files.answer), TestClient(Starlette(routes=routes))
    for _ in range(2):
        answer, expected = (one.request(method, path, headers=headers) for one in (browser, without))
        assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
        assert answer.headers == expected.headers
    assert len(files.asked) == 4


def test_below_a_path() -> None:
    """The server may run below /atlas; then /static/ is not Streamlit's."""
    files = Files()
    browser = client(files.answer, prefix="/atlas")
    for path in ("/atlas/static/a.js", "/static/a.js"):
        for _ in range(2):
            assert browser.get(path).content == SCRIPT + b"a.js"
    assert files.asked == [("GET", path) for path in ("/atlas/static/a.js", "/static/a.js", "/static/a.js")]


def test_mounted_below_a_path() -> None:
    """As behind another app that sets `root_path`."""
    files = Files()
    inner: ASGIApp = Starlette(
        routes=[Route("/{path:path}", files.answer)], middleware=[Middleware(PackedFiles)]
    )
    browser = TestClient(inner, root_path="/outer")
    assert [browser.get("/outer/static/a.js").status_code for _ in range(2)] == [200, 200]
    assert len(files.asked) == 1


def test_what_does_not_shrink_stays_as_it_is() -> None:
    """A font is packed already."""
    font = bytes(range(256)) * 1 + brotli.compress(bytes(range(256)) * 50)
    calls: list[str] = []

    def answer(request: Request) -> Answer:
        calls.append(request.url.path)
        return Answer(font, headers={"Cache-Control": FOREVER}, media_type="font/woff2")

    browser = client(answer)
    for accepted in ("br", "gzip", "br"):
        told, body = raw(browser, "/static/a.woff2", accepted)
        assert (body, "content-encoding" in told.headers) == (font, False)
    assert len(calls) == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest unused files leave; they come again when they are asked for."""
    files = Files()
    browser = client(files.answer)
    one = len(raw(browser, "/static/0.js", "br")[1])
    monkeypatch.setattr(packed_files, "MOST_BYTES", 3 * one + 20)
    for name in (1, 2, 0, 3, 0):  # 1 is the longest unused when 3 comes
        assert browser.get(f"/static/{name}.js").content == SCRIPT + f"{name}.js".encode()
    assert [path for _method, path in files.asked] == [f"/static/{name}.js" for name in (0, 1, 2, 3)]
    browser.get("/static/1.js")
    assert len(files.asked) == 5


def test_a_large_file_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_files, "LARGEST_FILE", 1_000)
    files = Files()
    browser = client(files.answer)
    assert [browser.get("/static/a.js").content for _ in range(2)] == [SCRIPT + b"a.js"] * 2
    assert len(files.asked) == 2


def test_half_an_answer_is_not_remembered() -> None:
    """Whoever asks gets all of the file, though its first answer broke off."""
    parts = iter([SCRIPT[:100]])

    def answer(_: Request) -> Answer:
        whole = {"Cache-Control": FOREVER, "Content-Length": str(len(SCRIPT))}
        return Answer(next(parts, SCRIPT), headers=whole, media_type="text/javascript")

    browser = client(answer)
    assert [browser.get("/static/js/a.js").content for _ in range(3)] == [SCRIPT] * 3


def test_early_files_are_packed_at_the_start() -> None:
    """In both codings, thoroughly; a name that does not exist does no harm."""
    files = Files()
    early = ["/static/missing.js", "/static/a.js"]
    with client(files.answer, prefix="/atlas", early=lambda: early) as browser:
        _wait_until(lambda: len(files.asked) >= 4)
        time.sleep(0.1)  # the last is being packed
        asked = list(files.asked)
        answers = {accepted: raw(browser, "/atlas/static/a.js", accepted)[1] for accepted in UNPACK}
    assert asked == [("GET", f"/atlas{path}") for path in early for _ in range(2)]
    assert files.asked == asked
    assert answers["br"] == brotli.compress(SCRIPT + b"a.js", quality=packed_files.THOROUGH)


def test_streamlits_own_files() -> None:
    """Over Streamlit's own routes: its scripts packed, its fonts as they are, pages untouched."""
    inner = Starlette(routes=create_streamlit_static_assets_routes(None))
    with_layer, without = TestClient(PackedFiles(inner)), TestClient(inner)
    page = without.get("/").text
    script = "/static/js/index" + page.partition("/static/js/index")[2].partition('"')[0]
    for path in (script, "/static/no-such-file.js", "/favicon.png"):
        for _ in range(2):
            answer, expected = with_layer.get(path), without.get(path)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
            for name in ("content-type", "cache-control", "last-modified"):
                assert answer.headers.get(name) == expected.headers.get(name)
    assert with_layer.get(script).headers["content-encoding"] == "br"
    assert "content-encoding" not in with_layer.get("/static/no-such-file.js").headers


def test_streamlits_own_files_at_the_start() -> None:
    """Streamlit watches whether the client leaves while it sends a file, and must find it patient."""
    streamlits = Starlette(routes=create_streamlit_static_assets_routes(None))
    without = TestClient(streamlits)
    script = "/static/js/index" + without.get("/").text.partition("/static/js/index")[2].partition('"')[0]
    expected = brotli.compress(without.get(script).content, quality=packed_files.THOROUGH)
    with TestClient(PackedFiles(streamlits, early=lambda: ["/manifest.json", script])) as browser:
        _wait_until(lambda: raw(browser, script, "br")[1] == expected)


def _wait_until(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_done() and time.monotonic() < end:
        time.sleep(0.01)
    assert is_done()
