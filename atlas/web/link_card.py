"""What chats, search engines and feeds show of a link: title, description and picture.

    >>> card(opened, current_site, "", [("country", "Italy")], root="https://atlas.example.org").title
    '4 plants in Italy · Alfa Romeo plant atlas'

Their programs read a page's first answer and run no script, so all of it is in the head of that answer
(see `page_head`). Parameters that do not exist are left out, as on the page.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd
from markupsafe import Markup

from atlas import language, settings, site
from atlas.catalog import figures, filters, selection, sheets
from atlas.errors import ConfigurationError
from atlas.language import gettext
from atlas.web.requests import as_on_page

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
_LANGUAGE = Markup('<link rel="alternate" hreflang="{}" href="{}">')


@dataclass(frozen=True)
class LinkCard:
    """A link in words; `url` and `image` are absolute addresses, `subject` is the title without the site.

    `languages`: code of a language ("x-default": the reader's own) -> address of the page in it.
    """

    site: str
    subject: str
    title: str
    words: str
    url: str
    image: str
    languages: Mapping[str, str]

    @property
    def tags(self) -> str:
        """Returns the tags beside title and description, as HTML."""
        width, height = site.PREVIEW_SIZE
        values = {
            "site": self.site,
            "url": self.url,
            "image": self.image,
            "alt": gettext("A map: {title}", title=self.title),
        }
        others = (_LANGUAGE.format(code, address) for code, address in self.languages.items())
        return str(_TAGS.format(**values, width=width, height=height)) + "".join(others)


def root_of(asked: str, environ: Mapping[str, str] = os.environ) -> str:
    """Returns the public address of the server, else the address that a visitor asked, where it is sound."""
    try:
        public = settings.PUBLIC_URL.read(environ)
    except ConfigurationError:
        public = ""
    asked = asked.rstrip("/")
    return public or (asked if settings.is_server_address(asked) else "")


def card(
    opened: sheets.Catalog,
    current_site: site.Site,
    path: str,
    parameters: Sequence[tuple[str, str]],
    *,
    root: str,
) -> LinkCard:
    """Returns the card of the page at `path` ("" or "plants"); `root`: the server's address."""
    rows = as_on_page(parameters, opened)
    sheet, chosen = rows.sheet, rows.selection
    is_whole = not chosen.is_filtered and sheet.key == sheets.DEFAULT_SHEET
    name = _name(sheet.table, sheet.index.row_of(chosen.plant))
    page = next((row.title for row in current_site.pages if row.url_path == path and path), "")
    totals = sheet.results.of(chosen).totals
    shown = selection.describe(sheet.index.filters, chosen, totals.plants, totals.countries)
    subject = name or ("" if is_whole else shown) or page
    words = current_site.words if is_whole and not name else _sentence(sheet, chosen)
    shown_by = selection.query(chosen, default_table=sheets.DEFAULT_SHEET)
    if rows.tells and not path:
        subject, words = rows.tells.subject or subject, rows.tells.sentence
        shown_by[rows.tells.parameter] = [rows.tells.value]
    code = language.current().code
    spoken = {} if code == language.ENGLISH else {language.PARAMETER: [code]}
    here = f"{root}/{path}"
    return LinkCard(
        site=current_site.title,
        subject=subject or current_site.heading,
        title=f"{subject} · {current_site.title}" if subject else current_site.title,
        words=words if len(words) <= MOST_LETTERS else words[: MOST_LETTERS - 1].rstrip(" ,") + "…",
        url=_with(here, shown_by | language.parameters()),
        # Programs that fetch the picture for a chat say nothing of a language.
        image=_with(f"{root}{PICTURE_PATH}", shown_by | spoken),
        languages={
            **{
                other: _with(here, shown_by | {language.PARAMETER: [other]}) for other in language.languages()
            },
            "x-default": _with(here, shown_by),
        },
    )


def _with(address: str, parameters: Mapping[str, str | Sequence[str]]) -> str:
    return address + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")


def _sentence(sheet: sheets.Sheet, chosen: filters.Selection) -> str:
    """Returns the shown plants, or the selected plant, in a sentence."""
    row = sheet.index.row_of(chosen.plant)
    if row is None:
        result = sheet.results.of(chosen)
        return figures.in_words(sheet.index.filters, chosen, result.head, result.totals)
    place = figures.places_in_words(sheet.table.iloc[[row]])[0]
    return ". ".join(filter(None, [_name(sheet.table, row), place, sheet.status_of(row)])) + "."


def _name(table: pd.DataFrame, row: int | None) -> str:
    return "" if row is None else str(table["name"].iloc[row])
