"""What a page says before any script runs is what it shows, as text, small, the same until it changes."""

import gzip
import html
import json
import re
from pathlib import Path

import brotli
import pytest
from starlette.testclient import TestClient

from atlas import columns, site
from atlas.catalog import loader, readable
from atlas.drawing import cards
from atlas.web import first_answer
from tests.web.server import PAGES, large, server

MOST_BYTES = 30_000


def root_of(page: str) -> str:
    """What stands in `#root`."""
    found = re.search(r'<div id="root">(.*)</div></div>\s*<script>', page, re.DOTALL)
    assert found
    return found.group(1)


def texts(markup: str) -> str:
    """The text of a piece of HTML, with one space between words."""
    without = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", without)))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_heading_sentence_and_plants(client: TestClient, path: str) -> None:
    """Each plant with its status, models, town and country, and a link that selects it."""
    root = root_of(client.get(f"/{path}?country=Italy").text)
    heading = next(row.title for row in site.PAGES if row.url_path == path) if path else site.ALFA.heading
    assert re.findall(r"<h1[^>]*>([^<]*)</h1>", root) == [heading]
    assert "4 plants in Italy" in texts(root)
    table = readable.for_people(loader.open_catalog().sheet("plants").table)
    for plant in table[table["country"] == "Italy"].to_dict("records"):
        for name in ("name", "status", "town", "country", "models_now"):
            assert columns.as_text(columns.of(name), plant[name]) in texts(root)
        assert f'href="/?country=Italy&amp;plant={plant["plant_id"]}"' in root
    assert "Toluca" not in texts(root)


def test_the_map_page_has_a_picture_of_what_is_shown(client: TestClient) -> None:
    root = root_of(client.get("/?country=Italy&plant=melfi").text)
    picture = re.findall(r'<img src="([^"]+)" width="1200" height="630" alt="Map: 4 plants in Italy"', root)
    assert picture == ["/api/preview.png?country=Italy&amp;plant=melfi"]
    assert client.get(html.unescape(picture[0])).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("car=giulia 1968", "A 1968 Giulia was built at Arese (1965–1978)."),
        ("story=3", "The assembly of the Giulia saloon moves from Portello to Arese."),
    ],
)
def test_the_map_page_tells_what_its_address_asks(client: TestClient, query: str, sentence: str) -> None:
    root = root_of(client.get(f"/?{query}").text)
    assert sentence in texts(root)
    assert "/api/preview.png?table=sites&amp;plant=arese" in root


@pytest.mark.parametrize("prefix", ["", "/atlas"])
def test_its_links_lead_to_pages_of_the_selection(prefix: str) -> None:
    browser = server(prefix)
    root = root_of(browser.get(f"{prefix}/plants?status=now&plant=cassino").text)
    links = [html.unescape(link) for link in re.findall(r'<a href="([^"]+)"', root)]
    tail = "?status=now&plant=cassino"
    assert links[: len(PAGES)] == [f"{prefix}/{page}{tail}" for page in PAGES]
    assert f"{prefix}/api/plants.csv?status=now" in links
    assert {browser.get(link).status_code for link in links} == {200}
    assert root.count('aria-current="page"') == 1


def test_no_plants(client: TestClient) -> None:
    """A sentence and a way back, as on the live page; no map waits for markers that never come."""
    root = root_of(client.get("/?q=nothing+like+this").text)
    assert "The filters leave no plant." in texts(root)
    assert '<a href="/">Show all plants</a>' in root
    assert 'data-map="0"' in root


def test_a_large_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first 50 and the count, in at most 30 kB packed."""
    large(tmp_path, monkeypatch, 2_000)
    answer = server().get("/")
    root = root_of(answer.text)
    assert root.count('<th scope="row"') == cards.MOST_ROWS
    assert "The first 50 of 2,000 plants." in texts(root)
    assert len(gzip.compress(answer.content)) < MOST_BYTES


def test_names_are_text(hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plant's name cannot become markup, script or template: the page has the elements of any other."""
    path = tmp_path / "plants.json"
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    roots = []
    for name in ("Plain", hostile):
        path.write_text(json.dumps([{"id": "a", "name": name, "country": "Italy", "lat": 45, "lon": 9}]))
        shown = str(loader.open_catalog().sheet("plants").table["name"].iloc[0])
        roots.append(root_of(server().get("/?plant=a").text))
        assert re.sub(r"\s+", " ", shown).strip() in texts(roots[-1])
    plain, odd = (re.findall(r"<[/!]?\w+", root) for root in roots)
    assert odd == plain


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_it_is_packed_and_known_again(client: TestClient, accepted: str) -> None:
    """At most 30 kB; 304 for who has it, another answer for another selection."""
    headers = {"Accept-Encoding": accepted}
    with client.stream("GET", "/?country=Italy", headers=headers) as answer:
        body = b"".join(answer.iter_raw())
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(accepted, bytes)
    assert unpack(body) == client.get("/?country=Italy").content
    assert (answer.headers.get("content-encoding", "identity"), answer.headers["vary"]) == (
        accepted,
        "Accept-Encoding, Accept-Language",
    )
    assert len(body) < MOST_BYTES
    tag = {"If-None-Match": answer.headers["etag"]}
    assert client.get("/?country=Italy", headers=tag).status_code == 304
    assert client.get("/?country=Mexico", headers=tag).status_code == 200


def test_the_same_page_is_made_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/?country=Italy&status=now")
    monkeypatch.setattr(first_answer, "filled", None)
    assert client.get("/?country=Italy&status=now").status_code == 200


def test_an_embedded_map_has_none(client: TestClient) -> None:
    """It is nothing but its map."""
    assert '<div id="root"></div>' in client.get("/?embed=true").text


def test_streamlits_words_for_readers_without_javascript_are_gone(client: TestClient) -> None:
    page = client.get("/").text
    assert "enable JavaScript to run this app" not in page
    assert "need JavaScript" in texts(re.findall(r"<noscript>.*?</noscript>", page, re.DOTALL)[0])
