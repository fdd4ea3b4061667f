"""Draws Altair charts: models of plants as a timeline, vehicles built per year, distances between plants.

Charts are SVG with colours that CSS resolves (`currentColor`, `light-dark`), so that the same chart is right
in both themes. They are as wide as the page: labels have a line of their own above their bar, and an
expression keeps them inside, so that none is clipped on a telephone. Knows no Streamlit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from atlas.alfa import history, tables
from atlas.drawing import look

ROW_PX, TEXT_PX = 27, 12
OUTPUT_HEIGHT_PX = 170
LONG_ROWS = 24
SQUARE_PX, SMALL_SQUARE_PX, MOST_NUMBERED, NAME_PX = 36, 20, 8, 130
NO_MODEL = "no model to show"
_CHARACTER_PX = 6.3
_TEXT, _GRID = "currentColor", "color-mix(in srgb, currentColor 14%, transparent)"
_INSIDE = f"max(0, min(scale('x', datum.begins), width - datum.characters * {_CHARACTER_PX}))"


def timeline(
    runs: pd.DataFrame,
    plants: pd.DataFrame,
    *,
    year: int | None = None,
    picked: Sequence[str] = (),
    words: str = "",
) -> alt.LayerChart:
    """Draws runs (see `history.runs`) as bars in time, with a heading above the bars of each plant.

    A model that is still built ends in an arrow at the as-of month; other brands are pale with an outline.
    `year` is marked through the chart, the models `picked` stand out, `words` are the chart in words.
    """
    headings, bars = rows_of(runs, plants, picked)
    is_long = len(headings) + len(bars) > LONG_ROWS
    height = (len(headings) + len(bars) + (1 if year else 0) + (1 if is_long else 0)) * ROW_PX
    first = min([year or tables.AS_OF_YEAR, *(int(begin) for begin in runs["start_year"])])
    span = (first - first % 10, tables.AS_OF_YEAR + 1)
    axes = _Axes(span, height)
    layers = [
        alt.Chart(headings).mark_rule(stroke=_GRID).encode(y=axes.y("bottom")),
        *_year_line(axes, year, (len(headings) + len(bars) + 1) * ROW_PX - 6),
        *(_bars(axes, bars) if len(bars) else []),
        _headings(axes, headings),
        *(_years_below(axes) if is_long else []),
    ]
    return _drawn(alt.layer(*layers), height, words)


@dataclass(frozen=True)
class _Axes:
    """The axes of all layers: the years from left to right and the height in pixels."""

    span: tuple[int, int]
    height: int

    def x(self, field: str) -> alt.X:
        axis = alt.Axis(
            orient="top", format="d", labelFontSize=TEXT_PX, labelColor=_TEXT, gridColor=_GRID, tickMinStep=1
        )
        return alt.X(
            f"{field}:Q", scale=alt.Scale(domain=self.span, nice=False, zero=False), axis=axis, title=None
        )

    def y(self, field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[self.height, 0], nice=False), axis=None)


def _tips() -> list[alt.Tooltip]:
    shown = {"plant": "Plant", "named": "Model", "told": "Built", "note": "Note"}
    return [alt.Tooltip(f"{name}:N", title=title) for name, title in shown.items()]


def _bars(axes: _Axes, bars: pd.DataFrame) -> list[alt.Chart]:
    """Draws the bars with their names, and an arrow where a model is still built."""
    shared: dict[str, Any] = {
        "fill": alt.Fill("colour:N", scale=None),
        "stroke": alt.Stroke("colour:N", scale=None),
        "opacity": alt.condition("datum.is_faint", alt.value(0.35), alt.value(1)),
        "tooltip": _tips(),
    }
    bar = (
        alt.Chart(bars)
        .mark_rect(cornerRadius=3, strokeWidth=1.5)
        .encode(
            x=axes.x("begins"),
            x2="ends:Q",
            y=axes.y("top"),
            y2="bottom:Q",
            fillOpacity=alt.condition("datum.is_alfa", alt.value(1), alt.value(0.2)),
            **shared,
        )
    )
    arrow = (
        alt.Chart(bars[bars["is_open"]])
        .mark_point(shape="triangle-right", filled=True, size=150, xOffset=5)
        .encode(x=axes.x("ends"), y=axes.y("middle"), **shared)
    )
    picked = bars["is_picked"]
    return [bar, arrow, _labels(axes, bars[~picked], "normal"), _labels(axes, bars[picked], "bold")]


def _labels(axes: _Axes, bars: pd.DataFrame, weight: Any) -> alt.Chart:
    """Draws name and years above each bar; an ellipsis ends a text that is wider than the chart."""
    look: dict[str, Any] = {
        "align": "left",
        "baseline": "bottom",
        "fontSize": TEXT_PX,
        "fill": _TEXT,
        "dy": -1,
    }
    marked = alt.Chart(bars).mark_text(
        fontWeight=weight, x=alt.expr(_INSIDE), limit=alt.expr("width"), **look
    )
    faint = alt.condition("datum.is_faint", alt.value(0.75), alt.value(1))
    chart: alt.Chart = marked.encode(y=axes.y("top"), text="label:N", opacity=faint, tooltip=_tips())
    return chart


def _headings(axes: _Axes, headings: pd.DataFrame) -> alt.Chart:
    marked = alt.Chart(headings).mark_text(
        align="left",
        baseline="bottom",
        fontSize=TEXT_PX + 2,
        fontWeight="bold",
        fill=_TEXT,
        x=0,
        limit=alt.expr("width"),
    )
    chart: alt.Chart = marked.encode(y=axes.y("bottom"), text="label:N")
    return chart


def _years_below(axes: _Axes) -> list[alt.Chart]:
    """Draws the years again at the foot of a long chart."""
    first, last = axes.span
    years = range(first - first % 20 + 20, last, 20)
    place = pd.DataFrame([{"begins": year, "bottom": axes.height, "label": f"{year}"} for year in years])
    marked = alt.Chart(place).mark_text(baseline="bottom", fontSize=TEXT_PX, fill=_TEXT)
    return [marked.encode(x=axes.x("begins"), y=axes.y("bottom"), text="label:N")]


def _year_line(axes: _Axes, year: int | None, foot: int) -> list[alt.Chart]:
    """Draws a year as a band through the chart, with its number below the bars, at `foot`."""
    if year is None:
        return []
    place = pd.DataFrame(
        [{"begins": year, "ends": year + 1, "top": 0, "bottom": foot, "label": f"{year}", "characters": 6}]
    )
    band = alt.Chart(place).mark_rect(fill=_TEXT, fillOpacity=0.16, stroke=_TEXT, strokeOpacity=0.5)
    number = alt.Chart(place).mark_text(
        align="left",
        baseline="bottom",
        dx=3,
        fontSize=TEXT_PX + 1,
        fontWeight="bold",
        fill=_TEXT,
        x=alt.expr(_INSIDE),
    )
    return [
        band.encode(x=axes.x("begins"), x2="ends:Q", y=axes.y("top"), y2="bottom:Q"),
        number.encode(y=axes.y("bottom"), text="label:N"),
    ]


def rows_of(
    runs: pd.DataFrame, plants: pd.DataFrame, picked: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns headings and bars with their places in pixels: for each plant a heading, then its runs."""
    names = history.short_names(plants)
    rows: list[dict[str, Any]] = []
    for number, plant_id in enumerate(plants["plant_id"]):
        of_plant = runs[runs["plant_id"] == plant_id]
        rows.append({"label": names[plant_id] if len(of_plant) else f"{names[plant_id]} · {NO_MODEL}"})
        rows += [
            _bar(run, look.SERIES[number % len(look.SERIES)].css, picked)
            for run in of_plant.to_dict("records")
        ]
    for number, row in enumerate(rows):
        middle = number * ROW_PX + ROW_PX - 6
        row |= {"middle": middle, "top": middle - 4, "bottom": middle + 4}
    return pd.DataFrame([row for row in rows if "named" not in row]), pd.DataFrame(
        [row for row in rows if "named" in row]
    )


