"""Tables -> Altair charts: the models of each plant as a timeline, what a plant built per year, and the
distances between plants.

Charts are drawn as SVG with colours that CSS resolves (`currentColor`, `light-dark`), so that one chart is
right in both themes, and are as wide as the page: labels have a line of their own above their bar and are
kept inside by an expression, so that none is clipped on a telephone. Knows no Streamlit.
"""

from collections.abc import Iterable, Sequence
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
    story: pd.DataFrame,
    plants: pd.DataFrame,
    *,
    year: int | None = None,
    picked: Sequence[str] = (),
    words: str = "",
) -> alt.LayerChart:
    """Runs (see `history.runs`) of these plants as bars in time, a heading above those of each plant.

    What is still built ends in an arrow at the as-of month; other brands are pale with an outline.
    `year`: marked through the chart; `picked`: models that stand out, all others step back; `words`: the
    chart in words.
    """
    headings, bars = rows_of(story, plants, picked)
    is_long = len(headings) + len(bars) > LONG_ROWS
    height = (len(headings) + len(bars) + (1 if year else 0) + (1 if is_long else 0)) * ROW_PX
    first = min([year or tables.AS_OF_YEAR, *(int(begin) for begin in story["start_year"])])
    span = (first - first % 10, tables.AS_OF_YEAR + 1)
    frame = _Frame(span, height)
    layers = [
        alt.Chart(headings).mark_rule(stroke=_GRID).encode(y=frame.y("bottom")),
        *_year_line(frame, year, (len(headings) + len(bars) + 1) * ROW_PX - 6),
        *(_bars(frame, bars) if len(bars) else []),
        _headings(frame, headings),
        *(_years_below(frame) if is_long else []),
    ]
    return _drawn(alt.layer(*layers), height, words)


@dataclass(frozen=True)
class _Frame:
    """What all layers share: the years from left to right and the height in pixels."""

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


def _bars(frame: _Frame, bars: pd.DataFrame) -> list[alt.Chart]:
    """The bars with their names, and an arrow where one goes on."""
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
            x=frame.x("begins"),
            x2="ends:Q",
            y=frame.y("top"),
            y2="bottom:Q",
            fillOpacity=alt.condition("datum.is_alfa", alt.value(1), alt.value(0.2)),
            **shared,
        )
    )
    arrow = (
        alt.Chart(bars[bars["is_open"]])
        .mark_point(shape="triangle-right", filled=True, size=150, xOffset=5)
        .encode(x=frame.x("ends"), y=frame.y("middle"), **shared)
    )
    picked = bars["is_picked"]
    return [bar, arrow, _labels(frame, bars[~picked], "normal"), _labels(frame, bars[picked], "bold")]


def _labels(frame: _Frame, bars: pd.DataFrame, weight: Any) -> alt.Chart:
    """Names and years, each above its bar; one longer than the chart is wide ends in an ellipsis."""
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
    chart: alt.Chart = marked.encode(y=frame.y("top"), text="label:N", opacity=faint, tooltip=_tips())
    return chart


def _headings(frame: _Frame, headings: pd.DataFrame) -> alt.Chart:
    marked = alt.Chart(headings).mark_text(
        align="left",
        baseline="bottom",
        fontSize=TEXT_PX + 2,
        fontWeight="bold",
        fill=_TEXT,
        x=0,
        limit=alt.expr("width"),
    )
    chart: alt.Chart = marked.encode(y=frame.y("bottom"), text="label:N")
    return chart


def _years_below(frame: _Frame) -> list[alt.Chart]:
    """The axis once more at the foot of a long chart."""
    first, last = frame.span
    years = range(first - first % 20 + 20, last, 20)
    place = pd.DataFrame([{"begins": year, "bottom": frame.height, "label": f"{year}"} for year in years])
    marked = alt.Chart(place).mark_text(baseline="bottom", fontSize=TEXT_PX, fill=_TEXT)
    return [marked.encode(x=frame.x("begins"), y=frame.y("bottom"), text="label:N")]


