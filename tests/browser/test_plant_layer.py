"""The plant layer on a real map, fed by a server that can be slow, late or broken."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.layer_page import Layer, Plants, at, mask, open_page, plants, scattered

pytestmark = pytest.mark.browser

ITALY = [[36.0, 6.0], [47.0, 19.0]]
IDS = "() => [...document.querySelectorAll('.atlas-plant')].map((one) => one.dataset.plant)"


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_page() as page:
        yield page


@pytest.fixture(scope="module")
def layers(page: Page) -> list[Layer]:
    """The last one answers the page's requests; none of them may throw, no matter what is asked of it."""
    layers: list[Layer] = []
    page.route("**/*", lambda route: layers[-1].answer(route))
    page.on("pageerror", lambda error: layers[-1].errors.append(str(error)))
    return layers


@pytest.fixture
def layer(page: Page, layers: list[Layer]) -> Iterator[Layer]:
    """A fresh map without plants."""
    layers.append(Layer(page))
    yield layers[-1].open()
    page.evaluate("() => sessionStorage.clear()")
    page.goto("about:blank")  # what this map still wanted to ask is not asked of the next test
    assert layers[-1].errors == []


def total(layer: Layer) -> int:
    return sum(group["count"] for group in layer.groups())


LARGE = scattered(5_000)


# ---- positions -----------------------------------------------------------------------------------------


def test_a_small_table_needs_no_request(layer: Layer) -> None:
    """Names, labels and marks of an inline table are there at once, and nothing is asked for."""
    layer.draw(at((45, 9), (41, 14), (19, -99), status=[0, 1, 2]))
    layer.look_at(30, -40, 2)
    assert layer.labels() == [
        "2 plants (1: Works; 1: Worked)",
        "Plant 2, Town 2, Never",
    ]
    layer.look_at(43, 12, 6)
    assert layer.labels() == ["Plant 0, Town 0, Works", "Plant 1, Town 1, Worked"]
    assert layer.js(IDS) == ["id-0", "id-1"]
    assert sorted(layer.page.locator(".atlas-label").all_inner_texts()) == ["Plant 0", "Plant 1"]
    layer.page.wait_for_timeout(100)
    assert layer.asked == []


