"""What one visitor's browser sees: times, bytes, server work and memory, for each case and round.

A visit is a new tab of a browser that has kept nothing. It opens the page, filters to one country, moves
the map a little, shows all again, zooms and pans. The little move matters: Streamlit's page keeps large
messages for two runs of the script, so a visitor who goes straight back may find those of the naive app
still there, or just not any more. After a look around, upon which that app runs once more, they are gone.

Times are taken inside the page (`probe.js`): from the navigation, or from the press of the mouse, until the
markers add up to the plants that must be shown. Bytes are what the browser says it loaded (compressed where
it came so, with 300 bytes for the headers of each answer) and the payload of web socket messages both ways.
Server work is processor time of the server's processes until all is quiet.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks import datasette, tables
from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.chromium import Browser, BrowserFailed, Page, browser
from tests.benchmarks.servers import MB, Server

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
TIMEOUT_S = 120
QUIET_S = 0.8
_PATIENCE_S = 30  # for a widget to appear
_SETTLE_S = 0.5
_KEPT_COMPLAINTS = 3
_KINDS = (
    ("names", re.compile(r"name", re.IGNORECASE)),
    ("base map", re.compile(r"/basemap/|tile", re.IGNORECASE)),
    ("positions", re.compile(r"point|position|column", re.IGNORECASE)),
)

Record = dict[str, Any]


@dataclass(frozen=True)
class Totals:
    """What a visit and its server have used up so far."""

    requests: int
    http_bytes: int
    socket_bytes: int
    reruns: int
    cpu_s: float

    def since(self, before: "Totals") -> dict[str, float]:
        return {
            "requests": self.requests - before.requests,
            "bytes": self.http_bytes + self.socket_bytes - before.http_bytes - before.socket_bytes,
            "socket_bytes": self.socket_bytes - before.socket_bytes,
            "reruns": self.reruns - before.reruns,
            "cpu_s": round(self.cpu_s - before.cpu_s, 3),
        }


@dataclass
class Visit:
    """One visitor of one server; all is quiet when nothing has come for `quiet_s`."""

    case: Case
    server: Server
    page: Page
    quiet_s: float = QUIET_S

    def totals(self) -> Totals:
        used = self.page.evaluate("benchmark.used()")
        return Totals(
            used["requests"],
            used["http_bytes"],
            used["received_bytes"] + used["sent_bytes"],
            used["reruns"],
            self.server.cpu_s(),
        )

    def open(self, expected: int) -> Record:
        """Opens the page in an empty cache, until `expected` plants are shown; what it took."""
        before = Totals(0, 0, 0, 0, self.server.cpu_s())
        self.page.go(self.server.url + (datasette.PAGE if self.case.app == "datasette" else "/"))
        return self._outcome(before)

    def click(self, find: Callable[[], tuple[float, float]], expected: int) -> Record:
        """Clicks what `find` has made ready, until `expected` plants are shown; what it took."""
        place = find()
        before = self.totals()
        self.page.evaluate(f"benchmark.watch({self.case.app!r}, {expected})")
        self.page.click(place)
        return self._outcome(before)

    def _outcome(self, before: Totals) -> Record:
        found = self.page.wait_for("window.benchmark?.result()", timeout_s=TIMEOUT_S)
        if not found:
            raise BrowserFailed(f"no answer in {TIMEOUT_S} s ({self._what_it_shows()})")
        self.wait_until_quiet()
        return {**found, **self.totals().since(before)}

    def _what_it_shows(self) -> str:
        try:
            seen = self.page.evaluate(f"benchmark.look({self.case.app!r}, -1)")
        except BrowserFailed:
            return "the page does not react"
        return f"it shows {seen.get('shown') or 0:,} plants in {seen['elements']} markers"

    def look_around(self) -> None:
        """Moves the map a little; whatever the app does upon that is not counted."""
        self.page.evaluate(f"benchmark.nudge({self.case.app!r})")
        self.wait_until_quiet()

    def wait_until_quiet(self) -> None:
        """Until no request, no message and no run of the script for a while."""
        last: Record = {}
        changed = time.monotonic()
        end = changed + TIMEOUT_S
        while time.monotonic() < end and time.monotonic() - changed < self.quiet_s:
            used = self.page.evaluate("benchmark.used()", timeout_s=TIMEOUT_S)
            if used != last or used["running"]:
                last, changed = used, time.monotonic()
            time.sleep(0.1)

    def option(self) -> tuple[float, float]:
        """The option of the country filter, in sight."""
        sidebar = "[data-testid=stSidebar]"
        box = f"{sidebar} [role=combobox]", "Country"
        pill = f"{sidebar} button", tables.FILTERED
        self._find(box, pill)
        if self._place(box) is None:
            return self._find(pill)
        self.page.click(self._find(box))
        self.page.type(tables.FILTERED)
        time.sleep(_SETTLE_S)  # the list of options moves while it opens
        return self._find(("[role=option]", tables.FILTERED))

    def way_back(self) -> tuple[float, float]:
        """What shows all plants again, in sight."""
        self.page.escape()
        time.sleep(_SETTLE_S)
        if self.case.app == "naive":
            return self._find(("[data-testid=stSidebar] button", "Clear all"))
        return self._find(("[data-testid=stSidebar] .st-key-atlas-clear button", ""))

    def _place(self, what: tuple[str, str]) -> tuple[float, float] | None:
        selector, text = what
        found = self.page.evaluate(f"benchmark.place({json.dumps(selector)}, {json.dumps(text)})")
        return (found[0], found[1]) if found else None

    def _find(self, *wanted: tuple[str, str]) -> tuple[float, float]:
        """Where the first of `wanted` to appear is."""
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            for what in wanted:
                place = self._place(what)
                if place:
                    return place
            time.sleep(0.05)
        raise BrowserFailed(f"the page shows no “{wanted[0][1] or wanted[0][0]}”")

    def moves(self, spot: tuple[float, float]) -> Record:
        """Zooms and pans; how long each took, and what was asked of the server meanwhile."""
        before = self.totals()
        found = self.page.evaluate(f"benchmark.moves({self.case.app!r}, {list(spot)})", timeout_s=TIMEOUT_S)
        self.wait_until_quiet()
        took = self.totals().since(before)
        urls = self.page.evaluate(f"benchmark.loaded.slice({before.requests - 1}).map((one) => one.url)")
        return {
            "zoom_ms": [move["ms"] for move in found["zoom"]],
            "pan_ms": [move["ms"] for move in found["pan"]],
            "changed": sum(move["changed"] for move in (*found["zoom"], *found["pan"])),
            "requests_by_kind": dict(Counter(map(_kind, urls))),
            **took,
        }

    def heap_mb(self) -> float:
        """JavaScript objects and typed arrays that are still in use, in MB."""
        self.page.call("HeapProfiler.collectGarbage")
        usage = self.page.call("Runtime.getHeapUsage")
        return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / MB


def rounds(
    cases: Iterable[tuple[Case, Server, Truth]],
    *,
    count: int,
    progress: Callable[[str], None],
) -> list[Record]:
    """Visits every case in turn, `count` times after one visit each that is not counted."""
    cases = list(cases)
    records = []
    with browser() as one:
        for number in range(count + 1):
            for case, server, truth in cases:
                progress(f"round {number} of {count}: {case.key}" if number else f"warm-up: {case.key}")
                record = visit(one, case, server, truth)
                if number:
                    records.append({"case": case.key, "round": number, **record})
        return records


def visit(one: Browser, case: Case, server: Server, truth: Truth) -> Record:
    """One visit; what went wrong, if anything did, is in its `problem`."""
    watch = f"window.benchmark?.watch({case.app!r}, {truth.shown}, {{opening: true}});"
    record: Record = {}
    with one.page(server.url, f"{PROBE}\n{watch}") as page:
        for name, step in _steps(Visit(case, server, page), truth).items():
            try:
                found = step()
                record |= {} if found is None else {name: found}
            except BrowserFailed as error:
                record["problem"] = f"{name}: {error}"
                break
        else:
            record["complaints"] = page.evaluate("benchmark.complaints")[:_KEPT_COMPLAINTS]
    return {**record, "server_mb": server.memory_mb(), "server_peak_mb": server.peak_memory_mb()}


def _steps(visit: Visit, truth: Truth) -> Mapping[str, Callable[[], object]]:
    opening: dict[str, Callable[[], object]] = {"open": lambda: visit.open(truth.shown)}
    if visit.case.app not in ("naive", "ours"):
        return {**opening, "heap_mb": visit.heap_mb}
    return {
        **opening,
        "filter": lambda: visit.click(visit.option, truth.filtered),
        "look around": visit.look_around,
        "all": lambda: visit.click(visit.way_back, truth.shown),
        "moves": lambda: visit.moves(truth.spot),
        "heap_mb": visit.heap_mb,
    }


def _kind(url: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(urlsplit(url).path)), "other")
