"""What can be asked of a plant table, and how each question says itself.

A filter is a row of `FILTERS`. From the same rows come the widgets, the URL, the API's parameters,
the sentence under the title and the file name of an export. A `Selection` is a frozen value: the
chosen values per filter, the search words and the selected plant; it reads from and writes to a
query string (`parse`, `query`).

A table that is not about Alfa Romeos gets its rows from its own columns (`rows_for`).

An `Index` holds one table's values as integer codes, made once per table, so that a mask or the
counts beside all options take array operations only, for five plants and for a million.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.errors import SelectionError
from atlas.tables import AS_OF_YEAR, BETWEEN_MODELS, STATUSES, years_of
from atlas.text import NOT_STATED, Mask, as_arrow, fold

VALUES = "{}"
MAX_VALUES = 50
MAX_DERIVED = 8


@dataclass(frozen=True)
class Filter:
    """One row: `key` names it in URL and API, `columns` say where it looks.

    kind "choice": one value per plant; "choices": several per plant, in cells joined by
    `BETWEEN_MODELS`; "years": the years in cells of spans (see `tables.years_of`); "search": words
    that all must stand in the plant's text.
    `words`: value -> label on screen; `phrases`: value -> words in a sentence (else `phrase` with `{}`).
    """

    key: str
    label: str
    kind: Literal["choice", "choices", "years", "search"]
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
        "year",
        "Building Alfa Romeos in",
        "years",
        ("alfa_years",),
        "that built Alfa Romeos in {}",
        "Plants that built an Alfa Romeo in that year, as far as sources say.",
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
# Words of our addresses, now or soon: a column with such a name gets "_" behind it as a parameter.
_RESERVED = (
    TABLE,
    PLANT,
    SEARCH,
    "year",
    "car",
    "from",
    "unit",
    "accuracy",
    "limit",
    "offset",
    "bom",
    "embed",
    "embed_options",
    "rows",
    "page",
    "sort",
    "from",
    "unit",
)
PAGE_ONLY = ("car", "from", "unit", "embed", "embed_options", "page", "sort")
"""Words of a page's address that say how it looks, not what it shows; the API leaves them alone."""
_NO_FILTER = ("plant_id", "name", "official_name", "address", "geocoder")


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
    """One filter's values in a table: `codes[i]` of `values` holds for the plant in row `rows[i]`.

    `rows` is None where every row has exactly one value: then `codes[i]` is that of row i.
    """

    values: tuple[str, ...]
    rows: npt.NDArray[np.int32] | None
    codes: npt.NDArray[np.int32]

    def mask(self, chosen: Sequence[str], size: int) -> Mask:
        wanted = np.array([value in chosen for value in self.values], dtype=bool)
        if self.rows is None:
            one_each: Mask = wanted[self.codes]
            return one_each
        mask = np.zeros(size, dtype=bool)
        mask[self.rows[wanted[self.codes]]] = True
        return mask

    def counts(self, mask: Mask) -> npt.NDArray[np.int64]:
        shown = mask if self.rows is None else mask[self.rows]
        codes = self.codes if shown.all() else self.codes[shown]
        return np.bincount(codes, minlength=len(self.values))


@dataclass(frozen=True)
class Index:
    """A table made ready for questions; see `index`. `rows`: its filters, in the order of the page."""

    size: int
    rows: tuple[Filter, ...]
    options: Mapping[str, Options]
    text: pa.Array
    ids: pa.Array

    @property
    def parameters(self) -> tuple[str, ...]:
        """What an address may name."""
        return (TABLE, *(row.key for row in self.rows), PLANT)

    @cached_property
    def row_of(self) -> Callable[[str], int | None]:
        """plant_id -> row number; None where there is none."""
        # A scan takes milliseconds for a million ids, a dictionary of them 150 MB.
        # It knows the ids, not the index: a table that nobody needs must go at once (see `results`).
        return lru_cache(maxsize=256)(partial(_find, self.ids))


def _find(ids: pa.Array, plant_id: str) -> int | None:
    row = pc.index(ids, pa.scalar(plant_id, ids.type)).as_py() if plant_id else -1
    return None if row < 0 else int(row)