def test_positions_are_asked_for_once(layer: Layer) -> None:
    """A large table is fetched with the first call and stays for all filters, clicks and moves after it."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    assert total(layer) >= 5_000
    for share in (0.5, 0.1, 0):
        shown = np.random.default_rng(1).random(5_000) < share
        layer.show(mask=mask(shown))
        assert distinct_total(layer) == shown.sum()
    layer.show(mask=None)
    layer.look_at(20, 20, 5)
    assert [path for path in layer.asked if path.endswith(".bin")] == ["/points/v1.bin"]


def distinct_total(layer: Layer) -> int:
    """Plants in view, those on a second copy of the world left out."""
    return sum({group["place"]: group["count"] for group in layer.groups()}.values())


def test_what_comes_while_positions_load_is_not_lost(layer: Layer) -> None:
    """Of the filters chosen before the positions arrive the last one is drawn, its area is fitted."""
    layer.holds = lambda path: path.endswith(".bin")
    shown = np.arange(5_000) < 7
    layer.draw(LARGE, text="All.")
    layer.look_at(10, 10, 4)
    layer.show(mask=mask(~shown), text="Most.")
    layer.show(mask=mask(shown), text="Seven.", fit={"key": "seven", "bounds": [[-60, -179], [80, 179]]})
    expect(layer.page.get_by_role("region")).to_have_attribute("aria-label", "Map. Seven.")
    layer.until_held()
    assert (layer.groups(), layer.fired("drawn")) == ([], [])
    layer.release()
    layer.wait("() => state().marks.size > 0")
    assert distinct_total(layer) == 7
    assert layer.js("() => map.getZoom()") < 4
    assert len(layer.asked) - len(layer.names_asked) == 1


def test_the_answer_for_an_older_table_is_ignored(layer: Layer) -> None:
    """Positions that arrive after another table was asked for are not drawn, nor their names asked for."""
    layer.holds = lambda path: path == "/points/v1.bin"
    layer.draw(LARGE)
    layer.until_held()
    layer.draw(scattered(400, seed=1), "v2")
    layer.wait("() => state().marks.size > 0")
    with layer.page.expect_response("**/v1.bin") as late:
        layer.release()
    late.value.finished()
    layer.page.wait_for_timeout(100)
    assert distinct_total(layer) == 400
    layer.look_at(30, 10, 5)
    named(layer)
    assert {path.split("/")[2] for path in layer.asked if "rows=" in path} == {"v2"}


def test_another_table_takes_the_place_of_the_first(layer: Layer) -> None:
    """Marks, names and legend are those of the new table; while it loads, nothing is drawn."""
    legend = layer.page.get_by_label("Legend").get_by_role("listitem")
    layer.draw(at((45, 9), (10, 10)))
    expect(legend).to_have_text(["Works", "Worked", "Never"])
    layer.holds = lambda path: path.endswith(".bin")
    layer.draw(scattered(400), "v2", statuses=["Coal", "Gas"])
    assert layer.labels() == []
    layer.until_held()
    layer.release()
    layer.wait("() => state().marks.size > 0")
    expect(legend).to_have_text(["Coal", "Gas"])
    layer.draw(at((45, 9), (10, 10)), "v3", statuses=[])
    assert layer.labels() == ["Plant 0, Town 0", "Plant 1, Town 1"]
    expect(layer.page.get_by_label("Legend")).to_have_count(0)


def test_positions_that_cannot_be_loaded_are_asked_for_again(layer: Layer) -> None:
    """One sentence says so, the base map comes all the same, and the plants when the server is back."""
    layer.fails = lambda path: path.endswith(".bin")
    layer.draw(LARGE, announce=True)
    notice = layer.page.get_by_role("status")
    expect(notice).to_have_text("The plants could not be loaded. The map keeps trying.")
    expect(layer.page.locator(".atlas-basemap-land canvas").first).to_be_attached()
    assert layer.fired("ready") == []
    layer.look_at(45, 9, 5)
    layer.fails = lambda path: False
    layer.wait("() => state().marks.size > 0")
    expect(notice).to_have_count(0)
    layer.wait("() => fired.some(({ type }) => type === 'atlas:ready')")


@pytest.mark.parametrize("size", [10, 5_001])
def test_a_wrong_number_of_bytes_is_a_failure(layer: Layer, size: int) -> None:
    """Half a file, or another table's, is not drawn as if it were the table."""
    layer.holds = lambda path: path.endswith(".bin")
    layer.draw(LARGE)
    layer.until_held()
    layer.tables["v1"] = scattered(size)
    layer.release()
    expect(layer.page.get_by_role("status")).to_be_visible()
    assert layer.groups() == []


def test_the_base_map_does_not_wait_for_ever(layer: Layer) -> None:
    """When positions do not come, land and sea are drawn after a second."""
    layer.holds = lambda path: path.endswith(".bin")
    layer.draw(LARGE)
    expect(layer.page.locator(".atlas-basemap-land canvas").first).to_be_attached(timeout=5_000)
    assert layer.fired("drawn") == []


# ---- names ---------------------------------------------------------------------------------------------


def singles(layer: Layer) -> list[int]:
    return sorted({group["row"] for group in layer.groups() if group["count"] == 1})


def named(layer: Layer) -> None:
    layer.wait("() => [...state().marks.values()].every((mark) => mark.isNamed !== false)")


