"""Words that stand for an empty cell: "n/a", "unknown", "sin datos". Touches nothing.

    >>> is_nothing("N/A"), is_nothing("Unbekannt"), is_nothing("—"), is_nothing("Nona")
    (True, True, True, False)

The list holds for all columns but names. In a column of codes of two letters "NA" and "NO" are codes: Namibia
and Norway, Naples and Novara.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from atlas.text import Mask, fold

WORDS = frozenset(
    word.strip()
    for word in """
    na; n a; n d; n k; n v; nan; nat; null; nil; none; no; no data; nodata; no info;
    no information; not available; not applicable; not found; not known; not stated; not specified;
    not given; not determined; not reported; not disclosed; undisclosed; undefined; unspecified; unknown;
    unk; unkn; unnamed; missing; empty; blank; tbd; tba; tbc; tbx; to be determined; to be announced;
    to be confirmed; to be defined; other; others; various; several; multiple; misc; miscellaneous; pending;
    nicht bekannt; unbekannt; unbek; keine; keine angabe; keine angaben; k a; ohne angabe; o a; entfallt;
    nicht verfugbar; nicht vorhanden; sonstige; verschiedene; diverse; offen;
    sconosciuto; sconosciuta; ignoto; ignota; non disponibile; non noto; non nota; nessuno; nessuna;
    non specificato; dato mancante; vari; altro; da definire; n p;
    inconnu; inconnue; non disponible; non renseigne; non renseignee; non connu; non precise; aucun; aucune;
    n r; neant; divers; autre; sans; a definir;
    desconocido; desconocida; sin datos; sin dato; sin informacion; no disponible; ninguno; ninguna; s d; s n;
    otro; otros; varios; no aplica; no consta; por definir; por determinar;
    desconhecido; onbekend; nieznany; nieznana; bilinmiyor; brak; n i
    """.replace("\n", " ").split(";")
)
_LONGEST = max(map(len, WORDS)) + 6
# Signs alone, error values of spreadsheets, numbers that programs write for "no value".
_SIGNS = re.compile(r"[\W_]*|#[A-Z0-9/!?_]+[!?]?|\\N|-?9999+(\.0+)?|-999(\.0+)?")


def is_nothing(cell: str) -> bool:
    """Tells whether a cell is empty or says that its value is not known."""
    text = cell.strip()
    if len(text) > _LONGEST:
        return False
    return bool(_SIGNS.fullmatch(text)) or re.sub(r"[\W_]+", " ", fold(text)).strip() in WORDS


def mask(cells: pa.Array) -> Mask:
    """Returns which cells of a column of text are nothing; empty cells are."""
    distinct = pc.dictionary_encode(cells)
    texts = distinct.dictionary.to_pylist()
    is_word = [is_nothing(text) for text in texts]
    others = [text for text, nothing in zip(texts, is_word, strict=True) if not nothing]
    if others and sum(map(_is_code, others)) > 0.5 * len(others):
        is_word = [nothing and not _is_code(text) for text, nothing in zip(texts, is_word, strict=True)]
    wanted = np.array(is_word or [True], bool)
    found: Mask = wanted[distinct.indices.to_numpy(zero_copy_only=False)]
    return found


def without(cells: pa.Array) -> pa.Array:
    """Returns a column of text in which words for nothing are ""."""
    is_word = mask(cells)
    return pc.if_else(pa.array(is_word), pa.scalar("", cells.type), cells) if is_word.any() else cells


def _is_code(text: str) -> bool:
    return len(text) == 2 and text.isalpha() and text.isupper()
