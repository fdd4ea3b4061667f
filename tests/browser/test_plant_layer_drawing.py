"""The plant layer on a real map: where marks stand, and what they look like."""

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.layer_page import (
    LARGE,
    Layer,
    Plants,
    at,
    distinct_total,
    mask,
    plants,
    scattered,
    singles,
)

# ---- drawing -----------------------------------------------------------------------------------------


def test_a_million_plants_are_drawn_and_panned(layer: Layer) -> None:
    """Positions are fetched once; wherever one looks, at most 500 marks count all plants of the view."""
    million = scattered(1_000_000)
    layer.draw(million)
    layer.wait("() => state().marks.size > 0")
    assert distinct_total(layer) == 1_000_000
    for latitude, longitude, zoom in ((45, 9, 6), (44, 12, 6), (44, 12, 11), (-20, 179, 4)):
        layer.look_at(latitude, longitude, zoom)
        groups = layer.groups()
        assert 0 < len(groups) <= 500
        assert all(sum(group["kinds"]) == group["count"] for group in groups)
        west, north, east, south = layer.js("""() => { const { min, max } = map.getPixelBounds();
            return [min.x, min.y, max.x, max.y].map((px) => px * 2 ** (24 - map.getZoom())); }""")
        inside = in_box(million, west, north, east, south)
        wider = 100 * 2 ** (24 - zoom)
        around = in_box(million, west - wider, north - wider, east + wider, south + wider)
        assert inside <= sum(group["count"] for group in groups) <= around
    assert [path for path in layer.asked if "rows=" not in path] == ["/points/v1.bin"]


def in_box(table: Plants, west: float, north: float, east: float, south: float) -> int:
    x, y = table.x.astype(float), table.y.astype(float)
    return int((((x - west) % 2**32 <= east - west) & (y >= north) & (y <= south)).sum())


