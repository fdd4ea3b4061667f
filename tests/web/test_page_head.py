"""Page heads: title, description, the server's address and an early start of the map's files."""

import re
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from atlas import site
from atlas.catalog import loader, sheets
from atlas.drawing import browser_files
from atlas.web import link_card, page_head
from tests.web.server import PAGES, SHELL, server


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_first_answer_of_a_page(prefix: str) -> None:
    """Every page: what it shows in words for readers and search engines (see test_preview.py)."""
    client = server(prefix)
    for page in PAGES:
        answer = client.get(f"{prefix}/{page}?country=Italy")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        root = f"http://testserver{prefix}"
        card = link_card.card(loader.open_catalog(), site.ALFA, page, [("country", "Italy")], root=root)
        words = {"title": card.title, "words": card.words, "tags": card.tags}
        head = page_head.page_html(SHELL, prefix, **words).partition("</head>")[0]
        ours, without = split(answer.text)
        assert without.partition("</head>")[0] == head
        assert [client.get(address).status_code for address in ours] == [200] * 3


def split(page: str) -> tuple[list[str], str]:
    """The addresses of our styles and menus and of our feed that a page names, and the page without them."""
    pattern = r'<link rel="stylesheet" href="([^"]+/page\.css)"[^>]*><script defer src="([^"]+)"></script>'
    pattern += r'<link rel="alternate" type="application/atom\+xml" title="Corrected facts" href="([^"]+)">'
    (ours,) = re.findall(pattern, page)
    return list(ours), re.sub(pattern, "", page)


def test_a_page_without_tables_has_a_title(broken: str) -> None:
    """The page itself says what is wrong; its first answer is the site's."""
    _, page = split(server().get("/").text)
    assert page == page_head.page_html(SHELL, "", title=site.ALFA.title, words=site.ALFA.words)


def test_the_page_of_a_broken_table(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent all the same: the page itself says what is wrong."""
    monkeypatch.setenv("ATLAS_PLANTS", str(tmp_path / "nowhere.csv"))
    answer = client.get("/")
    assert (answer.status_code, "[].forEach(" in answer.text) == (200, True)


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_the_page_itself(prefix: str) -> None:
    """Title, description and the address of the server, which is below the prefix."""
    page = page_head.page_html(SHELL, prefix, title=site.ALFA.title, words=site.ALFA.words)
    assert page.count("<title>") == 1
    assert f"<title>{site.ALFA.title}</title>" in page
    assert f'<meta name="description" content="{site.ALFA.words}">' in page
    assert f'BACKEND_BASE_URL: location.origin + "{prefix}/"' in page
    assert f'"{prefix}/assets/{browser_files.version()}/atlas.js"' in page
    without_comments = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", without_comments) == []


def test_title_and_words_are_text(hostile: str) -> None:
    """Whatever the site is called, it is no markup."""
    page = page_head.page_html("<title>Streamlit</title>", "", title=hostile, words=hostile)
    assert page.count("<script>") == page.count("</script>") == 1
    assert re.findall(r"<img|onerror=alert\(1\)>(?!&)", page.replace("&gt;", "")) == []


def test_a_small_table_is_not_fetched_early(client: TestClient) -> None:
    """Its points are in the page."""
    assert "/api/points/" not in client.get("/").text


def test_alfa_romeos_plants_need_no_coarse_land(client: TestClient) -> None:
    """They are seen from close by; where an operator's plants are, nobody knows before."""
    page = client.get("/").text
    assert ('/basemap/world.json"].forEach' in page, "world-land" in page) == (True, False)


def test_the_coarse_land_of_an_operators_table(own: sheets.Sheet) -> None:
    assert '/basemap/world-land.json"].forEach' in server().get("/").text


def test_an_operators_table_below_a_path(own: sheets.Sheet) -> None:
    """With a prefix, the points are below it too, and the page starts to fetch them there."""
    client = server("/atlas")
    url = f"/atlas/api/points/{own.version}.bin"
    assert client.get(url).content == own.points.packed
    assert client.get(f"/atlas/api/points/{own.version}/names?rows=0").json()["ids"] == ["p0"]
    assert client.get(url.removeprefix("/atlas")).status_code == 404
    assert f'["{url}", "/atlas/assets/{browser_files.version()}/atlas.js"' in client.get("/atlas/").text


def test_a_packed_page_has_no_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers that pack it seconds apart send the same bytes."""
    packed = []
    for now_s in (1.0, 5.0):
        monkeypatch.setattr(time, "time", lambda now_s=now_s: now_s)
        packed.append(page_head.PackedPage.of("<p>page</p>").bodies)
    assert packed[0] == packed[1]