def test_names_come_in_one_request_per_move(layer: Layer) -> None:
    """Those of the single plants in view, asked once, written into the marks that are there already."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.page.wait_for_timeout(100)
    layer.asked.clear()
    layer.holds = lambda path: "/names?" in path
    layer.look_at(30, 10, 5)
    expected = singles(layer)
    assert len(expected) > 20
    layer.js("() => { window.first = document.querySelector('.atlas-plant'); }")
    assert "Plant, name not loaded yet, " in layer.js("() => first.ariaLabel")
    layer.until_held()
    layer.release()
    named(layer)
    assert [sorted(rows) for rows in layer.names_asked] == [expected]
    assert sorted(layer.js(IDS)) == sorted(f"id-{row}" for row in expected)
    assert layer.js("() => first.isConnected")


def test_a_name_is_asked_for_once(layer: Layer) -> None:
    """A move while an answer is on its way, and one back to where names are known, ask for nothing twice."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.page.wait_for_timeout(100)
    layer.asked.clear()
    layer.holds = lambda path: "/names?" in path
    layer.look_at(30, 10, 5)
    layer.until_held()
    layer.look_at(30, 12, 5)
    layer.until_held(2)
    layer.release()
    named(layer)
    layer.look_at(30, 10, 5)
    layer.page.wait_for_timeout(150)
    assert len(layer.names_asked) == 2
    asked = [row for rows in layer.names_asked for row in rows]
    assert len(asked) == len(set(asked))


def test_no_name_of_an_older_table_is_asked_for(layer: Layer) -> None:
    """When the table changes right after a move, its server is not asked for rows of the table before."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.page.wait_for_timeout(100)
    layer.asked.clear()
    layer.look_at(30, 10, 5)
    layer.holds = lambda path: path.endswith(".bin")
    layer.draw(scattered(400), "v2")
    layer.page.wait_for_timeout(150)
    assert layer.asked == ["/points/v2.bin"]


def test_names_reach_labels_and_circles(layer: Layer) -> None:
    """With few plants in view, their names stand beside them and circles show how sure their places are.

    A circle whose edge is far out of view is not drawn: its millions of dashes would stop the browser.
    """
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    row = 17
    layer.show(selected=row)
    expect(layer.page.locator(".atlas-label-selected")).to_have_text("Plant 17")
    expect(layer.page.locator(".atlas-plant[data-plant=id-17]")).to_have_attribute("aria-current", "true")
    layer.js("() => { map.setZoom(12, { animate: false }); }")
    expect(layer.page.locator("path.atlas-accuracy").first).to_be_attached()
    layer.js("() => { map.setZoom(18, { animate: false }); }")
    expect(layer.page.locator("path.atlas-accuracy")).to_have_count(0)


def test_no_request_asks_for_more_than_500_names(layer: Layer) -> None:
    """Not even when far more are wanted at once."""
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.page.wait_for_timeout(100)
    layer.asked.clear()
    assert layer.js(
        "() => state().table.know([...Array(1200).keys()]).then(() => state().table.about(1199).name)"
    )
    assert [len(rows) for rows in layer.names_asked] == [500, 500, 200]


def test_names_kept_are_bounded(layer: Layer) -> None:
    """Of very many names the oldest are forgotten, and asked for again when they are needed."""
    layer.draw(scattered(21_000))
    layer.wait("() => state().marks.size > 0")
    layer.js("() => state().table.know([...Array(21000).keys()])")
    assert layer.js("() => state().table.known.size") == 20_000
    assert layer.js("() => [state().table.about(0), state().table.about(20999).id]") == [None, "id-20999"]


def test_plants_stay_when_names_cannot_be_loaded(layer: Layer) -> None:
    """Marks say what they know, nothing is complained of, and the next move asks again."""
    layer.fails = lambda path: "/names?" in path
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.look_at(30, 10, 5)
    layer.page.wait_for_timeout(150)
    expected = singles(layer)
    fallbacks = [label for label in layer.labels() if not label[0].isdigit()]
    assert len(fallbacks) == len(expected)
    assert {re.sub(", (Works|Worked|Never)$", "", label) for label in fallbacks} == {
        "Plant, name not loaded yet"
    }
    expect(layer.page.get_by_role("status")).to_have_count(0)
    layer.fails = lambda path: False
    layer.look_at(30, 10.1, 5)
    named(layer)


def test_a_plant_without_name_can_be_clicked(layer: Layer) -> None:
    """A click fetches the plant's id; where that fails too, one sentence says so until it works again."""
    layer.fails = lambda path: "/names?" in path
    layer.draw(LARGE)
    layer.wait("() => state().marks.size > 0")
    layer.look_at(30, 10, 6)
    layer.page.wait_for_timeout(100)
    click_first_single(layer)
    notice = layer.page.get_by_role("status")
    expect(notice).to_have_text("The names could not be loaded. Try again in a moment.")
    assert layer.fired("select") == []
    layer.fails = lambda path: False
    row = click_first_single(layer)
    layer.wait("() => fired.some(({ type }) => type === 'atlas:select')")
    assert [event["plant"] for event in layer.fired("select")] == [f"id-{row}"]
    expect(notice).to_have_count(0)


