"""The filters of a plant table, and a selection of their values.

A filter is a row of `FILTERS`. From the same rows come the widgets, the URL, the API's parameters,
the sentence under the title and the file name of an export (see `selection`). A `Selection` is a frozen
value: the chosen values of each filter, the search words and the selected plant.

A table that is not about Alfa Romeos gets its filters from its own columns (`rows_for`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from atlas import country_names, language
from atlas.alfa.tables import STATUSES
from atlas.columns import label_of
from atlas.columns import of as columns_of
from atlas.importing.roles import status_words
from atlas.language import gettext, gettext_noop, ngettext, within_sentence
from atlas.text import NOT_STATED, fold

VALUES = "{}"
MAX_VALUES = 50
MAX_DERIVED = 8
MAX_RANGES = 3
ROWS_COMPARED = 20_000
COUNTRY, STATUS = "country", "status"


@dataclass(frozen=True)
class Filter:
    """One filter: `key` names it in URL and API, `columns` are those that it looks at.

    kind "choice": one value per plant; "choices": several per plant, in cells joined by
    `BETWEEN_MODELS`; "years": the years in cells of spans (see `tables.years_of`); "range": numbers from
    one to another ("1990..2005"); "search": words that all must stand in the plant's text.
    `words`: value -> label on screen; `phrases`: value -> words in a sentence (else `phrase` with `{}`).
    `without`: how many plants state nothing. All words are English; `spoken` has those of a visitor, also
    where a derived filter has no `help` or `phrase`.
    """

    key: str
    label: str
    kind: Literal["choice", "choices", "years", "range", "search"]
    columns: tuple[str, ...]
    phrase: str
    help: str
    words: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    without: int = 0

    def label_of(self, value: str) -> str:
        """Returns a value as the page shows it."""
        if self.kind == "range":
            first, _, last = value.partition("..")
            if first and last:
                return gettext("{first} to {last}", first=first, last=last)
            return gettext("at least {first}", first=first) if first else gettext("at most {last}", last=last)
        if self.key == COUNTRY and value != NOT_STATED:
            return country_names.in_language(value)
        return gettext(value) if value == NOT_STATED else self.words.get(value, value)

    def labels_of(self, values: Sequence[str]) -> list[str]:
        """Returns values as the page shows them."""
        return [self.label_of(value) for value in values]

    @property
    def spoken(self) -> "Filter":
        """Returns the filter with its words in the current language."""
        label = gettext(self.label)
        return replace(
            self,
            label=label,
            help=gettext(self.help) if self.help else _help(self.columns[0], self.without),
            phrase=gettext(self.phrase) if self.phrase else _phrase(self, label),
            words={value: words if words == value else gettext(words) for value, words in self.words.items()},
            phrases={value: gettext(words) for value, words in self.phrases.items()},
        )


FILTERS: tuple[Filter, ...] = (
    Filter(
        "country",
        gettext_noop("Country"),
        "choice",
        ("country",),
        gettext_noop("in {}"),
        gettext_noop("Where the plant stands."),
    ),
    Filter(
        "status",
        gettext_noop("Status"),
        "choice",
        ("status",),
        "{}",
        gettext_noop(
            "Worked out from the models: a plant builds Alfa Romeos now if a model has no end year."
        ),
        words=STATUSES,
        phrases={
            "now": gettext_noop("building Alfa Romeos now"),
            "before": gettext_noop("that built Alfa Romeos before"),
            "closed": gettext_noop("that are closed and built Alfa Romeos before"),
            "none": gettext_noop("with no Alfa Romeo known"),
        },
    ),
    Filter(
        "model",
        gettext_noop("Alfa Romeo model"),
        "choices",
        ("models_now", "models_before"),
        gettext_noop("where the {} was built"),
        gettext_noop("Alfa Romeo models that the plant builds or built."),
    ),
    Filter(
        "year",
        gettext_noop("Building Alfa Romeos in"),
        "years",
        ("alfa_years",),
        gettext_noop("that built Alfa Romeos in {}"),
        gettext_noop("Plants that built an Alfa Romeo in that year, as far as sources say."),
    ),
    Filter(
        "q",
        gettext_noop("Search"),
        "search",
        ("name", "official_name", "town", "region", "country", "owner", "models_now", "models_before"),
        gettext_noop("matching “{}”"),
        gettext_noop(
            "Looks in name, town, region, country, owner and models; accents and capitals do not matter."
        ),
    ),
)
TABLE, PLANT, PINS, SEARCH = "table", "plant", "pin", "q"
BETWEEN_PINS, MOST_PINS = ",", 6
PAGE_ONLY = (
    language.PARAMETER, "car", "story", "from", "unit", "embed", "embed_options", "page", "sort", "at",
    "layer", "brands", "scale", "tab", "verdict", "file",
)  # fmt: skip
"""Words of a page's address that say how it looks, not what it shows; the API leaves them alone."""
_OPTIONS = ("limit", "offset", "pinned", "bom")
_RESERVED = (TABLE, PLANT, PINS, SEARCH, *PAGE_ONLY, *_OPTIONS, "year", "accuracy", "rows")
"""Words of our addresses, now or soon: a column with such a name gets "_" behind it as a parameter."""
_NO_FILTER = ("plant_id", "name", "official_name", "address", "geocoder", "import_problem", "stated_position")


_NO_RANGE = ("latitude", "longitude", "accuracy_m", "employees_year")
_SAYS_YEAR = ("opened_year", "closed_year")


