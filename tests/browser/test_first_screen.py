"""The first screen in a real browser: its answer, and that the page scrolls where the map cannot use it."""

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.visit import PHONE, STILL, Start, Visit, centre

LAPTOP: ViewportSize = {"width": 1366, "height": 650}
SMALL: ViewportSize = {"width": 1280, "height": 720}
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"


def scrolled(visit: Visit) -> float:
    return float(visit.page.evaluate(SCROLLED))


def test_the_giulia_is_found_without_a_click(start: Start) -> None:
    """Its plant stands on the first screen of a laptop: in the answer, on the map and in the list."""
    visit = start("/", viewport=LAPTOP)
    in_answer = visit.page.get_by_role("button", name="Giulia, Stelvio: Cassino")
    expect(in_answer).to_be_in_viewport()
    expect(visit.map.locator(".atlas-label-models", has_text="Giulia, Stelvio")).to_be_visible()
    in_list = visit.page.locator(".st-key-atlas-list").get_by_text("Giulia, Stelvio · since 2016")
    expect(in_list).to_be_in_viewport()
    visit.mark()
    in_answer.click()
    visit.has_selected("cassino", "Cassino Plant")
    assert visit.is_same_map()


@pytest.mark.parametrize("window", [LAPTOP, SMALL], ids=["laptop", "small"])
def test_the_first_click_selects_and_the_page_stays(start: Start, window: ViewportSize) -> None:
    """Where the window cuts the map off, too."""
    visit = start("/", viewport=window)
    visit.shows(5)
    visit.page.mouse.click(*centre(visit.plant("cassino")))
    visit.has_address("/?plant=cassino")
    assert scrolled(visit) == 0


def test_the_first_tap_selects(start: Start) -> None:
    """On a phone: the card comes up from below, and the map with the plant is above it."""
    visit = start("/", viewport=PHONE, has_touch=True, is_mobile=True)
    visit.shows(5)
    visit.page.touchscreen.tap(*centre(visit.plant("cassino")))
    visit.has_address("/?plant=cassino")
    card = visit.page.locator(".st-key-atlas-card")
    expect(card.get_by_role("heading", name="Cassino Plant")).to_be_in_viewport()
    top = card.bounding_box()
    assert top
    assert 0 < centre(visit.plant("cassino"))[1] < top["y"]


def test_the_menu_of_a_phone_closes_when_it_has_served(start: Start) -> None:
    """After a page was chosen in it, after a touch beside it, and it stays closed after a reload."""
    visit = start("/", viewport=PHONE, has_touch=True, is_mobile=True)
    menu = visit.page.locator("#stSidebar")
    visit.page.get_by_role("button", name="Expand sidebar").tap()
    menu.get_by_role("link", name="Plants", exact=True).tap()
    visit.has_address("/plants")
    expect(menu).to_have_attribute("data-collapsed", "true")
    visit.page.get_by_role("button", name="Expand sidebar").tap()
    expect(menu).to_have_attribute("data-collapsed", "false")
    visit.page.touchscreen.tap(370, 600)
    expect(menu).to_have_attribute("data-collapsed", "true")
    visit.page.reload()
    expect(visit.page.get_by_role("heading", name="Plants")).to_be_visible()
    expect(menu).to_have_attribute("data-collapsed", "true")


@pytest.mark.parametrize("width", [700, 1280])
def test_the_title_is_seen_while_the_menu_is_closed(start: Start, width: int) -> None:
    """The bar with the button that opens the menu does not lie over it, whatever the width."""
    visit = start("/plants", viewport={"width": width, "height": 800})
    if width > 900:
        visit.page.locator("#stSidebar").hover()
        visit.page.get_by_role("button", name="Collapse sidebar").click()
    expect(visit.page.get_by_role("button", name="Expand sidebar")).to_be_visible()
    bar = visit.page.get_by_test_id("stHeader").bounding_box()
    title = visit.page.get_by_role("heading", level=1).bounding_box()
    assert bar
    assert title
    assert title["y"] >= bar["y"] + bar["height"]


