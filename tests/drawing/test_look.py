"""Looks: one row for each status says its colours and shape, and all pictures of it are made from the row."""

import json
import re

import pytest

from atlas.alfa import tables
from atlas.catalog import loader
from atlas.drawing import browser_files, look
from atlas.importing.roles import status_words
from atlas.paths import ASSETS, ATLAS

ROOT = ATLAS.parent
EVERY = (*look.LOOKS, look.ANY)
COLOURS = {colour for pair in (row.colour for row in EVERY) for colour in (pair.light, pair.dark)}
SHAPES = {name: value for name, value in vars(look).items() if isinstance(value, look.Shape)}
TEXTS = {".py", ".css", ".js", ".html", ".svg", ".toml"}
ALLOWED = {("atlas/drawing/look.py", colour) for colour in COLOURS}
# The border of a message that browsers too old for light-dark() may have to show.
ALLOWED |= {("atlas/drawing/browser/offline/offline.css", "#b3122b")}


def test_no_other_file_repeats_a_colour() -> None:
    """Not in Python, styles, scripts, templates or settings: a colour is changed in its row alone."""
    folders = (ROOT / name for name in ("atlas", "pages", "data/build", ".streamlit"))
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in TEXTS]
    assert {ASSETS / "map" / "atlas.css", ATLAS / "export" / "kml_file.py"} < set(files)
    repeated = {
        (path.relative_to(ROOT).as_posix(), colour)
        for path in [*files, ROOT / "dashboard.py"]
        for colour in re.findall(r"#[0-9a-f]{6}\b", path.read_text(encoding="utf-8").lower())
        if colour in COLOURS
    }
    assert repeated == ALLOWED


def test_no_other_file_repeats_an_outline() -> None:
    """Marks on the map and on pages are drawn from the shapes of the rows."""
    assert "clip-path" not in browser_files.own("page/page.css")
    assert re.findall(r"<(?:path|circle|rect|polygon)", browser_files.own("map/marks.js")) == []


def test_the_rows_are_those_of_the_statuses() -> None:
    """In the order of the status codes, and as many as a table of one's own may have statuses."""
    assert [row.code for row in look.LOOKS] == [str(code) for code in range(len(look.LOOKS))]
    assert {row.status: int(row.code) for row in look.LOOKS if row.status} == dict(tables.CODES)
    assert set(tables.CODES) == set(tables.STATUSES)
    in_order = [row for row in look.LOOKS if not row.meaning]
    assert len(in_order) >= loader.MOST_CATEGORIES


def test_the_rows_are_those_of_the_meanings() -> None:
    """A category is the number of its look: what operates comes first, whatever is meant otherwise last."""
    meanings = {row.meaning: int(row.code) for row in look.LOOKS if row.meaning}
    wanted = (*status_words.MEANINGS, status_words.OTHER)
    assert meanings == {meaning: loader.FIRST_MEANING + place for place, meaning in enumerate(wanted)}


def test_the_colour_says_what_a_status_means() -> None:
    """What is closed is grey and hollow, never in the red of what builds now."""
    by_meaning = {row.meaning: row for row in look.LOOKS if row.meaning}
    assert by_meaning["operating"].colour == look.TEAL
    assert (by_meaning["closed"].colour, by_meaning["closed"].is_hollow) == (look.GREY, True)
    assert look.RED not in {row.colour for row in by_meaning.values()}


@pytest.mark.parametrize("by_meaning", [False, True])
def test_looks_differ_without_colour(by_meaning: bool) -> None:
    """No two statuses of a table have the same outline, both filled or both hollow."""
    outlines = [(row.shape, row.is_hollow) for row in look.LOOKS if bool(row.meaning) == by_meaning]
    assert len(set(outlines)) == len(outlines)


def test_a_hollow_mark_keeps_its_border() -> None:
    """On a page the border of a box is the outline; a clipped box would lose it."""
    assert [row.code for row in EVERY if row.is_hollow and "clip-path" in row.shape.box] == []


