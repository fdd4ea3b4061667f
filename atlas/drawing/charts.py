"""Draws Altair charts: models of plants as a timeline, and vehicles built per year.

Charts are SVG with colours that CSS resolves (`currentColor`, `light-dark`), so that the same chart is right
in both themes. They are as wide as the page: labels have a line of their own above their bar, and an
expression keeps them inside, so that none is clipped on a telephone. Knows no Streamlit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from atlas.alfa import facts, history, schemas, tables
from atlas.drawing import look
from atlas.language import gettext, number

ROW_PX, TEXT_PX = 27, 12
OUTPUT_HEIGHT_PX = 130
LONG_ROWS = 24
CLICKED = "plant_clicked"
"""The selection that a click on the timeline makes."""
CHARACTER_PX = 6.3
TEXT, _GRID = "currentColor", "color-mix(in srgb, currentColor 14%, transparent)"
_INSIDE = f"max(0, min(scale('x', datum.begins), width - datum.characters * {CHARACTER_PX}))"


def timeline(
    runs: pd.DataFrame,
    plants: pd.DataFrame,
    *,
    year: int | None = None,
    picked: Sequence[str] = (),
    words: str = "",
) -> alt.LayerChart:
    """Draws runs (see `history.runs`) as bars in time, with a heading above the bars of each plant.

    Colours are those of statuses: one for models that are still built, which end in an arrow at the as-of
    month, one for those that ended. Other brands are pale with an outline. `year` is marked through the
    chart; the models `picked`, else those of the year, stand out. `words` are the chart in words. A click on
    a bar or a name sends its `plant_id` as the selection `CLICKED`.
    """
    headings, bars = rows_of(runs, plants, picked, year)
    is_long = len(headings) + len(bars) > LONG_ROWS
    height = (len(headings) + len(bars) + (1 if year else 0) + (1 if is_long else 0)) * ROW_PX
    first = min([year or tables.AS_OF_YEAR, *(int(begin) for begin in runs["start_year"])])
    span = (first - first % 10, tables.AS_OF_YEAR + 1)
    axes = _Axes(span, height)
    layers = [
        alt.Chart(headings).mark_rule(stroke=_GRID, aria=False).encode(y=axes.y("bottom")),
        *_year_line(axes, year, (len(headings) + len(bars) + 1) * ROW_PX - 6),
        *(_bars(axes, bars) if len(bars) else []),
        _headings(axes, headings),
        *(_years_below(axes) if is_long else []),
    ]
    return drawn(alt.layer(*layers), height, words)


def _clicked() -> alt.Parameter:
    """Returns the selection that a click makes; never shown, as the page says which plant is selected."""
    return alt.selection_point(name=CLICKED, fields=["plant_id"], empty=False, toggle=False)


@dataclass(frozen=True)
class _Axes:
    """The axes of all layers: the years from left to right and the height in pixels."""

    span: tuple[int, int]
    height: int

    def x(self, field: str) -> alt.X:
        axis = alt.Axis(
            orient="top", format="d", labelFontSize=TEXT_PX, labelColor=TEXT, gridColor=_GRID, tickMinStep=1
        )
        return alt.X(
            f"{field}:Q", scale=alt.Scale(domain=self.span, nice=False, zero=False), axis=axis, title=None
        )

    def y(self, field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[self.height, 0], nice=False), axis=None)


def _tips() -> list[alt.Tooltip]:
    shown = {
        "plant": gettext("Plant"),
        "named": gettext("Model"),
        "told": gettext("Built"),
        "note": gettext("Note"),
    }
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
        alt.Chart(bars, name="runs")
        .mark_rect(cornerRadius=3, strokeWidth=1.5, cursor="pointer", aria=False)
        .encode(
            x=axes.x("begins"),
            x2="ends:Q",
            y=axes.y("top"),
            y2="bottom:Q",
            fillOpacity=alt.condition("datum.is_alfa", alt.value(1), alt.value(0.2)),
            **shared,
        )
        .add_params(_clicked())
    )
    arrow = (
        alt.Chart(bars[bars["is_open"]])
        .mark_point(shape="triangle-right", filled=True, size=150, xOffset=5, aria=False)
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
        "fill": TEXT,
        "dy": -1,
        "aria": False,
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
        fill=TEXT,
        x=0,
        limit=alt.expr("width"),
        aria=False,
    )
    chart: alt.Chart = marked.encode(y=axes.y("bottom"), text="label:N")
    return chart


def _years_below(axes: _Axes) -> list[alt.Chart]:
    """Draws the years again at the foot of a long chart."""
    first, last = axes.span
    years = range(first - first % 20 + 20, last, 20)
    place = pd.DataFrame([{"begins": year, "bottom": axes.height, "label": f"{year}"} for year in years])
    marked = alt.Chart(place).mark_text(baseline="bottom", fontSize=TEXT_PX, fill=TEXT, aria=False)
    return [marked.encode(x=axes.x("begins"), y=axes.y("bottom"), text="label:N")]


def _year_line(axes: _Axes, year: int | None, foot: int) -> list[alt.Chart]:
    """Draws a year as a band through the chart, with its number below the bars, at `foot`."""
    if year is None:
        return []
    place = pd.DataFrame(
        [{"begins": year, "ends": year + 1, "top": 0, "bottom": foot, "label": f"{year}", "characters": 6}]
    )
    band = alt.Chart(place).mark_rect(fill=TEXT, fillOpacity=0.16, stroke=TEXT, strokeOpacity=0.5, aria=False)
    number = alt.Chart(place).mark_text(
        align="left",
        baseline="bottom",
        dx=3,
        fontSize=TEXT_PX + 1,
        fontWeight="bold",
        fill=TEXT,
        x=alt.expr(_INSIDE),
        aria=False,
    )
    return [
        band.encode(x=axes.x("begins"), x2="ends:Q", y=axes.y("top"), y2="bottom:Q"),
        number.encode(y=axes.y("bottom"), text="label:N"),
    ]


def rows_of(
    runs: pd.DataFrame, plants: pd.DataFrame, picked: Sequence[str] = (), year: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns headings and bars with their places in pixels: for each plant a heading, then its runs.

    The plants stand in the order of their first runs; those without any are left out.
    """
    names = history.short_names(plants)
    rows: list[dict[str, Any]] = []
    for plant_id in runs.groupby("plant_id")["begins"].min().sort_values(kind="stable").index:
        rows.append({"plant_id": plant_id, "label": names[plant_id]})
        rows += [_bar(run, picked, year) for run in runs[runs["plant_id"] == plant_id].to_dict("records")]
    for place, row in enumerate(rows):
        middle = place * ROW_PX + ROW_PX - 6
        row |= {"middle": middle, "top": middle - 4, "bottom": middle + 4}
    return pd.DataFrame([row for row in rows if "named" not in row]), pd.DataFrame(
        [row for row in rows if "named" in row]
    )


