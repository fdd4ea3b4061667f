"""What can be asked of a plant table, and how each question says itself.

A filter is a row of `FILTERS`. From the same rows come the widgets, the URL, the API's parameters,
the sentence under the title and the file name of an export. A `Selection` is a frozen value: the
chosen values per filter, the search words and the selected plant; it reads from and writes to a
query string (`parse`, `query`).

An `Index` holds one table's values as integer codes, made once per table, so that a mask or the
counts beside all options take array operations only, for five plants and for a million.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from atlas.errors import SelectionError
from atlas.tables import BETWEEN_MODELS, STATUSES

NOT_STATED = "not stated"
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filter:
    """One row: `key` names it in URL and API, `columns` say where it looks.

    kind "choice": one value per plant; "choices": several per plant, in cells joined by
    `BETWEEN_MODELS`; "search": words that all must stand in the plant's text.
    `words`: value -> label on screen; `phrases`: value -> words in a sentence (else `phrase` with `{}`).
    """

    key: str
    label: str
    kind: Literal["choice", "choices", "search"]
    columns: tuple[str, ...]
    phrase: str
    help: str
    words: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)

    def label_of(self, value: str) -> str:
        return self.words.get(value, value)


FILTERS: tuple[Filter, ...] = (
    Filter("country", "Country", "choice", ("country",), "in {}", "Where the plant stands."),
    Filter(
        "status",
        "Status",
        "choice",
        ("status",),
        "{}",
        "Worked out from the models: a plant builds Alfa Romeos now if a model has no end year.",
        words=STATUSES,
        phrases={
            "now": "building Alfa Romeos now",
            "before": "that built Alfa Romeos before",
            "none": "with no Alfa Romeo known",
        },
    ),
    Filter(
        "model",
        "Alfa Romeo model",
        "choices",
        ("models_now", "models_before"),
        "where the {} was built",
        "Alfa Romeo models that the plant builds or built.",
    ),
    Filter(
        "q",
        "Search",
        "search",
        ("name", "official_name", "town", "region", "country", "owner", "models_now", "models_before"),
        "matching “{}”",
        "Looks in name, town, region, country, owner and models; accents and capitals do not matter.",
    ),
)
TABLE, PLANT, SEARCH = "table", "plant", "q"
PARAMETERS = (TABLE, *(row.key for row in FILTERS), PLANT)


@dataclass(frozen=True)
class Selection:
    """What is chosen: a table, values per filter (none means all), search words, one plant."""

    table: str
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    q: str = ""
    plant: str = ""

    def values(self, key: str) -> tuple[str, ...]:
        return dict(self.choices).get(key, ())

    @property
    def is_filtered(self) -> bool:
        return bool(self.choices or self.q)


@dataclass(frozen=True)
class Options:
    """One filter's values in a table: `codes[i]` of `values` holds for the plant in row `rows[i]`."""

    values: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]

    def mask(self, chosen: Sequence[str], size: int) -> Mask:
        wanted = np.isin(self.values, list(chosen))
        mask = np.zeros(size, dtype=bool)
        mask[self.rows[wanted[self.codes]]] = True
        return mask

    def counts(self, mask: Mask) -> npt.NDArray[np.int64]:
        return np.bincount(self.codes[mask[self.rows]], minlength=len(self.values))


@dataclass(frozen=True)
class Index:
    """A table made ready for questions; see `index`. `row_of`: plant_id -> row number."""

    size: int
    options: Mapping[str, Options]
    text: pd.Series
    row_of: Mapping[str, int]


def index(table: pd.DataFrame) -> Index:
    """Index of a table with a unique `plant_id`; filters whose columns it lacks are left out."""
    options = {
        row.key: _options(row, table)
        for row in FILTERS
        if row.kind != "search" and set(row.columns) <= set(table.columns)
    }
    row_of = dict(zip(table["plant_id"], range(len(table)), strict=True))
    return Index(len(table), options, _searched_text(table), row_of)


