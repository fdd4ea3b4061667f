"""Letters that a program decoded wrongly before the table came to us: "FÃ¡brica" for "Fábrica".

    >>> mended("FÃ¡brica"), mended("SÃO JOÃO"), mended("Rabī‘ah")
    ('Fábrica', 'SÃO JOÃO', 'Rabī‘ah')

ftfy (Apache 2.0) tells such text from odd but right letters. Touches nothing.
"""

from functools import lru_cache

_DECODED_AS = (
    "sloppy-windows-1252", "latin-1", "sloppy-windows-1250", "sloppy-windows-1251", "macroman", "cp437",
    "iso-8859-2",
)  # fmt: skip


@lru_cache(maxsize=20_000)
def mended(text: str) -> str:
    """Returns a text as it was before it was decoded wrongly; a text that is in order as it is."""
    if text.isascii():
        return text
    import ftfy  # 0.1 s, for tables with such letters alone
    from ftfy import badness

    return ftfy.fix_encoding(text) if badness.is_bad(text) else text


def surely_mended(text: str) -> str:
    """Returns `mended`, if that becomes the text again when it is decoded wrongly; else ""."""
    was = mended(text)
    once = [wrong for name in _DECODED_AS if (wrong := _decoded_as(was, name))]
    twice = [wrong for first in once for name in _DECODED_AS if (wrong := _decoded_as(first, name))]
    return was if text in once or text in twice else ""


def _decoded_as(text: str, name: str) -> str:
    try:
        return text.encode("utf-8").decode(name)
    except UnicodeDecodeError:
        return ""
