"""Draws a selection as a picture of 1200 x 630 pixels without a browser: what chats show of a link to it.

`world` decodes the base map's coarse world once; `_frame` chooses the part of it around the shown plants.
Land, borders and plants are drawn at twice the size and made smaller; title, words and legend follow. Land
and sea have the colours of `map/basemap.js` in its light theme, plants those of `look`.

The work is bounded: of many plants, each small square of the picture shows one of a status, and each
table keeps its last pictures (the API draws one at a time).
"""

import gzip
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from atlas import basemap, earth
from atlas.catalog import points, sheets
from atlas.drawing import look, preview_text
from atlas.site import PREVIEW_SIZE as SIZE
from atlas.text import Mask

MEDIA_TYPE = "image/png"
MOST_PICTURES = 32  # kept of a table
_MAP_PX = 470  # height of the map; the rest is for words
_SMALL_MAP_PX = 700  # width of a map around one plant, which stands in its middle
_SCALE = 2
_MARGIN = 1.35  # width of the map by the width of the box around the plants
_LEAST_WORLD = 0.035  # of the world's width: a single plant has its country around it
_MOST_SHAPES = 300  # with more plants, marks are small and each square of _SQUARE_PX has one of a status
_SQUARE_PX = 5
_SEA, _LAND, _HIGHLIGHT, _BORDER, _COAST = "#cfdde3", "#f6f2e8", "#fbeed2", "#b3a68f", "#8aa5b1"
_PAPER, _INK, _QUIET, _EDGE = "#ffffff", "#22262b", "#5c636b", "#ffffff"

Line = npt.NDArray[np.float64]
"""Points (x, y) as parts of the world: 0, 0 is its north-west corner."""


@dataclass(frozen=True)
class Outlines:
    """Outlines or rings with the boxes around them: west, north, east, south."""

    lines: tuple[Line, ...]
    boxes: npt.NDArray[np.float64]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Outlines":
        boxes = [np.concatenate([line.min(axis=0), line.max(axis=0)]) for line in lines]
        return cls(tuple(lines), np.array(boxes).reshape(-1, 4))


@dataclass(frozen=True)
class World:
    """The coarse world: rings of land, each with the code of its country, and lines."""

    codes: tuple[str, ...]
    land: Outlines
    lakes: Outlines
    coast: Outlines
    border: Outlines


@dataclass(frozen=True)
class Frame:
    """The part of the world that is drawn: its west and north edge, and pixels a world."""

    west: float
    north: float
    world_px: float

    def at(self, line: Line, turn: int = 0) -> Line:
        """Returns points in pixels, `turn` worlds further east."""
        moved: Line = (line + np.array([turn - self.west, -self.north])) * self.world_px
        return moved


def png(sheet: sheets.Sheet, shown: Mask, *, plant: str, title: str, words: str) -> bytes:
    """Returns the picture of the shown rows of a table as PNG, with the selected plant, title and words."""
    key = (
        np.packbits(shown).tobytes() if len(shown) < 10_000 else hash(shown.tobytes()),
        plant,
        title,
        words,
    )

    def picture() -> bytes:
        return _encoded(_draw(sheet, shown, plant, title, words))

    return sheet.memory.of("picture", key, picture, most=MOST_PICTURES)


def map_png(sheet: sheets.Sheet, row: int) -> bytes | None:
    """Returns a small map around a plant of a table as PNG, without words; None where it has no position."""
    if sheet.points.place_of(row) < 0:
        return None
    shown = np.arange(len(sheet.table)) == row
    image = _draw_map(sheet, shown, str(sheet.table["plant_id"].iloc[row]), has_legend=False)
    side = (SIZE[0] - _SMALL_MAP_PX) // 2
    return _encoded(image.crop((side, 0, side + _SMALL_MAP_PX, _MAP_PX)))


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _draw(sheet: sheets.Sheet, shown: Mask, plant: str, title: str, words: str) -> Image.Image:
    """Draws the map with the plants, and the words below it."""
    image = Image.new("RGB", SIZE, _PAPER)
    image.paste(_draw_map(sheet, shown, plant))
    _draw_words(ImageDraw.Draw(image), title, words)
    return image


