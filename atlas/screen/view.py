"""What a page draws: the tables, the selection, and what the selection shows."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from atlas import language, site
from atlas.catalog import figures, filters, sheets
from atlas.catalog.results import Result
from atlas.catalog.selection import describe, query

ALL_SITES = sheets.ALL_SITES
"""The key of the table with every Alfa Romeo site, which some parts of pages need whatever is on show."""


@dataclass(frozen=True)
class View:
    """The tables that the session can see, the one on show, the selection and its result.

    `page_parameters` are what the page's address holds besides the selection (see `site.PageRow`).
    """

    catalog: sheets.Catalog
    sheet: sheets.Sheet
    selection: filters.Selection
    result: Result
    page_parameters: Mapping[str, str]

    @property
    def totals(self) -> figures.Totals:
        """Returns the headline figures of the shown plants."""
        return self.result.totals

    @property
    def all_sites(self) -> sheets.Sheet:
        """Returns the table of all Alfa Romeo sites."""
        return self.catalog.sheet(ALL_SITES)

    @property
    def selected_row(self) -> int | None:
        """Returns the row number of the selected plant in the table on show."""
        return self.sheet.index.row_of(self.selection.plant)

    @property
    def opened_row(self) -> int | None:
        """Returns the row whose card is open: that of the selected plant, else the only one shown."""
        row = self.selected_row
        return int(self.result.rows[0]) if row is None and self.totals.plants == 1 else row

    @property
    def year(self) -> int | None:
        """Returns the chosen year of Alfa Romeos; None where none is chosen, or in tables of other plants."""
        return self.sheet.year_of(self.selection)

    @property
    def parameters(self) -> dict[str, list[str]]:
        """Returns the selection as parameters of links, with the language if the address names it."""
        return self.selection_parameters | language.parameters()

    @property
    def selection_parameters(self) -> dict[str, list[str]]:
        """Returns the selection as parameters of an address."""
        return query(self.selection, default_table=sheets.DEFAULT_SHEET)

    @property
    def file_parameters(self) -> dict[str, list[str]]:
        """Returns the selection as parameters of the API, where a visitor's own table has its secret name.

        For links to files only: the name must not get into the address of a page, which people pass on.
        """
        return self.parameters | ({filters.TABLE: [self.sheet.version]} if self.sheet.is_private else {})

    @property
    def heading(self) -> str:
        """Returns the name of the table on show."""
        return self.sheet.title if self.sheet.is_private else site.current().heading

    @property
    def subject(self) -> str:
        """Returns what the page is about: the selected plant, else what filters leave; "" for all."""
        row = self.selected_row
        if row is not None:
            return str(self.sheet.table["name"].iloc[row])
        return self.words if self.selection.is_filtered else ""

    @property
    def words(self) -> str:
        """Returns what is shown: "4 plants in Italy"."""
        return describe(self.sheet.index.filters, self.selection, self.totals.plants, self.totals.countries)


# Each run of a script has a thread, and so a context, of its own; the session would keep the rows alive.
_current: ContextVar[View] = ContextVar("view")


def set_view(view: View) -> None:
    """Makes a view the one that the page of this run draws."""
    _current.set(view)


def current_view() -> View:
    """Returns the view that the frame made for this run; for pages."""
    return _current.get()
