"""The plant layer on a real map: positions and names from a server that can be slow, late or broken."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.layer_page import (
    LARGE,
    Layer,
    at,
    distinct_total,
    mask,
    named,
    scattered,
    singles,
    total,
)

IDS = "() => [...document.querySelectorAll('.atlas-plant')].map((one) => one.dataset.plant)"


# ---- positions ---------------------------------------------------------------------------------------


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
    expect(legend).to_have_text(["Works2"])
    layer.holds = lambda path: path.endswith(".bin")
    layer.draw(scattered(400), "v2", statuses=["Coal", "Gas"])
    assert layer.labels() == []
    layer.until_held()
    layer.release()
    layer.wait("() => state().marks.size > 0")
    expect(legend).to_have_text([re.compile(r"^Coal\d+"), re.compile(r"^Gas\d+")])
    layer.draw(at((45, 9), (10, 10)), "v3", statuses=[])
    assert layer.labels() == ["Plant 0, Town 0", "Plant 1, Town 1"]
    expect(layer.page.get_by_label("Legend")).to_have_count(0)


def test_positions_that_cannot_be_loaded_are_asked_for_again(layer: Layer) -> None:
    """One sentence says so, the base map comes all the same, and the plants when the server is back."""
    layer.fails = lambda path: path.endswith(".bin")
    layer.draw(LARGE)
    notice = layer.page.get_by_role("status")
    expect(notice).to_have_text("The plants could not be loaded. The map keeps trying.")
    expect(layer.page.locator(".atlas-basemap-land canvas").first).to_be_attached()
    assert layer.fired("drawn") == []
    layer.look_at(45, 9, 5)
    layer.fails = lambda path: False
    layer.wait("() => state().marks.size > 0")
    expect(notice).to_have_count(0)
    layer.wait("() => fired.some(({ type }) => type === 'atlas:drawn')")


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


# ---- names -------------------------------------------------------------------------------------------


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
    layer.holds = lambda path: path.endswith(".bin")
    # In one breath: a slow machine would ask for names of the old table in between, and rightly so.
    layer.draw(scattered(400), "v2", after_move=(30, 10, 5))
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