def click_first_single(layer: Layer) -> int:
    """Click the single plant nearest to the middle of the map; its row."""
    row, x, y = layer.js("""() => {
        const middle = map.getPixelBounds().getCenter();
        const far = ({ x, y }) => middle.distanceTo([x, y]);
        const singles = state().groups.filter(({ count }) => count === 1);
        const one = singles.reduce((best, next) => (far(next) < far(best) ? next : best));
        const { left, top } = map.getContainer().getBoundingClientRect();
        const { min } = map.getPixelBounds();
        return [one.row, one.x - min.x + left, one.y - min.y + top];
    }""")
    layer.page.mouse.click(x, y)
    return int(row)


# ---- drawing -------------------------------------------------------------------------------------------


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


def test_marks_glide_with_an_animated_zoom(page: Page, layer: Layer) -> None:
    """During the zoom the old marks are on their way to their places; then the new ones are drawn."""
    page.emulate_media(reduced_motion="no-preference")
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
    page.emulate_media(reduced_motion="reduce")


def test_an_update_during_a_zoom_is_not_lost(page: Page, layer: Layer) -> None:
    """Leaflet ignores a new view while it zooms; the layer waits for the end."""
    page.emulate_media(reduced_motion="no-preference")
    layer.draw(at((45, 9), (19, -99)))
    layer.look_at(45, 9, 5)
    other = {"mask": mask([False, True]), "fit": {"key": "one", "bounds": [[19, -99], [19, -99]]}}
    update = "requestAnimationFrame(() => AtlasPlants.update(map, told, showing))"
    layer.js(
        f"([told, showing]) => {{ map.once('zoomanim', () => {update}); map.zoomIn(); }}",
        [layer.told, layer.showing | other],
    )
    layer.wait("() => map.getBounds().contains([19, -99]) && state().groups.some(({ row }) => row === 1)")
    page.emulate_media(reduced_motion="reduce")


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


# ---- looks ---------------------------------------------------------------------------------------------


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


# ---- selecting -----------------------------------------------------------------------------------------


def test_a_link_goes_as_near_as_the_plant_needs(layer: Layer) -> None:
    """At least to the region; nearer only where neighbours would hide the plant."""
    layer.draw(at((45, 9), (10, 10)), selected=0)
    assert layer.js("() => [map.getZoom(), map.getCenter().lat.toFixed(1)]") == [9, "45.0"]
    expect(layer.page.locator("[aria-current]")).to_have_attribute("data-plant", "id-0")
    layer.reload()
    layer.js("() => sessionStorage.clear()")
    layer.draw(at((0, 9), (0, 9.0003)), "v2", selected=1)
    assert layer.js("() => map.getZoom()") == 17
    expect(layer.page.locator("[aria-current]")).to_have_attribute("data-plant", "id-1")


