"""Is everything in order? One report for `python -m atlas check` and for `/api/health`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from atlas import basemap
from atlas.catalog import loader
from atlas.drawing import browser_files
from atlas.errors import AtlasError
from atlas.geocoding import service as service_
from atlas.geocoding import store
from atlas.settings import OURSELVES, cache_folder, frame_ancestors, public_url

Result = TypeVar("Result")


@dataclass(frozen=True)
class Report:
    """Findings as sentences; `problems` is empty when all is sound. `notes` say which cells were not read.

    `database` is the kind that holds the shared places, "" when it cannot be told.
    """

    rows: dict[str, int]
    assets: dict[str, bool]
    cache_writable: bool
    database: str
    findings: list[str]
    notes: list[str]
    problems: list[str]

    @property
    def is_sound(self) -> bool:
        """Nothing at all is wrong."""
        return not self.problems

    @property
    def can_serve(self) -> bool:
        """Data and map files are there: what is shown is whole, whatever the cache or the geocoder lack."""
        return bool(self.rows) and all(self.assets.values())


def run(folder: Path | None = None) -> Report:
    """Looks at data, map files, cache and geocoder settings; asks a geocoder only what a page would."""
    problems: list[str] = []
    findings: list[str] = []
    notes: list[str] = []
    opened = _attempt(lambda: loader.open_catalog(folder), problems)
    rows = {}
    if opened:
        rows = {sheet.key: len(sheet.table) for sheet in opened.sheets.values()}
        for sheet in opened.sheets.values():
            placed, total = len(sheet.points), len(sheet.table)
            findings.append(f"Data: {sheet.title.lower()}, {placed:,} of {total:,} placed on the map.")
            notes += sheet.notes
            problems += [sheet.problem] if sheet.problem and sheet.problem not in problems else []
    assets = {
        "leaflet": _attempt(lambda: bool(browser_files.read("atlas.js")), problems) is not None,
        "basemap": _attempt(lambda: bool(basemap.read("world.json")), problems) is not None,
    }
    if all(assets.values()):
        findings.append("Map: Leaflet and the built-in base map are here; no internet is needed.")
    cache = _attempt(lambda: store.open_store().status(), problems)
    if cache:
        findings.append(f"Cache: {cache.places:,} places of your own in {cache.kind}, {cache.where}.")
        folder = cache_folder()
        unwritable = f"The cache folder {folder} cannot be written. Set ATLAS_CACHE_DIR to a folder that can."
        trouble = cache.problem or (None if cache.writable else unwritable)
        problems += [trouble] if trouble and trouble not in problems else []
    settings = _attempt(service_.settings, problems)
    if settings:
        findings.append(f"Geocoder: {settings.service}, {_manners(settings.service)}.")
    ancestors = _attempt(frame_ancestors, problems)
    if ancestors and ancestors != OURSELVES:
        findings.append(f"Frames: the map may be shown in pages of {ancestors}.")
    address = _attempt(public_url, problems)
    if address:
        findings.append(f"Links: people know this server as {address}.")
    writable, kind = (cache.writable, cache.kind) if cache else (False, "")
    return Report(rows, assets, writable, kind, findings, notes, problems)


def _manners(service: str) -> str:
    if service == service_.GAZETTEER:
        return "built in; nobody is asked"
    return "nobody is asked" if service == "none" else "asked only by “python -m atlas locate”"


def _attempt(step: Callable[[], Result], problems: list[str]) -> Result | None:
    try:
        return step()
    except AtlasError as error:
        problems.append(str(error))
        return None