def _bar(run: dict[Any, Any], colour: str, picked: Sequence[str]) -> dict[str, Any]:
    named = run["model"] if run["is_alfa"] else f"{run['brand']} {run['model']}"
    is_picked = bool(run["is_alfa"]) and run["model"] in picked
    label = f"{named}, {run['years']}"
    return {
        "plant": run["plant"],
        "named": named,
        "label": label,
        "characters": len(label) * (1.08 if is_picked else 1),
        "told": f"{run['years']}, still built today ({tables.AS_OF})" if run["is_open"] else run["years"],
        "begins": run["begins"],
        "ends": run["ends"],
        "is_open": bool(run["is_open"]),
        "is_alfa": bool(run["is_alfa"]),
        "is_picked": is_picked,
        "is_faint": bool(picked) and not is_picked,
        "note": run["note"] or "none",
        "colour": colour,
    }


# ---- output ----------------------------------------------------------------------------------------

_OUTPUT_YEARS = [str(year) for year in history.OUTPUT_YEARS]
_PRECISION_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "exact": {"fillOpacity": 1},
    "rounded": {"fillOpacity": 0.3},
    "derived": {"fillOpacity": 0, "strokeDash": [4, 3]},
}


def output(rows: pd.DataFrame, *, words: str = "") -> alt.LayerChart:
    """Draws the vehicles that a plant built per year: exact figures filled, rounded pale, derived dashed.

    `rows` are those of `history.output` for the plant. A year without a figure is a gap with a dash.
    """
    in_words = [
        f"{vehicles:,} ({precision})"
        for vehicles, precision in zip(rows["vehicles_built"], rows["precision"], strict=True)
    ]
    figures = rows.assign(year=rows["year"].astype(str), told=in_words, note=rows["note"].replace("", "none"))
    bars = [
        _output_bars(figures[figures["precision"] == precision], _PRECISION_LOOKS[precision])
        for precision in tables.PRECISIONS
        if (figures["precision"] == precision).any()
    ]
    return _drawn(alt.layer(_output_gaps(set(figures["year"])), *bars), OUTPUT_HEIGHT_PX, words)


