"""A picture of a selection, drawn without a browser: 1200 x 630, what a link to it shows in chats and feeds.

How it flows: `world` decodes the base map's coarse world once; `_frame` chooses the part of it with the
shown plants; land, borders and plants are drawn at twice the size and made smaller, then title, words
and legend below. Colours and shapes are those of the map in its light theme (`basemap.js`, `marks.js`).

The work is bounded: of many plants only one a small square of the picture is drawn, and the last pictures
of a table are kept (the API draws one at a time). Pillow's own font is there on every machine; it
writes plain Latin letters, so others lose their accents or are left out.
"""

import gzip
import io
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from atlas import basemap, earth
from atlas.catalog import points, sheets
from atlas.errors import DataError
from atlas.text import Mask

SIZE = (1200, 630)
MEDIA_TYPE = "image/png"
_MAP_PX = 470  # height of the map; the rest is for words
_SCALE = 2
_MARGIN = 1.35  # the map is so much larger than the box around the plants
_LEAST_WORLD = 0.035  # of the world's width, so that a single plant has its country around it
_MOST_SHAPES, _SQUARE_PX = 300, 5
_MOST_LETTERS = 400
_SEA, _LAND, _HIGHLIGHT, _BORDER, _COAST = "#cfdde3", "#f6f2e8", "#fbeed2", "#b3a68f", "#8aa5b1"
_PAPER, _INK, _QUIET, _EDGE = "#ffffff", "#22262b", "#5c636b", "#ffffff"
_STATUSES = ("#b3122b", "#0f6f7c", "#6b7280", "#a020c8", "#8f5b00", "#0d1d59", "#0f6f7c")
_ANY = "#33587a"
_HOLLOW = (2, 6)
_PLAIN = dict(
    zip("ŁłØøĐđÆæŒœßı", ("L", "l", "O", "o", "D", "d", "AE", "ae", "OE", "oe", "ss", "i"), strict=True)
)
# By status code, around 0, 0, as in marks.js; None: a circle of radius 8.
_SHAPES: tuple[tuple[tuple[float, float], ...] | None, ...] = (
    None,
    ((0, -9.5), (9.5, 0), (0, 9.5), (-9.5, 0)),
    ((-7, -7), (7, -7), (7, 7), (-7, 7)),
    ((0, -9.5), (9.2, 7), (-9.2, 7)),
    (
        (-3.2, -8.5), (3.2, -8.5), (3.2, -3.2), (8.5, -3.2), (8.5, 3.2), (3.2, 3.2),
        (3.2, 8.5), (-3.2, 8.5), (-3.2, 3.2), (-8.5, 3.2), (-8.5, -3.2), (-3.2, -3.2),
    ),
    ((0, 9.5), (-9.2, -7), (9.2, -7)),
    ((0, -9.5), (9.5, 0), (0, 9.5), (-9.5, 0)),
)  # fmt: skip

Line = npt.NDArray[np.float64]
"""Points (x, y) as parts of the world: 0, 0 is its north-west corner."""

MOST_PICTURES = 32


@dataclass(frozen=True)
class Lines:
    """Lines or rings with the boxes around them: west, north, east, south."""

    lines: tuple[Line, ...]
    boxes: npt.NDArray[np.float64]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Lines":
        boxes = [np.concatenate([line.min(axis=0), line.max(axis=0)]) for line in lines]
        return cls(tuple(lines), np.array(boxes).reshape(-1, 4))


@dataclass(frozen=True)
class World:
    """The coarse world: rings of land, each with the code of its country, and lines."""

    codes: tuple[str, ...]
    land: Lines
    lakes: Lines
    coast: Lines
    border: Lines


@dataclass(frozen=True)
class Frame:
    """The part of the world that is drawn: its west and north edge, and pixels a world."""

    west: float
    north: float
    world_px: float

    def at(self, line: Line, turn: int = 0) -> Line:
        """In pixels, `turn` worlds further east."""
        moved: Line = (line + np.array([turn - self.west, -self.north])) * self.world_px
        return moved


