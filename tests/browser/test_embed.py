"""The map in a frame of another site, in a real browser: of a named site, and of one that is not."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser

from atlas.screen import download_menu
from tests.browser.dashboard import dashboard
from tests.browser.visit import MAP, centre


class OtherSite(BaseHTTPRequestHandler):
    """A page of another site that shows the map of `address`."""

    address = ""

    def do_GET(self) -> None:
        snippet = download_menu.snippet(self.address, {"country": ["Italy"]}, title="Plants")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        above, below = "<div style='height: 15rem'></div>", "<div style='height: 100rem'></div>"
        self.wfile.write(f"<!doctype html><link rel=icon href='data:,'>{above}{snippet}{below}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def other_site() -> Iterator[int]:
    """The port of another site: for a browser, 127.0.0.1 and localhost are two sites."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OtherSite) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_another_site_shows_the_map(
    chromium: Browser, other_site: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A named site gets a map that answers clicks; one that is not named gets nothing.

    The site's page stays where it is at the first click, though its window cuts the map off.
    """
    host, stranger = f"http://127.0.0.1:{other_site}", f"http://localhost:{other_site}"
    with dashboard(ATLAS_FRAME_ANCESTORS=f"self {host}") as url:
        monkeypatch.setattr(OtherSite, "address", url)
        page = chromium.new_page(reduced_motion="reduce", viewport={"width": 1366, "height": 650})
        errors: list[str] = []
        page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
        page.goto(host)
        frame = page.frame_locator("iframe[title=Plants]")
        inner = frame.frame_locator(MAP)
        inner.locator("[data-plant=modena]").wait_for()
        page.mouse.click(*centre(inner.locator("[data-plant=modena]")))
        frame.get_by_text("4 plants in Italy. Selected: Modena Plant.").wait_for()
        assert page.evaluate("() => [scrollY, scrollY + innerHeight < document.body.scrollHeight]") == [
            0,
            True,
        ]
        link = frame.get_by_role("link", name="Open the atlas")
        assert link.get_attribute("href") == "/?country=Italy&plant=modena"
        # Map and line fill the frame: nothing scrolls.
        inside = next(one for one in page.frames if one.url.startswith(f"{url}/?"))
        content, room = inside.evaluate("() => [document.querySelector('.stMain').scrollHeight, innerHeight]")
        assert content <= room
        assert inner.locator("#map_div").evaluate("(map) => map.clientHeight") > room - 60
        assert errors == []
        with page.expect_console_message(lambda one: "frame-ancestors" in one.text):
            page.goto(stranger)
        assert ["frame-ancestors" in text for text in errors] == [True]
        page.close()
