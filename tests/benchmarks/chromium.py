"""Chromium, driven by as little as possible: `browser`, fresh pages with an empty cache, real mouse and keys.

Speaks the browser's own protocol (CDP) instead of going through Playwright, because Playwright listens to
the network: of every web socket message it gets a copy as text. For one opening of an app that sends 8 MB
that took a second of processor time (measured), on two cores at that app's expense and in favour of one
that sends little. Here nothing listens; `probe.js` counts in the page.
"""

import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.chromium import ARGUMENTS, INSTALLED, NoBrowser

SCREEN = {"width": 1280, "height": 1000}
START_S = 30
_OWN_ARGUMENTS = (
    "--headless",
    "--remote-debugging-port=0",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-extensions",
    "--disable-renderer-backgrounding",
    "--hide-scrollbars",
    "--no-default-browser-check",
)


class BrowserFailed(Exception):
    """The browser did not do what it was told, or gave no answer in time; says what."""


@dataclass
class Browser:
    """A running browser."""

    connection: ClientConnection
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, method: str, *, session: str = "", timeout_s: float = START_S, **parameters: Any) -> Any:
        """Sends one command and waits for its answer."""
        number = next(self._ids)
        command = {"id": number, "method": method, "params": parameters}
        self.connection.send(json.dumps(command | ({"sessionId": session} if session else {})))
        end = time.monotonic() + timeout_s
        while True:
            message = self._receive(method, end)
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserFailed(f"{method}: {message['error']['message']}")
                return message["result"]
            if message.get("method") == "Inspector.targetCrashed" and message.get("sessionId") == session:
                raise BrowserFailed("the page crashed")

    def _receive(self, method: str, end: float) -> dict[str, Any]:
        try:
            return dict(json.loads(self.connection.recv(timeout=max(0.0, end - time.monotonic()))))
        except TimeoutError as error:
            raise BrowserFailed(f"no answer to {method} in time") from error
        except ConnectionClosed as error:
            raise BrowserFailed("the browser ended") from error

    @contextmanager
    def page(self, origin: str, script: str) -> Iterator["Page"]:
        """A new tab with nothing kept from before; `script` runs in every document before the document's own.

        In the browser's usual profile: a private one keeps no file of some megabytes, and so loads it twice.
        """
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        try:
            session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            page = Page(self, session)
            page.call("Network.clearBrowserCache")
            page.call("Network.clearBrowserCookies")
            page.call("Storage.clearDataForOrigin", origin=origin, storageTypes="all")
            page.call("Inspector.enable")
            page.call("Page.enable")
            page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
            page.call("Emulation.setDeviceMetricsOverride", **SCREEN, deviceScaleFactor=1, mobile=False)
            yield page
        finally:
            self.call("Target.closeTarget", targetId=target)


@dataclass
class Page:
    """One page of the browser."""

    browser: Browser
    session: str

    def call(self, method: str, *, timeout_s: float = START_S, **parameters: Any) -> Any:
        return self.browser.call(method, session=self.session, timeout_s=timeout_s, **parameters)

    def evaluate(self, expression: str, *, timeout_s: float = START_S) -> Any:
        """The value of a JavaScript expression, of a promise when it is kept."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            timeout_s=timeout_s,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            said = details.get("exception", {}).get("description") or details["text"]
            raise BrowserFailed(f"in the page: {said.splitlines()[0]}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, *, timeout_s: float, every_s: float = 0.1) -> Any:
        """The first value of `expression` that counts as true; None when there is none in time."""
        end = time.monotonic() + timeout_s
        while True:
            left = max(1.0, end - time.monotonic())
            try:
                value = self.evaluate(expression, timeout_s=left)
            except BrowserFailed as error:
                if "no answer to Runtime.evaluate" not in str(error):
                    raise
                value = None
            if value or time.monotonic() > end:
                return value
            time.sleep(every_s)

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def click(self, place: tuple[float, float]) -> None:
        """A real click with the left mouse button."""
        x, y = place
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for event in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=event, x=x, y=y, button="left", clickCount=1)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def escape(self) -> None:
        for event in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=event, key="Escape", code="Escape", windowsVirtualKeyCode=27
            )


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with an empty profile, ended afterwards; raises `NoBrowser` where none is installed."""
    path = program()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [path, *ARGUMENTS, *_OWN_ARGUMENTS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; we end the browser
        )
        try:
            with connect(_address(process, Path(profile)), max_size=None, compression=None) as connection:
                yield Browser(connection)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def version() -> str:
    """What the browser calls itself."""
    with browser() as one:
        return "Chromium " + one.call("Browser.getVersion")["product"].partition("/")[2]


def program() -> str:
    """Path of an installed Chromium or Chrome, else of Playwright's own; raises `NoBrowser`."""
    installed = next((path for path in map(shutil.which, INSTALLED) if path), None)
    if installed:
        return installed
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if not Path(own).exists():
        raise NoBrowser("No browser was found. Install one: apt install chromium")
    return own


def _address(process: "subprocess.Popen[bytes]", profile: Path) -> str:
    """Where the browser listens: it writes port and path into a file of its profile."""
    file = profile / "DevToolsActivePort"
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        lines = file.read_text().splitlines() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise BrowserFailed("the browser did not start")
