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
from atlas.language import gettext, join, ngettext, number, within_sentence
from atlas.text import NOT_STATED, fold, shortened

MOST_NAMED = 12


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
        problems.append(gettext("There is no plant “{plant}” in this table.", plant=shortened(plant)))
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
        gettext("There is no plant “{plant}” in this table to pin.", plant=shortened(plant_id))
        for plant_id in asked
        if plant_id not in pins
    ]
    problems += [
        gettext(
            "{number} plants can be pinned, so “{plant}” is one too many.",
            number=number(MOST_PINS),
            plant=shortened(plant_id),
        )
        for plant_id in pins[MOST_PINS:]
    ]
    return tuple(pins[:MOST_PINS]), problems[:MOST_PINS]


def check_names(names: Iterable[str], index: Index, also: Iterable[str] = ()) -> None:
    """Raises `SelectionError` for a parameter that is neither a filter of the table nor one of `also`."""
    allowed = (*index.parameters, *also)
    for name in names:
        if name not in allowed:
            message = gettext(
                "There is no parameter “{name}”; allowed are: {names}.", **_named(name, allowed)
            )
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
    plants = ngettext("{number} plant", "{number} plants", shown) if shown else gettext("No plant")
    if selection.is_filtered:
        return " ".join([plants, *(_say(row, selection) for row in rows if _is_used(row, selection))])
    if not (shown and countries):
        return plants
    return ngettext(
        "{plants} in {number} country", "{plants} in {number} countries", countries, plants=plants
    )


def _named(name: str, allowed: Sequence[str]) -> dict[str, str]:
    return {"name": shortened(name), "names": ", ".join(allowed)}


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
        column = within_sentence(row.label)
        if len(values) == 1:
            return gettext("with no {column} stated", column=column)
        return gettext("with {column} {value}", column=column, value=join(row.labels_of(values), "or"))
    words = [row.phrases.get(value) or row.label_of(value) for value in values]
    return row.phrase.replace(VALUES, join(words, "or"))


def _same_country(row: Filter, text: str, values: Sequence[str]) -> str | None:
    """Returns the value that names the same country in another spelling."""
    code = country_names.code_of(text) if row.key == COUNTRY else ""
    return next((value for value in values if code and country_names.code_of(value) == code), None)


def _unknown_range(row: Filter, text: str, ends: tuple[float, float]) -> str:
    first, last = (f"{end:.10g}" for end in ends)
    return gettext(
        "{filter}: “{text}” is no range; write it as {first}..{last}.",
        filter=row.label,
        text=shortened(text),
        first=first,
        last=last,
    )


def _unknown_value(row: Filter, text: str, values: Sequence[str]) -> str:
    asked = {"filter": row.label, "text": shortened(text)}
    if not values:
        return gettext("{filter}: there is no “{text}” in this table; there is no value at all.", **asked)
    if row.kind == "years":
        ends = {"first": values[0], "last": values[-1]}
        return gettext("{filter}: “{text}” is no year from {first} to {last}.", **asked, **ends)
    names = ", ".join(values[:MOST_NAMED])
    if len(values) > MOST_NAMED:
        names = gettext("{names} and {number} more", names=names, number=number(len(values) - MOST_NAMED))
    return gettext("{filter}: there is no “{text}” in this table; there is {names}.", **asked, names=names)
