"""The lines of the page Distances, drawn by the plant layer on a real map."""

from itertools import pairwise
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from playwright.sync_api import expect

from tests.browser.layer_page import Layer, at

WAY = "([from, to]) => AtlasLines.way(from, to)"


def lines(here: tuple[float, float], *places: int, name: str = "Turin") -> dict[str, Any]:
    return {"name": name, "here": list(here), "places": list(places)}


WAYS = [
    ((45.07, 7.69), (19.3, -99.6)),
    ((-17.7, 178.0), (19.3, -99.6)),
    ((35.0, 139.0), (-23.0, -43.0)),
    ((0.0, -170.0), (0.0, 170.0)),
]


@pytest.mark.parametrize(("start", "end"), WAYS)
def test_a_way_is_the_shortest(layer: Layer, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Every point of it is on the geodesic between its ends, as nearly as a sphere allows."""
    points = layer.js(WAY, [start, end])
    measure = Geodesic.WGS84.Inverse
    whole = measure(*start, *end)["s12"]
    for latitude, longitude in points:
        detour = measure(*start, latitude, longitude)["s12"] + measure(latitude, longitude, *end)["s12"]
        assert detour == pytest.approx(whole, rel=1e-4)
    assert points[0] == list(start)
    assert points[-1][0] == end[0]
    assert (points[-1][1] - end[1]) % 360 == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("start", "end"), WAYS)
def test_a_way_has_no_jump(layer: Layer, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Beyond the 180th meridian longitudes go on, so no line runs across the whole map."""
    points = layer.js(WAY, [start, end])
    steps = [abs(after[1] - before[1]) for before, after in pairwise(points)]
    assert max(steps) < 45


def test_a_short_way_is_one_step(layer: Layer) -> None:
    """And one to where it starts is no way at all."""
    assert layer.js(WAY, [(45, 9), (45.5, 9.5)]) == [[45, 9], [45.5, 9.5]]
    assert layer.js(WAY, [(45, 9), (45, 9)]) == [[45, 9]]


def test_lines_and_start_come_and_go(layer: Layer) -> None:
    """On three copies of the world; another start replaces them, none removes them, as does another table."""
    layer.draw(at((45.0, 9.0), (41.0, 14.0)), lines=lines((45.07, 7.69), 0, 1))
    drawn, marks = layer.page.locator(".atlas-line"), layer.page.locator(".atlas-start")
    expect(drawn).to_have_count(3)
    expect(marks).to_have_text(["Turin"] * 3)
    layer.show(lines=lines((41.0, 14.0), 0, name="<b>Cassino</b>"))
    expect(drawn).to_have_count(3)
    expect(marks).to_have_text(["<b>Cassino</b>"] * 3)
    layer.show(lines=None)
    expect(drawn).to_have_count(0)
    expect(marks).to_have_count(0)
    layer.show(lines=lines((41.0, 14.0), 0))
    layer.draw(at((1.0, 1.0)), "v2")
    expect(drawn).to_have_count(0)


def test_a_line_ends_at_its_plant(layer: Layer) -> None:
    """To the pixel, as the line is drawn from the position that the mark has."""
    layer.draw(at((45.0, 9.0)), lines=lines((45.5, 8.0), 0))
    layer.look_at(45.2, 8.5, 9)
    (mark,) = layer.groups()
    x, y = layer.js(
        """() => { const found = [];
        map.eachLayer((one) => one instanceof L.Polyline && found.push(one));
        const end = found.map((one) => one.getLatLngs()[0].at(-1)).find((at) => Math.abs(at.lng) < 180);
        const { x, y } = map.project(end); return [x, y]; }"""
    )
    assert (x, y) == pytest.approx((mark["x"], mark["y"]), abs=0.5)


def test_lines_let_clicks_through(layer: Layer) -> None:
    """A plant under the start can be selected."""
    layer.draw(at((45.0, 9.0)), lines=lines((45.0, 9.0), 0))
    layer.look_at(45, 9, 6)
    box = layer.page.locator(".atlas-plant").first.bounding_box()
    assert box
    layer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    layer.wait("() => fired.some((event) => event.type === 'atlas:select')")


def test_the_view_goes_to_the_start_first(layer: Layer) -> None:
    """Also where a plant is selected at the start; later a click on a plant moves it as ever."""
    bounds = [[44.0, 7.0], [46.0, 10.0]]
    fit = {"key": "from", "bounds": bounds, "is_first": True}
    layer.draw(at((45.0, 9.0), (-20.0, 30.0)), selected=1, fit=fit, lines=lines((45.5, 8.0), 0))
    latitude, longitude = layer.js("() => [map.getCenter().lat, map.getCenter().lng]")
    assert (latitude, longitude) == pytest.approx((45, 8.5), abs=1.5)