def _bar(run: dict[Any, Any], picked: Sequence[str], year: int | None) -> dict[str, Any]:
    named = run["model"] if run["is_alfa"] else f"{run['brand']} {run['model']}"
    is_picked = bool(run["is_alfa"]) and run["model"] in picked
    if not picked and year:
        is_picked = bool(run["begins"] <= year < run["ends"])
    label = f"{named}, {run['years']}"
    return {
        "plant_id": run["plant_id"],
        "plant": run["plant"],
        "named": named,
        "label": label,
        "characters": len(label) * (1.08 if is_picked else 1),
        "told": _told(run),
        "begins": run["begins"],
        "ends": run["ends"],
        "is_open": bool(run["is_open"]),
        "is_alfa": bool(run["is_alfa"]),
        "is_picked": is_picked,
        "is_faint": bool(picked or year) and not is_picked,
        "note": run["note"] or gettext("none"),
        "colour": (look.RED if run["is_open"] else look.TEAL).css,
    }


def _told(run: Mapping[Any, Any]) -> str:
    if not run["is_open"]:
        return str(run["years"])
    return gettext("{years}, still built today ({month})", years=run["years"], month=tables.as_of())


# ---- output ----------------------------------------------------------------------------------------

_PRECISION_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "exact": {"fillOpacity": 1},
    "rounded": {"fillOpacity": 0.3},
    "derived": {"fillOpacity": 0, "strokeDash": [4, 3]},
}


@dataclass(frozen=True)
class OutputScale:
    """What charts of output share: the first year, and the vehicles at the top (None: each its own)."""

    first_year: int
    most: int | None = None

    @property
    def years(self) -> list[str]:
        """Returns the years of the axis."""
        return [str(year) for year in history.OUTPUT_YEARS if year >= self.first_year]


