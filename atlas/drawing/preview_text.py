"""Letters and lines of the preview picture: text in Pillow's own font, cut to the width that there is.

That font is on every machine and has plain Latin letters: others lose their accents or are left out.
"""

import unicodedata
from functools import lru_cache

from PIL import ImageFont

from atlas.errors import DataError

_MOST_LETTERS = 400
_PLAIN = dict(
    zip("ŁłØøĐđÆæŒœßı", ("L", "l", "O", "o", "D", "d", "AE", "ae", "OE", "oe", "ss", "i"), strict=True)
)


@lru_cache(maxsize=8)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Returns the font in a size in pixels; raises `DataError` where Pillow cannot draw it."""
    loaded = ImageFont.load_default(size)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise DataError(
            "Pillow has no FreeType here, so no preview can be drawn. Install Pillow's own wheel."
        )
    return loaded


def lines(text: str, size: int, width: float, *, most: int) -> list[str]:
    """Breaks text into at most `most` lines of a width in pixels; an ellipsis stands for what is left."""
    letters = font(size)
    broken: list[str] = []
    words = printable(text).split()
    while words and len(broken) < most:
        counts = range(len(words), 1, -1)
        fitting = next((n for n in counts if letters.getlength(" ".join(words[:n])) <= width), 1)
        broken.append(" ".join(words[:fitting]))
        words = words[fitting:]
    while broken and (words or letters.getlength(broken[-1]) > width):
        broken[-1] = broken[-1].removesuffix("…")[:-1].rstrip(" ,") + "…"
        words = []
    return broken


def printable(text: str) -> str:
    """Returns the text in letters that the font has."""
    return "".join(_letter(letter) if letter.isprintable() else " " for letter in text[:_MOST_LETTERS])


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    if letter == " " or has(letter):
        return letter
    if unicodedata.category(letter) == "Pd" or letter == "−":
        return "-"  # the years 1972–1984 would else be one number
    return "".join(filter(has, unicodedata.normalize("NFKD", _PLAIN.get(letter, letter))))


def has(letter: str) -> bool:
    """Returns whether the font has a picture for a letter, not only the box that stands for all others."""
    mask, box = (font(20).getmask(drawn) for drawn in (letter, "\ufffe"))
    return bool(mask.size != box.size or bytes(mask) != bytes(box))
