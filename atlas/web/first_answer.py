"""What a page says before any script runs: heading, sentence, a picture of the map, the plants.

Streamlit's HTML is an empty shell until its scripts have come. `FirstAnswer` fills the shell with what the
address shows, for the seconds until then, for readers without JavaScript and for programs. It has the page's
own layout and colours; `page/first_answer.js` keeps it in front until the live page stands behind it.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from atlas import columns, site
from atlas.catalog import filters, readable, selection, sheets
from atlas.drawing import answer, browser_files, cards, look
from atlas.paths import ATLAS
from atlas.site import PREVIEW_SIZE
from atlas.web.requests import RequestedRows

MOST_ROWS = 50
_ROOT = '<div id="root"></div>'
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_FONT = re.compile(r'href="\./(static/[^"]+)"\s+as="font"')
_COLOURS = ("backgroundColor", "secondaryBackgroundColor", "textColor", "linkColor", "borderColor")


@dataclass(frozen=True)
class PlantLine:
    """One plant: its name, the address that selects it, the code of its status, its other cells."""

    name: str
    link: str
    category: int | None
    cells: Sequence[str]


def filled(shell: str, prefix: str, page: site.PageRow, rows: RequestedRows, catalog: sheets.Catalog) -> str:
    """Returns Streamlit's HTML with what `page` shows of the requested rows in the place of its content.

    `prefix`: the path that the server runs below; `catalog`: all that the server shows.
    """
    font = _FONT.search(shell)
    content = cards.template("first_answer.html").render(
        **_words(page, rows, catalog),
        **_plants(prefix, rows),
        **_links(prefix, page, rows),
        look=browser_files.own("page/first_answer.css") + look.page_css(),
        script=browser_files.own("page/first_answer.js") + browser_files.own("page/menu.js"),
        theme=_theme(),
        font=f"{prefix}/{font.group(1)}" if font else "",
    )
    without = _NOSCRIPT.sub("", shell, count=1)
    return without.replace(_ROOT, content, 1)


def _words(page: site.PageRow, rows: RequestedRows, catalog: sheets.Catalog) -> dict[str, Any]:
    """Returns title and sentence, as the live page has them."""
    result, current = rows.sheet.results.of(rows.selection), site.current()
    totals = result.totals
    words = selection.describe(rows.sheet.index.filters, rows.selection, totals.plants, totals.countries)
    is_map = not page.url_path
    lead = f"{words}."
    if is_map and rows.sheet.about_alfa:
        lead = answer.builders_line(catalog, rows.sheet, rows.selection).in_words
    return {
        "site": current.title,
        "title": answer.title(current.heading, rows.sheet.year_of(rows.selection)) if is_map else page.title,
        "lead": lead,
        "help": "" if is_map else f"{page.help}.",
        "words": words,
        "has_map": is_map,
        "has_marks": totals.plants > totals.unplaced,
    }


def _plants(prefix: str, rows: RequestedRows) -> dict[str, Any]:
    """Returns the first plants as lines, the labels of their cells, and how many follow."""
    sheet = rows.sheet
    numbers = sheet.results.of(rows.selection).rows
    table = readable.for_people(sheet.table.iloc[numbers[:MOST_ROWS]])
    names = [name for name in columns.present(columns.ON_MAP_PAGE, table) if name != "name"]
    drawn = [columns.of(name, table[name].iloc[0]) for name in names] if len(table) else []
    cells = [[columns.as_text(column, value) for value in table[column.name].tolist()] for column in drawn]
    lines = [
        PlantLine(name, _address(prefix, "", rows, plant=plant_id), sheet.category_of(int(number)), line)
        for name, plant_id, number, line in zip(
            table["name"].tolist(),
            table["plant_id"].tolist(),
            numbers,
            zip(*cells, strict=True),
            strict=False,
        )
    ]
    return {
        "labels": [column.label for column in drawn],
        "plants": lines,
        "total": len(numbers),
        "selected": rows.selection.plant,
    }


def _links(prefix: str, page: site.PageRow, rows: RequestedRows) -> dict[str, Any]:
    """Returns where the page's links lead: the other pages, the picture of the map, the rows as a file."""
    pages = [
        (row.title, _address(prefix, row.url_path, rows, plant=rows.selection.plant), row is page)
        for row in site.current().pages
    ]
    picture = _address(prefix, "api/preview.png", rows, plant=rows.selection.plant)
    width, height = PREVIEW_SIZE
    return {
        "pages": pages,
        "file": _address(prefix, "api/plants.csv", rows, plant=""),
        "picture": {"address": picture, "width": width, "height": height},
    }


def _address(prefix: str, path: str, rows: RequestedRows, *, plant: str) -> str:
    """Returns the address of a page or file for the requested rows, with another selected plant."""
    parameters = selection.query(rows.selection, default_table=sheets.DEFAULT_SHEET)
    parameters = {name: values for name, values in parameters.items() if name != filters.PLANT}
    query = urlencode(parameters | ({filters.PLANT: [plant]} if plant else {}), doseq=True)
    return f"{prefix}/{path}" + (f"?{query}" if query else "")


@cache
def _theme() -> Mapping[str, str]:
    """Returns the colours of the page in both themes, as Streamlit is told them."""
    path = ATLAS.parent / ".streamlit" / "config.toml"
    theme = tomllib.loads(path.read_text(encoding="utf-8"))["theme"]
    light, dark = theme["light"], theme["dark"]
    colours = {name: f"light-dark({light[name]}, {dark[name]})" for name in _COLOURS}
    sides = light["sidebar"]["backgroundColor"], dark["sidebar"]["backgroundColor"]
    return {**colours, "sidebar": f"light-dark({sides[0]}, {sides[1]})"}
