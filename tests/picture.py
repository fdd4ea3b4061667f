"""Makes the picture on top of the README: `python -m tests.picture`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import dashboard as browser

OUT = Path(__file__).parent / "picture.png"
VIEW = "/?country=Italy&plant=modena"


def main() -> None:
    with browser.dashboard() as url, sync_playwright() as playwright:
        chromium = browser.launch(playwright)
        page = chromium.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url + VIEW)
        page.frame_locator("iframe[title='streamlit_folium.st_folium']").locator(
            "[data-plant=modena]"
        ).wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=OUT)
        chromium.close()


if __name__ == "__main__":
    main()
