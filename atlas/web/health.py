"""Is everything in order? One report for `python -m atlas check` and for `/api/health`.

Looks at tables, map files, positions that were asked for, and every setting of `settings`. Asks a geocoder
only what a page would.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from atlas import basemap, settings
from atlas.catalog import loader
from atlas.drawing import browser_files
from atlas.errors import AtlasError
from atlas.geocoding import service, store

Result = TypeVar("Result")


@dataclass
class Report:
    """Findings as sentences; `problems` is empty when all is sound. `notes` say which cells were not read.

    `database`: the kind that holds the shared positions, "" when it cannot be told.
    """

    rows: dict[str, int] = field(default_factory=dict)
    assets: dict[str, bool] = field(default_factory=dict)
    cache_writable: bool = False
    database: str = ""
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Returns whether there is no problem at all."""
        return not self.problems

    @property
    def can_serve(self) -> bool:
        """Returns whether tables and map files are there, whatever the cache or the geocoder lack."""
        return bool(self.rows) and all(self.assets.values())

    def attempt(self, step: Callable[[], Result]) -> Result | None:
        """Returns what a step returns, or None where it fails, which is a problem then."""
        try:
            return step()
        except AtlasError as error:
            self.add_problem(str(error))
            return None

    def add_problem(self, sentence: str | None) -> None:
        """Adds a sentence unless it is there already."""
        if sentence and sentence not in self.problems:
            self.problems.append(sentence)


def run(folder: Path | None = None) -> Report:
    """Returns a report on everything; `folder`: where the tables are, unless an operator's table is shown."""
    report = Report()
    _look_at_tables(report, folder)
    _look_at_map_files(report)
    _look_at_cache(report)
    _look_at_settings(report)
    return report


def _look_at_tables(report: Report, folder: Path | None) -> None:
    opened = report.attempt(lambda: loader.open_catalog(folder))
    for sheet in opened.sheets.values() if opened else ():
        placed, total = len(sheet.points), len(sheet.table)
        report.rows[sheet.key] = total
        report.findings.append(f"Data: {sheet.title.lower()}, {placed:,} of {total:,} placed on the map.")
        report.notes += sheet.notes
        report.add_problem(sheet.problem)


def _look_at_map_files(report: Report) -> None:
    report.assets["leaflet"] = bool(report.attempt(lambda: browser_files.read("atlas.js")))
    report.assets["basemap"] = bool(report.attempt(lambda: basemap.read("world.json")))
    if all(report.assets.values()):
        report.findings.append("Map: Leaflet and the built-in base map are here; no internet is needed.")


def _look_at_cache(report: Report) -> None:
    cache = report.attempt(lambda: store.open_store().status())
    if not cache:
        return
    report.cache_writable, report.database = cache.writable, cache.kind
    report.findings.append(f"Cache: {cache.places:,} places of your own in {cache.kind}, {cache.where}.")
    unwritable = (
        f"The cache folder {settings.cache_folder()} cannot be written. "
        f"Set {settings.CACHE_DIR.name} to a folder that can."
    )
    report.add_problem(cache.problem or (None if cache.writable else unwritable))


def _look_at_settings(report: Report) -> None:
    geocoder = report.attempt(service.settings)
    if geocoder:
        report.findings.append(f"Geocoder: {geocoder.service}, {_manners(geocoder.service)}.")
    values = {row: report.attempt(row.read) for row in settings.SETTINGS}
    ancestors, address = values[settings.FRAME_ANCESTORS], values[settings.PUBLIC_URL]
    if ancestors and ancestors != settings.OURSELVES:
        report.findings.append(f"Frames: the map may be shown in pages of {ancestors}.")
    if address:
        report.findings.append(f"Links: people know this server as {address}.")


def _manners(name: str) -> str:
    if name == service.GAZETTEER:
        return "built in; nobody is asked"
    return "nobody is asked" if name == "none" else "asked only by “python -m atlas locate”"
