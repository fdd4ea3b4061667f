"""Parameters of an address -> what they ask for: a table, a selection, a piece of the rows.

    >>> select([("country", "Italy")], opened).selection.choices
    (('country', 'Italy'),)

The API refuses what does not exist, with a sentence (`select`, `exported`, `point_rows`); a page leaves it
out (`as_on_page`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from atlas import language
from atlas.catalog import filters, sheets
from atlas.catalog.selection import check_names, parse
from atlas.drawing import told
from atlas.errors import SelectionError
from atlas.export import formats
from atlas.export.export import Export, ExportOptions, site_of
from atlas.language import gettext, number
from atlas.web.limits import check_length, shortened

MOST_NAMES = 500
"""Points that a request may name."""
MOST_ROWS = 10**9


@dataclass(frozen=True)
class RequestedRows:
    """A table and the selection of it that a request asks for, and what the Map page tells beside it."""

    sheet: sheets.Sheet
    selection: filters.Selection
    tells: told.Told | None = None


class VisitorsLanguage:
    """Middleware: answers in the language that the address names (`lang=it`), else in the browser's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            accepted = Headers(scope=scope).get("accept-language", "")
            language.use(_language(scope.get("query_string", b""), accepted))
        await self._app(scope, receive, send)


@lru_cache(maxsize=1024)
def _language(query: bytes, accepted: str) -> language.Spoken:
    asked = parse_qs(query.decode("latin-1")).get(language.PARAMETER, [""]) if b"lang=" in query else [""]
    return language.choose(asked[0], accepted)


def select(
    parameters: Sequence[tuple[str, str]], opened: sheets.Catalog, also: Sequence[str] = ()
) -> RequestedRows:
    """Returns the rows that the API is asked for; raises `SelectionError` for anything unknown.

    `also`: names that are allowed beside the selection's own and beside those that only a page understands.
    """
    check_length(parameters)
    values = _grouped(parameters)
    sheet = opened.sheet(_first(values, filters.TABLE, sheets.DEFAULT_SHEET))
    check_names([name for name in values if name not in filters.PAGE_ONLY], sheet.index, also)
    selection, problems = parse(values, sheet.index, table=sheet.key)
    if problems:
        raise SelectionError(problems[0])
    return RequestedRows(sheet, selection)


def as_on_page(parameters: Sequence[tuple[str, str]], opened: sheets.Catalog) -> RequestedRows:
    """Returns the rows that a page shows for its address: what does not exist is left out."""
    asked = _grouped(shortened(parameters))
    tells = told.told(opened, {name: texts[0] for name, texts in asked.items()})
    values = told.with_plant(opened, asked, tells)
    key = _first(values, filters.TABLE, sheets.DEFAULT_SHEET)
    sheet = opened.sheet(key if key in opened.sheets else sheets.DEFAULT_SHEET)
    return RequestedRows(sheet, parse(values, sheet.index, table=sheet.key)[0], tells)


def exported(parameters: Sequence[tuple[str, str]], opened: sheets.Catalog, form: formats.Format) -> Export:
    """Returns the export that the API is asked for; raises `SelectionError` for anything unknown."""
    rows = select(parameters, opened, form.options)
    values = _grouped(parameters)
    options = ExportOptions(
        limit=_whole_number(values, "limit", least=1, most=MOST_ROWS),
        offset=_whole_number(values, "offset", least=0, most=MOST_ROWS) or 0,
        bom=bool(_whole_number(values, "bom", least=0, most=1)),
        pinned=bool(_whole_number(values, "pinned", least=0, most=1)),
    )
    today = datetime.now(UTC).date()
    with language.spoken(language.ENGLISH if form.is_data else language.current().code):
        named = site_of(rows.sheet)
    return Export(opened, rows.sheet, rows.selection, named, today, options)


def point_rows(text: str, size: int) -> list[int]:
    """Returns the point numbers in a text like "0,5,17"; raises `SelectionError` for another text.

    `size`: number of points of the table, for the sentence.
    """
    texts = text.split(",")
    rows = [int(text) for text in texts if re.fullmatch(r"[0-9]{1,9}", text)]
    if len(rows) != len(texts):
        raise SelectionError(no_such_point(size))
    if len(rows) > MOST_NAMES:
        most = number(MOST_NAMES)
        raise SelectionError(
            gettext("“rows” may name {number} points at most; ask again for the others.", number=most)
        )
    return rows


def no_such_point(size: int) -> str:
    """Returns the sentence about points that do not exist."""
    last = str(size - 1)
    return gettext("“rows” must be numbers from 0 to {last}, with commas between them.", last=last)


def _grouped(parameters: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    return values


def _first(values: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    return next(iter(values.get(name, ())), default)


def _whole_number(values: Mapping[str, Sequence[str]], name: str, *, least: int, most: int) -> int | None:
    """Returns a parameter that is a whole number, or None where it is not given."""
    texts = values.get(name, ())
    if not texts:
        return None
    text = texts[0]
    if len(texts) > 1 or not re.fullmatch("[0-9]{1,10}", text) or not least <= int(text) <= most:
        raise SelectionError(
            gettext(
                "“{name}” must be one whole number from {least} to {most}.",
                name=name,
                least=number(least),
                most=number(most),
            )
        )
    return int(text)
