"""Splits the text of a CSV file into rows: finds the delimiter, numbers the rows, repairs broken quotes.

The delimiter splits the first rows most evenly; `csv.Sniffer` takes letters for delimiters. A quote that
never closes would swallow the rest of a file: its line is read again with the quote as a letter, and
reported. Touches nothing but the cell limit of the module `csv`.
"""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from atlas.errors import DataError
from atlas.language import gettext, number

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 200
MOST_REPAIRS = 200
MOST_LINES_A_CELL = 2_000
csv.field_size_limit(2**31 - 1)  # the file's own limit is the limit


def find_delimiter(text: str) -> tuple[str, int]:
    """Returns the delimiter, and the length of a first line "sep=;", which is no row."""
    stated = re.match(r"""\s*"?sep=(.)"?[^\S\r\n]*(\r\n|\r|\n|$)""", text[:40], re.IGNORECASE)
    if stated:
        return stated.group(1), stated.end()
    start = text[:100_000]
    return max(DELIMITERS, key=lambda delimiter: _evenness(start, delimiter)), 0


def _evenness(start: str, delimiter: str) -> tuple[float, int]:
    """Returns the share of rows of the same width, weighted for wide rows, and the width."""
    if delimiter not in start:
        return 0.0, 0
    try:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
        rows = [row for row in itertools.islice(reader, SAMPLE_ROWS) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0, 0
    if len(rows) > 20:
        rows.pop()  # the sample may end within it
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
    return times / len(rows) * (1 - 1 / width), width


def straightened(text: str, delimiter: str) -> str:
    """Returns a text whose quotes are CSV's: no blank before them, none escaped by a backslash."""
    mark = re.escape(delimiter)
    if '\\"' in text and re.search(
        rf'(?:^|{mark})\s*"(?:[^"\\\r\n]|\\.)*\\"(?!\s*(?:{mark}|$))', text, re.MULTILINE
    ):
        text = re.sub(r'\\(["\\])', lambda escaped: '""' if escaped[1] == '"' else "\\", text)
    blank = "[ \u00a0]" if delimiter == "\t" else r"[^\S\r\n]"
    return (
        re.sub(rf'(^|{mark}){blank}+"(?=[^"]|"")', r'\1"', text, flags=re.MULTILINE) if '"' in text else text
    )


class Records:
    """The rows of a text with a filled cell, each with its number; the first row is 1.

    Iterate once. Then `broken` has the numbers of the rows whose quotes do not close.
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self.broken: list[int] = []
        self._text, self._delimiter = text, delimiter
        self._number = self._width = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        lines = io.StringIO(self._text, newline="")
        # Without a quote no cell spans lines, and nothing can be broken.
        if '"' not in self._text:
            plain = csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
            yield from self._filled(plain)
            return
        yield from self._with_quotes(list(lines))

    def _filled(self, rows: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
        for row in rows:
            self._number += 1
            if any(row) and any(cell.strip() for cell in row):
                self._width = self._width or len(row)
                yield self._number, row

    def _with_quotes(self, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
        at = begun = 0
        while at < len(lines):
            reader = csv.reader(itertools.islice(lines, at, None), delimiter=self._delimiter)
            begun = start = at
            at = len(lines)
            for row in reader:
                end = start + reader.line_num
                if end - begun > 1 and self._is_broken(lines[begun:end], is_last=end >= len(lines)):
                    yield from self._filled([self._repaired(lines[begun])])
                    at = begun + 1
                    break
                yield from self._filled([row])
                begun = end

    def _repaired(self, line: str) -> list[str]:
        self.broken.append(self._number + 1)
        if len(self.broken) > MOST_REPAIRS:
            raise DataError(
                gettext(
                    "Row {row} and {number} more open a quote that never closes; save the table again, or "
                    "remove the quotes.",
                    row=number(self.broken[0]),
                    number=number(MOST_REPAIRS),
                )
            )
        plain = csv.reader([line], delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
        return [cell.strip().strip('"') for cell in next(plain, [])]

    def _is_broken(self, lines: list[str], *, is_last: bool) -> bool:
        """Whether lines are several rows that a quote joined, not a row with line breaks."""
        if len(lines) > MOST_LINES_A_CELL:
            return True
        if is_last and "".join(lines).count('"') % 2:
            return True
        inner = [line for line in lines[1:-1] if line.strip()]
        wanted = self._width - 1
        return wanted > 1 and bool(inner) and all(line.count(self._delimiter) == wanted for line in inner)


def is_simple(text: str) -> bool:
    """Whether every line is a row: no blank lines, no quoted line breaks. Then a fast reader will do."""
    if not text.strip() or text[0] in "\r\n" or re.search(r"\n\r?\n|\r\r|\r(?!\n)", text):
        return False
    return '"' not in text or all(line.count('"') % 2 == 0 for line in text.split("\n"))
