"""Refuses text that is no table, each kind with a sentence: a web page, an error message, prose, code.

A table is told by its header. Without one, lines that are sentences, markup or code are no rows of plants;
a list of names or addresses is. Touches nothing.
"""

import re

from atlas.errors import DataError
from atlas.importing.files.header_row import is_known
from atlas.language import gettext

LINES = 200
MOST_ODD = 0.5
LEAST_WORDS = 5
_PAGE = re.compile(r"\s*<(?:!|\?xml|[a-z][\w:-]*(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_POINTER = "version https://git-lfs"
_ERROR = re.compile(
    r"\W*(?:(?:http\S* |error:? )?[45]\d\d\b\W*(?:$|[a-z]+)|.*\b(?:not found|forbidden|access denied|"
    r"unauthori[sz]ed|too many requests|rate limit|bad gateway|bad request|service unavailable|"
    r"internal server error|permission denied|time-?out|an error (?:has )?occurred)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[^\W\d_]{2}[.!?…][”\"')»]*$|[^\W\d_]{2}[.!?] [^\W\d_a-z]|:$")
_MARKUP = re.compile(
    r"#+ |[-*•>] |=+$|-{3,}|```|\||\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|"
    r"(?:import|from|def|class|print|return|for|if) |.*(?:[{}]|[;=({]$|\w\(.*\)$)"
)
_LONELY_WORDS = 12


def check(text: str, title: str, delimiter: str) -> None:
    """Raises `DataError` for a text that is no table; `delimiter` divides its cells if it is one."""
    if _PAGE.match(text) and re.search(r"</|/>|-->|<!|<html|<body", text[:10_000], re.IGNORECASE):
        raise DataError(
            gettext("{title} is a web page or XML, not a table; download the table itself.", title=title)
        )
    if text.startswith(_POINTER):
        raise DataError(
            gettext("{title} is a pointer of Git LFS, not the file itself; download the file.", title=title)
        )
    lines = [line.strip() for line in text[:100_000].splitlines() if line.strip()][:LINES]
    is_sentence = [_is_sentence(line) for line in lines]
    if not is_sentence[0] and any(_names_columns(line, delimiter) for line in lines[:5]):
        return
    if len(lines) < 4 and delimiter not in lines[0] and _ERROR.match(lines[0]):
        raise DataError(
            gettext(
                "{title} is a message (“{text}”), not a table; download the table again.",
                title=title,
                text=lines[0][:60],
            )
        )
    has_cells = sum(delimiter in line for line in lines) >= MOST_ODD * len(lines)
    odd = [
        sentence or (not has_cells and bool(_MARKUP.match(line)))
        for line, sentence in zip(lines, is_sentence, strict=True)
    ]
    if sum(odd) >= MOST_ODD * len(lines) or (not has_cells and len(lines) < 3 and _is_long(lines[0])):
        raise DataError(
            gettext(
                "{title} is text, not a table; it needs a row for each plant, and names of columns.",
                title=title,
            )
        )


def _is_sentence(line: str) -> bool:
    return len(line.split()) >= LEAST_WORDS and bool(_ENDS.search(line))


def _is_long(line: str) -> bool:
    return len(line.split()) > _LONELY_WORDS


def _names_columns(line: str, delimiter: str) -> bool:
    return any(is_known(cell.strip().strip('"')) for cell in line.split(delimiter))
