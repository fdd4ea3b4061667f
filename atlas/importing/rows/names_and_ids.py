"""What each row is called, and the id by which links and files name it. Touches nothing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from atlas.importing.problems import Problem
from atlas.importing.roles import guessing
from atlas.importing.rows.step import FileCells, Step
from atlas.language import gettext, gettext_noop
from atlas.text import as_arrow, fold, shortened

NO_NAME = "(no name)"
_CALLED_BY = ("name", "official_name", "address", "town", "plant_id", "coordinates")
_NO_NAMES = {
    "official_name": gettext_noop("No column is a name; plants are called by their official name."),
    "address": gettext_noop("No column is a name; plants are called by their address."),
    "town": gettext_noop("No column is a name; plants are called by their town."),
    "plant_id": gettext_noop("No column is a name; plants are called by their plant id."),
    "coordinates": gettext_noop("No column is a name; plants are called by their coordinates."),
}


def name(cells: FileCells, table: Mapping[str, pd.Series]) -> Step:
    """Returns the name of each row: its own, else its address, town, id or position."""
    names = pd.Series("", index=pd.RangeIndex(cells.rows), dtype="str")
    roles = [role for role in _CALLED_BY if role in cells.column_of]
    for role in roles:
        texts = table[cells.names[cells.column_of[role]]].astype("str")
        names = names.mask((names == "").to_numpy(), texts)
    notes = []
    if roles and roles[0] != "name":
        notes.append(gettext(_NO_NAMES[roles[0]]))
    elif roles and not guessing.is_word_for("name", cells.column_of["name"]):
        notes.append(
            gettext(
                "No column is called a name; plants are called by “{column}”.",
                column=shortened(cells.column_of["name"]),
            )
        )
    return Step({"name": names.mask((names == "").to_numpy(), NO_NAME)}, notes=notes)


def plant_id(cells: FileCells, table: Mapping[str, pd.Series]) -> Step:
    """Returns the file's own ids, if each row has one; else ids made from the names: "ulsan", "ulsan-2"."""
    names = as_arrow(table["name"].astype("str").replace(NO_NAME, ""))
    if "plant_id" not in cells.column_of:
        return Step({"plant_id": made_ids(names)})
    column = cells.column_of["plant_id"]
    ids = table["plant_id"].astype("str").fillna("")
    empty = np.flatnonzero((ids == "").to_numpy())
    if len(empty):
        reason = gettext("Empty, so all ids are made from the names.")
        return Step({"plant_id": made_ids(names)}, [Problem(empty, "id", reason, column)])
    again = ids.duplicated().to_numpy()
    reason = gettext("This id stands twice; the row got one of its own.")
    wrong = Problem(np.flatnonzero(again), "id", reason, column, ids[again].tolist())
    return Step({"plant_id": _with_row(ids, pd.Series(cells.raw.numbers, index=ids.index))}, [wrong])


def made_ids(names: pa.Array) -> pd.Series:
    """Returns ids made from names, each once: "ulsan", "ulsan-2"."""
    is_plain = pc.string_is_ascii(names)
    accented = np.flatnonzero(~is_plain.to_numpy(zero_copy_only=False))
    folded = pa.array([fold(text) for text in names.take(pa.array(accented)).to_pylist()], pa.large_string())
    plain = (
        pc.replace_with_mask(pc.utf8_lower(names), pc.invert(is_plain), folded) if len(accented) else names
    )
    words = pc.replace_substring_regex(pc.utf8_lower(plain), "[^a-z0-9]+", "-")
    slugs = pd.Series(pc.utf8_slice_codeunits(pc.utf8_trim(words, "-"), 0, 60).to_pandas(), dtype="str")
    slugs = slugs.mask(slugs == "", "plant")
    again = slugs.groupby(slugs).cumcount()
    ids = slugs.mask(again > 0, slugs + "-" + (again + 1).astype("str"))
    # "ulsan-2" may also be a name; the row number settles what is left.
    return _with_row(ids, pd.Series(range(1, len(ids) + 1)))


def _with_row(ids: pd.Series, numbers: pd.Series) -> pd.Series:
    """Returns ids of which those that stand twice have the number of their row behind them."""
    row = "-row-" + numbers.astype("str")
    while (again := ids.duplicated()).any():
        ids = ids.mask(again, ids + row)
    return ids