def test_what_stays_in_view_is_left_alone(layer: Layer) -> None:
    """Panning and selecting keep the elements of marks; only what comes into view is new."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.look_at(30, 10, 5)
    layer.js(
        "() => { window.before = new Map([...state().marks].map(([key, mark]) => [key, mark.element])); }"
    )
    layer.js("() => { map.panBy([120, 40], { animate: false }); }")
    layer.show(selected=singles(layer)[0])
    same, kept = layer.js("""() => {
        const kept = [...state().marks].filter(([key]) => before.has(key));
        return [kept.filter(([key, mark]) => before.get(key) === mark.element).length, kept.length];
    }""")
    assert same == kept > 50


def test_marks_stand_where_their_plants_are(layer: Layer) -> None:
    """Each mark is centred on its group's place on the screen, after pans and zooms of all kinds."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    off_centre = """() => Math.max(...[...state().marks.values()].map(({ element, group }) => {
        const box = element.getBoundingClientRect(), frame = map.getContainer().getBoundingClientRect();
        const at = map.latLngToContainerPoint(map.unproject([group.x, group.y], state().grid.zoom));
        return at.distanceTo([box.x + box.width / 2 - frame.x, box.y + box.height / 2 - frame.y]);
    }))"""
    assert layer.js(off_centre) < 1.5
    for move in (
        "map.panBy([333, 111], { animate: false })",
        "map.setView([10, 100], 5, { animate: false })",
        "map.setView([10, 140], 5, { animate: false })",
        "map.setZoomAround([200, 100], 6, { animate: false })",
        "map.setView([0, 725], 3, { animate: false })",
        "map._moveStart(true, false)._move(map.getCenter(), 3.4, { pinch: true, round: false })",
        "map._move(L.latLng(10, 720), 3.7, { pinch: true, round: false })",
        "map._resetView(L.latLng(10, 720), 4)",
    ):
        layer.js(f"() => {{ {move}; }}")
        assert layer.js(off_centre) < 1.5, move


def test_marks_glide_with_an_animated_zoom(layer: Layer) -> None:
    """During the zoom the old marks are on their way to their places; then the new ones are drawn."""
    layer.page.emulate_media(reduced_motion="no-preference")
    layer.draw(at((45, 9), (44, 11)))
    layer.look_at(45, 9, 6)
    layer.js("""() => {
        const moved = () => [...document.querySelectorAll(".atlas-plant")].map((one) => one.style.transform);
        map.once("zoomanim", () => { window.glided = moved(); });
        map.once("moveend", () => { window.arrived = moved(); });
        map.zoomIn();
    }""")
    layer.wait("() => window.arrived")
    glided, arrived = layer.js("() => [glided, arrived]")
    assert (len(glided), len(arrived)) == (2, 2)
    assert all(way.startswith("translate(") for way in glided)
    assert arrived == ["", ""]
    assert layer.js("() => state().grid.zoom") == 7
    layer.page.emulate_media(reduced_motion="reduce")


def test_an_update_during_a_zoom_is_not_lost(layer: Layer) -> None:
    """Leaflet ignores a new view while it zooms; the layer waits for the end."""
    layer.page.emulate_media(reduced_motion="no-preference")
    layer.draw(at((45, 9), (19, -99)))
    layer.look_at(45, 9, 5)
    other = {"mask": mask([False, True]), "fit": {"key": "one", "bounds": [[19, -99], [19, -99]]}}
    update = "requestAnimationFrame(() => AtlasPlants.update(map, told, showing))"
    layer.js(
        f"([told, showing]) => {{ map.once('zoomanim', () => {update}); map.zoomIn(); }}",
        [layer.told, layer.showing | other],
    )
    layer.wait("() => map.getBounds().contains([19, -99]) && state().groups.some(({ row }) => row === 1)")
    layer.page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize(("longitude", "expected"), [(9, [2, True]), (60, [0, False])])
def test_a_view_that_overlaps_stands_at_once(layer: Layer, longitude: float, expected: list[object]) -> None:
    """Plants and view are there with the update; a flight goes only to a far view."""
    layer.page.emulate_media(reduced_motion="no-preference")
    layer.draw(at((45, 9), (44, 10), (19, -99)))
    layer.look_at(44, longitude, 5)
    italy = {"mask": mask([True, True, False]), "fit": {"key": "italy", "bounds": [[44, 9], [45, 10]]}}
    at_once = layer.js(
        """([told, showing]) => {
            AtlasPlants.update(map, told, showing);
            return [state().groups.reduce((sum, group) => sum + group.count, 0), map.getZoom() > 6];
        }""",
        [layer.told, layer.showing | italy],
    )
    layer.wait("() => map.getBounds().contains([45, 9]) && map.getZoom() > 6 && !state().isZooming")
    layer.page.emulate_media(reduced_motion="reduce")
    assert at_once == expected


def test_each_copy_of_the_world_has_its_marks(layer: Layer) -> None:
    """A map wider than the world shows a plant as often as the world."""
    layer.open(1280, 256)
    layer.draw(at((45, 9)))
    layer.look_at(0, 0, 1)
    copies = sorted(group["x"] for group in layer.groups())
    assert [round(right - left) for left, right in pairwise(copies)] == [512, 512]
    layer.look_at(0, 360, 1)
    assert [round(group["x"]) for group in layer.groups()] == [round(x + 512) for x in copies]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (at(), []),
        (at((45, 9)), ["Plant 0, Town 0, Works"]),
        (at((45, 9), (45, 9), status=[1, 1]), ["2 plants (2: Worked)"]),
        (plants([0.5, 0.5], [0, 1]), ["Plant 0, Town 0, Works", "Plant 1, Town 1, Works"]),
        (plants([0.99999, 0.00001], [0.4, 0.4]), ["2 plants (2: Works)"] * 2),
    ],
    ids=["no plant", "one", "one spot", "both poles", "both sides of the antimeridian"],
)
def test_odd_tables(layer: Layer, table: Plants, expected: list[str]) -> None:
    """Nothing, one, the same spot, the edges of the world."""
    layer.open(500, 500)
    layer.draw(table)
    layer.look_at(0, 0, 1)
    assert layer.labels() == expected
    layer.show(mask=mask(np.zeros(len(table))), fit={"key": "none", "bounds": None})
    assert layer.labels() == []


def test_an_area_across_the_antimeridian_is_fitted_as_one(layer: Layer) -> None:
    """Fiji and Samoa: bounds that reach beyond 180 degrees show both side by side, near."""
    layer.draw(at((-18, 178), (-14, -171)), fit={"key": "", "bounds": [[-18, 178], [-14, 189]]})
    assert layer.js("() => map.getZoom()") > 5
    assert layer.labels() == ["Plant 0, Town 0, Works", "Plant 1, Town 1, Works"]
    expect(layer.page.locator(".atlas-plant")).to_have_count(2)


# ---- looks -------------------------------------------------------------------------------------------


def test_six_statuses_have_six_shapes(layer: Layer) -> None:
    """Each status has a picture of its own, on map and legend; without status all plants look the same."""
    table = plants(np.linspace(0.1, 0.9, 6), [0.4] * 6, range(6))
    words = ["a", "b", "c", "d", "e", "f"]
    layer.draw(table, statuses=words)
    layer.look_at(0, 0, 2)
    picture = "(one) => getComputedStyle(one).backgroundImage"
    pictures = f"""() => Object.fromEntries([...document.querySelectorAll('.atlas-plant')]
        .map((one) => [one.ariaLabel.at(-1), ({picture})(one)]))"""
    seen = layer.js(pictures)
    shapes = {re.search("(circle|rect|path)[^>]*", seen[word]).group() for word in words}  # type: ignore[union-attr]
    assert len(shapes) == 6
    icons = f"() => [...document.querySelectorAll('.atlas-legend i')].map({picture})"
    assert layer.js(icons) == [seen[word] for word in words]
    layer.draw(table, "v2", statuses=[])
    assert len(set(layer.js(pictures).values())) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_status_colours_stand_out_from_land_and_sea(layer: Layer, theme: str) -> None:
    """At least 3:1 (WCAG 1.4.11) for all six and for plants without status, in both themes; all different."""
    layer.js("(theme) => AtlasMarks.wearTheme(map.getContainer(), theme)", theme)
    colours, grounds = layer.js(
        """(theme) => {
            const style = getComputedStyle(map.getContainer());
            const { land, sea, highlight } = AtlasBasemap.themes[theme];
            return [[0, 1, 2, 3, 4, 5, "any"].map((status) => style.getPropertyValue("--status-" + status)),
                [land, sea, highlight]];
        }""",
        theme,
    )
    assert [pair for pair in combinations(colours, 2) if pair[0] == pair[1]] == []
    faint = [(one, ground) for one in colours for ground in grounds if contrast(one, ground) < 3]
    assert faint == []


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour.strip()[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_group_shows_the_shares_of_its_statuses(layer: Layer) -> None:
    """Three plants, one of another status: the ring is one third and two thirds, and the text says so."""
    layer.draw(at((45, 9), (45, 9.00001), (45, 9.00002), status=[0, 2, 2]))
    assert layer.labels() == ["3 plants (1: Works; 2: Never)"]
    ring = layer.js("() => document.querySelector('.atlas-group').style.getPropertyValue('--ring')")
    assert ring == "conic-gradient(var(--status-0) 0 33.33%, var(--status-2) 0 100.00%)"


def test_the_tooltip_follows_mouse_and_keyboard(layer: Layer) -> None:
    """One tooltip, on the mark that is pointed at or has the focus."""
    layer.draw(at((45, 9), (20, 60)))
    layer.look_at(30, 30, 3)
    tip = layer.page.locator(".atlas-tip")
    expect(tip).to_have_count(0)
    layer.page.locator("[data-plant=id-0]").hover()
    expect(tip.locator("strong")).to_have_text("Plant 0")
    layer.page.mouse.move(3, 3)
    layer.page.keyboard.press("Tab")
    layer.page.locator("[data-plant=id-1]").focus()
    expect(tip).to_have_text("Plant 1Town 1Works")
    expect(tip).to_have_count(1)


def test_an_unsure_position_looks_and_reads_unsure(layer: Layer) -> None:
    """A dashed ring, a word in the mark's name and a line in the legend; also while filters hide others."""
    layer.draw(at((45, 9), (-10, 60), (40, -100), status=[0, 1 + 128, 128]))
    layer.wait("() => state().marks.size === 3")
    assert layer.labels() == [
        "Plant 0, Town 0, Works",
        "Plant 1, Town 1, Worked, position: unsure",
        "Plant 2, Town 2, Works, position: unsure",
    ]
    rings = layer.js("""() => [...document.querySelectorAll(".atlas-plant")].map(
        (mark) => getComputedStyle(mark, "::after").borderTopStyle).sort()""")
    assert rings == ["dashed", "dashed", "none"]
    legend = layer.page.get_by_label("Legend").get_by_role("listitem")
    expect(legend).to_have_text(["Works2", "Worked1", "Position unsure2"])
    layer.show(mask=mask([1, 1, 0]))
    expect(legend).to_have_text(["Works1", "Worked1", "Position unsure1"])
