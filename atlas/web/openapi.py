"""The API described for programs (OpenAPI 3.1), made from the rows of filters, formats and columns."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pandas as pd

from atlas import __version__, arrow_text, columns, site
from atlas.catalog import filters
from atlas.catalog.filters import Filter
from atlas.catalog.sheets import DEFAULT_SHEET, Catalog
from atlas.export import changes_feed, formats
from atlas.web import limits, requests

VERSION = "3.1.1"
MOST_EXAMPLES = 5
MOST_NAMED = 100
"""Values of a filter, or ids of plants, up to which the description names each of them."""
_END = r"-?[0-9]{1,15}(\.[0-9]{1,9})?"
_RANGE = rf"^({_END}(\.\.({_END})?)?|\.\.{_END})?$"
Json = dict[str, Any]

_PROBLEMS = {
    "400": "A parameter or value that does not exist; `detail` says what is allowed.",
    "405": "Another method than GET, HEAD and OPTIONS.",
    "503": "The tables cannot be read, or too much is asked for at once (then `Retry-After` says when to "
    "come back); `detail` says what is wrong.",
}
_HEADERS: Json = {
    "ETag": ("Changes with the content; send it back as `If-None-Match`.", 'W/"0123456789abcdef0123"'),
    "Link": ("With `limit`: first, prev, next, last (RFC 8288), relative to the address asked.", ""),
    "X-Total-Count": ("How many plants the selection has in all.", "5"),
    "Content-Disposition": (
        "The file's name.",
        'attachment; filename="alfa-romeo-plants_all_2026-02-01.csv"',
    ),
}


def describe(opened: Catalog, current_site: site.Site, *, server: str) -> Json:
    """Returns the description as a JSON value; `server`: the path that the server runs below."""
    sheet = opened.sheet(DEFAULT_SHEET)
    about_alfa = sheet.about_alfa
    parameters = dict(_parameters(opened))
    taken = [name for name in parameters if name not in formats.OPTIONS]
    files = {form.path: {"get": _file(form, parameters)} for form in formats.offered(about_alfa=about_alfa)}
    return {
        "openapi": VERSION,
        "info": {
            "title": current_site.title,
            "summary": current_site.words,
            "description": _words(),
            "version": __version__,
        },
        "servers": [{"url": server}],
        "paths": {**files, **_others(taken, sheet.version)},
        "components": {
            "parameters": parameters,
            "headers": {name: _header(*about) for name, about in _HEADERS.items()},
            "securitySchemes": {"refresh": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem_schema(), "Plant": _plant_schema(sheet.table), **_wholes()},
        },
    }


def _words() -> str:
    return (
        "The rows of the pages as files. Each address takes the parameters of a page's own address, so a "
        "link to what you see becomes a download when its path is replaced. What only a page understands "
        f"({', '.join(f'`{name}`' for name in filters.PAGE_ONLY)}) is left alone. Answers are compressed for "
        "those who take gzip, can be asked for with HEAD, and may be read by scripts of other sites. Values "
        "that are named one by one are those of the first table; others may have more."
    )


# ---- parameters ------------------------------------------------------------------------------------


def _parameters(opened: Catalog) -> Iterator[tuple[str, Json]]:
    sheets = list(opened.sheets.values())
    sheet = opened.sheet(DEFAULT_SHEET)
    keys = list(opened.sheets)
    titles = "; ".join(f"`{other.key}`: {other.title}" for other in sheets)
    table = {"type": "string", "enum": keys, "default": sheet.key}
    yield filters.TABLE, _parameter(filters.TABLE, f"Which table. {titles}.", table, sheet.key)
    for row in sheet.index.filters:
        options = sheet.index.options.get(row.key)
        yield row.key, _filter(row, options.values if options else ())
    first = next(iter(sheet.table["plant_id"]), None)
    words = "The selected plant's id; it leaves the rows alone."
    yield filters.PLANT, _parameter(filters.PLANT, words, _one_of(map(str, sheet.table["plant_id"])), first)
    words = (
        f"Ids of pinned plants, commas between them, {filters.MOST_PINS} at most; they leave the rows alone."
    )
    yield filters.PINS, _parameter(filters.PINS, words, _some_of(map(str, sheet.table["plant_id"])), first)
    for name, (words, example) in formats.OPTIONS.items():
        schema = {"type": "integer", "minimum": 1 if name == "limit" else 0, "maximum": requests.MOST_ROWS}
        schema |= {"maximum": 1} if name in formats.SWITCHES else {}
        yield name, _parameter(name, words, schema, example)


def _filter(row: Filter, values: tuple[str, ...]) -> Json:
    """Returns a filter as a parameter; `values`: those that the first table has."""
    if row.kind == "search":
        text = {"type": "string", "maxLength": limits.LONGEST_VALUE}
        return _parameter(row.key, f"Words that all must be found. {row.help}", text, "plant")
    if row.kind == "years":
        years = [int(value) for value in values]
        item: Json = {"type": "integer"} | ({"minimum": years[0], "maximum": years[-1]} if years else {})
        return _parameter(row.key, row.help, _several(item), years[-1:] or None)
    if row.kind == "range":
        words = f"{row.help} A range such as `10..50`, `10..` or `..50`."
        return _parameter(row.key, words, {"type": "string", "pattern": _RANGE}, "10..50")
    some = ", ".join(f"`{value}`" for value in values[:MOST_EXAMPLES])
    more = f" {len(values):,} in all." if len(values) > MOST_EXAMPLES else ""
    meanings = "; ".join(f"`{value}`: {words}" for value, words in row.words.items())
    words = (
        f"{row.help} May stand several times. Capitals and accents do not matter. {meanings or some}.{more}"
    )
    return _parameter(row.key, words, _several(_one_of(values)), list(values[:1]) or None)


def _one_of(values: Iterable[str]) -> Json:
    """Returns a text that is a value of the first table, "" for none; where they are few, each is named."""
    some = list(islice(values, MOST_NAMED + 1))
    text: Json = {"type": "string", "maxLength": limits.LONGEST_VALUE}
    return text | ({"enum": ["", *some]} if some and len(some) <= MOST_NAMED else {})


def _some_of(values: Iterable[str]) -> Json:
    """Returns a text that has several values of the first table with commas between them, or none."""
    some = list(islice(values, MOST_NAMED + 1))
    if not some or len(some) > MOST_NAMED:
        return {"type": "string", "maxLength": limits.LONGEST_VALUE}
    one = "|".join(re.sub(r"([^\w-])", r"\\\1", value, flags=re.ASCII) for value in some)
    return {"type": "string", "pattern": f"^(({one})(,({one})){{0,{filters.MOST_PINS - 1}}})?$"}


def _several(item: Json) -> Json:
    return {**_list(item), "maxItems": limits.MOST_VALUES}


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


def _parameter(name: str, words: str, schema: Json, example: object) -> Json:
    parameter: Json = {"name": name, "in": "query", "description": words, "schema": schema}
    parameter |= {"style": "form", "explode": True} if schema["type"] == "array" else {}
    return parameter | ({} if example is None else {"example": example})


# ---- addresses -------------------------------------------------------------------------------------


def _file(form: formats.Format, parameters: Json) -> Json:
    """Returns the address of a format: which parameters it takes and what it answers."""
    taken = [name for name in parameters if name not in formats.OPTIONS or name in form.options]
    content: Json = {"schema": _schema_of(form)} if _schema_of(form) else {}
    answer = {
        "description": f"{form.help}.",
        "headers": {name: _ref("headers", name) for name in _HEADERS},
        "content": {form.media_type: content},
    }
    return {
        "operationId": form.file.replace(".", "_"),
        "summary": f"The shown plants as {form.label}" if form.file.startswith("plants") else form.label,
        "description": f"{form.help}.",
        "parameters": [_ref("parameters", name) for name in taken],
        "responses": {"200": answer, "304": {"description": "Not changed since the ETag."}, **_problems()},
    }


def _schema_of(form: formats.Format) -> Json:
    return {"plants.json": _ref("schemas", "Plants"), "plants.geojson": _ref("schemas", "Features")}.get(
        form.file, {}
    )


def _others(names: Iterable[str], example: str) -> Json:
    """Returns the other addresses; `example`: a version of a table."""
    text = {"type": "string"}
    version = {"name": "version", "in": "path", "required": True, "schema": text, "example": example}
    numbers = {**text, "pattern": f"^[0-9]{{1,9}}(,[0-9]{{1,9}}){{0,{requests.MOST_NAMES - 1}}}$"}
    rows = {"name": "rows", "in": "query", "required": True, "schema": numbers, "example": "0"}
    return {
        "/api/openapi.json": {"get": _plain("openapi", "This description", "application/json")},
        changes_feed.PATH: {
            "get": _plain("changes", "A feed of corrected facts (Atom, RFC 4287)", changes_feed.MEDIA_TYPE)
        },
        "/api/preview.png": {
            "get": {
                **_plain("preview", "A picture of the shown plants, for what links show", "image/png"),
                "parameters": [_ref("parameters", name) for name in names],
            }
        },
        "/api/health": {
            "get": _plain("health", "Whether data, map files and cache are in order", "application/json")
        },
        "/api/refresh": {"post": _refresh()},
        "/api/points/{version}.bin": {
            "get": {
                **_plain("points", "The map's positions of one table version", "application/octet-stream"),
                "parameters": [{**version, "description": "As the map's page names it."}],
            }
        },
        "/api/points/{version}/names": {
            "get": {
                **_plain("point_names", "Names of plants in view", "application/json"),
                "parameters": [version, {**rows, "description": "Numbers of points, 500 at most."}],
            }
        },
    }


def _refresh() -> Json:
    """Returns the address that has an operator's table read again."""
    answers = {"401": _problem("Without the right key."), "403": _problem("This server has no such key.")}
    plain = _plain("refresh", "Reads an operator's table again, for who has the key", "application/json")
    plain["responses"] |= answers
    return {**plain, "security": [{"refresh": []}]}


