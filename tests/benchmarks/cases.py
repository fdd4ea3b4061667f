"""What is measured against what: one row for each app and table size, and how its server is started.

bare        the least that Streamlit shows
naive-N     the app that people write first, over N plants
ours-N      this project over N plants; ours-5 are its own five
datasette-N Datasette with its cluster map over N plants
"""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from tests.benchmarks import datasette, tables
from tests.benchmarks.servers import Command, Server, streamlit

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SMALL, MIDDLE, LARGE = tables.SIZES
App = Literal["bare", "naive", "ours", "datasette"]


@dataclass(frozen=True)
class Case:
    """One app over one table."""

    app: App
    rows: int

    @property
    def key(self) -> str:
        return self.app if self.app == "bare" else f"{self.app}-{self.rows}"


@dataclass(frozen=True)
class Truth:
    """What a case must show: plants on the map with and without the filter, rows per country ("" for all)."""

    shown: int
    filtered: int
    spot: tuple[float, float]
    rows: Mapping[str, int]


BARE = Case("bare", 0)
NAIVE_SMALL, NAIVE_MIDDLE, NAIVE_LARGE = (Case("naive", rows) for rows in tables.SIZES)
OURS_SMALL, OURS_MIDDLE, OURS_LARGE = (Case("ours", rows) for rows in tables.SIZES)
DATASETTE = Case("datasette", MIDDLE)


def chosen(*, quick: bool, everything: bool) -> list[Case]:
    """The cases of a run, in the order of a round."""
    cases = [BARE, NAIVE_SMALL, OURS_SMALL, NAIVE_MIDDLE, OURS_MIDDLE]
    if not quick:
        cases += [OURS_LARGE, DATASETTE]
    return [*cases, NAIVE_LARGE] if everything else cases


def command(case: Case, work: Path) -> Command:
    """How the server of a case is started; makes the table and folders that it needs in `work`."""
    empty = work / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    if case.app == "bare":
        return streamlit(case.key, HERE / "bare.py", folder=empty)
    if case.app == "ours":
        return _ours(case, work)
    files = tables.stored(case.rows, work / "tables")
    if case.app == "datasette":
        return datasette.command(case.key, files.csv, work)
    environment = {"BENCHMARK_TABLE": str(files.csv), "BENCHMARK_ASSETS": "../../benchmark-assets"}
    return streamlit(case.key, HERE / "naive_server.py", folder=empty, environment=environment)


def truth(case: Case, server: Server) -> tuple[Truth, str]:
    """What the case must show, and a sentence where it does not show the table that it was given."""
    if case.app == "bare":
        return Truth(0, 0, (0.0, 0.0), {}), ""
    if case.app != "ours" or (case != OURS_SMALL and _rows_served(server) == case.rows):
        return _truth(tables.plants(case.rows)), ""
    with urllib.request.urlopen(f"{server.url}/api/plants.csv", timeout=120) as answer:
        table = pd.read_csv(io.BytesIO(answer.read()))
    note = (
        ""
        if len(table) == case.rows
        else f"{case.key}: the server shows {len(table):,} plants instead of {case.rows:,}; "
        "these figures say nothing about the larger table."
    )
    return _truth(table), note


def _ours(case: Case, work: Path) -> Command:
    environment = {"ATLAS_CACHE_DIR": str(work / "atlas-cache"), "ATLAS_GEOCODER": "none"}
    if case != OURS_SMALL:
        environment["ATLAS_PLANTS"] = str(tables.stored(case.rows, work / "tables").parquet)
    script = ROOT / "dashboard.py"
    return streamlit(case.key, script, folder=ROOT, environment=environment, ready="/api/health")


def _truth(table: pd.DataFrame) -> Truth:
    on_map = tables.mappable(table)
    in_country = (table["country"] == tables.FILTERED).to_numpy()
    rows = {str(country): int(count) for country, count in table["country"].value_counts().items()}
    return Truth(
        int(on_map.sum()),
        int((on_map & in_country).sum()),
        tables.densest_spot(table),
        {"": len(table), **rows},
    )


def _rows_served(server: Server) -> int:
    """How many plants our server says it has: a number, or one for each table."""
    try:
        with urllib.request.urlopen(f"{server.url}/api/health", timeout=120) as answer:
            rows = json.load(answer).get("rows")
    except urllib.error.HTTPError:
        return 0
    numbers: Sequence[object] = list(rows.values()) if isinstance(rows, dict) else [rows]
    return max((number for number in numbers if isinstance(number, int)), default=0)
