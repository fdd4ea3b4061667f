"""The fact sheet of a plant: what it says, and what its numbers mean."""

import re
from html import unescape
from typing import Any

import pandas as pd
import pytest

from atlas.catalog import loader
from atlas.drawing import fact_sheet, preview_picture

ADDRESS = "https://atlas.example.org/?table=sites&plant=portello"


def plant(plant_id: str) -> dict[str, Any]:
    """A row of the table of all sites."""
    sheet = loader.open_catalog().sheet("sites")
    row = sheet.index.row_of(plant_id)
    assert row is not None
    return {str(name): value for name, value in sheet.table.iloc[row].items()}


def sheet_of(row: dict[str, Any], *, address: str = ADDRESS, **more: Any) -> str:
    """The HTML of a sheet of ours."""
    values = {"words": "Closed", "picture": None, **more}
    return fact_sheet.html(row, loader.open_catalog().about_alfa, address=address, **values)


def words(html: str) -> str:
    """What a reader sees."""
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(?!/?(?:sup|span)\b)[^>]*>", " ", body)))


def test_it_says_what_is_known() -> None:
    """Name, official name, years and town, status with its date, figures with units, models with years."""
    text = re.sub(r"<[^>]+>", "", words(sheet_of(plant("portello"))))
    for said in (
        "Portello Plant",
        "Stabilimento Alfa Romeo del Portello",
        "1906–1986, Milan",
        "Closed (February 2026)",
        "260,000 m² (26 hectares)",
        "4,696 (1950)",
        "Giulia (105) saloon, 1962–1965",
        "park, shops and offices stand there",
        "Checked up to February 2026.",
        ADDRESS,
    ):
        assert said in text, said


def test_every_number_is_a_source() -> None:
    """The numbers in the text are those of the list, each page once; what has no source says so."""
    html = sheet_of(plant("cassino"))
    cited = {int(number) for number in re.findall(r"<sup>\[(\d+)\]</sup>", html)}
    listed = re.findall(r"<li>\[(\d+)\] (.*?)</li>", html)
    assert cited == {int(number) for number, _ in listed} == set(range(1, len(listed) + 1))
    assert len({page for _, page in listed}) == len(listed)
    location = html.split("<dt>Location</dt>")[1].split("</dd>")[0]
    assert "<em>no source</em>" in location
    assert "<sup>" not in location


def test_the_code_is_the_address() -> None:
    """An inline picture that loads nothing; without an address there is none."""
    code = fact_sheet.segno.make(ADDRESS, error="m", micro=False)
    drawn = code.svg_inline(scale=3, border=2, omitsize=True, title="QR code of the address below")
    assert drawn in sheet_of(plant("portello"))
    assert "<svg" not in sheet_of(plant("portello"), address="")


def test_it_asks_nobody() -> None:
    """It loads no file: its picture and styles are within."""
    html = sheet_of(plant("portello"), picture=b"png")
    assert re.findall(r'\ssrc="([^"]{0,22})', html) == ["data:image/png;base64,"]
    assert re.findall(r"<link|@import|url\(|<script", html) == []


def test_text_is_text(hostile: str) -> None:
    """A name adds no element."""
    row = plant("portello") | {"name": hostile, "owner": hostile}
    assert re.findall(r"<\w+", sheet_of(row)) == re.findall(
        r"<\w+", sheet_of(plant("portello") | {"name": "A", "owner": "B"})
    )


def test_a_plant_of_any_table() -> None:
    """Every filled cell, and neither sources nor a date that are not its own."""
    row = {
        "plant_id": "a",
        "name": "Alpha",
        "town": "Turin",
        "fuel": "gas",
        "latitude": None,
        "longitude": None,
    }
    html = fact_sheet.html(row, None, words="running", address="", picture=None)
    assert [said in words(html) for said in ("Alpha", "Turin", "gas", "running")] == [True] * 4
    assert [said in html for said in ("Sources", "as of", "map app", "<img", "<svg")] == [False] * 5


@pytest.mark.parametrize("plant_id", ["cassino", "toluca"])
def test_its_map_shows_the_plant(plant_id: str) -> None:
    """A PNG; none for a plant without a position."""
    sheet = loader.open_catalog().sheet("sites")
    row = sheet.index.row_of(plant_id)
    assert row is not None
    picture = preview_picture.map_png(sheet, row)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert not pd.isna(sheet.table["latitude"].iloc[row])
