"""Makes the picture on top of the README: `python -m tests.picture`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import launch
from tests.browser.dashboard import dashboard
from tests.browser.visit import MAP

OUT = Path(__file__).parent / "picture.png"


def main() -> None:
    with dashboard() as url, sync_playwright() as playwright:
        chromium = launch(playwright)
        page = chromium.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        page.locator("#atlas-first").wait_for(state="detached")
        page.frame_locator(MAP).locator("[data-plant=cassino]").wait_for()
        page.wait_for_timeout(3_000)  # the land, and names in their own face
        page.screenshot(path=OUT)
        chromium.close()


if __name__ == "__main__":
    main()