@dataclass(frozen=True)
class Selection:
    """What is chosen: a table, values per filter (none means all), search words, one plant, pinned plants.

    `pins`: ids of plants that are kept to be compared, measured and taken away; they leave the rows alone.
    """

    table: str
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    q: str = ""
    plant: str = ""
    pins: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[str, ...]:
        """Returns the chosen values of a filter."""
        return dict(self.choices).get(key, ())

    @property
    def is_filtered(self) -> bool:
        """Tells whether it may leave plants out."""
        return bool(self.choices or self.q)

    @property
    def rows_key(self) -> "Selection":
        """Returns what decides which rows are shown: all but the selected plant and the pinned ones."""
        return replace(self, plant="", pins=())

    @property
    def view_key(self) -> str:
        """Returns a text that changes when the map should fit its view anew.

        The year is not in it: while the decades pass, the map stands still.
        """
        return repr(([choice for choice in self.choices if choice[0] != "year"], self.q))


def rows_for(table: pd.DataFrame) -> tuple[Filter, ...]:
    """Returns the filters of any table: country, status, other text columns with few values, numbers, search.

    A text column becomes a filter when it has 2 to `MAX_VALUES` values and each stands for two plants
    or more on average; at most `MAX_DERIVED`, in the order of the columns. A column that says the same as an
    earlier one is left out. Of numbers, years and amounts become ranges; at most `MAX_RANGES`.
    """
    texts = [name for name in table.columns if table[name].dtype == "str"]
    derived = [name for name in texts if name not in (*_NO_FILTER, COUNTRY) and _has_few_values(table[name])]
    derived.sort(key=lambda name: name != STATUS)
    names = _without_twins(table, [*(name for name in (COUNTRY,) if name in texts), *derived])[
        : MAX_DERIVED + 1
    ]
    keys: list[str] = []
    rows = []
    for name in names:
        keys.append(_key(name, keys))
        words = _by_meaning(table[name]) if name == STATUS else {}
        phrase = gettext_noop("in {}") if name == COUNTRY else ""
        rows.append(Filter(keys[-1], label_of(name), "choice", (name,), phrase, "", words))
    rows += _ranges(table, keys)
    searched = tuple(name for name in texts if name != "geocoder" and not name.endswith("_url"))
    looks = gettext_noop("Looks in all text columns; accents and capitals do not matter.")
    search = gettext_noop("Search")
    return (*rows, Filter(SEARCH, search, "search", searched, gettext_noop("matching “{}”"), looks))


def _has_few_values(cells: pd.Series) -> bool:
    # The first rows tell most columns of names apart without looking at a million.
    if cells.iloc[: 20 * MAX_VALUES].nunique() > MAX_VALUES:
        return False
    values = cells[cells != ""].nunique()
    return 2 <= values <= MAX_VALUES and 2 * values <= len(cells)


def _without_twins(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Returns the columns without those that say what an earlier one says."""
    kept: list[str] = []
    for name in names:
        # The first rows tell most columns apart without looking at a million.
        others = [other for other in kept if _is_twin(table.iloc[:ROWS_COMPARED], name, other)]
        if not any(len(table) <= ROWS_COMPARED or _is_twin(table, name, other) for other in others):
            kept.append(name)
    return kept


def _is_twin(table: pd.DataFrame, name: str, other: str) -> bool:
    """Tells whether a column says no more than another: as many values, or fewer of the same thing."""
    own, others = (pd.factorize(table[column])[0].astype(np.int64) for column in (name, other))
    values, more = int(own.max(initial=-1)) + 1, int(others.max(initial=-1)) + 1
    pairs = len(np.unique(own + others * (values + 1)))
    is_about_the_same = label_of(name).split()[:1] == label_of(other).split()[:1]
    return pairs == more and (values == more or is_about_the_same)


def _by_meaning(cells: pd.Series) -> dict[str, str]:
    """Returns the statuses in the order of what they mean, each in its own words."""
    order = [*status_words.MEANINGS, ""]
    values = sorted((value for value in cells.unique() if value), key=fold)
    values.sort(key=lambda value: order.index(status_words.meaning(value)))
    return {value: value for value in values}


def _ranges(table: pd.DataFrame, keys: list[str]) -> list[Filter]:
    rows: list[Filter] = []
    for name in table.columns:
        if len(rows) == MAX_RANGES or name in _NO_RANGE or not is_numeric_dtype(table[name].dtype):
            continue
        column = columns_of(str(name), 0)
        cells = table[name].to_numpy("float64", na_value=np.nan)
        numbers = cells[np.isfinite(cells)]
        if column.kind not in ("year", "amount", "number") or len(np.unique(numbers[:ROWS_COMPARED])) < 3:
            continue
        keys.append(_key(str(name), keys))
        empty = len(cells) - len(numbers)
        rows.append(Filter(keys[-1], column.label, "range", (str(name),), "", "", without=empty))
    return rows


def _help(column: str, without: int = 0) -> str:
    """Returns what a derived filter looks at, and how many plants it leaves out whatever is chosen."""
    help_text = gettext("The column {name}.", name=column)
    if not without:
        return help_text
    left_out = ngettext(
        "{number} plant without it is left out.", "{number} plants without it are left out.", without
    )
    return f"{help_text} {left_out}"


def _phrase(row: Filter, label: str) -> str:
    """Returns the words of a derived filter in a sentence."""
    column = within_sentence(label)
    if row.columns[0] in _SAYS_YEAR:
        return gettext("{column} {value}", column=column, value=VALUES)
    return gettext("with {column} {value}", column=column, value=VALUES)


def _key(name: str, taken: Sequence[str]) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_") or "column"
    while key in _RESERVED or key in taken:
        key += "_"
    return key
