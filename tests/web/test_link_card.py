"""Link cards: what a link says of itself before any script has run."""

import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import settings, site
from atlas.catalog import loader
from atlas.errors import ConfigurationError
from atlas.paths import ATLAS
from atlas.web import health, link_card, page_head, routes

ROOT = "https://atlas.example.org/alfa"


def card(path: str = "", *, root: str = ROOT, **params: str) -> link_card.LinkCard:
    return link_card.card(loader.open_catalog(), site.current(), path, list(params.items()), root=root)


@pytest.fixture(scope="module")
def client() -> TestClient:
    shell = "<head><title>Streamlit</title></head>"
    pages = page_head.page_routes("", ["", "plants"], shell, title="Title", words="Words")
    return TestClient(Starlette(routes=[*routes.routes(), *pages]), base_url="http://asked.test:8501")


class Head(HTMLParser):
    """Title and meta tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self.elements: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        named = {name: value or "" for name, value in attributes}
        if tag == "meta":
            self.tags[named.get("property") or named["name"]] = named["content"]

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1] == "title":
            self.tags["title"] = self.tags.get("title", "") + data


TITLES = [
    ("", {}, "Alfa Romeo plant atlas"),
    ("plants", {}, "Plants · Alfa Romeo plant atlas"),
    ("", {"country": "italy"}, "4 plants in Italy · Alfa Romeo plant atlas"),
    ("timeline", {"status": "now"}, "2 plants building Alfa Romeos now · Alfa Romeo plant atlas"),
    ("", {"plant": "modena"}, "Modena Plant · Alfa Romeo plant atlas"),
    ("", {"table": "sites"}, "22 plants in 6 countries · Alfa Romeo plant atlas"),
    ("", {"car": "1968 giulia"}, "Your 1968 Giulia was born in Arese · Alfa Romeo plant atlas"),
    ("", {"story": "1"}, "1910: The first A.L.F.A. · Alfa Romeo plant atlas"),
    ("", {"car": "Ferrari", "story": "99"}, "Alfa Romeo plant atlas"),
    ("plants", {"car": "1968 giulia"}, "Arese Plant · Alfa Romeo plant atlas"),
    ("", {"country": "Mars", "planet": "x", "table": "moons", "plant": "x"}, "Alfa Romeo plant atlas"),
]


@pytest.mark.parametrize(("path", "params", "title"), TITLES)
def test_the_title_says_what_is_shown(path: str, params: dict[str, str], title: str) -> None:
    """Page, selection or plant; what does not exist is left out, as on the page."""
    assert card(path, **params).title == title


def test_the_words_name_the_plants() -> None:
    """As the map does; never without end."""
    assert card().words == site.ALFA.words
    assert card(country="Mexico").words == "1 plant in Mexico: Toluca Plant (Toluca)."
    assert card(plant="modena").words == "Modena Plant. Modena, Italy. Built Alfa Romeos before."
    long = card(table="sites").words
    assert long.startswith("22 plants in 6 countries: Cassino Plant")
    assert (len(long) <= link_card.MOST_LETTERS, long[-1]) == (True, "…")


def test_addresses_are_whole() -> None:
    """Programs that read them know no page that they could be relative to."""
    one = card("plants", country="italy", planet="x")
    assert one.url == f"{ROOT}/plants?country=Italy"
    assert one.image == f"{ROOT}/api/preview.png?country=Italy"


def test_a_question_is_shared_with_its_answer(client: TestClient) -> None:
    """In the head, in the page before any script runs, and in a picture of the answer's plants alone."""
    page = client.get("/?car=1968 giulia")
    head = Head(page.text)
    sentence = "A 1968 Giulia was built at Arese (1965–1978)."
    assert head.tags["og:description"] == head.tags["description"] == sentence
    assert head.tags["og:url"].endswith("/?table=sites&plant=arese&car=1968+giulia")
    assert head.tags["og:image"].endswith("/api/preview.png?table=sites&plant=arese&car=1968+giulia")
    pictures = {
        query: client.get(f"/api/preview.png?{query}").content
        for query in ("car=1968 giulia", "table=sites&plant=arese&car=1968+giulia", "plant=arese&table=sites")
    }
    bare, whole, plant = pictures.values()
    assert bare == whole != plant
    assert client.get("/api/preview.png?car=giulia&planet=x").status_code == 400


PUBLIC = [
    ("", "http://asked.test:8501", "http://asked.test:8501"),
    ("https://atlas.example.org/alfa/", "http://asked.test", "https://atlas.example.org/alfa"),
    ("", 'http://a"><script>', ""),
    ("javascript:alert(1)", "http://asked.test", "http://asked.test"),
]


@pytest.mark.parametrize(("setting", "asked", "root"), PUBLIC)
def test_the_servers_address(setting: str, asked: str, root: str) -> None:
    """That of the setting, else the one that was asked; nothing that is no address."""
    assert link_card.root_of(asked, {"ATLAS_PUBLIC_URL": setting}) == root


@pytest.mark.parametrize(
    "value", ["atlas.example.org", "https://a.org/?x=1", "https://a b.org", "ftp://a.org"]
)
def test_a_wrong_address_is_a_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check` says it."""
    monkeypatch.setenv("ATLAS_PUBLIC_URL", value)
    with pytest.raises(ConfigurationError, match="ATLAS_PUBLIC_URL") as raised:
        settings.PUBLIC_URL.read()
    assert str(raised.value) in health.run().problems


def test_the_first_answer_has_it_all(client: TestClient) -> None:
    """Without any script."""
    head = Head(client.get("/plants?country=Italy&plant=modena").text)
    assert head.tags.pop("description") == head.tags.pop("og:description") == card(plant="modena").words
    assert head.tags.pop("og:title") == head.tags.pop("title") == "Modena Plant · Alfa Romeo plant atlas"
    assert head.tags == {
        "og:type": "website",
        "og:site_name": "Alfa Romeo plant atlas",
        "og:url": "http://asked.test:8501/plants?country=Italy&plant=modena",
        "og:image": "http://asked.test:8501/api/preview.png?country=Italy&plant=modena",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "A map: Modena Plant · Alfa Romeo plant atlas",
        "twitter:card": "summary_large_image",
    }
    assert client.get(urlsplit("/api/preview.png?country=Italy&plant=modena").geturl()).status_code == 200


def test_what_was_searched_is_text(client: TestClient, hostile: str) -> None:
    """In the tags of a page no word becomes an element."""
    head = Head(client.get("/", params={"q": hostile}).text)
    links = ["link"] * 6
    assert head.elements == ["head", "title", *["meta"] * 12, *links, "script", "link", "script", "link"]
    assert "matching “" in head.tags["og:title"] or not hostile.strip()


def test_a_host_that_is_none(client: TestClient) -> None:
    """What somebody writes into a request's header stays out of the page."""
    page = client.get("/", headers={"Host": 'evil.test"><script>alert(1)</script>'}).text
    assert "alert(1)" not in page


def test_no_picture_is_drawn_for_words() -> None:
    """The size of the picture is known without the library that draws it."""
    code = "import sys; from atlas.web import link_card; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ATLAS.parent, capture_output=True, check=True)
    assert done.stdout == b"False\n"
