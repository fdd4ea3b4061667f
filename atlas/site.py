"""The site: its name, what it is in a sentence, and its pages, as rows that router and tests share."""

from dataclasses import dataclass

TITLE = "Alfa Romeo plant atlas"
WORDS = "Where Alfa Romeos are and were made: a map of the plants, with a source for every fact."


@dataclass(frozen=True)
class PageRow:
    """One screen: its script in `pages/`, title, icon, address and what it is for."""

    script: str
    title: str
    icon: str
    url_path: str
    help: str


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
        "sources.py",
        "Sources",
        ":material/fact_check:",
        "sources",
        "The article's claims checked, and where each fact comes from",
    ),
)
