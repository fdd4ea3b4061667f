"""The cells whose letters were decoded wrongly: proposes what they were, and mends them if that is wanted.

What is proposed is checked: wrongly decoded again, it must be the text of the file. Touches nothing.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atlas.importing.files.raw_table import Raw
from atlas.importing.letters import mended, surely_mended
from atlas.importing.problems import Problem
from atlas.importing.rows import values
from atlas.language import gettext, gettext_noop

KIND = "letters"
_REASON = gettext_noop("The letters were decoded wrongly before the table came here.")


def read(raw: Raw, fixes: Collection[str]) -> tuple[Raw, list[Problem]]:
    """Returns the cells, with the letters mended if that fix is wanted, and the cells that need it."""
    table, problems = raw.table, []
    for place, column in enumerate(table.column_names):
        kind = table.schema.field(column).type
        if not (pa.types.is_large_string(kind) or pa.types.is_string(kind)):
            continue
        cells = values.text_of(table.column(column))
        odd = np.flatnonzero(~pc.string_is_ascii(cells).to_numpy(zero_copy_only=False))
        texts = dict(zip(odd.tolist(), cells.take(pa.array(odd)).to_pylist(), strict=True))
        texts = {row: text for row, text in texts.items() if mended(text) != text}
        better = {row: surely_mended(text) for row, text in texts.items()}
        if KIND in fixes and any(better.values()):
            rows = [row for row in better if better[row]]
            mask = np.zeros(len(cells), bool)
            mask[rows] = True
            new = pa.array([better[row] for row in rows], cells.type)
            mended_cells = pc.replace_with_mask(cells, pa.array(mask), new)
            table = table.set_column(place, column, mended_cells)
            texts = {row: text for row, text in texts.items() if not better[row]}
        if texts:
            fix = [better[row] for row in texts]
            problems.append(
                Problem(
                    np.array(list(texts), np.intp),
                    KIND,
                    gettext(_REASON),
                    column,
                    list(texts.values()),
                    fix,
                )
            )
    return replace(raw, table=table), problems
