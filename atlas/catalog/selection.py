"""A selection as a query string and in words."""

import re
from collections.abc import Iterable, Mapping, Sequence

from atlas import country_names
from atlas.catalog.filters import (
    BETWEEN_PINS,
    COUNTRY,
    MOST_PINS,
    PINS,
    PLANT,
    SEARCH,
    TABLE,
    VALUES,
    Filter,
    Selection,
)
from atlas.catalog.index import Index, range_of, range_text
from atlas.errors import SelectionError
from atlas.text import NOT_STATED, fold
from atlas.words import count, shortened


def parse(params: Mapping[str, Sequence[str]], index: Index, *, table: str) -> tuple[Selection, list[str]]:
    """Reads a selection from the parameters of a query string; adds a sentence for each value left out.

    Case and accents of values do not matter. Parameters that are no filter are ignored here (see
    `check_names`).
    """
    problems: list[str] = []
    choices = []
    for row in index.filters:
        if row.key in index.options:
            values = index.options[row.key].values
            # An exact spelling wins over one that differs in accents or case only.
            spelled = {fold(value): value for value in values} | {value: value for value in values}
            asked = [text.strip() for text in params.get(row.key, ()) if text.strip()]
            matched = [
                (text, spelled.get(text) or spelled.get(fold(text)) or _same_country(row, text, values))
                for text in asked
            ]
            problems += [_unknown_value(row, text, values) for text, value in matched if not value]
            chosen = tuple(dict.fromkeys(value for _, value in matched if value))
            if chosen:
                choices.append((row.key, chosen))
        elif row.key in index.numbers:
            text = next((text.strip() for text in params.get(row.key, ()) if text.strip()), "")
            if ends := range_of(text):
                choices.append((row.key, (range_text(*ends),)))
            elif text:
                problems.append(_unknown_range(row, text, index.numbers[row.key].ends))
    words = " ".join(text.strip() for text in params.get(SEARCH, ())).strip()
    plant = next((text for text in params.get(PLANT, ()) if text), "")
    if plant and index.row_of(plant) is None:
        problems.append(f"There is no plant “{shortened(plant)}” in this table.")
        plant = ""
    pins, unpinned = _pins(params.get(PINS, ()), index)
    return Selection(table, tuple(choices), words, plant, pins), problems + unpinned


def _pins(texts: Iterable[str], index: Index) -> tuple[tuple[str, ...], list[str]]:
    """Reads the ids of pinned plants: "cassino,arese"; adds a sentence for each that cannot be pinned."""
    # An id of somebody's table may hold a comma.
    parts = [[text] if index.row_of(text) is not None else text.split(BETWEEN_PINS) for text in texts]
    asked = dict.fromkeys(part.strip() for some in parts for part in some if part.strip())
    pins = [plant_id for plant_id in asked if index.row_of(plant_id) is not None]
    problems = [
        f"There is no plant “{shortened(plant_id)}” in this table to pin."
        for plant_id in asked
        if plant_id not in pins
    ]
    problems += [
        f"{MOST_PINS} plants can be pinned, so “{shortened(plant_id)}” is one too many."
        for plant_id in pins[MOST_PINS:]
    ]
    return tuple(pins[:MOST_PINS]), problems[:MOST_PINS]


def check_names(names: Iterable[str], index: Index, also: Iterable[str] = ()) -> None:
    """Raises `SelectionError` for a parameter that is neither a filter of the table nor one of `also`."""
    allowed = (*index.parameters, *also)
    for name in names:
        if name not in allowed:
            message = f"There is no parameter “{shortened(name)}”; allowed are: {', '.join(allowed)}."
            raise SelectionError(message)


def query(selection: Selection, *, default_table: str) -> dict[str, list[str]]:
    """Returns the selection as parameters of a URL; defaults are left out, so that the URL stays clean."""
    pairs = {TABLE: [selection.table]} if selection.table != default_table else {}
    pairs |= {key: list(values) for key, values in selection.choices}
    pairs |= {SEARCH: [selection.q]} if selection.q else {}
    pairs |= {PLANT: [selection.plant]} if selection.plant else {}
    return pairs | ({PINS: _pins_as_text(selection.pins)} if selection.pins else {})


def _pins_as_text(pins: Sequence[str]) -> list[str]:
    has_comma = any(BETWEEN_PINS in plant_id for plant_id in pins)
    return list(pins) if has_comma else [BETWEEN_PINS.join(pins)]


def describe(rows: Sequence[Filter], selection: Selection, shown: int, countries: int) -> str:
    """Returns "4 plants in Italy", "5 plants in 2 countries", "No plant matching “x”".

    `rows` are the filters of the table (`Index.filters`).
    """
    subject = count("plant", shown) if shown else "No plant"
    if not selection.is_filtered:
        return f"{subject} in {count('country', countries, 'countries')}" if shown and countries else subject
    return " ".join([subject, *(_say(row, selection) for row in rows if _is_used(row, selection))])


def slug(selection: Selection) -> str:
    """Returns the filters as part of a file name: "country-italy_status-now"; "all" without any."""
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


def _same_country(row: Filter, text: str, values: Sequence[str]) -> str | None:
    """Returns the value that names the same country in another spelling."""
    code = country_names.code_of(text) if row.key == COUNTRY else ""
    return next((value for value in values if code and country_names.code_of(value) == code), None)


def _unknown_range(row: Filter, text: str, ends: tuple[float, float]) -> str:
    first, last = (f"{end:.10g}" for end in ends)
    return f"{row.label}: “{shortened(text)}” is no range; write it as {first}..{last}."


def _unknown_value(row: Filter, text: str, values: Sequence[str]) -> str:
    if row.kind == "years" and values:
        return f"{row.label}: “{shortened(text)}” is no year from {values[0]} to {values[-1]}."
    names = ", ".join(values[:12]) + (f" and {len(values) - 12:,} more" if len(values) > 12 else "")
    return (
        f"{row.label}: there is no “{shortened(text)}” in this table; there is {names or 'no value at all'}."
    )