def output(rows: pd.DataFrame, scale: OutputScale, *, words: str = "") -> alt.LayerChart:
    """Draws the vehicles that a plant built per year: exact figures filled, rounded pale, derived dashed.

    `rows` are those of `history.output` for the plant. After the first figure, a year without one is a gap
    with a dash.
    """
    in_words = [
        f"{number(int(vehicles))} ({facts.precision_in_words(precision)})"
        for vehicles, precision in zip(rows["vehicles_built"], rows["precision"], strict=True)
    ]
    figures = rows.assign(
        year=rows["year"].astype(str), told=in_words, note=rows["note"].replace("", gettext("none"))
    )
    most = scale.most or int(rows["vehicles_built"].max())
    bars = [
        _output_bars(figures[figures["precision"] == precision], scale, most, _PRECISION_LOOKS[precision])
        for precision in schemas.PRECISIONS
        if (figures["precision"] == precision).any()
    ]
    gaps = _output_gaps(scale, [int(year) for year in rows["year"]])
    return drawn(alt.layer(gaps, *bars), OUTPUT_HEIGHT_PX, words)


def _output_bars(
    figures: pd.DataFrame, scale: OutputScale, most: int, look_of_bar: Mapping[str, Any]
) -> alt.Chart:
    bars = alt.Chart(figures).mark_bar(
        fill=look.ANY.colour.css, stroke=look.ANY.colour.css, strokeWidth=1.5, aria=False, **look_of_bar
    )
    chart: alt.Chart = bars.encode(
        x=_output_years(scale),
        y=_output_axis(most),
        tooltip=[*_output_tips(), alt.Tooltip("note:N", title=gettext("Note"))],
    )
    return chart


def _output_axis(most: int) -> alt.Y:
    axis = alt.Axis(
        labelFontSize=TEXT_PX,
        labelColor=TEXT,
        gridColor=_GRID,
        tickCount=3,
        labelExpr="datum.value ? format(datum.value, '~s') : '0'",
    )
    domain = alt.Scale(domain=[0, most])
    return alt.Y("vehicles_built:Q", title=None, axis=axis, scale=domain)


def _output_gaps(scale: OutputScale, known: Sequence[int]) -> alt.Chart:
    years = [year for year in scale.years if min(known) < int(year) and int(year) not in known]
    dashes = alt.Chart(pd.DataFrame({"year": years, "told": gettext("no figure")}, dtype=object)).mark_text(
        text="–", fontSize=TEXT_PX + 2, fill=TEXT, baseline="bottom", y="height", aria=False
    )
    chart: alt.Chart = dashes.encode(x=_output_years(scale), tooltip=_output_tips())
    return chart


def _output_years(scale: OutputScale) -> alt.X:
    axis = alt.Axis(
        labelFontSize=TEXT_PX,
        labelColor=TEXT,
        labelAngle=0,
        labelOverlap=False,
        labelExpr="'’' + slice(datum.label, 2)",
    )
    return alt.X("year:O", scale=alt.Scale(domain=scale.years), title=None, axis=axis)


def _output_tips() -> list[alt.Tooltip]:
    return [alt.Tooltip("year:O", title=gettext("Year")), alt.Tooltip("told:N", title=gettext("Vehicles"))]


def drawn(chart: alt.LayerChart | alt.FacetChart, height: int, words: str) -> alt.LayerChart:
    """Returns a finished chart: as wide as the page, and said by its description, not by its marks."""
    finished: alt.LayerChart = (
        chart.properties(
            width="container",
            height=height,
            description=words,
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
        .configure_view(strokeWidth=0)
        .configure_axis(aria=False)
    )
    return finished


def as_sent(chart: alt.LayerChart) -> dict[str, Any]:
    """Returns the specification of a chart with its data where they are used.

    Named data Streamlit would turn into tables, and those into Arrow, with every run of a page: 5 ms for a
    small chart.
    """
    specification: dict[str, Any] = chart.to_dict()
    data = specification.pop("datasets", {})
    parts = [specification]
    for part in parts:
        parts += [*part.get("layer", ()), *([part["spec"]] if "spec" in part else ())]
        if (name := part.get("data", {}).get("name")) in data:
            part["data"] = {"values": data[name]}
    return specification
