"""The plant layer on a real map: selecting by link, mouse and keyboard, and where the view goes."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.layer_page import (
    Layer,
    at,
    mask,
    plants,
)

ITALY = [[36.0, 6.0], [47.0, 19.0]]


# ---- selecting ---------------------------------------------------------------------------------------


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
    layer.look_at(44, 12, 6)
    layer.reload()
    layer.draw(table, selected=0)
    assert layer.js("() => [map.getZoom(), map.getCenter().lat.toFixed(1)]") == [6, "44.0"]
    layer.reload()
    layer.draw(table, selected=1)
    assert layer.js("() => [map.getZoom(), map.getCenter().lat.toFixed(1)]") == [9, "10.0"]


def test_a_remembered_view_without_plants_is_forgotten(layer: Layer) -> None:
    """Who reloads at sea finds the plants again."""
    fit = {"key": "all", "bounds": ITALY}
    layer.draw(at((45, 9), (41, 14)), fit=fit)
    layer.look_at(30, -40, 6)
    layer.reload()
    layer.draw(at((45, 9), (41, 14)), fit=fit)
    assert layer.js("(italy) => map.getBounds().contains(italy)", ITALY)


def test_plants_out_of_view_are_counted_and_shown(layer: Layer) -> None:
    """A line says how many, around the world; a click shows all, the home button the first view."""
    chip = layer.page.locator(".atlas-chip")
    all_of_them = [[-18, 178], [45, 369]]
    table = at((45, 9), (41, 14), (-18, 178))
    layer.draw(table, fit={"key": "all", "bounds": ITALY, "all": all_of_them, "is_home": True})
    expect(chip).to_have_text("1 plant outside this view – show it")
    layer.look_at(-18, -181, 6)
    expect(chip).to_have_text("2 plants outside this view – show them")
    chip.click()
    expect(chip).to_have_count(0)
    layer.page.get_by_role("button", name="Back to the first view").click()
    expect(chip).to_have_text("1 plant outside this view – show it")
    assert layer.js("(italy) => map.getBounds().contains(italy)", ITALY)
    assert layer.js("() => map.getZoom()") <= 7


def test_a_year_has_one_look_and_ghosts(layer: Layer) -> None:
    """Plants that built then are of one status, with the models of the year; the others are pale spots."""
    table = at((45, 9), (41, 14), (50, 0), status=[0, 1, 2])
    year = {"year": 1975, "words": "Built in 1975", "models": {"1": "Alfasud"}, "ghosts": None}
    layer.draw(table, mask=mask([True, True, False]), year=year)
    layer.look_at(45, 8, 5)
    assert layer.labels() == ["Plant 0, Town 0, Built in 1975", "Plant 1, Town 1, Built in 1975"]
    expect(layer.page.locator(".atlas-plant.atlas-status-0")).to_have_count(2)
    expect(layer.page.locator("path.atlas-ghost")).to_have_count(1)
    expect(layer.page.locator(".atlas-label-models")).to_have_text(["Alfasud"])
    expect(layer.page.locator(".atlas-year")).to_have_text("1975")
    legend = layer.page.get_by_label("Legend").get_by_role("listitem")
    expect(legend).to_have_text(["Built in 19752", "Not in that year1"])
    layer.show(mask=None, year=None)
    expect(layer.page.locator("path.atlas-ghost, .atlas-year")).to_have_count(0)
    expect(legend).to_have_text(["Works1", "Worked1", "Never1"])


def test_filters_fit_and_panning_does_not(layer: Layer) -> None:
    """The view is fitted when the fit's key changes, and at no other time."""
    layer.draw(at((45, 9), (19, -99)), fit={"key": "all", "bounds": [[19, -99], [45, 9]]})
    layer.look_at(0, 0, 4)
    layer.show(text="Other words.", fit={"key": "all", "bounds": [[19, -99], [45, 9]]})
    assert layer.js("() => [map.getZoom(), map.getCenter().lng]") == [4, 0]
    layer.show(mask=mask([True, False]), fit={"key": "Italy", "bounds": ITALY})
    assert layer.js("(italy) => map.getBounds().contains(italy)", ITALY)


# ---- keyboard and mouse ------------------------------------------------------------------------------


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
