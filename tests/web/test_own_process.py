"""What only a visitor's own process has is refused in words and in a way that proxies understand."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from atlas.web import own_process
from tests.web.server import problem


def client(prefix: str = "") -> TestClient:
    """A server that has the session "mine", has no file "unknown.csv", and gives back what it gets."""

    async def answer(request: Request) -> PlainTextResponse:
        is_known = not request.url.path.endswith("unknown.csv")
        text = f"{request.method} {(await request.body()).decode()}" if is_known else "File not found"
        return PlainTextResponse(text, status_code=200 if is_known else 404)

    middleware = Middleware(own_process.OwnProcess, prefix=prefix, has_session=lambda name: name == "mine")
    routes = [Route("/{path:path}", answer, methods=["GET", "PUT", "DELETE"])]
    return TestClient(Starlette(routes=routes, middleware=[middleware]))


@pytest.mark.parametrize("prefix", ["", "/atlas"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_upload_to_another_process(prefix: str, method: str) -> None:
    """Status 404, which a proxy may take to the next server, and a way out; one's own gets through whole."""
    path = f"{prefix}/_stcore/upload_file"
    assert problem(client(prefix).request(method, f"{path}/yours/1")) == (404, own_process.NO_SESSION)
    assert client(prefix).request(method, f"{path}/mine/1", content="rows").text == f"{method} rows"


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_a_file_of_another_process(prefix: str) -> None:
    """A file that a page made is refused in words where it is not."""
    assert problem(client(prefix).get(f"{prefix}/media/unknown.csv")) == (404, own_process.NO_FILE)
    assert client(prefix).get(f"{prefix}/media/known.csv").text == "GET "


@pytest.mark.parametrize("path", ["/", "/unknown.csv", "/api/media/unknown.csv", "/_stcore/health"])
def test_all_else_goes_through(path: str) -> None:
    """Whatever the server says."""
    assert "detail" not in client().get(path).text