def index(table: pd.DataFrame, rows: Sequence[Filter] = FILTERS) -> Index:
    """Index of a table with a unique `plant_id`; filters whose columns it lacks are left out."""
    have = set(table.columns)
    kept = tuple(row for row in rows if row.kind == "search" or set(row.columns) <= have)
    options = {row.key: _options(row, table) for row in kept if row.kind != "search"}
    searched = [name for row in kept if row.kind == "search" for name in row.columns if name in have]
    return Index(len(table), kept, options, _searched_text(table, searched), as_arrow(table["plant_id"]))


def rows_for(table: pd.DataFrame) -> tuple[Filter, ...]:
    """Filter rows for any table: country, other text columns with few values, and search.

    A text column becomes a filter when it has 2 to `MAX_VALUES` values and each stands for two plants
    or more on average; at most `MAX_DERIVED`, in the order of the columns.
    """
    texts = [name for name in table.columns if table[name].dtype == "str"]
    derived = [
        name for name in texts if name not in (*_NO_FILTER, "country") and _has_few_values(table[name])
    ]
    keys: list[str] = []
    rows = []
    for name in [*(["country"] if "country" in texts else []), *derived[:MAX_DERIVED]]:
        keys.append(_key(name, keys))
        label = name.replace("_", " ").strip()
        phrase = "in {}" if name == "country" else f"with {label} {VALUES}"
        rows.append(
            Filter(keys[-1], label[:1].upper() + label[1:], "choice", (name,), phrase, f"The column {name}.")
        )
    searched = tuple(name for name in texts if name != "geocoder" and not name.endswith("_url"))
    looks = "Looks in all text columns; accents and capitals do not matter."
    return (*rows, Filter(SEARCH, "Search", "search", searched, "matching “{}”", looks))


def mask(index: Index, selection: Selection) -> Mask:
    """Which rows of the table the selection shows."""
    return _combine(_masks(index, selection), index.size)


def counts(index: Index, selection: Selection) -> dict[str, dict[str, int]]:
    """Filter key -> value -> how many plants choosing it would show, under the *other* filters."""
    return mask_and_counts(index, selection)[1]


def mask_and_counts(index: Index, selection: Selection) -> tuple[Mask, dict[str, dict[str, int]]]:
    """`mask` and `counts` for the price of one search."""
    masks = _masks(index, selection)
    result = {}
    for key, options in index.options.items():
        others = {name: mask for name, mask in masks.items() if name != key}
        shown = options.counts(_combine(others, index.size))
        result[key] = dict(zip(options.values, shown.tolist(), strict=True))
    return _combine(masks, index.size), result


def parse(params: Mapping[str, Sequence[str]], index: Index, *, table: str) -> tuple[Selection, list[str]]:
    """A query string's parameters -> selection, plus one sentence for each value that was left out.

    Values are matched without regard to case and accents. Parameters that are no filter are not
    looked at here (see `check_names`).
    """
    problems: list[str] = []
    choices = []
    for row in index.rows:
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
        problems.append(f"There is no plant “{_short(plant)}” in this table.")
        plant = ""
    return Selection(table, tuple(choices), words, plant), problems


def check_names(names: Iterable[str], index: Index, also: Iterable[str] = ()) -> None:
    """Raises `SelectionError` for a parameter that is neither a filter of the table nor one of `also`."""
    allowed = (*index.parameters, *also)
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


def describe(rows: Sequence[Filter], selection: Selection, shown: int, countries: int) -> str:
    """What is shown, as words: "4 plants in Italy", "5 plants in 2 countries", "No plant matching “x”".

    `rows` are the filters of the table (`Index.rows`).
    """
    subject = "No plant" if shown == 0 else "1 plant" if shown == 1 else f"{shown:,} plants"
    if not selection.is_filtered:
        where = (
            ""
            if not shown * countries
            else " in 1 country"
            if countries == 1
            else f" in {countries:,} countries"
        )
        return subject + where
    return " ".join([subject, *(_say(row, selection) for row in rows if _is_used(row, selection))])


