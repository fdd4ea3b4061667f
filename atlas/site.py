"""The site: its name, what it is in a sentence, and its pages, as rows that router and tests share."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from atlas import settings

TITLE_VARIABLE = "ATLAS_TITLE"
EMBEDDED_SCRIPT = "embedded_map.py"  # takes the map's place in a frame of another site
OTHER_STEM = "atlas"  # how the names of files begin that are not ours


@dataclass(frozen=True)
class PageRow:
    """One screen: its script in `pages/`, title, icon, address and what it is for.

    `for_any_table`: it makes sense for a table that is not about Alfa Romeos. `parameters`: what its address
    may hold besides the selection; links to other pages leave that out.
    """

    script: str
    title: str
    icon: str
    url_path: str
    help: str
    for_any_table: bool = True
    parameters: tuple[str, ...] = ()


PAGES: tuple[PageRow, ...] = (
    PageRow("world_map.py", "Map", ":material/map:", "", "Explore the plants on a map"),
    PageRow(
        "plant_table.py",
        "Plants",
        ":material/table_rows:",
        "plants",
        "The whole table, and plants side by side",
    ),
    PageRow(
        "timeline.py",
        "Timeline",
        ":material/timeline:",
        "timeline",
        "Which model was built where and when, and how many per year",
        for_any_table=False,
    ),
    PageRow(
        "distances.py",
        "Distances",
        ":material/straighten:",
        "distances",
        "How far the plants are from a plant, a town or any point, and from each other",
        parameters=("from", "unit"),
    ),
    PageRow(
        "your_plants.py",
        "Your plants",
        ":material/upload_file:",
        "your-plants",
        "Bring a table of your own and see it on every page",
    ),
    PageRow(
        "sources.py",
        "Sources",
        ":material/fact_check:",
        "sources",
        "The article's claims checked, and where each fact comes from",
        for_any_table=False,
    ),
)


@dataclass(frozen=True)
class Site:
    """What this server calls itself. `heading` stands above the map; `file_stem` begins file names."""

    title: str
    words: str
    heading: str
    file_stem: str
    pages: tuple[PageRow, ...]


ALFA = Site(
    title="Alfa Romeo plant atlas",
    words=(
        "Where Alfa Romeos are and were made: a map of the plants. "
        "Each fact names its source, or says “no source”."
    ),
    heading="Where Alfa Romeos are made",
    file_stem="alfa-romeo",
    pages=PAGES,
)


def current(environ: Mapping[str, str] = os.environ) -> Site:
    """The site as the environment says: ours, or that of an operator's table (`ATLAS_PLANTS`)."""
    source = environ.get(settings.PLANTS_VARIABLE, "").strip()
    if not source:
        return ALFA
    name = settings.title_of(source)
    heading = environ.get(TITLE_VARIABLE, "").strip() or name[:1].upper() + name[1:]
    return Site(
        title=heading if environ.get(TITLE_VARIABLE, "").strip() else f"{heading} · Plant atlas",
        words=f"{heading}: a map of the plants, with filters and the table behind it.",
        heading=heading,
        file_stem=OTHER_STEM,
        pages=tuple(page for page in PAGES if page.for_any_table),
    )