def spread(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points in parts of the box around them."""
    left, top = (min(axis) for axis in zip(*points, strict=True))
    right, bottom = (max(axis) for axis in zip(*points, strict=True))
    return [((x - left) / (right - left), (y - top) / (bottom - top)) for x, y in points]


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if "clip-path" in shape.box])
def test_a_page_shows_the_outline_of_the_map(name: str) -> None:
    """The clipped box has the same corners, to a hundredth of its size."""
    shape = SHAPES[name]
    numbers = [
        tuple(float(part.removesuffix("%")) for part in pair.split())
        for pair in shape.box.removeprefix("clip-path: polygon(").removesuffix(")").split(", ")
    ]
    on_page = sorted(spread([(x, y) for x, y in numbers]))
    for seen, wanted in zip(on_page, sorted(spread(list(shape.corners))), strict=True):
        assert seen == pytest.approx(wanted, abs=0.01)


SVG = [
    ("CIRCLE", '<circle r="8"/>'),
    ("DIAMOND", '<path d="M0 -9.5 9.5 0 0 9.5 -9.5 0Z"/>'),
    ("SQUARE", '<rect x="-7" y="-7" width="14" height="14" rx="1.5"/>'),
    ("TRIANGLE", '<path d="M0 -9.5 9.2 7 -9.2 7Z"/>'),
]


@pytest.mark.parametrize(("name", "svg"), SVG)
def test_outlines_as_svg(name: str, svg: str) -> None:
    """What the map's marks are drawn with."""
    assert SHAPES[name].svg == svg


def test_the_maps_styles() -> None:
    """A variable for each look in both themes, and a class that wears it; they travel with the map."""
    light, dark = (
        {f"--status-{row.code}": colour for row, colour in zip(EVERY, colours, strict=True)}
        for colours in ([row.colour.light for row in EVERY], [row.colour.dark for row in EVERY])
    )
    rules = dict(re.findall(r"^(.+) \{ (.+); \}$", look.map_css(), re.MULTILINE))
    declared = {
        selector: dict(part.split(": ") for part in body.split("; ")) for selector, body in rules.items()
    }
    assert declared.pop(".leaflet-container") == light
    assert declared.pop('.leaflet-container[data-theme="dark"]') == dark
    assert declared == {
        f".atlas-status-{row.code}": {"--status": f"var(--status-{row.code})"} for row in EVERY
    }
    assert look.map_css() in browser_files.css()


def test_the_pages_styles() -> None:
    """Each colour follows the theme; a hollow mark is a border, in the shape of its row."""
    css = browser_files.page_css()
    assert "--status-0: light-dark(#b3122b, #ff5c72)" in css
    assert ".atlas-mark-1 { --mark: var(--status-1); transform: rotate(45deg) scale(0.86); }" in css
    hollow = "--mark: var(--status-2); background: none; border: 2px solid var(--mark); border-radius: 2px"
    assert f".atlas-mark-2 {{ {hollow}; }}" in css
    assert set(re.findall(r"var\((--status-\w+)\)", css)) <= {f"--status-{row.code}" for row in EVERY}


def test_the_marks_of_the_map() -> None:
    """`marks.js` is given every look, the one for tables without statuses last."""
    data = json.loads(look.script().removeprefix("window.AtlasLooks = ").removesuffix(";"))
    assert [row["code"] for row in data] == [row.code for row in EVERY]
    assert data[6] == {
        "code": "6",
        "shape": '<path d="M0 -9.5 9.5 0 0 9.5 -9.5 0Z"/>',
        "isHollow": True,
    }
    assert look.script() in browser_files.read("atlas.js").content.decode()


def test_every_look_of_a_style_is_a_row() -> None:
    """Styles and scripts name no status that has no row."""
    named = {
        code
        for path in (ASSETS / folder for folder in ("map", "page", "offline"))
        for file in path.glob("*.*")
        for code in re.findall(r"(?:--status|atlas-mark|atlas-shape)-(\d+|any)\b", file.read_text("utf-8"))
    }
    assert named <= {row.code for row in EVERY}
