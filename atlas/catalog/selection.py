"""A selection as a query string and in words."""

import re
from collections.abc import Iterable, Mapping, Sequence

from atlas.catalog.filters import PLANT, SEARCH, TABLE, VALUES, Filter, Selection
from atlas.catalog.index import Index
from atlas.errors import SelectionError
from atlas.text import NOT_STATED, fold
from atlas.words import count, shortened


def parse(params: Mapping[str, Sequence[str]], index: Index, *, table: str) -> tuple[Selection, list[str]]:
    """A query string's parameters -> selection, plus one sentence for each value that was left out.

    Values are matched without regard to case and accents. Parameters that are no filter are not
    looked at here (see `check_names`).
    """
    problems: list[str] = []
    choices = []
    for row in index.filters:
        if row.key in index.options:
            values = index.options[row.key].values
            # An exact spelling wins over one that differs in accents or case only.
            known = {fold(value): value for value in values} | {value: value for value in values}
            asked = [text.strip() for text in params.get(row.key, ()) if text.strip()]
            matched = [(text, known.get(text) or known.get(fold(text))) for text in asked]
            found = [value for _, value in matched if value]
            problems += [_unknown_value(row, text, values) for text, value in matched if not value]
            if found:
                choices.append((row.key, tuple(dict.fromkeys(found))))
    words = " ".join(text.strip() for text in params.get(SEARCH, ())).strip()
    plant = next((text for text in params.get(PLANT, ()) if text), "")
    if plant and index.row_of(plant) is None:
        problems.append(f"There is no plant “{shortened(plant)}” in this table.")
        plant = ""
    return Selection(table, tuple(choices), words, plant), problems


def check_names(names: Iterable[str], index: Index, also: Iterable[str] = ()) -> None:
    """Raises `SelectionError` for a parameter that is neither a filter of the table nor one of `also`."""
    allowed = (*index.parameters, *also)
    for name in names:
        if name not in allowed:
            message = f"There is no parameter “{shortened(name)}”; allowed are: {', '.join(allowed)}."
            raise SelectionError(message)


def query(selection: Selection, *, default_table: str) -> dict[str, list[str]]:
    """The selection as parameters of a URL; defaults are left out, so that the URL stays clean."""
    pairs = {TABLE: [selection.table]} if selection.table != default_table else {}
    pairs |= {key: list(values) for key, values in selection.choices}
    pairs |= {SEARCH: [selection.q]} if selection.q else {}
    return pairs | ({PLANT: [selection.plant]} if selection.plant else {})


def describe(rows: Sequence[Filter], selection: Selection, shown: int, countries: int) -> str:
    """What is shown, as words: "4 plants in Italy", "5 plants in 2 countries", "No plant matching “x”".

    `rows` are the filters of the table (`Index.rows`).
    """
    subject = count("plant", shown) if shown else "No plant"
    if not selection.is_filtered:
        return f"{subject} in {count('country', countries, 'countries')}" if shown and countries else subject
    return " ".join([subject, *(_say(row, selection) for row in rows if _is_used(row, selection))])


def slug(selection: Selection) -> str:
    """The filters as a part of a file name: "country-italy_status-now"; "all" when there is none."""
    parts = [f"{key}-{'-'.join(values)}" for key, values in selection.choices]
    parts += [f"search-{selection.q}"] if selection.q else []
    clean = [re.sub(r"[^a-z0-9]+", "-", fold(part)).strip("-")[:40].strip("-") for part in parts]
    return "_".join(clean) or "all"


def _is_used(row: Filter, selection: Selection) -> bool:
    return bool(selection.q) if row.key == SEARCH else bool(selection.values(row.key))


def _say(row: Filter, selection: Selection) -> str:
    values = (selection.q,) if row.key == SEARCH else selection.values(row.key)
    if NOT_STATED in values and row.kind == "choice":
        return (
            f"with no {row.label.lower()} stated"
            if len(values) == 1
            else f"with {row.label.lower()} {' or '.join(values)}"
        )
    words = [row.phrases.get(value) or row.label_of(value) for value in values]
    between = " or the " if row.key == "model" else " or "
    return row.phrase.replace(VALUES, between.join(words))


def _unknown_value(row: Filter, text: str, known: Sequence[str]) -> str:
    if row.kind == "years" and known:
        return f"{row.label}: “{shortened(text)}” is no year from {known[0]} to {known[-1]}."
    names = ", ".join(known[:12]) + (f" and {len(known) - 12:,} more" if len(known) > 12 else "")
    return (
        f"{row.label}: there is no “{shortened(text)}” in this table; there is {names or 'no value at all'}."
    )
