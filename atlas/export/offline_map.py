"""Selection -> an HTML file that needs nothing else: map, plants, cards, search and table on a USB stick.

How it flows: the page's frame (`offline/offline.html`) with our styles, a few words of settings,
then the parts, each gzipped and in base64: the plants' positions, every column of the shown rows, ready cards
where the table is about Alfa Romeos, and the base map around the plants. At the end stand the map's
scripts, the very same as on the pages, and `offline/offline.js`, which hands them the parts.

A browser takes a part out when it is first needed, so 36,000 plants open as fast as five. The file's
own Content-Security-Policy forbids all traffic and any script but these. Plant text stands in the
parts and reaches the page as text.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas import arrow_text, basemap, columns, language
from atlas.alfa import tables
from atlas.catalog import figures, filters, points, sheets
from atlas.catalog.readable import for_people
from atlas.catalog.results import Result
from atlas.drawing import browser_files, cards, folium_map
from atlas.errors import SelectionError
from atlas.export.export import POSITION
from atlas.export.row_parts import ordered
from atlas.language import gettext, number
from atlas.place_columns import CERTAINTIES, STATED
from atlas.site import Site
from atlas.text import NOT_STATED

MEDIA_TYPE = "text/html; charset=utf-8"
MOST_PLANTS = 200_000
# The base map's finer cells take this much, compressed: five plants with their map stay below 2 MB.
CELLS_BYTES, CELLS_BYTES_A_PLANT = 950_000, 50
_CELLS_AROUND = 1.0  # how far from a plant the finer map goes, in cells (about 1,250 km at the equator)
_DEGREES_DIGITS = 5  # about 1 m
_DATA = "<!-- data -->"
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

Rows = npt.NDArray[np.integer]


def html(opened: sheets.Catalog, selection: filters.Selection, *, site: Site, today: date) -> bytes:
    """Returns the shown plants as an HTML file; raises `SelectionError` for more than `MOST_PLANTS`."""
    return b"".join(parts(opened, selection, site=site, today=today))


def parts(
    opened: sheets.Catalog, selection: filters.Selection, *, site: Site, today: date
) -> Iterator[bytes]:
    """Returns `html` in parts, for little memory; errors are raised before the first part."""
    sheet = opened.sheet(selection.table)
    result = sheet.results.of(selection)
    if result.totals.plants > MOST_PLANTS:
        raise SelectionError(
            gettext(
                "An offline map holds {most} plants at most; these are {number}. Narrow them down with the "
                "filters.",
                most=number(MOST_PLANTS),
                number=number(result.totals.plants),
            )
        )
    scripts = [
        _script(browser_files.read("atlas.js").content.decode()),
        _script(browser_files.own("offline/offline.js")),
    ]
    placed, unplaced = _rows(sheet, result)
    rows = np.concatenate([sheet.points.rows[placed], unplaced])
    packed = points.chosen(sheet.points, placed)
    table = ordered(sheet.table)
    settings = _settings(sheet, result, selection, rows, placed)
    page = _page(sheet, settings["text"], scripts, site=site, today=today)
    before, after = (half.encode() for half in page.split(_DATA))
    whole = {"points": packed, **_ready_cards(opened, sheet, rows)}
    world = {f"basemap/{name}": basemap.read(name) for name in _map_files(packed, len(rows))}
    return chain(
        [
            before,
            f'<script type="application/json" id="atlas-settings">{_json(settings)}</script>\n'.encode(),
        ],
        (_part(name, gzip.compress(content, mtime=0)) for name, content in whole.items()),
        _column_parts(table, rows),
        (_part(name, gzipped) for name, gzipped in world.items()),
        (f"<script>{script}</script>\n".encode() for script in scripts),
        [after],
    )


# ---- the plants ------------------------------------------------------------------------------------


def _rows(sheet: sheets.Sheet, result: Result) -> tuple[Rows, Rows]:
    """Returns the shown plants: numbers of points, and row numbers of plants without a position."""
    shown = result.shown
    placed = np.flatnonzero(shown[sheet.points.rows])
    shown[sheet.points.rows] = False
    return placed, np.flatnonzero(shown)


def _settings(
    sheet: sheets.Sheet, result: Result, selection: filters.Selection, rows: Rows, placed: Rows
) -> dict[str, Any]:
    """Returns what offline.js needs to know; see its header for the fields."""
    shown = [columns.of_cells(cells) for _, cells in ordered(sheet.table).items()]
    search = next(row for row in sheet.index.filters if row.key == filters.SEARCH)
    selected = sheet.index.row_of(selection.plant)
    chosen = np.flatnonzero(rows == selected) if selected is not None else np.empty(0)
    return {
        "version": f"{sheet.version}-{hashlib.sha256(result.bits).hexdigest()[:16]}",
        "placed": len(placed),
        "plants": len(rows),
        "statuses": list(sheet.statuses),
        "words": language.for_browser(),
        "category_of": _category_of(sheet, rows),
        "columns": [
            {"name": column.name, "label": column.label, "kind": column.kind, "if_empty": column.if_empty}
            for column in shown
        ],
        "table": columns.present(columns.ON_MAP_PAGE, sheet.table),
        "shown_elsewhere": cards.SHOWN_ELSEWHERE,
        "certainties": {name: gettext(words) for name, words in CERTAINTIES.items()},
        "not_stated": gettext(NOT_STATED),
        "has_wrong": STATED in sheet.table,
        "search": [name for name in search.columns if name in sheet.table],
        "bounds": result.bounds,
        "selected": int(chosen[0]) if len(chosen) else -1,
        "highlight": sheet.country_codes,
        "embedded": folium_map.EMBEDDED,
        "text": figures.in_words(sheet.index.filters, selection, result.head, result.totals),
    }


def _category_of(sheet: sheets.Sheet, rows: Rows) -> dict[str, int]:
    """Returns status -> number of its category in tables of other plants, for the cards."""
    if sheet.about_alfa or not sheet.categories:
        return {}
    return dict(zip(sheet.table["status"].iloc[rows].tolist(), sheet.codes[rows].tolist(), strict=True))


def _column_parts(table: pd.DataFrame, rows: Rows) -> Iterator[bytes]:
    readable = for_people(table.iloc[rows])
    for place, name in enumerate(readable.columns):
        content = _json(_values(readable[name])).encode()
        yield _part(f"column/{place}", gzip.compress(content, compresslevel=6, mtime=0))


def _values(cells: pd.Series) -> list[Any]:
    """Returns a column as JSON values: text, numbers, null for empty cells."""
    if pd.api.types.is_float_dtype(cells):
        cells = cells.where(np.isfinite(cells.to_numpy(float, na_value=np.nan)))
        cells = cells.round(_DEGREES_DIGITS) if cells.name in POSITION else cells
    values = cells.astype(object).where(cells.notna(), None).tolist()
    if arrow_text.is_number(cells):
        return values
    return [value if value is None else str(value) for value in values]


def _ready_cards(opened: sheets.Catalog, sheet: sheets.Sheet, rows: Rows) -> dict[str, bytes]:
    """Returns the cards with the sources of every fact, as the pages show them; other tables have none."""
    if not sheet.about_alfa:
        return {}
    ready = [_card(opened.about_alfa, sheet, int(row)) for row in rows]
    return {"cards": _json(ready).encode()}


def _card(facts: tables.Tables, sheet: sheets.Sheet, row: int) -> str:
    plant = {str(name): value for name, value in sheet.table.iloc[row].items()}
    return cards.plant_card(plant, facts, category=sheet.category_of(row), words=sheet.status_of(row))


# ---- the base map ----------------------------------------------------------------------------------


def _map_files(packed: bytes, plants: int) -> list[str]:
    """Returns the world and as many finer cells as there is room for: first with plants, then near plants."""
    room = CELLS_BYTES + CELLS_BYTES_A_PLANT * plants
    sizes = basemap.cells()
    names = ["world.json"]
    for cell in _cells_by_worth(np.frombuffer(packed, "<u4", count=2 * (len(packed) // 9))):
        name, size = sizes.get(cell, ("", 0))
        if name and size <= room:
            names.append(name)
            room -= size
    return names


def _cells_by_worth(positions: npt.NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Returns x and y of the cells in or near which plants stand: most plants first, then the nearest."""
    if not len(positions):
        return []
    # An eighth of a cell is near enough, and leaves few places of many plants.
    eighths, plants = np.unique(positions.reshape(2, -1) >> np.uint32(24), axis=1, return_counts=True)
    side = 1 << basemap.CELL_ZOOM
    number = np.arange(side * side)
    away = np.hypot(
        _gap(eighths[0], number % side, side, is_round=True),
        _gap(eighths[1], number // side, side, is_round=False),
    )
    nearest = away.min(axis=0)
    inside = ((away == 0) * plants[:, None]).sum(axis=0)
    order = np.lexsort((number, -inside, nearest))
    return [(int(cell % side), int(cell // side)) for cell in order if nearest[cell] <= _CELLS_AROUND]


def _gap(
    eighths: npt.NDArray[np.uint32], cells: npt.NDArray[np.int64], side: int, *, is_round: bool
) -> npt.NDArray[np.float64]:
    """Returns how far places are from cells along one axis, in cells; the world closes from west to east."""
    places = eighths.astype(float)[:, None] / 8 + 1 / 16
    shifts = (-side, 0, side) if is_round else (0,)
    gaps = [np.maximum(cells - places - shift, places + shift - cells - 1) for shift in shifts]
    gap: npt.NDArray[np.float64] = np.maximum(np.min(gaps, axis=0), 0)
    return gap


# ---- the file --------------------------------------------------------------------------------------


def _page(sheet: sheets.Sheet, text: str, scripts: Iterable[str], *, site: Site, today: date) -> str:
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    ]
    return cards.template("offline.html").render(
        policy=_POLICY.format(scripts=" ".join(hashes)),
        style=browser_files.page_css() + browser_files.own("offline/offline.css"),
        here=site,
        sheet=sheet,
        words=text,
        as_of=tables.as_of() if sheet.about_alfa else "",
        day=language.date(today),
        language=language.current().code,
    )


def _script(text: str) -> str:
    """Returns a script that may stand in HTML: nothing in it ends it, and no tool asks for its source map."""
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"<(?=!--|/?script)", r"\\x3c", text, flags=re.IGNORECASE).replace("\r\n", "\n")


def _part(name: str, gzipped: bytes) -> bytes:
    head = f'<script type="text/plain" data-part="{name}">'
    return head.encode() + base64.b64encode(gzipped) + b"</script>\n"


def _json(data: Any) -> str:
    """Returns JSON that may stand in HTML and in a script."""
    return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
