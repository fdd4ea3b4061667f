"""Preview pictures: what a link shows in chats and feeds, drawn without a browser."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor
from starlette.applications import Starlette
from starlette.testclient import TestClient

from atlas import basemap
from atlas.catalog import loader
from atlas.drawing import browser_files, look, preview_picture
from atlas.web import routes
from tests.test_basemap import load

LAND, SEA, HIGHLIGHT, NOW = (246, 242, 232), (207, 221, 227), (251, 238, 210), (179, 18, 43)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=routes.routes()))


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
    operating = ImageColor.getrgb(look.TEAL.light)
    assert share_of(picture(client), operating[:3]) > 0.05


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
