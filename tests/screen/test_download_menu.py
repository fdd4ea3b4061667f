"""The menu of files: a link for each format with the page's selection; nothing is made before a click."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from atlas import site
from atlas.catalog import filters, index, loader
from atlas.export import csv_file, formats
from atlas.screen import download_menu
from atlas.web import routes
from tests.screen import page
from tests.screen.page import PLANTS, SOURCES, copied, download, is_sound, opened


def links(query: dict[str, list[str]], base: str = "", *, about_alfa: bool = True) -> list[tuple[str, str]]:
    """Label and address of every link of the menu."""
    lines = download_menu.files(query, base, about_alfa=about_alfa)
    return [link for line in lines for link in [(line.label, line.address), *line.variants]]


def ours() -> index.Index:
    return loader.open_catalog().sheet("plants").index


def test_a_link_for_each_format() -> None:
    """All rows of `FORMATS` in their order, each with its variants."""
    assert links({}) == [
        ("CSV", "/api/plants.csv"),
        ("for Excel", "/api/plants.csv?bom=1"),
        ("Excel", "/api/plants.xlsx"),
        ("GeoJSON", "/api/plants.geojson"),
        ("KML", "/api/plants.kml"),
        ("Offline map", "/api/plants.html"),
        ("JSON", "/api/plants.json"),
        ("Sources (CSV)", "/api/sources.csv"),
    ]
    assert [words for words, _ in links({}, about_alfa=False)][-1] == "JSON"


def test_a_new_format_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in the menu, in the API and on the page Sources without another line."""
    row = formats.Format("plants.txt", "Plain text", "text/plain", "For old printers", csv_file.write_csv)
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, row))
    assert ("Plain text", "/atlas/api/plants.txt?q=x") in links({"q": ["x"]}, "/atlas")
    assert "/api/plants.txt" in [route.path for route in routes.routes()]
    assert "`/api/plants.txt`: Plain text. For old printers." in download_menu.for_scripts(ours())


def test_what_was_searched_for_is_no_markup(hostile: str) -> None:
    """It stands in the address, escaped for it."""
    found = links({"q": [hostile]})
    assert [words for words, _ in found] == [words for words, _ in links({})]
    assert {parse_qs(urlsplit(address).query)["q"][0] for _, address in found} == {hostile}


def test_a_hostile_search_is_no_markup_in_the_menus(hostile: str) -> None:
    """The elements of the menus are those of a page without it."""
    tags = re.findall(r"<(\w+)", page.menus(opened(q="nothing")))
    assert re.findall(r"<(\w+)", page.menus(opened(q=hostile.replace("\x00", "")))) == tags


def test_addresses_to_copy() -> None:
    """The page's own address, the API's and a frame for other pages, with the filters in all of them."""
    here, frame, api_address = copied(opened(PLANTS, country="Italy", status="now"))
    assert here == "/plants?country=Italy&status=now"
    assert api_address == "/api/plants.csv?country=Italy&status=now"
    assert frame.startswith(
        '<iframe src="/?embed=true&amp;country=Italy&amp;status=now" title="2 plants in Italy'
    )


def test_a_parameter_of_the_page_stays_in_its_link() -> None:
    """What the page shows is what the link opens; the API needs it not."""
    here, _, api_address = copied(opened(q="modena", unit="miles"))
    assert here.startswith("/?")
    assert set(here.removeprefix("/?").split("&")) == {"q=modena", "unit=miles"}
    assert api_address == "/api/plants.csv?q=modena"


@pytest.mark.parametrize("script", [row.script for row in site.PAGES])
def test_no_page_makes_a_file(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The menu is there on every page, and no format is written for it."""
    monkeypatch.setattr(formats.Format, "parts", None)
    app = opened(script)
    assert is_sound(app)
    assert download(app).label == "Download 5 plants"


def test_pinned_plants_leave_as_files_of_their_own() -> None:
    """Whatever the filters leave; without a pin there is no such line."""
    own = [link for link in page.files(opened(q="modena", pin="cassino,melfi")) if "pinned=1" in link]
    assert own == [f"/api/plants.{ending}?pin=cassino%2Cmelfi&pinned=1" for ending in ("csv", "xlsx")]
    assert "pinned" not in page.menus(opened())


def test_nothing_to_download() -> None:
    """Where the filters leave nothing, the menu cannot be opened."""
    menu = download(opened(q="nothing like this"))
    assert (menu.label, menu.disabled) == ("Download 0 plants", True)


def private() -> None:
    """A script whose menu is that of a visitor's own table."""
    import dataclasses

    from atlas import site
    from atlas.catalog import filters, loader, sheets
    from atlas.screen import download_menu
    from atlas.screen.view import View

    catalog = loader.open_catalog()
    sheet = dataclasses.replace(catalog.sheet("plants"), key=sheets.YOURS, about_alfa=False, version="secret")
    selection = filters.Selection(sheets.YOURS)
    view = View(catalog, sheet, selection, sheet.results.of(selection), {})
    download_menu.draw(view, site.PAGES[0])


def test_a_visitors_own_table() -> None:
    """Its files are links that only its owner has; there is none to share, and nothing waits in memory."""
    app = AppTest.from_function(private, default_timeout=60).run()
    assert not app.exception
    links = re.findall(r'href="([^"]+)"', "".join(one.proto.body for one in app.get("html")))
    assert {urlsplit(unescape(link)).path for link in links} == {
        form.path for form in formats.offered(about_alfa=False)
    }
    assert {tuple(parse_qs(urlsplit(unescape(link)).query)["table"]) for link in links} == {("secret",)}
    assert copied(app) == []
    assert "Only you see this table" in page.menus(app)


def test_for_scripts() -> None:
    """The page Sources names every address and parameter."""
    said = download_menu.for_scripts(ours())
    for form in formats.FORMATS:
        assert f"- `{form.path}`: {form.label}. {form.help}." in said
    for name in [*(row.key for row in filters.FILTERS), *formats.OPTIONS]:
        assert f"- `{name}`: " in said


def test_the_page_sources_says_it() -> None:
    """The page has the very words."""
    app = opened(SOURCES)
    assert download_menu.for_scripts(ours()) in [one.value for one in app.markdown]
