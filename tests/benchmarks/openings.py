"""Openings of a page on emulated lines: when is there something to read, when do the markers stand?

Each opening is a visitor's first ("cold": the browser has kept nothing) and, right after it, a second one in
the same browser ("warm"). Lines are emulated by the browser: requests wait for the line's latency and share
its rate; messages of web sockets are not slowed down, which favours apps that send a lot through them.
"""

import csv
import io
import json
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.chromium import Browser, BrowserFailed, Page, browser
from tests.benchmarks.measure import PROBE, QUIET_S, Record, Visit
from tests.benchmarks.servers import Server


@dataclass(frozen=True)
class Line:
    """A visitor's line to the server; without a rate it is not emulated."""

    name: str
    latency_ms: float = 0
    mbit_s: float = 0

    @property
    def words(self) -> str:
        if not self.mbit_s:
            return self.name
        return f"{self.name} ({self.latency_ms:g} ms, {self.mbit_s:g} Mbit/s)"

    def hold(self, page: Page) -> None:
        """Puts the page on this line."""
        if not self.mbit_s:
            return
        bytes_s = self.mbit_s * 1e6 / 8
        page.call("Network.enable")
        page.call(
            "Network.emulateNetworkConditions",
            offline=False,
            latency=self.latency_ms,
            downloadThroughput=bytes_s,
            uploadThroughput=bytes_s,
        )


LOCAL = Line("this machine")
FAST_4G, SLOW_4G = Line("Fast 4G", 60, 8), Line("Slow 4G", 150, 1.4)
LINES = (LOCAL, FAST_4G, SLOW_4G)
COLD, WARM = "cold", "warm"
_SLOW_QUIET_S = 3.0  # the largest file, Streamlit's font of icons, takes more than two on the slowest line


def measure(
    cases: Iterable[tuple[Case, Server, Truth]],
    lines: Sequence[Line],
    *,
    count: int,
    progress: Callable[[str], None],
) -> list[Record]:
    """Opens every case on every line, `count` times in turn after one opening each that is not counted."""
    known = [(case, server, truth, _names(case, server)) for case, server, truth in cases]
    records = []
    with browser() as one:
        for case, server, truth, names in known:
            progress(f"warm-up: {case.key}")
            _open_twice(one, case, server, truth, names, LOCAL)
        for number in range(1, count + 1):
            for line in lines:
                for case, server, truth, names in known:
                    progress(f"opening {number} of {count}: {case.key}, {line.name}")
                    found = _open_twice(one, case, server, truth, names, line)
                    about = {"case": case.key, "line": line.words, "round": number}
                    records += [{**about, **record} for record in found]
    return records


def _names(case: Case, server: Server) -> list[str]:
    """What can be read on a page that has its answer: the names of the plants that our small table has."""
    if case.app != "ours":
        return []
    with urllib.request.urlopen(f"{server.url}/api/plants.csv?limit=5", timeout=120) as answer:
        return [row["name"] for row in csv.DictReader(io.StringIO(answer.read().decode()))]


def _open_twice(
    one: Browser, case: Case, server: Server, truth: Truth, names: Sequence[str], line: Line
) -> list[Record]:
    """A cold and a warm opening; what went wrong, if anything did, is in `problem`."""
    watch = (
        f"window.benchmark?.watch({case.app!r}, {truth.shown}, {{opening: true}});"
        f"window.benchmark?.read({case.app!r}, {json.dumps(names)});"
    )
    quiet_s = _SLOW_QUIET_S if line.mbit_s else QUIET_S
    records: list[Record] = []
    with one.page(server.url, f"{PROBE}\n{watch}") as page:
        line.hold(page)
        for cache in (COLD, WARM):
            try:
                found = Visit(case, server, page, quiet_s).open(truth.shown)
                records.append({"cache": cache, **found, **page.evaluate("benchmark.opening()")})
                page.go("about:blank")
            except BrowserFailed as error:
                records.append({"cache": cache, "problem": str(error)})
                break
    return records
