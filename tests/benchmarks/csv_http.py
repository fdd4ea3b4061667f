"""CSV over HTTP: how long until a script has the whole table? Medians come later; here are single times."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks import datasette
from tests.benchmarks.cases import Case, Truth
from tests.benchmarks.servers import Server

REPEATS = 5
TIMEOUT_S = 120
_PATHS = {"ours": "/api/plants.csv", "datasette": datasette.CSV}
_CHUNK_BYTES = 1 << 20

Record = dict[str, Any]


def measure(cases: Sequence[tuple[Case, Server, Truth]], *, progress: Callable[[str], None]) -> list[Record]:
    """Every case that has CSV over HTTP, in turn, after one unmeasured download each."""
    downloads = [(case, server, truth) for case, server, truth in cases if case.app in _PATHS]
    records: dict[str, Record] = {}
    for repeat in range(REPEATS + 1):
        for case, server, truth in downloads:
            progress(f"CSV {repeat} of {REPEATS}: {case.key}" if repeat else f"warm-up: CSV of {case.key}")
            record = records.setdefault(case.key, {"case": case.key, "seconds": [], "bytes": 0, "rows": 0})
            try:
                seconds, size, lines = _download(server.url + _PATHS[case.app])
            except OSError as error:
                record["problem"] = str(error)
                continue
            if lines - 1 != truth.rows[""]:
                record["problem"] = f"{lines - 1:,} rows instead of {truth.rows['']:,}"
            record |= {"bytes": size, "rows": lines - 1}
            record["seconds"] += [round(seconds, 4)] if repeat else []
    return list(records.values())


def _download(url: str) -> tuple[float, int, int]:
    """Seconds, bytes and lines; uncompressed, as `curl` and pandas ask for it."""
    size = lines = 0
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        while chunk := answer.read(_CHUNK_BYTES):
            size += len(chunk)
            lines += chunk.count(b"\n")
    return time.perf_counter() - began, size, lines
