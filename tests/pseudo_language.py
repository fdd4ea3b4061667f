"""A language that is English in brackets and with accents, to see which texts are never translated.

>>> accented("Row {row} of {number} rows.")
'[Ŕöŵ {row} öf {number} ŕöŵš.]'
>>> left_in_english("[Ŕöŵ 3: [ņö plåçé.]] Left out."), left_in_english("[Ŕöŵ 3] 12.5 %")
('Left out', '')
"""

import re
from gettext import NullTranslations

CODE = "nl"
"""A language of CLDR without a catalogue, so that nothing that is remembered of it meets another test."""
_ACCENTS = str.maketrans("aeiouncrswyRWCS", "åéíöüņçŕšŵÿŔŴÇŠ")


def accented(text: str) -> str:
    """Returns a text in brackets and with accents; the names in braces stay."""
    parts = re.split(r"(\{\w+\})", text)
    return f"[{''.join(part if part.startswith('{') else part.translate(_ACCENTS) for part in parts)}]"


def left_in_english(text: str) -> str:
    """Returns the words of a shown text that stand outside of all brackets: nobody translated them."""
    depth, outside = 0, ""
    for sign in text:
        depth += (sign == "[") - (sign == "]")
        outside += sign if not depth and sign not in "[]" else " "
    return " ".join(re.findall(r"[^\W\d_]{2,}", outside))


class PseudoCatalogue(NullTranslations):
    """The catalogue of the language; it has every text."""

    def gettext(self, message: str) -> str:
        return accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return accented(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return accented(message)
