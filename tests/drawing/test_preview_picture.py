"""Share cards: what a link says of itself before any script has run, in words and as a picture."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import basemap, settings, site
from atlas.catalog import loader
from atlas.drawing import browser_files, preview_picture
from atlas.errors import ConfigurationError
from atlas.web import health, link_card, page_head, routes
from tests.test_basemap import load

ROOT = "https://atlas.example.org/alfa"
LAND, SEA, HIGHLIGHT, NOW = (246, 242, 232), (207, 221, 227), (251, 238, 210), (179, 18, 43)


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


# ---- words -----------------------------------------------------------------------------------------

TITLES = [
    ("", {}, "Alfa Romeo plant atlas"),
    ("plants", {}, "Plants · Alfa Romeo plant atlas"),
    ("", {"country": "italy"}, "4 plants in Italy · Alfa Romeo plant atlas"),
    ("timeline", {"status": "now"}, "2 plants building Alfa Romeos now · Alfa Romeo plant atlas"),
    ("", {"plant": "modena"}, "Modena Plant · Alfa Romeo plant atlas"),
    ("", {"table": "sites"}, "22 plants in 6 countries · Alfa Romeo plant atlas"),
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
    assert head.elements == ["head", "title", *["meta"] * 12, "script"]
    assert "matching “" in head.tags["og:title"] or not hostile.strip()


def test_a_host_that_is_none(client: TestClient) -> None:
    """What somebody writes into a request's header stays out of the page."""
    page = client.get("/", headers={"Host": 'evil.test"><script>alert(1)</script>'}).text
    assert "alert(1)" not in page


# ---- picture ---------------------------------------------------------------------------------------


def picture(client: TestClient, query: str = "") -> Image.Image:
    answer = client.get(f"/api/preview.png{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert len(answer.content) < 150_000
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def share_of(image: Image.Image, colour: tuple[int, int, int], *, around: int = 8) -> float:
    """How much of a picture has a colour, or one near it."""
    away = np.abs(np.asarray(image, int) - colour).max(axis=2)
    return float((away <= around).mean())


def test_the_picture_shows_land_sea_and_plants(client: TestClient) -> None:
    """In the size that feeds ask for, light, with the countries of the plants standing out."""
    image = picture(client, "?country=Italy")
    assert image.size == (1200, 630)
    assert share_of(image, SEA) > 0.2
    assert share_of(image, LAND) > 0.1
    assert share_of(image, HIGHLIGHT) > 0.1
    assert 0.0005 < share_of(image, NOW) < 0.01
    words = image.crop((0, 470, 1200, 630))
    assert 0.01 < share_of(words, (34, 38, 43), around=60) < 0.2


def test_land_and_sea_are_those_of_the_map() -> None:
    """The picture repeats colours of the base map's light theme, which only its script knows."""
    script = browser_files.own("map/basemap.js")
    light = dict(re.findall(r'(\w+): "(#[0-9a-f]{6})"', script[: script.index("dark: {")]))
    drawn = ("_SEA", "_LAND", "_HIGHLIGHT", "_BORDER", "_COAST")
    assert {name: getattr(preview_picture, name) for name in drawn} == {
        name: light[name.removeprefix("_").lower()] for name in drawn
    }


def test_a_plant_in_the_middle(client: TestClient) -> None:
    """A link to a plant shows it, with a ring, where it is."""
    image = picture(client, "?plant=cassino")
    middle = image.crop((550, 185, 650, 285))
    assert share_of(middle, NOW) > 0.05
    assert share_of(image.crop((700, 0, 1200, 200)), NOW) == 0


def test_no_plant_is_the_world(client: TestClient) -> None:
    """Nothing to show is a map, too."""
    assert share_of(picture(client, "?q=nothing+like+this"), NOW) == 0


def test_mistakes_are_sentences(client: TestClient) -> None:
    """As for the CSV."""
    answer = client.get("/api/preview.png?country=Mars")
    assert (answer.status_code, answer.json()) == (400, client.get("/api/plants.csv?country=Mars").json())


def test_any_name_can_be_drawn(client: TestClient, hostile: str) -> None:
    """Letters without a picture in the font are left out."""
    answer = client.get("/api/preview.png", params={"q": hostile})
    assert answer.status_code == 200


def test_many_plants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: TestClient) -> None:
    """They are drawn as small marks, each square once; beyond the 180th meridian as well."""
    random = np.random.default_rng(1)
    rows = [
        f"P,{lat:.3f},{lon:.3f},{kind}"
        for lat, lon, kind in zip(
            random.uniform(-20, -10, 20_000),
            (random.uniform(170, 190, 20_000) + 180) % 360 - 180,
            random.choice(["open", "shut"], 20_000),
            strict=True,
        )
    ]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["name,latitude,longitude,status", *rows]), encoding="utf-8")
    monkeypatch.setenv("ATLAS_PLANTS", str(path))
    sheet = loader.open_catalog().sheet("plants")
    packed = np.frombuffer(sheet.points.packed, "<u4", count=40_000).reshape(2, -1).T / 2**32
    frame = preview_picture._frame(packed)
    assert frame.world_px > 10_000, "not the whole world, though the plants are on both of its edges"
    spots, _ = preview_picture._spots(frame, packed, np.zeros(20_000, int))
    assert len(spots) < 2400 * 940 / 10**2
    assert (spots >= 0).all()
    assert (spots <= (2400, 940)).all()
    assert share_of(picture(client), NOW) > 0.05


def test_a_picture_is_drawn_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks again gets the one that is there."""
    first = client.get("/api/preview.png?country=Mexico").content
    monkeypatch.setattr(preview_picture, "_draw", None)
    assert client.get("/api/preview.png?country=Mexico").content == first


# ---- the world -------------------------------------------------------------------------------------


def test_the_world_is_that_of_the_base_map() -> None:
    """All rings and lines of the file, as parts of the world."""
    file = load("world.json")
    world = preview_picture.world()
    assert len(world.land.lines) == sum(len(country["rings"]) for country in file["countries"])
    italy = [line for code, line in zip(world.codes, world.land.lines, strict=True) if code == "IT"]
    assert min(line[:, 0].min() for line in italy) == pytest.approx(6.6 / 360 + 0.5, abs=0.001)
    assert basemap.version()


PLACES = [
    [[0.5, 0.5]],
    [[0.01, 0.3], [0.99, 0.4]],
    [[0.2, 0.02], [0.6, 0.97]],
    [[0.1, 0.3], [0.4, 0.4], [0.7, 0.6]],
    [[0.0, 0.0], [1.0, 1.0]],
]


@pytest.mark.parametrize("places", PLACES)
def test_all_places_are_in_the_frame(places: list[list[float]]) -> None:
    """Wherever they are; the frame never leaves the map to north or south."""
    at = np.array(places)
    frame = preview_picture._frame(at)
    pixels = preview_picture._turned(frame, at)
    assert (pixels >= -1e-6).all()
    assert (pixels <= np.array([2400, 940]) + 1e-6).all()
    assert -1e-9 <= frame.north <= 1 - 940 / frame.world_px + 1e-9


def test_the_frame_crosses_the_date_line() -> None:
    """Fiji and Samoa are neighbours."""
    frame = preview_picture._frame(np.array([[0.01, 0.4], [0.99, 0.4]]))
    assert frame.world_px == pytest.approx(2400 / preview_picture._LEAST_WORLD)