def _output_bars(figures: pd.DataFrame, look_of_bar: Mapping[str, Any]) -> alt.Chart:
    axis = alt.Axis(labelFontSize=TEXT_PX, labelColor=_TEXT, gridColor=_GRID, tickCount=4, format="~s")
    bars = alt.Chart(figures).mark_bar(
        fill=look.TEAL.css, stroke=look.TEAL.css, strokeWidth=1.5, **look_of_bar
    )
    chart: alt.Chart = bars.encode(
        x=_output_years(),
        y=alt.Y("vehicles_built:Q", title=None, axis=axis),
        tooltip=[*_output_tips(), alt.Tooltip("note:N", title="Note")],
    )
    return chart


def _output_gaps(years_with_figure: set[str]) -> alt.Chart:
    years = [year for year in _OUTPUT_YEARS if year not in years_with_figure]
    dashes = alt.Chart(pd.DataFrame({"year": years, "told": "no figure"})).mark_text(
        text="–", fontSize=TEXT_PX + 2, fill=_TEXT, baseline="bottom", y="height"
    )
    chart: alt.Chart = dashes.encode(x=_output_years(), tooltip=_output_tips())
    return chart


def _output_years() -> alt.X:
    axis = alt.Axis(
        labelFontSize=TEXT_PX,
        labelColor=_TEXT,
        labelAngle=0,
        labelOverlap=False,
        labelExpr="'’' + slice(datum.label, 2)",
    )
    return alt.X("year:O", scale=alt.Scale(domain=_OUTPUT_YEARS), title=None, axis=axis)


def _output_tips() -> list[alt.Tooltip]:
    return [alt.Tooltip("year:O", title="Year"), alt.Tooltip("told:N", title="Vehicles")]


def _drawn(chart: alt.LayerChart | alt.FacetChart, height: int, words: str) -> alt.LayerChart:
    finished: alt.LayerChart = chart.properties(
        width="container", height=height, description=words, usermeta={"embedOptions": {"renderer": "svg"}}
    ).configure_view(strokeWidth=0)
    return finished


def as_sent(chart: alt.LayerChart) -> dict[str, Any]:
    """Returns the specification of a chart with its data where they are used.

    Named data Streamlit would turn into tables, and those into Arrow, with every run of a page: 5 ms for a
    small chart.
    """
    specification: dict[str, Any] = chart.to_dict()
    data = specification.pop("datasets", {})
    for part in (specification, *specification["layer"]):
        if (name := part.get("data", {}).get("name")) in data:
            part["data"] = {"values": data[name]}
    return specification


# ---- distances -------------------------------------------------------------------------------------


def matrix(square: pd.DataFrame, unit: str, *, words: str = "") -> alt.LayerChart:
    """Draws distances between plants (see `distances.matrix`) as squares, the nearer the stronger.

    Numbers in the squares and names above them are left out where there is no room.
    """
    names = square.index.tolist()
    rows = square.rename_axis("one").reset_index().melt("one", var_name="other", value_name="far")
    rows = rows[rows["one"] != rows["other"]]
    rows = rows.assign(told=[f"{far:,.0f}" for far in rows["far"]])
    is_large = len(names) > MOST_NUMBERED
    x = alt.X("other:N", scale=_squares(names), title=None, axis=None if is_large else _names(labelAngle=-50))
    y = alt.Y("one:N", scale=_squares(names), title=None, axis=_names())
    tips = [
        alt.Tooltip("one:N", title="From"),
        alt.Tooltip("other:N", title="To"),
        alt.Tooltip("far:Q", title=f"Distance ({unit})", format=",.1~f"),
    ]
    # Next to other continents, all distances in one country would look the same on an even scale.
    strength = alt.Scale(type="symlog", constant=10, range=[0.75, 0.06])
    layers = [
        alt.Chart(rows)
        .mark_rect(fill=look.TEAL.css, cornerRadius=2)
        .encode(x=x, y=y, fillOpacity=alt.FillOpacity("far:Q", scale=strength, legend=None), tooltip=tips)
    ]
    if not is_large:
        numbers = alt.Chart(rows).mark_text(fontSize=TEXT_PX, fill=_TEXT)
        layers.append(numbers.encode(x=x, y=y, text="told:N", tooltip=tips))
    side = SMALL_SQUARE_PX if is_large else SQUARE_PX
    above = 0 if is_large else min(NAME_PX, max(map(len, names)) * _CHARACTER_PX) * 0.8 + TEXT_PX
    return _drawn(alt.layer(*layers), round(side * len(names) + above), words)


def _squares(names: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(names), paddingInner=0.04)


def _names(**more: Any) -> alt.Axis:
    look: dict[str, Any] = {"labelFontSize": TEXT_PX, "labelColor": _TEXT, "labelLimit": NAME_PX, **more}
    return alt.Axis(labelOverlap=False, ticks=False, domain=False, orient="top" if more else "left", **look)
