"""Charts: what is drawn is what the tables say, and is readable on a telephone and in both themes."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from atlas.alfa import history, tables
from atlas.drawing import charts, look

KNOWN = tables.load(Path(__file__).parent.parent.parent / "data")
PLANTS = pd.concat([KNOWN.plants, KNOWN.sites], ignore_index=True)
STORY = history.runs(PLANTS, KNOWN.production)
ALFAS = STORY[STORY["is_alfa"]]


SCALE = charts.OutputScale(2014)


def rows_of(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The rows behind the layers with a mark of this kind."""
    layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]
    names = [layer.get("data", spec.get("data"))["name"] for layer in layers]
    return [row for name in names for row in spec["datasets"][name]]


def sizes(part: Any) -> list[float]:
    """All sizes of text in a specification."""
    if isinstance(part, list):
        return [size for one in part for size in sizes(one)]
    if not isinstance(part, dict):
        return []
    own = [value for name, value in part.items() if name in ("fontSize", "labelFontSize", "titleFontSize")]
    return own + [size for name, one in part.items() if name != "datasets" for size in sizes(one)]


def test_every_run_is_a_bar() -> None:
    """From its start to the end of its end year, or to the as-of month."""
    bars = rows_of(charts.timeline(STORY, PLANTS).to_dict(), "rect")
    assert sorted((bar["plant"], bar["begins"], bar["ends"]) for bar in bars) == sorted(
        zip(STORY["plant"], STORY["begins"], STORY["ends"], strict=True)
    )


def test_what_goes_on_has_an_arrow_and_the_word() -> None:
    """An open end is visible, and the tooltip says today and of when."""
    arrows = rows_of(charts.timeline(ALFAS, PLANTS).to_dict(), "point")
    assert {arrow["named"] for arrow in arrows} == set(ALFAS.loc[ALFAS["is_open"], "model"])
    assert {arrow["told"] for arrow in arrows if arrow["named"] == "Junior"} == {
        "since 2024, still built today (February 2026)"
    }


def test_rows_do_not_overlap_and_plants_stand_in_the_order_of_their_first_model() -> None:
    """One row each, a heading above the runs of each plant; plants without a model have none."""
    headings, bars = charts.rows_of(ALFAS, PLANTS)
    middles = sorted([*headings["middle"], *bars["middle"]])
    assert {after - before for before, after in pairwise(middles)} == {charts.ROW_PX}
    assert headings["label"].tolist() == list(dict.fromkeys(bars["plant"]))
    assert headings["label"].tolist()[0] == "Portello"
    assert bars.groupby("plant", sort=False)["begins"].min().is_monotonic_increasing
    assert "Melfi" not in headings["label"].tolist()


def test_colours_are_those_of_statuses() -> None:
    """What is still built has the map's colour of plants that build now, what ended that of before."""
    _, bars = charts.rows_of(STORY, PLANTS)
    now, before = (look.LOOKS[code].colour.css for code in (0, 1))
    assert (bars["colour"] == bars["is_open"].map({True: now, False: before})).all()


def test_other_brands_are_named_and_pale() -> None:
    """Their maker stands before the model; more than colour tells them apart."""
    _, bars = charts.rows_of(STORY, PLANTS)
    others = bars[~bars["is_alfa"]]
    assert "Maserati Grecale, since 2022" in others["label"].tolist()
    assert "Giulia (952), since 2016" in bars["label"].tolist()


def test_a_picked_model_stands_out() -> None:
    """Its runs are bold at every plant, all others step back."""
    _, bars = charts.rows_of(ALFAS, PLANTS, ["156"])
    assert bars.loc[bars["is_picked"], "plant"].tolist() == ["Pomigliano d'Arco", "Rayong"]
    assert (bars["is_picked"] != bars["is_faint"]).all()
    _, bars = charts.rows_of(ALFAS, PLANTS)
    assert not bars["is_faint"].any()


def test_the_models_of_a_year_stand_out() -> None:
    """An end year counts to its end; a picked model stands out instead of the year's."""
    _, bars = charts.rows_of(ALFAS, PLANTS, year=1972)
    wanted = ALFAS[(ALFAS["start_year"] <= 1972) & (ALFAS["end_year"].fillna(2026) >= 1972)]
    assert sorted(bars.loc[bars["is_picked"], "named"]) == sorted(wanted["model"])
    assert (bars["is_picked"] != bars["is_faint"]).all()
    _, bars = charts.rows_of(ALFAS, PLANTS, ["156"], 1972)
    assert set(bars.loc[bars["is_picked"], "named"]) == {"156"}