def fold(text: str) -> str:
    """Text without accents and capitals, for comparing: "Xerém" -> "xerem"."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def mask(index: Index, selection: Selection) -> Mask:
    """Which rows of the table the selection shows."""
    return _combine(_masks(index, selection), index.size)


def counts(index: Index, selection: Selection) -> dict[str, dict[str, int]]:
    """Filter key -> value -> how many plants choosing it would show, under the *other* filters."""
    masks = _masks(index, selection)
    result = {}
    for key, options in index.options.items():
        others = {name: mask for name, mask in masks.items() if name != key}
        shown = options.counts(_combine(others, index.size))
        result[key] = dict(zip(options.values, shown.tolist(), strict=True))
    return result


def parse(params: Mapping[str, Sequence[str]], index: Index, *, table: str) -> tuple[Selection, list[str]]:
    """A query string's parameters -> selection, plus one sentence for each value that was left out.

    Values are matched without regard to case and accents. Parameters that are no filter are not
    looked at here (see `check_names`).
    """
    problems: list[str] = []
    choices = []
    for row in FILTERS:
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
    if plant and plant not in index.row_of:
        problems.append(f"There is no plant “{_short(plant)}” in this table.")
        plant = ""
    return Selection(table, tuple(choices), words, plant), problems


def check_names(names: Iterable[str], also: Iterable[str] = ()) -> None:
    """Raises `SelectionError` for a parameter that is neither a filter nor one of `also`."""
    allowed = (*PARAMETERS, *also)
    for name in names:
        if name not in allowed:
            message = f"There is no parameter “{_short(name)}”; allowed are: {', '.join(allowed)}."
            raise SelectionError(message)


def query(selection: Selection, *, default_table: str) -> dict[str, list[str]]:
    """The selection as parameters of a URL; defaults are left out, so that the URL stays clean."""
    pairs = {TABLE: [selection.table]} if selection.table != default_table else {}
    pairs |= {key: list(values) for key, values in selection.choices}
    pairs |= {SEARCH: [selection.q]} if selection.q else {}
    return pairs | ({PLANT: [selection.plant]} if selection.plant else {})


def describe(selection: Selection, shown: int, countries: int) -> str:
    """What is shown, as words: "4 plants in Italy", "5 plants in 2 countries", "No plant matching “x”"."""
    subject = "No plant" if shown == 0 else "1 plant" if shown == 1 else f"{shown:,} plants"
    if not selection.is_filtered:
        where = "" if not shown else " in 1 country" if countries == 1 else f" in {countries:,} countries"
        return subject + where
    return " ".join([subject, *(_say(row, selection) for row in FILTERS if _is_used(row, selection))])


def slug(selection: Selection) -> str:
    """The filters as a part of a file name: "country-italy_status-now"; "all" when there is none."""
    parts = [f"{key}-{'-'.join(values)}" for key, values in selection.choices]
    parts += [f"search-{selection.q}"] if selection.q else []
    clean = [re.sub(r"[^a-z0-9]+", "-", fold(part)).strip("-")[:40].strip("-") for part in parts]
    return "_".join(clean) or "all"


def _options(row: Filter, table: pd.DataFrame) -> Options:
    if row.kind == "choices":
        cells = pd.concat([table[name].str.split(BETWEEN_MODELS) for name in row.columns]).explode()
        cells = cells[cells.notna() & (cells != "")]
        rows = pd.Series(np.arange(len(table)), index=table.index)[cells.index].to_numpy()
    else:
        cells = table[row.columns[0]].replace("", pd.NA).fillna(NOT_STATED)
        rows = np.arange(len(table))
    categories = cells.astype("category").cat
    values = [str(value) for value in categories.categories]
    order = sorted(range(len(values)), key=lambda code: _order(row, values[code]))
    codes = np.argsort(order)[categories.codes.to_numpy()] if order else np.empty(0, dtype=np.int64)
    return Options(tuple(values[code] for code in order), rows.astype(np.int64), codes.astype(np.int64))


def _searched_text(table: pd.DataFrame) -> pd.Series:
    names = [name for row in FILTERS if row.kind == "search" for name in row.columns if name in table.columns]
    text = pd.Series("", index=range(len(table)), dtype="str")
    for name in names:
        text = text + "\n" + table[name].fillna("").astype("str").reset_index(drop=True)
    folded = text.str.lower()
    accented = ~text.map(str.isascii).to_numpy(dtype=bool)
    # Most texts are plain; only the others pay for the slow way.
    folded[accented] = text[accented].map(fold)
    return folded


def _order(row: Filter, value: str) -> tuple[bool, int, str]:
    known = list(row.words)
    return value == NOT_STATED, known.index(value) if value in known else len(known), fold(value)


def _masks(index: Index, selection: Selection) -> dict[str, Mask]:
    masks = {key: index.options[key].mask(values, index.size) for key, values in selection.choices}
    if selection.q:
        words = fold(selection.q).split()
        found = [index.text.str.contains(word, regex=False).to_numpy(dtype=bool) for word in words]
        masks[SEARCH] = _combine(dict(enumerate(found)), index.size)
    return masks


def _combine(masks: Mapping[object, Mask] | Mapping[str, Mask] | Mapping[int, Mask], size: int) -> Mask:
    combined = np.ones(size, dtype=bool)
    for one in masks.values():
        combined &= one
    return combined


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
    return row.phrase.format(between.join(words)) if row.phrase != "{}" else between.join(words)


def _unknown_value(row: Filter, text: str, known: Sequence[str]) -> str:
    names = ", ".join(known[:12]) + (f" and {len(known) - 12:,} more" if len(known) > 12 else "")
    return f"{row.label}: there is no “{_short(text)}” in this table; there is {names or 'no value at all'}."


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