def _draw_map(sheet: sheets.Sheet, shown: Mask, plant: str, *, has_legend: bool = True) -> Image.Image:
    """Draws the map with the plants, and the legend where it hides fewest plants."""
    places = np.flatnonzero(shown[sheet.points.rows])
    packed = points.chosen(sheet.points, places)
    at = np.frombuffer(packed, "<u4", count=2 * len(places)).reshape(2, -1).T / 2.0**32
    status = np.frombuffer(packed, "u1", offset=8 * len(places)) % points.UNSURE_BIT
    row = sheet.index.row_of(plant)
    chosen = np.flatnonzero(places == sheet.points.place_of(row)) if row is not None else places[:0]
    frame = _frame(at[chosen] if len(chosen) else at)
    large = Image.new("RGB", (SIZE[0] * _SCALE, _MAP_PX * _SCALE), _SEA)
    pen = ImageDraw.Draw(large)
    _draw_land(pen, frame, set(sheet.country_codes))
    _draw_plants(pen, frame, at, status if sheet.categories else None, chosen)
    image = large.resize((SIZE[0], _MAP_PX), Image.Resampling.BOX)
    legend = _legend(sheet.statuses, np.unique(status).tolist()) if has_legend else None
    if legend:
        image.paste(legend, _free_corner(legend, _turned(frame, at) / _SCALE))
    return image


# ---- the world -------------------------------------------------------------------------------------


def world() -> World:
    """Returns the base map's coarse world, decoded once."""
    return _world(basemap.version())


@lru_cache(maxsize=1)
def _world(_version: str) -> World:
    file = json.loads(gzip.decompress(basemap.read("world.json")))
    grid = float(file["grid"])
    arcs = [basemap.decode(text) / grid for kind in file["arcs"].values() for text in kind]
    counts = np.cumsum([0, *(len(kind) for kind in file["arcs"].values())])
    kinds = {
        name: arcs[start:end] for name, start, end in zip(file["arcs"], counts, counts[1:], strict=False)
    }
    rings = [
        (country["code"], basemap.ring(refs, arcs))
        for country in file["countries"]
        for refs in country["rings"]
    ]
    return World(
        tuple(code for code, _ in rings),
        Outlines.of([ring for _, ring in rings]),
        Outlines.of([basemap.decode(text) / grid for text in file["lakes"]]),
        Outlines.of(kinds["coast"]),
        Outlines.of(kinds["border"]),
    )


def _frame(at: Line) -> Frame:
    """Returns the part of the world around places, in the shape of the map; without places, all of it."""
    width, height = SIZE[0] * _SCALE, _MAP_PX * _SCALE
    if not len(at):
        return Frame(0.0, 0.36 - 0.5 * height / width, float(width))
    west, east = earth.shortest_arc(at[:, 0], 1.0)
    span = east - west
    north, south = at[:, 1].min(), at[:, 1].max()
    wide = max(span * _MARGIN, (south - north) * _MARGIN * width / height, _LEAST_WORLD)
    wide = min(wide, width / height)
    middle = (north + south) / 2
    half = wide * height / width / 2
    return Frame(west + span / 2 - wide / 2, min(max(middle, half), 1 - half) - half, width / wide)


def _draw_land(pen: ImageDraw.ImageDraw, frame: Frame, highlight: set[str]) -> None:
    land = world()
    rings = [(land.codes[number] in highlight, line) for number, line in _in_frame(frame, land.land)]
    # Highlighted countries first: Lesotho, which lies in a hole of South Africa, is drawn over it.
    for is_highlighted, ring in sorted(rings, key=lambda pair: not pair[0]):
        pen.polygon(ring, fill=_HIGHLIGHT if is_highlighted else _LAND)
    for _, ring in _in_frame(frame, land.lakes):
        pen.polygon(ring, fill=_SEA)
    for lines, colour in ((land.border, _BORDER), (land.coast, _COAST)):
        for _, line in _in_frame(frame, lines):
            pen.line(line, fill=colour, width=_SCALE)


def _in_frame(frame: Frame, outlines: Outlines) -> Iterator[tuple[int, list[float]]]:
    """Yields number and pixels of each line in the frame, on each turn of the world, without specks."""
    wide, high = SIZE[0] * _SCALE / frame.world_px, _MAP_PX * _SCALE / frame.world_px
    west, north, east, south = outlines.boxes.T
    is_seen = (south >= frame.north) & (north <= frame.north + high)
    is_seen &= np.maximum(east - west, south - north) * frame.world_px > 1
    for turn in (-1, 0, 1):
        is_on_turn = is_seen & (east + turn >= frame.west) & (west + turn <= frame.west + wide)
        for number in np.flatnonzero(is_on_turn).tolist():
            yield number, frame.at(outlines.lines[number], turn).ravel().tolist()


# ---- plants ----------------------------------------------------------------------------------------


def _draw_plants(
    pen: ImageDraw.ImageDraw,
    frame: Frame,
    at: Line,
    status: npt.NDArray[np.uint8] | None,
    chosen: npt.NDArray[np.integer],
) -> None:
    codes = np.full(len(at), -1) if status is None else status.astype(int)
    spots, spot_codes = _spots(frame, at, codes)
    size = 1.25 if len(spots) <= _MOST_SHAPES else 0.4
    # The first status is the one that people look for: it is drawn last, on top.
    for number in np.argsort(-spot_codes, kind="stable"):
        _draw_shape(pen, spots[number], int(spot_codes[number]), size * _SCALE)
    for place, code in zip(_turned(frame, at[chosen]), codes[chosen], strict=True):
        for radius, colour in ((24, _EDGE), (22, _look(code).colour.light)):
            box = [*(place - radius * _SCALE), *(place + radius * _SCALE)]
            pen.ellipse([float(edge) for edge in box], outline=colour, width=3 * _SCALE)