def test_a_year_is_marked() -> None:
    """A band from its beginning to its end, with its number; none without a year."""
    spec = charts.timeline(ALFAS, PLANTS, year=1975).to_dict()
    band = rows_of(spec, "rect")[0]
    assert (band["begins"], band["ends"], band["label"]) == (1975, 1976, "1975")
    assert len(charts.timeline(ALFAS, PLANTS).to_dict()["layer"]) == len(spec["layer"]) - 2


def test_a_year_before_all_bars_is_on_the_chart() -> None:
    """The axis begins early enough."""
    modena = PLANTS[PLANTS["plant_id"] == "modena"]
    story = ALFAS[ALFAS["plant_id"] == "modena"]
    layers = charts.timeline(story, modena, year=1911).to_dict()["layer"]
    domains = [layer["encoding"]["x"]["scale"]["domain"] for layer in layers if "x" in layer["encoding"]]
    assert domains == [[1910, 2027]] * len(domains)


def test_a_click_sends_the_plant() -> None:
    """The bars know their plant, and the selection is of that."""
    spec = charts.timeline(ALFAS, PLANTS).to_dict()
    (clicked,) = [one for one in spec["params"] if one["name"] == charts.CLICKED]
    assert clicked["select"]["fields"] == ["plant_id"]
    assert {bar["plant_id"] for bar in rows_of(spec, "rect")} == set(ALFAS["plant_id"])


@pytest.mark.parametrize("plant", ["cassino", "toluca", "modena"])
def test_output_has_a_look_for_each_precision(plant: str) -> None:
    """Exact is filled, rounded pale, derived dashed; later years without a figure are dashes, not bars."""
    rows = history.output(PLANTS[PLANTS["plant_id"] == plant], KNOWN.output)
    spec = charts.output(rows, SCALE).to_dict()
    looks = {
        spec["datasets"][layer["data"]["name"]][0]["precision"]: (
            layer["mark"]["fillOpacity"],
            "strokeDash" in layer["mark"],
        )
        for layer in spec["layer"]
        if layer["mark"]["type"] == "bar"
    }
    wanted = {"exact": (1, False), "rounded": (0.3, False), "derived": (0, True)}
    assert looks == {name: look for name, look in wanted.items() if name in set(rows["precision"])}
    bars = {row["year"] for row in rows_of(spec, "bar")}
    gaps = {row["year"] for row in rows_of(spec, "text")}
    assert bars == {str(year) for year in rows["year"]}
    assert bars | gaps == {str(year) for year in range(rows["year"].min(), 2026)}
    assert not bars & gaps


def test_texts_are_large_enough() -> None:
    """No text of a chart is below 11 pixels."""
    output = charts.output(history.output(PLANTS, KNOWN.output).iloc[:8], SCALE)
    for chart in (charts.timeline(STORY, PLANTS, year=1975), output):
        found = sizes(chart.to_dict())
        assert found
        assert min(found) >= 11


def test_marks_are_silent() -> None:
    """A chart is said by its description and its table; its marks would read out numbers and colours."""
    output = charts.output(history.output(PLANTS, KNOWN.output).iloc[:8], SCALE)
    for chart in (charts.timeline(STORY, PLANTS, year=1975), output):
        marks = [layer["mark"] for layer in chart.to_dict()["layer"]]
        assert [mark for mark in marks if mark.get("aria") is not False] == []


def test_charts_follow_page_and_theme() -> None:
    """As wide as the page, and drawn so that colours are those of the theme."""
    for chart in (
        charts.timeline(ALFAS, PLANTS),
        charts.output(history.output(PLANTS, KNOWN.output).iloc[:8], SCALE),
    ):
        spec = chart.to_dict()
        assert spec["width"] == "container"
        assert spec["usermeta"] == {"embedOptions": {"renderer": "svg"}}


def test_a_hostile_name_is_a_value(hostile: str) -> None:
    """Plant and model text is data of the chart, never a part of its expressions."""
    story = ALFAS.iloc[:3].assign(model=hostile, plant=hostile, note=hostile)
    plants = PLANTS.iloc[:1].assign(name=hostile)
    spec = charts.timeline(story, plants, picked=[hostile]).to_dict()
    plain = charts.timeline(ALFAS.iloc[:3], PLANTS.iloc[:1], picked=["x"]).to_dict()
    for one in (spec, plain):
        for layer in one["layer"]:
            layer.pop("data", None)
        one.pop("datasets")
    assert spec == plain


def test_data_stand_where_they_are_used() -> None:
    """As many rows as the chart has, and no named data are left."""
    chart = charts.timeline(ALFAS, PLANTS)
    named, sent = chart.to_dict(), charts.as_sent(chart)
    assert "datasets" not in sent
    layers = zip(named["layer"], sent["layer"], strict=True)
    assert [after["data"]["values"] for _, after in layers] == [
        named["datasets"][before["data"]["name"]] for before in named["layer"]
    ]