def test_a_link_to_one_of_very_many(layer: Layer) -> None:
    """In a crowd of a hundred thousand the plant of the link stands alone, selected, with its name."""
    crowd = plants(*np.random.default_rng(3).normal(0.5, 0.003, (2, 100_000)))
    layer.draw(crowd, selected=4711)
    current = layer.page.locator("[aria-current]")
    expect(current).to_have_attribute("data-plant", "id-4711")
    expect(layer.page.locator(".atlas-label-selected")).to_have_text("Plant 4711")
    assert layer.js("() => map.getZoom()") > 9


def test_a_plant_selected_elsewhere_is_brought_into_view(layer: Layer) -> None:
    """Out of sight: the map goes there, not nearer than it is. Hidden: nearer. In sight: nothing moves."""
    layer.draw(at((45, 9), (45.01, 9.01), (10, 100)))
    layer.look_at(45, 9, 11)
    layer.show(selected=2)
    assert layer.js("() => [map.getZoom(), Math.round(map.getCenter().lng)]") == [11, 100]
    layer.look_at(45, 9, 5)
    assert layer.labels() == ["2 plants (2: Works)"]
    layer.show(selected=1)
    assert layer.js("() => map.getZoom()") == 11
    before = layer.js("() => map.getCenter()")
    layer.show(selected=0)
    assert layer.js("() => map.getCenter()") == before


def test_a_plant_on_another_copy_of_the_world_is_near(layer: Layer) -> None:
    """Beyond the antimeridian the map goes the short way."""
    layer.draw(at((-14, -171), (45, 9)))
    layer.look_at(-18, 178, 10)
    layer.show(selected=0)
    assert layer.js("() => map.getCenter().lng") == pytest.approx(189)


def test_a_group_says_that_it_holds_the_selected_plant(layer: Layer) -> None:
    """In looks and in words, for as long as it does."""
    layer.draw(at((45, 9), (45.01, 9.01), (10, 100)), selected=1)
    layer.look_at(30, 40, 3)
    group = layer.page.locator(".atlas-group")
    expect(group).to_have_class("atlas-group atlas-selected")
    expect(group).to_have_attribute("aria-label", "2 plants (2: Works), with the selected plant")
    layer.show(selected=-1)
    expect(group).to_have_class("atlas-group")
    expect(group).to_have_attribute("aria-label", "2 plants (2: Works)")


def test_the_remembered_view_wins_over_the_link_it_was_left_with(layer: Layer) -> None:
    """Coming back, the map is as it was left; with another plant in the link it goes there."""
    table = at((45, 9), (10, 100))
    layer.draw(table, selected=0)
    layer.look_at(30, 60, 6)
    layer.reload()
    layer.draw(table, selected=0)
    assert layer.js("() => [map.getZoom(), map.getCenter().lat.toFixed(1)]") == [6, "30.0"]
    layer.reload()
    layer.draw(table, selected=1)
    assert layer.js("() => [map.getZoom(), map.getCenter().lat.toFixed(1)]") == [9, "10.0"]


def test_filters_fit_and_panning_does_not(layer: Layer) -> None:
    """The view is fitted when the fit's key changes, and at no other time."""
    layer.draw(at((45, 9), (19, -99)), fit={"key": "all", "bounds": [[19, -99], [45, 9]]})
    layer.look_at(0, 0, 4)
    layer.show(text="Other words.", fit={"key": "all", "bounds": [[19, -99], [45, 9]]})
    assert layer.js("() => [map.getZoom(), map.getCenter().lng]") == [4, 0]
    layer.show(mask=mask([True, False]), fit={"key": "Italy", "bounds": ITALY})
    assert layer.js("(italy) => map.getBounds().contains(italy)", ITALY)


# ---- keyboard and mouse --------------------------------------------------------------------------------


def test_a_plant_is_selected_by_mouse_and_keyboard(layer: Layer) -> None:
    """A click, Enter and Space select; the focus stays on the plant; each is counted."""
    layer.draw(at((45, 9), (10, 40)))
    layer.look_at(30, 30, 3)
    plant = layer.page.get_by_role("button", name="Plant 0, Town 0, Works")
    plant.click()
    layer.show(selected=0)
    expect(plant).to_be_focused()
    for key in ("Enter", "Space"):
        layer.page.keyboard.press(key)
    assert [event["plant"] for event in layer.fired("select")] == ["id-0"] * 3
    assert layer.js("() => state().clicks") == 3