def _year_line(frame: _Frame, year: int | None, foot: int) -> list[alt.Chart]:
    """A year as a band of its own width through the chart, with its number below the bars, at `foot`."""
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
        band.encode(x=frame.x("begins"), x2="ends:Q", y=frame.y("top"), y2="bottom:Q"),
        number.encode(y=frame.y("bottom"), text="label:N"),
    ]


def rows_of(
    story: pd.DataFrame, plants: pd.DataFrame, picked: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The chart's rows as headings and bars: for each plant a heading, then its runs; places in pixels."""
    names = history.short_names(plants)
    rows: list[dict[str, Any]] = []
    for number, plant_id in enumerate(plants["plant_id"]):
        own = story[story["plant_id"] == plant_id]
        rows.append({"label": names[plant_id] if len(own) else f"{names[plant_id]} · {NO_MODEL}"})
        rows += [
            _bar(run, look.SERIES[number % len(look.SERIES)].css, picked) for run in own.to_dict("records")
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


def output(rows: pd.DataFrame, *, words: str = "") -> alt.LayerChart:
    """One plant's vehicles per year: exact figures are filled, rounded ones pale, derived ones dashed.

    `rows`: those of `history.output` of one plant. A year without a figure stays a gap with a dash.
    """
    years = [str(year) for year in history.OUTPUT_YEARS]
    told = rows.assign(year=rows["year"].astype(str), told=[_told(*pair) for pair in _pairs(rows)])
    told = told.assign(note=told["note"].replace("", "none"))
    empty = pd.DataFrame(
        {"year": [year for year in years if year not in set(told["year"])], "told": "no figure"}
    )
    x = alt.X(
        "year:O",
        scale=alt.Scale(domain=years),
        title=None,
        axis=alt.Axis(
            labelFontSize=TEXT_PX,
            labelColor=_TEXT,
            labelAngle=0,
            labelOverlap=False,
            labelExpr="'’' + slice(datum.label, 2)",
        ),
    )
    y = alt.Y(
        "vehicles_built:Q",
        title=None,
        axis=alt.Axis(labelFontSize=TEXT_PX, labelColor=_TEXT, gridColor=_GRID, tickCount=4, format="~s"),
    )
    tips = [alt.Tooltip("year:O", title="Year"), alt.Tooltip("told:N", title="Vehicles")]
    full = [*tips, alt.Tooltip("note:N", title="Note")]
    colour = look.TEAL.css
    looks: dict[str, dict[str, Any]] = {
        "exact": {"fillOpacity": 1},
        "rounded": {"fillOpacity": 0.3},
        "derived": {"fillOpacity": 0, "strokeDash": [4, 3]},
    }
    bars = [
        alt.Chart(told[told["precision"] == precision])
        .mark_bar(fill=colour, stroke=colour, strokeWidth=1.5, **looks[precision])
        .encode(x=x, y=y, tooltip=full)
        for precision in tables.PRECISIONS
        if (told["precision"] == precision).any()
    ]
    gaps = (
        alt.Chart(empty)
        .mark_text(text="–", fontSize=TEXT_PX + 2, fill=_TEXT, baseline="bottom", y="height")
        .encode(x=x, tooltip=tips)
    )
    return _drawn(alt.layer(gaps, *bars), OUTPUT_HEIGHT_PX, words)


def _pairs(rows: pd.DataFrame) -> Iterable[tuple[int, str]]:
    return zip(rows["vehicles_built"], rows["precision"], strict=True)


def _told(vehicles: int, precision: str) -> str:
    return f"{vehicles:,} ({precision})"


def _drawn(chart: alt.LayerChart | alt.FacetChart, height: int, words: str) -> alt.LayerChart:
    finished: alt.LayerChart = chart.properties(
        width="container", height=height, description=words, usermeta={"embedOptions": {"renderer": "svg"}}
    ).configure_view(strokeWidth=0)
    return finished


# ---- distances -------------------------------------------------------------------------------------


def matrix(square: pd.DataFrame, unit: str, *, words: str = "") -> alt.LayerChart:
    """Distances between plants (see `distances.matrix`) as squares, the nearer the stronger.

    While there is room, numbers stand in the squares and names above them.
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
