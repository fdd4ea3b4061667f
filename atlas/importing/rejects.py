"""Writes the rows with a problem as a file to correct, and takes the corrected rows back.

Touches nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from atlas import arrow_text
from atlas.errors import DataError
from atlas.importing import importer
from atlas.importing.files import raw_table
from atlas.importing.files.raw_table import Raw
from atlas.importing.importer import Imported
from atlas.importing.rows import values
from atlas.language import gettext
from atlas.text import as_arrow

ROW_COLUMN, PROBLEM_COLUMN, FIX_COLUMN = "problem_row", "problem", "problem_fix"


def csv(imported: Imported) -> bytes:
    """Returns the rows with a problem as CSV: the file's own columns, the row's number, what is wrong and the
    proposed fix.
    """
    places = np.unique(imported.report.index.to_numpy())
    rows = _as_text(imported.raw.table.take(pa.array(places))).to_pandas()
    lines = imported.report.astype({"reason": "str", "fix": "str", "column": "str"})
    grouped = lines.groupby(level=0)
    remarks = pd.DataFrame(
        {
            ROW_COLUMN: imported.raw.numbers[places],
            PROBLEM_COLUMN: grouped["reason"].agg(" ".join).to_numpy(),
            FIX_COLUMN: grouped["fix"].agg(lambda fixes: "; ".join(filter(None, fixes))).to_numpy(),
        }
    )
    text = pd.concat([rows.reset_index(drop=True), remarks], axis="columns")
    return arrow_text.neutralise(text).to_csv(index=False, lineterminator="\r\n").encode("utf-8")


def add(imported: Imported, content: bytes, file_name: str) -> Imported:
    """Returns the table with corrected rows: each replaces the row whose number is in its `problem_row`, else
    the row that it is a newer state of (see `_same_rows`); another row is new. Raises `DataError`.
    """
    more = importer.open_file(content, file_name)
    shared = [name for name in imported.raw.table.column_names if name in more.table.column_names]
    if not shared:
        raise DataError(
            gettext("{title} has none of the table's columns; add the corrected rejects.", title=more.title)
        )
    whole = _as_text(imported.raw.table).to_pandas()
    new = _as_text(more.table).to_pandas().reindex(columns=whole.columns, fill_value="")
    numbers = imported.raw.numbers
    places = pd.Series(np.arange(len(numbers)), index=numbers)
    at = places.reindex(_row_numbers(more)).to_numpy("float64")
    if ROW_COLUMN not in more.table.column_names:
        at = _same_rows(whole[shared], new[shared], imported.mapping.columns)
    is_correction = ~np.isnan(at)
    changed = whole.copy()
    changed.iloc[at[is_correction].astype(int), [whole.columns.get_loc(name) for name in shared]] = new.loc[
        is_correction, shared
    ].to_numpy()
    last = int(numbers.max(initial=1))
    rows = pd.concat([changed, new[~is_correction]], ignore_index=True)
    table = pa.table({name: as_arrow(rows[name].astype("str")) for name in rows.columns})
    raw_table.check_rows(len(table), imported.raw.title)
    added = np.arange(last + 1, last + 1 + int((~is_correction).sum()), dtype=np.int64)
    kept = [
        odd for odd in imported.raw.oddities if odd.row not in set(numbers[at[is_correction].astype(int)])
    ]
    raw = replace(imported.raw, table=table, numbers=np.concatenate([numbers, added]), oddities=tuple(kept))
    return importer.build(raw, imported.mapping, apply=imported.applied)


def _same_rows(old: pd.DataFrame, new: pd.DataFrame, roles: Mapping[str, str]) -> npt.NDArray[np.float64]:
    """Returns the place of the old row that each new row is a newer state of; NaN for none.

    The whole file again: the same place, if most rows there are equal. Else the row with the same cells, the
    same id or the same name.
    """
    if len(old) == len(new) and (old.to_numpy() == new.to_numpy()).all(axis=1).mean() >= 0.5:
        return np.arange(len(new), dtype="float64")
    at = _places_of(pd.Series(old.agg("\x1f".join, axis=1)), pd.Series(new.agg("\x1f".join, axis=1)))
    for role in ("plant_id", "name"):
        column = roles.get(role)
        if column in new.columns and old[column].is_unique and new[column].is_unique:
            found = _places_of(old[column], new[column])
            return np.where(np.isnan(at), np.where((new[column] != "").to_numpy(), found, np.nan), at)
    return at


def _places_of(old: pd.Series, new: pd.Series) -> npt.NDArray[np.float64]:
    """Returns the place of each new text among the old ones, the n-th of equal texts for the n-th."""
    places = pd.Series(np.arange(len(old)), index=_counted(old))
    return places.reindex(_counted(new)).to_numpy("float64")


def _counted(texts: pd.Series) -> pd.Index:
    return pd.Index(texts + "\x1f" + texts.groupby(texts).cumcount().astype("str"))


def _row_numbers(more: Raw) -> npt.NDArray[np.float64]:
    if ROW_COLUMN not in more.table.column_names:
        return np.full(len(more.table), np.nan)
    text = more.table.column(ROW_COLUMN).to_pandas().astype("str").str.replace(r"[.,\s]", "", regex=True)
    return np.array(pd.to_numeric(text, errors="coerce"), "float64")


def _as_text(table: pa.Table) -> pa.Table:
    """Returns all cells as text, as the file would show them."""
    cells = {name: values.text_of(table.column(name)) for name in table.column_names}
    return pa.table(cells) if cells else table
