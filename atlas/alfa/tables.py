"""Reads the files of `data/` as typed, checked tables: their columns, and the sentence about a wrong cell.

Cells become types and are checked against the schemas below; only `places.csv` is read elsewhere (see
`geocoding.csv_cache`). The first wrong cell becomes a `DataError` that names file, row, column, value and
the way out; nothing half-read is returned. Row numbers are those of a spreadsheet: the header is row 1.

A plant's status is derived from the production rows, never stored (see `STATUSES`).
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pa

from atlas import language
from atlas.alfa.schemas import SCHEMAS
from atlas.errors import DataError
from atlas.language import gettext, gettext_noop

AS_OF_MONTH = datetime.date(2026, 2, 1)
"""The month up to which the facts were checked: "now" on screen."""

AS_OF_YEAR = AS_OF_MONTH.year
BRAND = "Alfa Romeo"
BETWEEN_MODELS = "; "
"""Stands between two models in a cell; the name of a model may hold commas, never this."""

STATUSES: Mapping[str, str] = {
    "now": gettext_noop("Builds Alfa Romeos now"),
    "before": gettext_noop("Built Alfa Romeos before"),
    "closed": gettext_noop("Closed"),
    "none": gettext_noop("No Alfa Romeo known"),
}
"""Status -> words in English, the same on map, card, table, legend and filter.

`now`: an Alfa Romeo run without an end year; `before`: only ended runs; `closed`: ended runs at a site with a
`closed_year`.
"""

CODES: Mapping[str, int] = {"now": 0, "before": 1, "none": 2, "closed": 6}
"""Status -> its number of a look on the map (see `drawing.look`)."""

NONE_KNOWN = gettext_noop("none known")
"""What a plant without such a model shows."""

BETWEEN_YEARS = ", "
YEARS_TO = "–"
SINCE = "since "

_ODD_NUMBER = r"[\s_+]|0[xXoObB]|[^\x00-\x7f]"


@dataclass(frozen=True)
class Tables:
    """Everything the product knows, as data frames with the columns of `data/README.md`."""

    plants: pd.DataFrame
    sites: pd.DataFrame
    production: pd.DataFrame
    output: pd.DataFrame
    claims: pd.DataFrame
    sources: pd.DataFrame
    disagreements: pd.DataFrame
    changes: pd.DataFrame
    story: pd.DataFrame


def load(folder: Path) -> Tables:
    """Returns all tables of `folder`, typed and checked, ids and years checked across files.

    Text cells that are empty come back as "", empty numbers as `<NA>`.
    Raises `DataError`: a file is missing or unreadable, a column or a cell is wrong.
    """
    tables = Tables(**{name: read(folder / f"{name}.csv", schema) for name, schema in SCHEMAS.items()})
    _check_ids(tables)
    _check_years("production.csv", tables.production, "start_year", "end_year")
    _check_years("sites.csv", tables.sites, "opened_year", "closed_year")
    return tables


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Returns a CSV file as a typed table with exactly the columns of `schema`; raises `DataError`."""
    raw = _read_text_cells(path)
    _check_columns(path.name, list(raw.columns), list(schema.columns))
    if not isinstance(raw.index, pd.RangeIndex):  # pandas takes cells without a header for row names
        raise DataError(f"{path.name}, row 2 has more cells than there are columns; remove the extra commas.")
    try:
        _check_whole_numbers(path.name, raw, schema)
        typed = schema.validate(raw.replace("", pd.NA), lazy=True)
    except pa.errors.SchemaErrors as error:
        raise DataError(_first_wrong_cell(path.name, raw, error)) from error
    texts = [name for name, column in schema.columns.items() if str(column.dtype).startswith("str")]
    return typed.assign(**{name: typed[name].fillna("").astype("str") for name in texts})


