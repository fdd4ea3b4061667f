"""What tests in a real browser share: one Chromium and one dashboard for all of them.

Every test has a browser context of its own. Whatever a test of the dashboard is about, it also fails when a
page, in it, writes an error to the console, throws, opens a dialog, or asks any server but its own.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import installed
from tests.browser.dashboard import dashboard
from tests.browser.layer_page import Layer
from tests.browser.visit import DESKTOP, WAIT_MS, Start, Visit


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests are skipped with a loud line, in CI they fail."""
    expect.set_options(timeout=WAIT_MS)
    with installed() as browser:
        yield browser


@pytest.fixture(scope="session")
def dashboard_url() -> Iterator[str]:
    """The address of a dashboard of this checkout, without settings."""
    with dashboard() as url:
        yield url


@pytest.fixture
def start(chromium: Browser, dashboard_url: str) -> Iterator[Start]:
    """`start("/plants")`: a visit of that address, by default of the dashboard without settings."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def start(path: str, *, at: str = dashboard_url, **options: Any) -> Visit:
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        context.set_default_timeout(WAIT_MS)
        context.route(re.compile(rf"^https?://(?!{urlsplit(at).netloc}/)"), lambda route: route.abort())
        contexts.append(context)
        visit = Visit(at, context.new_page())
        visit.record()
        visits.append(visit)
        return visit.open(path)

    yield start
    for context in contexts:
        context.close()
    assert [complaint for visit in visits for complaint in visit.complaints] == []


@pytest.fixture(scope="session")
def layers(chromium: Browser) -> list[Layer]:
    """The plant layers so far, all on one page; the last one answers what the page asks for."""
    layers: list[Layer] = []
    page = chromium.new_page(reduced_motion="reduce")
    page.route("**/*", lambda route: layers[-1].answer(route))
    page.on("pageerror", lambda error: layers[-1].errors.append(str(error)))
    layers.append(Layer(page))
    return layers


@pytest.fixture
def layer(layers: list[Layer]) -> Iterator[Layer]:
    """A fresh map without plants; nothing that a test asks of it may throw."""
    layers.append(Layer(layers[0].page))
    yield layers[-1].open()
    layers[-1].page.evaluate("() => sessionStorage.clear()")
    layers[-1].page.goto("about:blank")  # what this map still wanted to ask is not asked of the next test
    assert layers[-1].errors == []
