"""The line that answers where Alfa Romeos are built: by the rows that a selection shows, now or in a year."""

from dataclasses import dataclass

import pandas as pd

from atlas.alfa import runs, tables
from atlas.catalog import filters, sheets
from atlas.language import gettext

MOST_ANSWERS = 64


@dataclass(frozen=True)
class BuildersLine:
    """Words, the builders, links (what they say and the plant that they select), and who else builds."""

    words: str
    builders: tuple[runs.Builder, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""

    @property
    def in_words(self) -> str:
        """Returns the line without links: "Built today (February 2026): Tonale: Pomigliano d'Arco."."""
        text = f"{self.words} {'; '.join(label for label, _ in self.links)}." if self.links else self.words
        return " ".join(filter(None, [text, self.elsewhere]))


def title(heading: str, year: int | None) -> str:
    """Returns the title of the Map page: the site's heading, or that of the year."""
    return gettext("Where Alfa Romeos were made in {year}", year=str(year)) if year else heading


def builders_line(catalog: sheets.Catalog, sheet: sheets.Sheet, selection: filters.Selection) -> BuildersLine:
    """Returns the answer for a table about Alfa Romeos, remembered with the table."""
    return sheet.memory.of(
        "answer", selection.rows_key, lambda: _line(catalog, sheet, selection), most=MOST_ANSWERS
    )


def _line(catalog: sheets.Catalog, sheet: sheets.Sheet, selection: filters.Selection) -> BuildersLine:
    year = sheet.year_of(selection)
    shown = sheet.table.iloc[sheet.results.of(selection).rows]
    builders = _builders(shown, catalog, year)
    words = _opening(year)
    if not builders:
        words = _nobody(year)
    links = tuple(
        (builder.year_in_words if year else builder.now_in_words, builder.plant_id) for builder in builders
    )
    return BuildersLine(words, tuple(builders), links, _elsewhere(catalog, sheet, selection, year))


def _opening(year: int | None) -> str:
    if year is None:
        return gettext("Built today ({month}):", month=tables.as_of())
    if year >= runs.NAMED_ALFA_ROMEO:
        return gettext("In {year}:", year=str(year))
    return gettext("In {year}, when they were called A.L.F.A.:", year=str(year))


def _nobody(year: int | None) -> str:
    if year is None:
        return gettext("No plant shown here builds Alfa Romeos today ({month}).", month=tables.as_of())
    return gettext("No plant shown here built Alfa Romeos in {year}.", year=str(year))


def _builders(plants: pd.DataFrame, catalog: sheets.Catalog, year: int | None) -> list[runs.Builder]:
    if year is None:
        return runs.builders_now(plants)
    return runs.builders_in(plants, catalog.about_alfa.production, year)


def _elsewhere(
    catalog: sheets.Catalog, sheet: sheets.Sheet, selection: filters.Selection, year: int | None
) -> str:
    """Returns who else builds, out of what the same filters show of all sites; "" where nobody does."""
    every = catalog.sheets.get(sheets.ALL_SITES)
    result = None if every is None or every is sheet else every.result_of_same(selection)
    if every is None or result is None:
        return ""
    others = every.table.iloc[result.rows]
    builders = _builders(others[~others["plant_id"].isin(sheet.table["plant_id"])], catalog, year)
    return runs.elsewhere_in(builders, year) if year else runs.elsewhere_now(builders)
