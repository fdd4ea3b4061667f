"""What a page says before any script runs: heading, sentence, a picture of the map, the plants.

Streamlit's HTML is an empty shell until its scripts have come. `FirstAnswer` fills the shell with what the
address shows, for the seconds until then, for readers without JavaScript and for programs. It has the page's
own layout and colours; `page/first_answer.js` keeps it in front until the live page stands behind it.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from atlas import columns, language, site
from atlas.catalog import filters, readable, selection, sheets
from atlas.drawing import answer, browser_files, cards, look
from atlas.paths import ATLAS
from atlas.site import PREVIEW_SIZE
from atlas.web.requests import RequestedRows

_ROOT = '<div id="root"></div>'
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_FONT = re.compile(r'href="\./(static/[^"]+)"\s+as="font"')
_STYLES = ("page/first_answer.css", "page/rows.css")
_SCRIPTS = ("page/first_answer.js", "page/rows.js", "page/menu.js", "page/history.js")
_COLOURS = ("backgroundColor", "secondaryBackgroundColor", "textColor", "linkColor", "borderColor")


def filled(shell: str, prefix: str, page: site.PageRow, rows: RequestedRows, catalog: sheets.Catalog) -> str:
    """Returns Streamlit's HTML with what `page` shows of the requested rows in the place of its content.

    `prefix`: the path that the server runs below; `catalog`: all that the server shows.
    """
    font = _FONT.search(shell)
    content = cards.template("first_answer.html").render(
        **_words(page, rows, catalog),
        **_plants(prefix, rows),
        **_links(prefix, page, rows),
        look="".join(map(browser_files.own, _STYLES)) + look.page_css(),
        script="".join(map(browser_files.own, _SCRIPTS)),
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
    if is_map and rows.tells:
        lead = rows.tells.sentence
    elif is_map and rows.sheet.about_alfa:
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
    """Returns the first plants as HTML, how many they are, and how many there are."""
    sheet = rows.sheet
    numbers = sheet.results.of(rows.selection).rows
    first = numbers[: cards.MOST_ROWS]
    table = readable.for_people(sheet.table.iloc[first])
    written = cards.rows(
        table,
        columns.ON_MAP_PAGE,
        [sheet.category_of(int(number)) for number in first],
        address=lambda plant_id: _address(prefix, "", rows, plant=plant_id),
        selected=rows.selection.plant,
    )
    return {"rows": written, "shown": len(table), "total": len(numbers)}


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
    parameters |= {filters.PLANT: [plant]} if plant else {}
    query = urlencode(parameters | language.parameters(), doseq=True)
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
