"""What a link says of itself: title, description and picture for chats, search engines and feeds.

    >>> card(opened, here, "/", [("country", "Italy")], root="https://atlas.example.org").title
    '4 plants in Italy · Alfa Romeo plant atlas'

Their programs read a page's first answer and run no script, so all of it is in the head of that answer
(see `api.page_html`). Parameters that do not exist are left out, as on the page.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd
from markupsafe import Markup

from atlas.catalog import figures, filters, sheets
from atlas.catalog import selection as selection_
from atlas.drawing.preview_picture import SIZE
from atlas.errors import ConfigurationError
from atlas.settings import _ADDRESS, public_url
from atlas.site import Site

PICTURE_PATH = "/api/preview.png"
MOST_LETTERS = 300
_TAGS = Markup(
    '<meta property="og:type" content="website">'
    '<meta property="og:site_name" content="{site}">'
    '<meta property="og:url" content="{url}">'
    '<meta property="og:image" content="{image}">'
    '<meta property="og:image:type" content="image/png">'
    '<meta property="og:image:width" content="{width}">'
    '<meta property="og:image:height" content="{height}">'
    '<meta property="og:image:alt" content="{alt}">'
    '<meta name="twitter:card" content="summary_large_image">'
)


@dataclass(frozen=True)
class Card:
    """A link in words; `url` and `image` are absolute addresses, `subject` is the title without the site."""

    site: str
    subject: str
    title: str
    words: str
    url: str
    image: str

    @property
    def tags(self) -> str:
        """The tags beside title and description, as HTML."""
        width, height = SIZE
        alt = f"A map: {self.title}"
        named = {"site": self.site, "url": self.url, "image": self.image, "alt": alt}
        return str(_TAGS.format(**named, width=width, height=height))


def root_of(asked: str, environ: Mapping[str, str] = os.environ) -> str:
    """`public_url`, else the address that a visitor asked, where that is one."""
    try:
        known = public_url(environ)
    except ConfigurationError:
        known = ""
    asked = asked.rstrip("/")
    return known or (asked if _ADDRESS.fullmatch(asked) else "")


def card(
    opened: sheets.Catalog, here: Site, path: str, params: Iterable[tuple[str, str]], *, root: str
) -> Card:
    """What the page at `path` ("" or "plants") shows for these parameters; `root`: the server's address."""
    sheet, selection = _read(opened, params)
    result = sheet.results.of(selection)
    name = _name(sheet.table, sheet.index.row_of(selection.plant))
    page = next((row for row in here.pages if row.url_path == path and path), None)
    shown = selection_.describe(sheet.index.rows, selection, result.totals.plants, result.totals.countries)
    is_whole = not selection.is_filtered and sheet.key == sheets.DEFAULT_SHEET
    subject = name or ("" if is_whole else shown) or (page.title if page else "")
    words = here.words if is_whole and not name else _sentence(sheet, selection)
    query = urlencode(selection_.query(selection, default_table=sheets.DEFAULT_SHEET), doseq=True)
    tail = f"?{query}" if query else ""
    return Card(
        site=here.title,
        subject=subject or here.heading,
        title=f"{subject} · {here.title}" if subject else here.title,
        words=words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1].rstrip(" ,") + "…",
        url=f"{root}/{path}{tail}",
        image=f"{root}{PICTURE_PATH}{tail}",
    )


def _read(
    opened: sheets.Catalog, params: Iterable[tuple[str, str]]
) -> tuple[sheets.Sheet, filters.Selection]:
    grouped: dict[str, list[str]] = {}
    for key, value in params:
        grouped.setdefault(key, []).append(value)
    wanted = next(iter(grouped.get(filters.TABLE, ())), sheets.DEFAULT_SHEET)
    sheet = opened.sheet(wanted if wanted in opened.sheets else sheets.DEFAULT_SHEET)
    return sheet, selection_.parse(grouped, sheet.index, table=sheet.key)[0]


def _sentence(sheet: sheets.Sheet, selection: filters.Selection) -> str:
    """The shown plants, or the selected one, in a sentence."""
    row = sheet.index.row_of(selection.plant)
    if row is None:
        result = sheet.results.of(selection)
        return figures.in_words(sheet.index.rows, selection, result.head, result.totals)
    category = sheet.category_of(row)
    place = figures.places_in_words(sheet.table.iloc[[row]])[0]
    status = "" if category is None else sheet.categories[category]
    return ". ".join(filter(None, [_name(sheet.table, row), place, status])) + "."


def _name(table: pd.DataFrame, row: int | None) -> str:
    return "" if row is None else str(table["name"].iloc[row])