def _plain(name: str, summary: str, media_type: str) -> Json:
    content: Json = {media_type: {}}
    answers = {"200": {"description": summary + ".", "content": content}, **_problems()}
    if name.startswith("point"):
        answers["404"] = _problem("There is no such table version (any more).")
    return {"operationId": name, "summary": summary, "responses": answers}


def _problems() -> Json:
    return {status: _problem(words) for status, words in _PROBLEMS.items()}


def _problem(words: str) -> Json:
    return {
        "description": words,
        "content": {"application/problem+json": {"schema": _ref("schemas", "Problem")}},
    }


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _header(words: str, example: str) -> Json:
    return {"description": words, "schema": {"type": "string"}} | ({"example": example} if example else {})


# ---- schemas ---------------------------------------------------------------------------------------


def _problem_schema() -> Json:
    return {
        "description": "A mistake (RFC 9457). `error` is `detail` once more.",
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "error": {"type": "string"},
        },
        "required": ["type", "title", "status", "detail", "error"],
        "example": {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "Country: there is no “Narnia” in this table; there is Italy, Mexico.",
            "error": "Country: there is no “Narnia” in this table; there is Italy, Mexico.",
        },
    }


def _plant_schema(table: pd.DataFrame) -> Json:
    """Returns the schema of a row: its columns and what they mean. Other tables may have more."""
    return {
        "type": "object",
        "properties": {str(name): _column_schema(str(name), cells) for name, cells in table.items()},
        "additionalProperties": True,
    }


def _column_schema(name: str, cells: pd.Series) -> Json:
    column = columns.of_cells(cells)
    kind = "string"
    if arrow_text.is_number(cells):
        kind = "integer" if pd.api.types.is_integer_dtype(cells) else "number"
    return {"type": [kind, "null"], "title": column.label, "description": column.help}


def _wholes() -> Json:
    point = {"type": ["object", "null"], "description": "A point, longitude first; null without a position."}
    feature = {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": point,
            "properties": _ref("schemas", "Plant"),
        },
    }
    return {
        "Plants": {
            "type": "object",
            "properties": {"meta": {"type": "object"}, "rows": _list(_ref("schemas", "Plant"))},
            "required": ["meta", "rows"],
        },
        "Features": {
            "type": "object",
            "properties": {"type": {"const": "FeatureCollection"}, "features": _list(feature)},
            "required": ["type", "features"],
        },
    }