def _spots(frame: Frame, at: Line, codes: npt.NDArray[np.int64]) -> tuple[Line, npt.NDArray[np.int64]]:
    """Returns marks as pixels and status codes; of many plants, one of a status in each small square."""
    pixels = _turned(frame, at)
    if len(at) <= _MOST_SHAPES:
        return pixels, codes
    squares = (pixels // (_SQUARE_PX * _SCALE)).astype(np.int64)
    _, first = np.unique((squares[:, 1] * SIZE[0] + squares[:, 0]) * 256 + codes, return_index=True)
    return pixels[first], codes[first]


def _turned(frame: Frame, at: Line) -> Line:
    """Returns places in pixels, on the turn of the world that is nearest to the middle."""
    start = frame.west + SIZE[0] * _SCALE / frame.world_px / 2 - 0.5
    return frame.at(np.column_stack([(at[:, 0] - start) % 1 + start, at[:, 1]]))


def _look(code: int) -> look.Look:
    return look.LOOKS[code] if code >= 0 else look.ANY


def _draw_shape(pen: ImageDraw.ImageDraw, place: Line, code: int, scale: float) -> None:
    """Draws the mark of a status around a place in pixels; `code` is -1 in a table without statuses."""
    worn = _look(code)
    fill, edge = (_EDGE, worn.colour.light) if worn.is_hollow else (worn.colour.light, _EDGE)
    width = max(1, round((2.6 if worn.is_hollow else 2) * scale * 0.8))
    x, y = (float(pixels) for pixels in place)
    if worn.shape.corners:
        outline = [(x + dx * scale, y + dy * scale) for dx, dy in worn.shape.corners]
        pen.polygon(outline, fill=fill, outline=edge, width=width)
    else:
        radius = worn.shape.radius * scale
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill, outline=edge, width=width)


# ---- words and legend ------------------------------------------------------------------------------


def _draw_words(pen: ImageDraw.ImageDraw, title: str, words: str) -> None:
    left, wide = 40, SIZE[0] - 80
    for line in preview_text.lines(title, 42, wide, most=1):
        font = preview_text.font(42)
        pen.text((left, _MAP_PX + 12), line, font=font, fill=_INK, stroke_width=0.6, stroke_fill=_INK)
    for number, line in enumerate(preview_text.lines(words, 23, wide, most=2)):
        pen.text((left, _MAP_PX + 72 + 30 * number), line, font=preview_text.font(23), fill=_QUIET)


def _legend(categories: Sequence[str], codes: Sequence[int]) -> Image.Image | None:
    """Draws what the marks in the picture mean; returns None where no status has words."""
    codes = [code for code in codes if code < len(categories) and categories[code]]
    if not codes:
        return None
    font = preview_text.font(20)
    words = ["".join(preview_text.lines(categories[code], 20, 320, most=1)) for code in codes]
    width = round(58 + max(map(font.getlength, words)))
    image = Image.new("RGB", (width, 30 * len(codes) + 12), _PAPER)
    # Marks are drawn large and made smaller, as on the map.
    marks = Image.new("RGB", (36 * _SCALE, 30 * len(codes) * _SCALE), _PAPER)
    for row, code in enumerate(codes):
        _draw_shape(ImageDraw.Draw(marks), np.array([18.0, 15.0 + 30 * row]) * _SCALE, code, 1.0 * _SCALE)
    image.paste(marks.resize((36, 30 * len(codes)), Image.Resampling.BOX), (5, 6))
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(words):
        pen.text((46, 8 + 30 * row), line, font=font, fill=_INK)
    pen.rectangle([0, 0, width - 1, image.height - 1], outline="#d5d8dc")
    return image


def _free_corner(legend: Image.Image, plants: Line) -> tuple[int, int]:
    """Returns where the legend hides fewest plants: the lower left corner, if no other hides fewer."""
    left, right = 20, SIZE[0] - 20 - legend.width
    top, bottom = 20, _MAP_PX - 20 - legend.height
    corners = [(left, bottom), (right, bottom), (left, top), (right, top)]

    def hidden(corner: tuple[int, int]) -> int:
        from_corner = plants - corner
        inside = (from_corner > -20) & (from_corner < (legend.width + 20, legend.height + 20))
        return int(inside.all(axis=1).sum())

    return min(corners, key=hidden)
