"""What tests of a served atlas share: two replicas with one PostgreSQL, behind the nginx of the docs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import postgres
from tests.browser.chromium import installed
from tests.browser.dashboard import Running, started
from tests.browser.visit import DESKTOP, WAIT_MS, Visit
from tests.serving import nginx


@dataclass
class Served:
    """Two replicas and the address of the proxy before them."""

    replicas: list[Running]
    url: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests are skipped with a loud line, in CI they fail."""
    expect.set_options(timeout=WAIT_MS)
    with installed() as browser:
        yield browser


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The address of a PostgreSQL, for ATLAS_DATABASE_URL."""
    with postgres.running() as address:
        yield address


@pytest.fixture(scope="session")
def served(database: str) -> Iterator[Served]:
    """Two replicas behind the recipe of the docs; they hash text differently and live in other time zones."""
    with ExitStack() as stack:
        replicas = [
            stack.enter_context(
                started(ATLAS_DATABASE_URL=database, FORWARDED_ALLOW_IPS="*", PYTHONHASHSEED=seed, TZ=zone)
            )
            for seed, zone in (("1", "Europe/Rome"), ("2", "Asia/Tokyo"))
        ]
        for replica in replicas:
            replica.await_answer()
        ports = [replica.port for replica in replicas]
        yield Served(replicas, stack.enter_context(nginx.running(ports, nginx.block("### nginx"))))


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """`visit(url, "/plants")`: a visitor of their own who opens that page; closed at the end."""
    contexts = []

    def visit(url: str, path: str = "/", **options: Any) -> Visit:
        context = chromium.new_context(
            **{"viewport": DESKTOP, "locale": "en-GB", "ignore_https_errors": True, **options}
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        visitor = Visit(url, context.new_page())
        visitor.record()
        return visitor.open(path)

    yield visit
    for context in contexts:
        context.close()
