"""Reads the cells of a file as they stand there, and finds out what the file is.

CSV and other separated text (also pasted), Excel, GeoJSON and Parquet, recognised by the content, not by the
name. A person can state what is found out otherwise (encoding, delimiter, decimal mark, header, sheet): see
`raw_table.FileOptions`. Rows are numbered as a spreadsheet shows them (GeoJSON and Parquet: from 1). Blank
rows are left out, no other row is. Limits hold before and while reading. Touches nothing.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from atlas import columns
from atlas.errors import DataError
from atlas.importing.files import apart, csv_text, encodings, geo, no_table, parquet_file
from atlas.importing.files.header_row import SAMPLE, find
from atlas.importing.files.raw_table import (
    MOST_BYTES,
    Detected,
    FileOptions,
    Oddity,
    Raw,
    check_rows,
    check_size,
    check_width,
    finished,
    from_rows,
)
from atlas.language import gettext
from atlas.text import shortened


def read(
    content: bytes, file_name: str, *, options: FileOptions | None = None, most_bytes: int = MOST_BYTES
) -> Raw:
    """Returns the cells of a file; raises `DataError` if it is no table or too large.

    A stranger's file that is large, or may become so, is read by a process of its own (see `apart`).
    """
    check_size(len(content), file_name, most_bytes)
    options = options or FileOptions()
    if most_bytes == MOST_BYTES and apart.is_needed(content, file_name):
        return apart.read(content, file_name, options)
    return read_here(content, file_name, options=options)


def read_here(content: bytes, file_name: str, *, options: FileOptions) -> Raw:
    """Returns the cells of a file, read in this process; raises `DataError`."""
    title = shortened(file_name) or gettext("The table")
    try:
        return _reader(content, title)(content, title, options)
    except MemoryError:  # Arrow has one of its own, among its errors
        raise
    except RecursionError as error:
        raise DataError(
            gettext("{title} holds cells within cells, too many deep. Save it as CSV.", title=title)
        ) from error
    except (pa.ArrowException, OSError, csv.Error) as error:  # Arrow calls damaged files OSError
        reason = str(error).splitlines()[0].removeprefix("CSV parse error: ").rstrip(".")
        raise DataError(
            gettext(
                "{title} is not a well-formed table: {reason}.", title=title, reason=shortened(reason, 200)
            )
        ) from error


def _reader(content: bytes, title: str) -> Callable[[bytes, str, FileOptions], Raw]:
    start = content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"application/vnd.oasis.opendocument" in content[:200]:
        raise DataError(
            gettext("{title} is an OpenDocument table (.ods); save it as .xlsx or as CSV.", title=title)
        )
    if content.startswith(b"PK\x03\x04"):
        from atlas.importing.files import excel  # its libraries take 0.2 s

        return excel.read
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise DataError(
            gettext(
                "{title} is an old Excel file or protected by a password; save it as .xlsx without one.",
                title=title,
            )
        )
    if content.startswith(b"PAR1") or title.lower().endswith(".parquet"):
        return parquet_file.read
    if (
        start.startswith(b"{")
        or re.match(rb"\[\s*[\[{\"\d\]]", start)
        or title.lower().endswith((".geojson", ".json", ".geojsonl", ".ndjson", ".geojsons"))
    ):
        return geo.read_geojson
    return _read_text


# ---- separated text --------------------------------------------------------------------------------


def _read_text(content: bytes, title: str, options: FileOptions) -> Raw:
    text, encoding, notes = encodings.decode(content, options.encoding)
    _check_is_text(text, title)
    likely, skip = csv_text.find_delimiter(text)
    delimiter = _delimiter(options.delimiter) or likely
    no_table.check(text, title, delimiter)
    text = csv_text.straightened(text[skip:], delimiter)
    detected = Detected("csv", encoding, delimiter)
    quick = _read_simple(text, title, options, detected) if csv_text.is_simple(text) else None
    raw = quick or _read_rows(csv_text.Records(text, delimiter), title, options, detected)
    numbers = raw.numbers + bool(skip)
    header_row = raw.detected.header_row + bool(skip and raw.detected.header)
    detected = replace(raw.detected, header_row=header_row)
    return replace(raw, numbers=numbers, detected=detected, notes=(*notes, *raw.notes))


def _delimiter(chosen: str) -> str:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
    delimiter = named.get(chosen.lower(), chosen)
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise DataError(
            gettext(
                "“{mark}” is no delimiter; it is one character, such as ; or tab.", mark=shortened(chosen, 20)
            )
        )
    return delimiter


def _check_is_text(text: str, title: str) -> None:
    if not text.strip():
        raise DataError(gettext("{title} is empty: it needs a row for each plant.", title=title))
    sample = text[:10_000]
    odd = len(re.findall(r"[\x01-\x08\x0e-\x1f\ufffd]", sample)) + max(0, sample.count("\x00") - 100)
    if odd > 0.05 * len(sample) or text.startswith(("%PDF", "\x89PNG", "GIF8")):
        raise DataError(
            gettext(
                "{title} is no table: CSV, Excel (.xlsx), GeoJSON and Parquet files are read.", title=title
            )
        )


def _read_simple(text: str, title: str, options: FileOptions, detected: Detected) -> Raw | None:
    """Reads many rows at once, if every line is a row of the same width; else returns None."""
    start = list(islice(csv_text.Records(text[:200_000], detected.delimiter), SAMPLE))
    if not start:
        return None
    check_width((row for _, row in start), title)
    header = find([row for _, row in start], options.header)
    skip = start[header.skip_rows - 1][0] if header.names else 0
    names = header.names or [f"column {n}" for n in range(1, header.width + 1)]
    if len(names) != header.width or (header.names and header.filled < header.width):
        return None
    names = columns.distinct(names)
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode("utf-8", errors="replace") + b"\n" * (not text.endswith("\n"))),
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=skip, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(delimiter=detected.delimiter, newlines_in_values=False),
            # Text first: a plant called "null" or "NA" is a name, "00123" a code.
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    check_rows(len(table), title)
    numbers = np.arange(skip + 1, skip + 1 + len(table), dtype=np.int64)
    return finished(title, table, numbers, skip, detected, options)


def _read_rows(rows: csv_text.Records, title: str, options: FileOptions, detected: Detected) -> Raw:
    stream = iter(rows)
    start = list(islice(stream, SAMPLE))
    raw = from_rows(start, stream, title, options, detected)
    reason = gettext("A quote opens here and never closes; it was taken for a letter.")
    broken = tuple(Oddity(row, "quotes", "", reason) for row in rows.broken)
    return replace(raw, oddities=(*broken, *raw.oddities))
