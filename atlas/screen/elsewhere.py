"""What the same filters show of the other tables, so that no search ends at the edge of one of them."""

from atlas.catalog import filters, sheets
from atlas.catalog.results import Result
from atlas.catalog.selection import parse
from atlas.screen import own_table
from atlas.screen.view import View
from atlas.words import count, join

MAX_NAMED = 3


def result_in(view: View, sheet: sheets.Sheet) -> Result | None:
    """Returns what the filters show of another table; None where that table lacks a filter or a value."""
    wanted = {key: values for key, values in view.parameters.items() if key != filters.PLANT}
    wanted.pop(filters.TABLE, None)
    if not set(wanted) <= set(sheet.index.parameters):
        return None
    selection, problems = parse(wanted, sheet.index, table=sheet.key)
    return None if problems else sheet.results.of(selection)


def matches_in_words(view: View) -> list[tuple[str, str]]:
    """Returns the key of each other table with plants that fit, and "1 site in All sites: Portello Plant"."""
    matches = []
    for sheet in view.catalog.sheets.values():
        result = None if sheet.key == view.sheet.key else result_in(view, sheet)
        if result is not None and not result.is_empty:
            names = result.head["name"].iloc[:MAX_NAMED].tolist()
            total = result.totals.plants
            more = [f"{total - len(names):,} more"] if total > len(names) else []
            words = f"{count('plant', total)} in {own_table.title_of(sheet)}: {join([*names, *more])}"
            matches.append((sheet.key, words))
    return matches