def png(sheet: sheets.Sheet, shown: Mask, *, plant: str, title: str, words: str) -> bytes:
    """The picture of the shown rows of a table, with the selected plant, a title and a sentence."""
    key = (
        np.packbits(shown).tobytes() if len(shown) < 10_000 else hash(shown.tobytes()),
        plant,
        title,
        words,
    )

    def picture() -> bytes:
        return _encoded(_draw(sheet, shown, plant, title, words))

    return sheet.memory.of("picture", key, picture, most=MOST_PICTURES)


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _draw(sheet: sheets.Sheet, shown: Mask, plant: str, title: str, words: str) -> Image.Image:
    places = np.flatnonzero(shown[sheet.points.rows])
    packed = points.chosen(sheet.points, places)
    at = np.frombuffer(packed, "<u4", count=2 * len(places)).reshape(2, -1).T / 2.0**32
    status = np.frombuffer(packed, "u1", offset=8 * len(places))
    row = sheet.index.row_of(plant)
    chosen = np.flatnonzero(places == sheet.points.place_of(row)) if row is not None else places[:0]
    frame = _frame(at[chosen] if len(chosen) else at)
    large = Image.new("RGB", (SIZE[0] * _SCALE, _MAP_PX * _SCALE), _SEA)
    pen = ImageDraw.Draw(large)
    _draw_land(pen, frame, set(sheet.country_codes))
    _draw_plants(pen, frame, at, status if sheet.categories else None, chosen)
    image = Image.new("RGB", SIZE, _PAPER)
    image.paste(large.resize((SIZE[0], _MAP_PX), Image.Resampling.BOX))
    _draw_words(ImageDraw.Draw(image), title, words)
    legend = _legend(sheet.categories, np.unique(status).tolist())
    if legend:
        image.paste(legend, _free_corner(legend, _turned(frame, at) / _SCALE))
    return image


# ---- the world -------------------------------------------------------------------------------------


def world() -> World:
    """The base map's coarse world, decoded once."""
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
        Lines.of([ring for _, ring in rings]),
        Lines.of([basemap.decode(text) / grid for text in file["lakes"]]),
        Lines.of(kinds["coast"]),
        Lines.of(kinds["border"]),
    )


def _frame(at: Line) -> Frame:
    """The part of the world around places, with the shape of the picture; the whole world for none."""
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
    # Lesotho lies in a hole of South Africa: what is not highlighted is drawn over what is.
    for is_highlighted, ring in sorted(rings, key=lambda one: not one[0]):
        pen.polygon(ring, fill=_HIGHLIGHT if is_highlighted else _LAND)
    for _, ring in _in_frame(frame, land.lakes):
        pen.polygon(ring, fill=_SEA)
    for lines, colour in ((land.border, _BORDER), (land.coast, _COAST)):
        for _, line in _in_frame(frame, lines):
            pen.line(line, fill=colour, width=_SCALE)


def _in_frame(frame: Frame, every: Lines) -> Iterator[tuple[int, list[float]]]:
    """Number and pixels of each line that can be seen, on each turn of the world; specks are left out."""
    wide, high = SIZE[0] * _SCALE / frame.world_px, _MAP_PX * _SCALE / frame.world_px
    west, north, east, south = every.boxes.T
    is_seen = (south >= frame.north) & (north <= frame.north + high)
    is_seen &= np.maximum(east - west, south - north) * frame.world_px > 1
    for turn in (-1, 0, 1):
        here = is_seen & (east + turn >= frame.west) & (west + turn <= frame.west + wide)
        for number in np.flatnonzero(here).tolist():
            yield number, frame.at(every.lines[number], turn).ravel().tolist()


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
    for place in _turned(frame, at[chosen]):
        for radius, colour in (
            (24, _EDGE),
            (22, _STATUSES[codes[chosen[0]]] if status is not None else _ANY),
        ):
            box = [*(place - radius * _SCALE), *(place + radius * _SCALE)]
            pen.ellipse([float(one) for one in box], outline=colour, width=3 * _SCALE)


def _spots(frame: Frame, at: Line, codes: npt.NDArray[np.int64]) -> tuple[Line, npt.NDArray[np.int64]]:
    """Where to draw which status, in pixels: of many plants, one of a status in each small square."""
    pixels = _turned(frame, at)
    if len(at) <= _MOST_SHAPES:
        return pixels, codes
    squares = (pixels // (_SQUARE_PX * _SCALE)).astype(np.int64)
    _, first = np.unique((squares[:, 1] * SIZE[0] + squares[:, 0]) * 256 + codes, return_index=True)
    return pixels[first], codes[first]


def _turned(frame: Frame, at: Line) -> Line:
    """Places in pixels, on the turn of the world that is nearest to the middle."""
    start = frame.west + SIZE[0] * _SCALE / frame.world_px / 2 - 0.5
    return frame.at(np.column_stack([(at[:, 0] - start) % 1 + start, at[:, 1]]))


def _draw_shape(pen: ImageDraw.ImageDraw, place: Line, status: int, scale: float) -> None:
    colour = _STATUSES[status] if status >= 0 else _ANY
    fill, edge = (_EDGE, colour) if status in _HOLLOW else (colour, _EDGE)
    shape = _SHAPES[max(status, 0)]
    width = max(1, round((2.6 if status in _HOLLOW else 2) * scale * 0.8))
    x, y = (float(one) for one in place)
    if shape is None:
        radius = 8 * scale
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=fill, outline=edge, width=width)
    else:
        pen.polygon(
            [(x + dx * scale, y + dy * scale) for dx, dy in shape], fill=fill, outline=edge, width=width
        )