def test_dragging_by_a_plant_moves_the_map_and_selects_nothing(layer: Layer) -> None:
    """The mouse goes down on a plant and is pulled: that is a drag."""
    layer.draw(at((45, 9), (10, 40)))
    layer.look_at(30, 30, 3)
    box = layer.page.locator("[data-plant=id-0]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    layer.page.mouse.move(x, y)
    layer.page.mouse.down()
    layer.page.mouse.move(x + 80, y + 30, steps=5)
    layer.page.mouse.up()
    layer.wait("() => Math.abs(map.getCenter().lng - 30) > 5")
    assert layer.fired("select") == []


def test_a_group_opens_by_keyboard_and_hands_on_the_focus(layer: Layer) -> None:
    """Enter on a group zooms to its plants, some levels at a time; the focus goes to one of them."""
    layer.draw(at((45, 9), (45.2, 9.2), (10, 100)))
    layer.look_at(30, 40, 3)
    layer.page.locator(".atlas-group").focus()
    layer.page.keyboard.press("Enter")
    assert layer.js("() => map.getZoom()") == 7
    layer.js("() => { map.zoomIn(2, { animate: false }); }")
    assert layer.js("() => document.activeElement.dataset.plant") in ("id-0", "id-1")


def test_a_group_across_the_antimeridian_opens_where_its_plants_are(layer: Layer) -> None:
    """Its area is small, not the whole world."""
    layer.draw(at((-18, 179.9), (-18, -179.8)))
    layer.look_at(-18, 180, 4)
    layer.page.locator(".atlas-group").first.click()
    assert layer.js("() => [map.getZoom(), Math.round(map.getCenter().lng)]") == [8, 180]


SPOT = at(*[(33, 0)] * 250, *((60, longitude) for longitude in range(-50, 50)))


def test_plants_on_one_spot_open_a_list(layer: Layer) -> None:
    """At most 200 by name and a sentence on the rest; Escape gives the focus back, a click selects."""
    layer.draw(SPOT)
    layer.wait("() => state().marks.size > 0")
    layer.look_at(33, 0, 10)
    group = layer.page.locator(".atlas-group")
    expect(group).to_have_text("250")
    layer.asked.clear()
    group.focus()
    layer.page.keyboard.press("Enter")
    dialog = layer.page.get_by_role("dialog", name="250 plants at this place")
    expect(dialog.get_by_role("button")).to_have_count(200)
    expect(dialog.get_by_role("button").first).to_be_focused()
    expect(dialog.get_by_role("button").nth(199)).to_have_text("Plant 199")
    expect(dialog.get_by_text("and 50 more; use the filters to narrow down")).to_be_attached()
    assert [len(rows) for rows in layer.names_asked] == [200]
    layer.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(group).to_be_focused()
    layer.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Plant 3", exact=True).click()
    assert [event["plant"] for event in layer.fired("select")] == ["id-3"]
    expect(dialog).to_have_count(0)


def test_a_list_without_names_can_be_picked_from(layer: Layer) -> None:
    """When names fail, the list stands with what is known; picking asks for the plant again."""
    layer.draw(SPOT)
    layer.wait("() => state().marks.size > 0")
    layer.fails = lambda path: "/names?" in path
    layer.look_at(33, 0, 10)
    layer.page.locator(".atlas-group").click()
    buttons = layer.page.get_by_role("dialog").get_by_role("button")
    expect(layer.page.get_by_role("status")).to_be_visible()
    expect(buttons.nth(7)).to_have_text("Plant, name not loaded yet")
    layer.fails = lambda path: False
    buttons.nth(7).click()
    layer.wait("() => fired.some(({ type }) => type === 'atlas:select')")
    assert [event["plant"] for event in layer.fired("select")] == ["id-7"]
