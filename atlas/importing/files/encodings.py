"""Decodes the bytes of a text file, and finds out the encoding.

    >>> decode("Fábrica".encode("mac_roman"))
    ('Fábrica', 'mac_roman', [])

A byte order mark decides, then zeros in every second place (UTF-16), then UTF-8 if every byte fits.
Western and Central European files of old programs are distinguished by the reading that gives usual letters
in usual places: libraries are made for long texts and often take short cells in Windows-1252 for
Windows-1250. charset-normalizer (MIT) decides on files in other scripts.
Touches nothing.
"""

import codecs
import re
import warnings

from charset_normalizer import from_bytes

from atlas.errors import DataError
from atlas.language import gettext, ngettext

SAMPLE_BYTES = 200_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset("àáâäãåçèéêëìíîïñòóôöõøùúûüýßæœÀÁÂÄÃÅÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØÙÚÛÜÆŒ€°º²³’‘“”„–—«»·¿¡£§©®½µ…•")
_CENTRAL = _WESTERN | frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰăâîşţĂŞŢđĐ")
_OTHER_SCRIPTS = [
    "cp1251",
    "koi8_r",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "cp949",
    "cp1253",
    "cp1255",
    "cp1256",
]
_USUAL = {"cp1252": _WESTERN, "cp1250": _CENTRAL, "mac_roman": _WESTERN, "cp850": _WESTERN}


def decode(raw: bytes, encoding: str = "") -> tuple[str, str, list[str]]:
    """Returns the text, its encoding (found out unless given) and sentences on what could not be read.

    Raises `DataError` for an encoding that does not exist and for bytes that are no text.
    """
    if encoding:
        return _in_encoding(raw, encoding)
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.decode(name, errors="replace"), name, _replaced(raw.decode(name, errors="replace"))
    if wide := _without_mark(raw):
        return raw.decode(wide, errors="replace"), wide, []
    if _is_utf8(raw):
        return raw.decode("utf-8"), "utf-8", []
    if mixed := _mostly_utf8(raw):
        return mixed
    name = _of_old_programs(raw)
    text = raw.decode(name, errors="replace")
    return text, name, _replaced(text)


def _in_encoding(raw: bytes, encoding: str) -> tuple[str, str, list[str]]:
    try:
        name = codecs.lookup(encoding).name
        text = raw.decode(name, errors="replace")
    except (LookupError, ValueError, TypeError) as error:
        raise DataError(
            gettext("There is no encoding “{encoding}”; try utf-8 or cp1252.", encoding=encoding[:40])
        ) from error
    return text.removeprefix("\ufeff"), name, _replaced(text)


def _replaced(text: str) -> list[str]:
    wrong = text.count("\ufffd")
    if not wrong:
        return []
    said = ngettext(
        "{number} letter could not be read and stands as “{sign}”.",
        "{number} letters could not be read and stand as “{sign}”.",
        wrong,
        sign="\ufffd",
    )
    return [said]


def _without_mark(raw: bytes) -> str:
    """Returns the encoding of UTF-16 without a mark, else "": plain letters have a zero beside them."""
    sample = raw[:4_000]
    for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(raw) % 2 == 0 and len(zeros) > 3 and zeros.count(0) > 0.6 * len(zeros):
            return name
    return ""


def _mostly_utf8(raw: bytes) -> tuple[str, str, list[str]] | None:
    """Decodes UTF-8 with a few lines that were pasted from another program; None for another file."""
    lines = [line for line in raw.split(b"\n") if not line.isascii()]
    wrong = [line for line in lines if not _is_utf8(line)]
    if len(wrong) > len(lines) - len(wrong):  # a valid sequence of several bytes is no accident
        return None
    name = _of_old_programs(b"\n".join(wrong))
    text = "\n".join(
        line.decode("utf-8" if _is_utf8(line) else name, errors="replace") for line in raw.split(b"\n")
    )
    said = ngettext(
        "{number} line is not UTF-8 as the others are; it was read as {encoding}.",
        "{number} lines are not UTF-8 as the others are; they were read as {encoding}.",
        len(wrong),
        encoding=name,
    )
    return text, "utf-8", [said]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _of_old_programs(raw: bytes) -> str:
    strange = [line for line in raw[: 20 * SAMPLE_BYTES].split(b"\n") if not line.isascii()]
    sample = b"\n".join(strange)[:SAMPLE_BYTES]
    if not _is_in_latin_letters(sample):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            best = from_bytes(sample, cp_isolation=_OTHER_SCRIPTS).best()
        if best:
            return best.encoding
    return max(_USUAL, key=lambda name: _share_of_usual(sample, name))


def _is_in_latin_letters(sample: bytes) -> bool:
    """Whether accents stand alone among plain letters; in other scripts all letters are strange."""
    strange = len(re.findall(rb"[\x80-\xff]", sample))
    return len(re.findall(rb"[\x80-\xff](?=[\x80-\xff])", sample)) < 0.5 * strange


def _share_of_usual(sample: bytes, name: str) -> float:
    """Returns the share of usual letters beyond ASCII; a capital or a sign within a word is unusual."""
    text = sample.decode(name, errors="replace")
    strange = len(re.findall(r"[^\x00-\x7f]", text))
    usual = _USUAL[name]
    within = re.findall(r"(?<=[^\W\d_])([^\x00-\x7f])(?=[a-z])", text)
    odd = sum(not letter.islower() and letter not in "’·" for letter in within)
    return (sum(letter in usual for letter in text if letter > "\x7f") - odd) / max(1, strange)