def slug(selection: Selection) -> str:
    """The filters as a part of a file name: "country-italy_status-now"; "all" when there is none."""
    parts = [f"{key}-{'-'.join(values)}" for key, values in selection.choices]
    parts += [f"search-{selection.q}"] if selection.q else []
    clean = [re.sub(r"[^a-z0-9]+", "-", fold(part)).strip("-")[:40].strip("-") for part in parts]
    return "_".join(clean) or "all"


def _options(row: Filter, table: pd.DataFrame) -> Options:
    rows: npt.NDArray[np.int32] | None = None
    if row.kind == "years":
        return _years(table[row.columns[0]])
    if row.kind == "choices":
        cells = pd.concat([table[name].str.split(BETWEEN_MODELS) for name in row.columns]).explode()
        cells = cells[cells.notna() & (cells != "")]
        numbers = pd.Series(np.arange(len(table)), index=table.index)
        rows = numbers[cells.index].to_numpy().astype(np.int32)
    else:
        cells = table[row.columns[0]].replace("", pd.NA).fillna(NOT_STATED)
    found, names = pd.factorize(cells)
    values = [str(value) for value in names]
    order = sorted(range(len(values)), key=lambda code: _order(row, values[code]))
    codes = np.argsort(order)[found] if order else np.empty(0)
    return Options(tuple(values[code] for code in order), rows, codes.astype(np.int32))


def _years(cells: pd.Series) -> Options:
    """All years from the first one in the table to the last, also those in which nobody built."""
    pairs = [(row, year) for row, text in enumerate(cells) for year in years_of(text)]
    years = [year for _, year in pairs]
    first = min(years, default=AS_OF_YEAR)
    return Options(
        tuple(str(year) for year in range(first, max(years, default=AS_OF_YEAR) + 1)),
        np.array([row for row, _ in pairs], dtype=np.int32),
        np.array([year - first for year in years], dtype=np.int32),
    )


def _has_few_values(cells: pd.Series) -> bool:
    # The first rows tell most columns of names apart without looking at a million.
    if cells.iloc[: 20 * MAX_VALUES].nunique() > MAX_VALUES:
        return False
    values = cells[cells != ""].nunique()
    return 2 <= values <= MAX_VALUES and 2 * values <= len(cells)


def _key(name: str, taken: Sequence[str]) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "column"
    while key in _RESERVED or key in taken:
        key += "_"
    return key


def _searched_text(table: pd.DataFrame, names: Sequence[str]) -> pa.Array:
    """Per row, its folded text cells, one a line."""
    if not names:
        return pa.array([""] * len(table), pa.large_string())
    columns = [as_arrow(table[name]) for name in names]
    text = pc.binary_join_element_wise(*columns, pa.scalar("\n", pa.large_string()))
    is_plain = pc.string_is_ascii(text)
    accented = np.flatnonzero(~is_plain.to_numpy(zero_copy_only=False))
    folded = pc.utf8_lower(text)
    if not len(accented):
        return folded
    # Most texts are plain; only the others pay for the slow way.
    slow = pa.array([fold(cell) for cell in text.take(pa.array(accented)).to_pylist()], pa.large_string())
    return pc.replace_with_mask(folded, pc.invert(is_plain), slow)


def _order(row: Filter, value: str) -> tuple[bool, int, str]:
    known = list(row.words)
    return value == NOT_STATED, known.index(value) if value in known else len(known), fold(value)


def _masks(index: Index, selection: Selection) -> dict[str, Mask]:
    masks = {key: index.options[key].mask(values, index.size) for key, values in selection.choices}
    if selection.q:
        words = fold(selection.q).split()
        found = [pc.match_substring(index.text, word).to_numpy(zero_copy_only=False) for word in words]
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
    return row.phrase.replace(VALUES, between.join(words))


def _unknown_value(row: Filter, text: str, known: Sequence[str]) -> str:
    if row.kind == "years" and known:
        return f"{row.label}: “{_short(text)}” is no year from {known[0]} to {known[-1]}."
    names = ", ".join(known[:12]) + (f" and {len(known) - 12:,} more" if len(known) > 12 else "")
    return f"{row.label}: there is no “{_short(text)}” in this table; there is {names or 'no value at all'}."


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