# ---- words -----------------------------------------------------------------------------------------


def _draw_words(pen: ImageDraw.ImageDraw, title: str, words: str) -> None:
    left, wide = 40, SIZE[0] - 80
    [line] = _lines(pen, title, _font(42), wide, most=1) or [""]
    pen.text((left, _MAP_PX + 12), line, font=_font(42), fill=_INK, stroke_width=0.6, stroke_fill=_INK)
    for number, line in enumerate(_lines(pen, words, _font(23), wide, most=2)):
        pen.text((left, _MAP_PX + 72 + 30 * number), line, font=_font(23), fill=_QUIET)


def _lines(
    pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, wide: float, *, most: int
) -> list[str]:
    """Text in at most so many lines; what is left out is an ellipsis."""
    lines: list[str] = []
    rest = _printable(text).split()
    while rest and len(lines) < most:
        taken = next(
            (
                count
                for count in range(len(rest), 1, -1)
                if pen.textlength(" ".join(rest[:count]), font) <= wide
            ),
            1,
        )
        lines.append(" ".join(rest[:taken]))
        rest = rest[taken:]
    while lines and (rest or pen.textlength(lines[-1], font) > wide):
        cut = lines[-1].removesuffix("…")[:-1].rstrip(" ,")
        lines[-1], rest = cut + "…", []
    return lines


def _legend(categories: Sequence[str], codes: Sequence[int]) -> Image.Image | None:
    """What the shapes mean that are in the picture; None where there is nothing to say."""
    rows = [(code, categories[code]) for code in codes if code < len(categories) and categories[code]]
    if not rows:
        return None
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    words = [next(iter(_lines(pen, text, _font(20), 320, most=1)), "") for _, text in rows]
    wide = round(58 + max(pen.textlength(one, _font(20)) for one in words))
    image = Image.new("RGB", (wide, 30 * len(rows) + 12), _PAPER)
    # Shapes are drawn large and made smaller, as on the map.
    icons = Image.new("RGB", (36 * _SCALE, 30 * len(rows) * _SCALE), _PAPER)
    for number, (code, _) in enumerate(rows):
        place = np.array([18.0, 15.0 + 30 * number]) * _SCALE
        _draw_shape(ImageDraw.Draw(icons), place, code, 1.0 * _SCALE)
    image.paste(icons.resize((36, 30 * len(rows)), Image.Resampling.BOX), (5, 6))
    pen = ImageDraw.Draw(image)
    for number, one in enumerate(words):
        pen.text((46, 8 + 30 * number), one, font=_font(20), fill=_INK)
    pen.rectangle([0, 0, wide - 1, image.height - 1], outline="#d5d8dc")
    return image


def _free_corner(legend: Image.Image, plants: Line) -> tuple[int, int]:
    """Where the legend hides fewest plants: in the lower left corner if it can be."""
    left, right = 20, SIZE[0] - 20 - legend.width
    top, bottom = 20, _MAP_PX - 20 - legend.height
    corners = [(left, bottom), (right, bottom), (left, top), (right, top)]

    def hidden(corner: tuple[int, int]) -> int:
        from_corner = plants - corner
        inside = (from_corner > -20) & (from_corner < (legend.width + 20, legend.height + 20))
        return int(inside.all(axis=1).sum())

    return min(corners, key=hidden)


# ---- letters ---------------------------------------------------------------------------------------


def _printable(text: str) -> str:
    """Text in letters that the font has."""
    return "".join(_letter(letter) if letter.isprintable() else " " for letter in text[:_MOST_LETTERS])


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter == " " or _has(letter):
        return letter
    plain = [one for one in unicodedata.normalize("NFKD", _PLAIN.get(letter, letter)) if _has(one)]
    return "".join(plain)


def _has(letter: str) -> bool:
    """Whether the font has a letter of its own for it, not the box that stands for all others."""
    mask, box = (_font(20).getmask(one) for one in (letter, "\ufffe"))
    return bool(mask.size != box.size or bytes(mask) != bytes(box))


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise DataError(
            "Pillow has no FreeType here, so no preview can be drawn. Install Pillow's own wheel."
        )
    return font
