"""The site: its name, a sentence about it, and its pages as rows that router and tests share."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from atlas import language, settings
from atlas.language import gettext, gettext_noop

EMBEDDED_SCRIPT = "embedded_map.py"
"""The script of the first page in a frame of another site."""
OTHER_STEM = "atlas"
"""The first word of names of files that are not about our own tables."""
PREVIEW_SIZE = (1200, 630)
"""Width and height of the picture that chats and feeds show with a link."""


@dataclass(frozen=True)
class PageRow:
    """One page: its script in `pages/`, title, icon, address and what it is for.

    `for_any_table`: it makes sense for a table that is not about Alfa Romeos. `has_filters`: it shows rows
    that filters choose. `parameters`: names of its
    address besides those of the selection; they are kept for the way back to the page.
    """

    script: str
    title: str
    icon: str
    url_path: str
    help: str
    for_any_table: bool = True
    has_filters: bool = True
    parameters: tuple[str, ...] = ()


PAGES: tuple[PageRow, ...] = (
    PageRow(
        "world_map.py",
        gettext_noop("Map"),
        ":material/map:",
        "",
        gettext_noop("Explore the plants on a map"),
        parameters=("car", "story"),
    ),
    PageRow(
        "plant_table.py",
        gettext_noop("Plants"),
        ":material/table_rows:",
        "plants",
        gettext_noop("The whole table, and plants side by side"),
        parameters=("sort", "page"),
    ),
    PageRow(
        "timeline.py",
        gettext_noop("Timeline"),
        ":material/timeline:",
        "timeline",
        gettext_noop("Which model was built where and when, and how many per year"),
        for_any_table=False,
        parameters=("brands", "scale"),
    ),
    PageRow(
        "distances.py",
        gettext_noop("Distances"),
        ":material/straighten:",
        "distances",
        gettext_noop("How far the plants are from a plant, a town or any point, and from each other"),
        parameters=("from", "unit"),
    ),
    PageRow(
        "your_plants.py",
        gettext_noop("Your plants"),
        ":material/upload_file:",
        "your-plants",
        gettext_noop("Bring a table of your own and see it on every page"),
        has_filters=False,
    ),
    PageRow(
        "sources.py",
        gettext_noop("Sources"),
        ":material/fact_check:",
        "sources",
        gettext_noop("The article's claims checked, and where each fact comes from"),
        for_any_table=False,
        has_filters=False,
        parameters=("tab", "verdict"),
    ),
)


@dataclass(frozen=True)
class Site:
    """The names of this server. `heading` stands above the map; `file_stem` begins file names."""

    title: str
    words: str
    heading: str
    file_stem: str
    pages: tuple[PageRow, ...]


ALFA = Site(
    title=gettext_noop("Alfa Romeo plant atlas"),
    words=gettext_noop(
        "Where Alfa Romeos are and were made: a map of the plants. "
        "Each fact names its source, or says “no source”."
    ),
    heading=gettext_noop("Where Alfa Romeos are made"),
    file_stem="alfa-romeo",
    pages=PAGES,
)


def current(environ: Mapping[str, str] = os.environ) -> Site:
    """Returns the site that the environment names, in the current language: ours, or that of an operator."""
    source = settings.PLANTS.read(environ)
    code = language.current().code
    if not source:
        return _alfa(code)
    name = settings.title_of(source)
    title = settings.TITLE.read(environ)
    heading = title or name[:1].upper() + name[1:]
    return Site(
        title=title or gettext("{table} · Plant atlas", table=heading),
        words=gettext("{table}: a map of the plants, with filters and the table behind it.", table=heading),
        heading=heading,
        file_stem=OTHER_STEM,
        pages=tuple(page for page in _pages(code) if page.for_any_table),
    )


@cache
def _alfa(code: str) -> Site:
    """Returns our site in the current language, which has this code."""
    words = {"title": gettext(ALFA.title), "words": gettext(ALFA.words), "heading": gettext(ALFA.heading)}
    return replace(ALFA, **words, pages=_pages(code))


@cache
def _pages(_code: str) -> tuple[PageRow, ...]:
    return tuple(replace(page, title=gettext(page.title), help=gettext(page.help)) for page in PAGES)
