"""What the same filters show of another table."""

from atlas.catalog import filters, sheets
from atlas.catalog.results import Result
from atlas.catalog.selection import parse
from atlas.screen.view import View


def result_in(view: View, sheet: sheets.Sheet) -> Result | None:
    """Returns what the filters show of another table; None where that table lacks a filter or a value."""
    wanted = {key: values for key, values in view.parameters.items() if key != filters.PLANT}
    wanted.pop(filters.TABLE, None)
    if not set(wanted) <= set(sheet.index.parameters):
        return None
    selection, problems = parse(wanted, sheet.index, table=sheet.key)
    return None if problems else sheet.results.of(selection)