def test_keys_do_not_go_into_a_closed_menu(start: Start) -> None:
    """Its filters and links are beside the screen."""
    visit = start("/plants", viewport=PHONE)
    visit.page.get_by_role("button", name="Expand sidebar").focus()
    for _ in range(4):
        visit.page.keyboard.press("Tab")
        assert not visit.page.evaluate("() => Boolean(document.activeElement.closest('#stSidebar'))")


# Every canvas keeps the words that it shows.
KEEP_WORDS = """() => {
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    Object.assign(CanvasRenderingContext2D.prototype, {
        fillText(text, ...rest) {
            this.canvas.dataset.words = `${this.canvas.dataset.words || ""}|${text}|`;
            return fillText.call(this, text, ...rest);
        },
        clearRect(...rest) {
            this.canvas.dataset.words = "";
            return clearRect.call(this, ...rest);
        },
    });
}"""
HAS_WORD = """(word) => [...document.querySelectorAll(".atlas-basemap-names canvas")]
    .some((tile) => tile.dataset.words?.includes(`|${word}|`))"""


def test_names_of_towns_give_way_to_plants(start: Start) -> None:
    """Naples would lie under Pomigliano's mark; it is there again when the plant is filtered away."""
    visit = start("/sources", viewport=LAPTOP, reduced_motion="reduce")
    visit.page.add_init_script(f"({KEEP_WORDS})()")
    visit.open("/")
    visit.shows(5)
    visit.wait(HAS_WORD, "Rome")
    visit.wait(f"() => !({HAS_WORD})('Naples')")
    view = visit.view()
    visit.pill("Built Alfa Romeos before (1)").click()
    visit.shows(1)
    visit.wait("(modena) => map.getBounds().contains(modena)", [44.65, 10.93])
    visit.look_at(*view[:2], zoom=int(view[2]))
    visit.wait(HAS_WORD, "Naples")


def test_the_wheel_scrolls_the_page_where_the_map_cannot_zoom(start: Start) -> None:
    """At the smallest zoom the wheel goes on to the page; before, it zooms the map."""
    visit = start("/", viewport=LAPTOP)
    visit.shows(5)
    visit.page.mouse.move(*middle_of_map(visit))
    zoom = visit.view()[2]
    visit.page.mouse.wheel(0, 100)
    visit.wait(f"(before) => map.getZoom() < before && {STILL}", zoom)
    assert scrolled(visit) == 0
    visit.frame.evaluate("() => { map.setZoom(map.getMinZoom(), { animate: false }); }")
    visit.page.wait_for_timeout(1000)  # else it were the same turn of the wheel
    visit.page.mouse.wheel(0, 100)
    visit.page.wait_for_function(f"() => ({SCROLLED})() > 0")


def test_one_finger_scrolls_the_page_and_two_move_the_map(start: Start) -> None:
    """A swipe over the map moves the page; the map stays, and says how to move it."""
    visit = start("/", viewport=PHONE, has_touch=True, is_mobile=True)
    visit.shows(5)
    before = visit.view()
    x, y = middle_of_map(visit)
    swipe(visit, x, y, by=-200)
    visit.page.wait_for_function(f"() => ({SCROLLED})() > 50")
    assert visit.view() == before


def swipe(visit: Visit, x: float, y: float, *, by: float) -> None:
    """One finger moves up or down."""
    touch = visit.page.context.new_cdp_session(visit.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        point = {"x": x, "y": y + by * step / 10}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def middle_of_map(visit: Visit) -> tuple[float, float]:
    return upper_part(visit.page.locator("iframe[title='streamlit_folium.st_folium']"))


def upper_part(element: Locator) -> tuple[float, float]:
    """A place in the upper third, which is in the window."""
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
