"""The browser that tests look with: an installed Chromium or Chrome, else Playwright's own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses to run as root without it, as in containers
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--no-first-run",
)


class NoBrowser(Exception):
    """Neither an installed Chromium or Chrome nor Playwright's own; install one."""


@contextmanager
def installed() -> Iterator[Browser]:
    """A browser to look with; without one the test is skipped with a loud line, in CI it fails."""
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoBrowser as error:
            loud = f"NOTHING IS TESTED IN A BROWSER. {error}"
            pytest.fail(loud) if os.environ.get("CI") == "true" else pytest.skip(loud)
        yield browser
        browser.close()


def launch(playwright: Playwright) -> Browser:
    """An installed Chromium or Chrome, else Playwright's own; raises `NoBrowser` where there is neither."""
    installed = next((path for path in map(shutil.which, INSTALLED) if path), None)
    try:
        return playwright.chromium.launch(executable_path=installed, args=list(ARGUMENTS))
    except PlaywrightError as error:
        if installed or "Executable doesn't exist" not in str(error):
            raise
        raise NoBrowser("No browser was found. Install one: apt install chromium") from error
