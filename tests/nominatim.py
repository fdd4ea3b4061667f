"""A Nominatim on 127.0.0.1 for tests: speaks /search, remembers who asked what and when, fails on request.

with NominatimServer() as server:
    server.url          # for ATLAS_GEOCODER_URL
    server.places       # query -> answer; every other query is answered with an empty list
    server.answer = garbled(b"<html>")
    server.requests     # what was asked
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, bytes]


@dataclass
class Clock:
    """A clock that only sleeping moves; stands in for `time.monotonic` and `time.sleep`."""

    now: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds


class Queue:
    """Turns at a service in the memory of one process, by a `Clock`; stands in for the database's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, service: str, delay_s: float) -> Iterator[None]:
        with self._lock:
            self._clock.sleep(max(0.0, self._last.get(service, -delay_s) + delay_s - self._clock()))
            try:
                yield
            finally:
                self._last[service] = self._clock()


@dataclass(frozen=True)
class Request:
    """One request as the server saw it; `time` is the clock's."""

    path: str
    query: str
    user_agent: str
    time: float


def place(latitude: Any, longitude: Any, **more: Any) -> list[dict[str, Any]]:
    """A Nominatim answer with one building."""
    found = {
        "place_id": 1,
        "osm_type": "way",
        "osm_id": 42,
        "lat": str(latitude),
        "lon": str(longitude),
        "category": "building",
        "type": "industrial",
        "addresstype": "building",
        "display_name": "Somewhere",
    }
    return [{**found, **more}]


def failed(status: int) -> Callable[[str], Answer]:
    return lambda _query: (status, b"sorry")


def garbled(body: bytes) -> Callable[[str], Answer]:
    return lambda _query: (200, body)


class NominatimServer:
    """The server; a context manager."""

    def __init__(self, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.clock = clock
        self.places: dict[str, list[dict[str, Any]]] = {}
        self.answer: Callable[[str], Answer] = self.search
        self.requests: list[Request] = []
        self.released = threading.Event()
        self.released.set()
        self.asked = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def search(self, query: str) -> Answer:
        return 200, json.dumps(self.places.get(query, [])).encode()

    def hold(self) -> None:
        """From now on answers wait for `released.set()`."""
        self.released.clear()

    def stop(self) -> None:
        """Let everybody go and refuse connections from now on."""
        self.released.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _handler(server: NominatimServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query).get("q", [""])[0]
            agent = self.headers.get("User-Agent", "")
            server.requests.append(Request(parts.path, query, agent, server.clock()))
            server.asked.set()
            server.released.wait(timeout=10)
            status, body = server.answer(query)
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the client gave up waiting

        def log_message(self, *_: Any) -> None:
            """Silent."""

    return Handler