def with_status(plants: pd.DataFrame, production: pd.DataFrame) -> pd.DataFrame:
    """Returns `plants` plus `status` (a key of `STATUSES`), `models_now`, `models_before` and `alfa_years`.

    Models are those of the brand Alfa Romeo, joined by `BETWEEN_MODELS` in the order of the production rows;
    years are those in which any of them was built: "1972–2011, since 2022".
    """
    runs = production[production["brand"] == BRAND]
    open_end = runs["end_year"].isna()
    models = {
        "models_now": runs[open_end].groupby("plant_id")["model"].agg(BETWEEN_MODELS.join),
        "models_before": runs[~open_end].groupby("plant_id")["model"].agg(BETWEEN_MODELS.join),
        "alfa_years": pd.Series(
            {plant_id: _years_in_words(rows) for plant_id, rows in runs.groupby("plant_id")}, dtype="str"
        ),
    }
    named = {name: plants["plant_id"].map(text).astype("str").fillna("") for name, text in models.items()}
    joined = plants.assign(**named)
    status = pd.Series("none", index=joined.index)
    status = status.mask(joined["models_before"] != "", "before")
    if "closed_year" in joined:
        status = status.mask(joined["closed_year"].notna() & (status == "before"), "closed")
    return joined.assign(status=status.mask(joined["models_now"] != "", "now"))


