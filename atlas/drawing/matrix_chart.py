"""Draws the distances between plants as an Altair chart. Knows no Streamlit."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from atlas.drawing import charts, look
from atlas.language import gettext, number

SQUARE_PX, NAME_PX = 30, 130
STRENGTHS = (0.5, 0.05)
"""How much of its colour the square of the nearest and of the farthest pair has: text stands out on both."""


def matrix(square: pd.DataFrame, unit: str, *, words: str = "") -> alt.LayerChart:
    """Draws distances between plants (see `distances.matrix`) as squares, the nearer the stronger.

    Each pair has one square, in the row of one plant and the column with the number of the other. Distances
    in the squares are left out where there is no room, on a telephone.
    """
    pairs = _pairs(square)
    x = alt.X(
        "column:O", scale=_squares(list(map(str, range(1, len(square))))), title=None, axis=_names("top")
    )
    y = alt.Y("row:N", scale=_squares(_numbered(square)), title=None, axis=_names("left"))
    tips = [
        alt.Tooltip("one:N", title=gettext("From")),
        alt.Tooltip("other:N", title=gettext("To")),
        alt.Tooltip("far:Q", title=gettext("Distance ({unit})", unit=unit), format=",.1~f"),
    ]
    # Next to other continents, all distances in one country would look the same on an even scale.
    strength = alt.Scale(type="symlog", constant=10, range=list(STRENGTHS))
    squares = alt.Chart(pairs).mark_rect(fill=look.ANY.colour.css, cornerRadius=2, aria=False)
    room = max(map(len, pairs["told"])) * charts.CHARACTER_PX
    numbers = alt.Chart(pairs).mark_text(
        fontSize=charts.TEXT_PX,
        fill=charts.TEXT,
        opacity=alt.expr(f"width / {len(square) - 1} < {room:.0f} ? 0 : 1"),
        aria=False,
    )
    layers = [
        squares.encode(
            x=x, y=y, fillOpacity=alt.FillOpacity("far:Q", scale=strength, legend=None), tooltip=tips
        ),
        numbers.encode(x=x, y=y, text="told:N", tooltip=tips),
    ]
    return charts.drawn(alt.layer(*layers), SQUARE_PX * len(square) + charts.ROW_PX, words)


def _pairs(square: pd.DataFrame) -> pd.DataFrame:
    """Returns a row for each pair of plants."""
    names, numbered, far = square.index.tolist(), _numbered(square), square.to_numpy()
    return pd.DataFrame(
        [
            {
                "row": numbered[row],
                "column": str(column + 1),
                "one": names[row],
                "other": names[column],
                "far": float(far[row, column]),
                "told": number(round(far[row, column])),
            }
            for row, column in zip(*np.tril_indices(len(square), -1), strict=True)
        ]
    )


def _numbered(square: pd.DataFrame) -> list[str]:
    return [f"{number} {name}" for number, name in enumerate(square.index, 1)]


def _squares(names: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), paddingInner=0.04)


def _names(orient: Any) -> alt.Axis:
    texts: dict[str, Any] = {
        "labelFontSize": charts.TEXT_PX,
        "labelColor": charts.TEXT,
        "labelLimit": NAME_PX,
    }
    return alt.Axis(labelOverlap=False, labelAngle=0, ticks=False, domain=False, orient=orient, **texts)
