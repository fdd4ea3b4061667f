"""What the same filters show of the other tables, so that no search ends at the edge of one of them."""

from atlas.screen import own_table
from atlas.screen.view import View
from atlas.words import count, join

MAX_NAMED = 3


def matches_in_words(view: View) -> list[tuple[str, str]]:
    """Returns the key of each other table with plants that fit, and "1 site in All sites: Portello Plant"."""
    matches = []
    for sheet in view.catalog.sheets.values():
        result = None if sheet.key == view.sheet.key else sheet.result_of_same(view.selection)
        if result is not None and not result.is_empty:
            names = result.head["name"].iloc[:MAX_NAMED].tolist()
            total = result.totals.plants
            more = [f"{total - len(names):,} more"] if total > len(names) else []
            words = f"{count('plant', total)} in {own_table.title_of(sheet)}: {join([*names, *more])}"
            matches.append((sheet.key, words))
    return matches