def categories(table: pd.DataFrame) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Returns each plant's number of a category on the map, and the categories in words ("": not used).

    They are the statuses; `closed` is among them where the table has a `closed_year`.
    """
    words = [""] * (max(CODES.values()) + 1 if "closed_year" in table else len(CODES) - 1)
    for status, code in CODES.items():
        if code < len(words):
            words[code] = STATUSES[status]
    return table["status"].map(CODES).to_numpy().astype(np.uint8), tuple(words)


def as_of() -> str:
    """Returns the month up to which the facts were checked, in words: "February 2026"."""
    return language.month(AS_OF_MONTH)


def in_words(plants: pd.DataFrame) -> pd.DataFrame:
    """Returns plants with statuses in words, and words where no model is known; other tables as they are."""
    shown = plants
    if {"models_now", "status"} <= set(plants.columns):
        words = {status: gettext(text) for status, text in STATUSES.items()}
        shown = shown.assign(status=shown["status"].replace(words))
    if "alfa_years" in shown:
        shown = shown.assign(
            alfa_years=shown["alfa_years"].map(spans_in_words, na_action="ignore").astype("str")
        )
    models = {"models_now", "models_before", "alfa_years"} & set(plants.columns)
    return shown.assign(**{name: shown[name].fillna(gettext(NONE_KNOWN)) for name in models})


def spans_in_words(text: str) -> str:
    """Returns a cell of `alfa_years` in the current language: "1972–2011, since 2022"."""
    spans = text.split(BETWEEN_YEARS) if SINCE in text else [text]
    return BETWEEN_YEARS.join(
        gettext("since {year}", year=span.removeprefix(SINCE)) if span.startswith(SINCE) else span
        for span in spans
    )


def names(known: Tables) -> dict[str, str]:
    """Returns plant_id -> name over all plants and sites."""
    rows = pd.concat([known.plants, known.sites])
    return dict(zip(rows["plant_id"], rows["name"], strict=True))


def years_of(text: str) -> list[int]:
    """Returns the years in a cell of `alfa_years`, up to `AS_OF_YEAR` where an Alfa Romeo is still built."""
    years: list[int] = []
    for span in filter(None, text.split(BETWEEN_YEARS)):
        first, _, last = span.removeprefix(SINCE).partition(YEARS_TO)
        end = AS_OF_YEAR if span.startswith(SINCE) else int(last or first)
        years += range(int(first), end + 1)
    return years


def _years_in_words(runs: pd.DataFrame) -> str:
    """Joins runs that overlap or follow each other to spans; an end year counts to its end."""
    spans: list[tuple[int, int | None]] = []
    ends = [None if pd.isna(end) else int(end) for end in runs["end_year"]]
    starts = runs["start_year"].astype(int).tolist()
    for start, end in sorted(zip(starts, ends, strict=True), key=lambda run: run[0]):
        last = spans[-1] if spans else None
        if last and (last[1] is None or start <= last[1] + 1):
            spans[-1] = (last[0], None if end is None or last[1] is None else max(end, last[1]))
        else:
            spans.append((start, end))
    return BETWEEN_YEARS.join(_span(*span) for span in spans)


def _span(first: int, last: int | None) -> str:
    if last is None:
        return f"{SINCE}{first}"
    return f"{first}{YEARS_TO}{last}" if last > first else f"{first}"


def _read_text_cells(path: Path) -> pd.DataFrame:
    way_out = f"Restore it from the project (git checkout data/{path.name})."
    try:
        # Text first: a plant called "null" or "NA" is a name, and a wrong number must be quoted as typed.
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8", skip_blank_lines=False)
    except FileNotFoundError as error:
        raise DataError(f"{path.name} is missing from the data folder. {way_out}") from error
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"{path.name} in the data folder cannot be read ({reason}). {way_out}") from error
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 text. Save it as “CSV UTF-8”. {way_out}"
        raise DataError(message) from error
    except pd.errors.EmptyDataError as error:
        raise DataError(f"{path.name} is empty. {way_out}") from error
    except pd.errors.ParserError as error:
        detail = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise DataError(f"{path.name} is not a well-formed table: {detail}. {way_out}") from error


def _check_whole_numbers(file: str, raw: pd.DataFrame, schema: pa.DataFrameSchema) -> None:
    """Raises for numbers that pandas would guess, or refuse without the cell: " 1972 ", "1_972", "+1972"."""
    for name, column in schema.columns.items():
        if str(column.dtype) == "Int64":
            odd = raw[name].str.contains(_ODD_NUMBER, regex=True).to_numpy(dtype=bool)
            if odd.any():
                position = int(odd.argmax())
                cell = _cell(file, position, name, raw[name].iloc[position])
                raise DataError(f"{cell} {_reason('dtype')}.")


def _check_columns(file: str, found: list[str], wanted: list[str]) -> None:
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted]
    if missing:
        raise DataError(f"{file} lacks the column {missing[0]}. The columns are listed in data/README.md.")
    if unknown:
        raise DataError(
            f"{file} has an unknown column {unknown[0]}. The columns are listed in data/README.md."
        )


def _first_wrong_cell(file: str, raw: pd.DataFrame, error: pa.errors.SchemaErrors) -> str:
    # Cases without a row repeat, for the whole column, what the cases with a row say of its cells.
    cases = error.failure_cases.dropna(subset="index").sort_values("index", kind="stable")
    case = cases.iloc[0]
    column, position = str(case["column"]), int(case["index"])
    more = len(cases[["index", "column"]].drop_duplicates()) - 1
    rest = f" ({more} more wrong cells.)" if more > 1 else " (One more wrong cell.)" if more else ""
    value = raw[column].iloc[position]
    return f"{_cell(file, position, column, value)} {_reason(str(case['check']))}.{rest}"


def _cell(file: str, position: int, column: str, value: object) -> str:
    shown = f"the value “{value}”" if str(value) else "the empty cell"
    return f"{file}, row {position + 2}, column {column}: {shown}"


def _reason(check: str) -> str:
    if check == "not_nullable":
        return "must be filled in"
    if check == "field_uniqueness":
        return "stands twice; it must be unique"
    if check.startswith(("coerce_dtype", "dtype")):
        return "must be a whole number; correct it or leave it empty"
    return check


def _check_ids(tables: Tables) -> None:
    known = {*tables.plants["plant_id"], *tables.sites["plant_id"]}
    for position, plant_id in enumerate(tables.sites["plant_id"]):
        if plant_id in set(tables.plants["plant_id"]):
            cell = _cell("sites.csv", position, "plant_id", plant_id)
            raise DataError(f"{cell} stands in plants.csv too; ids must be unique over both files.")
    ids: Mapping[str, tuple[pd.Series, Callable[[str], list[str]]]] = {
        "production.csv": (tables.production["plant_id"], lambda text: [text]),
        "output.csv": (tables.output["plant_id"], lambda text: [text]),
        "claims.csv": (tables.claims["plant_ids"], str.split),
        "disagreements.csv": (tables.disagreements["plant_ids"], str.split),
        "story.csv": (tables.story["plant_id"], lambda text: [text]),
    }
    for file, (column, split) in ids.items():
        for position, text in enumerate(column):
            unknown = [plant_id for plant_id in split(text) if plant_id not in known]
            if unknown:
                cell = _cell(file, position, str(column.name), unknown[0])
                raise DataError(f"{cell} is no plant_id of plants.csv or sites.csv; correct it.")


def _check_years(file: str, table: pd.DataFrame, first: str, last: str) -> None:
    wrong = (table[last] < table[first]).fillna(False).to_numpy(dtype=bool)
    if wrong.any():
        position = int(wrong.argmax())
        cell = _cell(file, position, last, table[last].iloc[position])
        raise DataError(f"{cell} lies before {first} {table[first].iloc[position]}; correct one of them.")
