"""The offline map: how long until it is there, how large is it, how long until it shows its plants?

The file is saved and opened from disk in a browser without a network. Opening ends when marks stand on
the map and rows in the list. Medians come later; here are single times.
"""

import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.servers import Server
from tests.browser.chromium import launch

REPEATS = 5
TIMEOUT_S = 120
PATH = "/api/plants.html"

Record = dict[str, Any]


def measure(
    cases: Sequence[tuple[Case, Server, Truth]], work: Path, *, progress: Callable[[str], None]
) -> list[Record]:
    """Each case's file, made and opened so many times."""
    records = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for case, server, _truth in cases:
            progress(f"offline map: {case.key}")
            made, size = [], 0
            file = work / f"offline-{case.key}.html"
            for _ in range(REPEATS):
                began = time.perf_counter()
                with urllib.request.urlopen(server.url + PATH, timeout=TIMEOUT_S) as answer:
                    size = file.write_bytes(answer.read())
                made.append(round(time.perf_counter() - began, 3))
            opened = [round(_open(browser, file), 3) for _ in range(REPEATS)]
            records.append({"case": case.key, "bytes": [size], "made_s": made, "open_s": opened})
        browser.close()
    return records


def _open(browser: Browser, file: Path) -> float:
    context = browser.new_context(offline=True)
    page = context.new_page()
    began = time.perf_counter()
    page.goto(file.as_uri())
    page.locator(".atlas-plant, .atlas-group").first.wait_for(timeout=1000 * TIMEOUT_S)
    page.locator("#atlas-table tbody tr").first.wait_for(timeout=1000 * TIMEOUT_S)
    seconds = time.perf_counter() - began
    context.close()
    return seconds
