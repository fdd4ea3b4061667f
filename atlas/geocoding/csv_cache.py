"""Remembers places in CSV files: what was asked, where it is, which geocoder said so and when.

Touches files only, each with exactly the columns `COLUMNS`: `data/places.csv`, which ships and is read, and
a file that a maintainer names to be filled. What users have asked is in a database: see `store`. The files
are our own, so they are read strictly; `importing.files` reads the CSV of strangers.

The rules:

* A query is remembered under its `place.key_of`.
* A row without coordinates is a *miss*: the geocoder said that there is no such place. Failures are never
  written, so there is no row for them.
* Every answer is on disk before the next question is asked: the whole new file is written beside the old
  file and replaces it in one step, so a crash leaves one of the two, never half a file.
* A file is read again when it has changed on disk; a file that is not there yet is an empty cache.
* A cell that a spreadsheet would run as a formula is written with a leading `'`, taken off again on reading.
"""

import csv
import io
import math
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from atlas.errors import CacheError
from atlas.geocoding.place import Place, holding, key_of

COLUMNS = ("query", "latitude", "longitude", "accuracy_m", "geocoder", "source_url", "retrieved")
FILE_NAME = "places.csv"
_RANGES = {"latitude": (-90, 90), "longitude": (-180, 180), "accuracy_m": (0, 20_100_000)}
_FORMULA = re.compile(r"'*[=+\-@]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class ShippedCache:
    """The places that come with the product: read, never written."""

    _way_out = "Correct the file, or put the one that shipped back."

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, Place] = {}
        self._signature: tuple[int, ...] = ()

    def get_many(self, keys: Iterable[str]) -> dict[str, Place]:
        with holding(self.path):
            rows = self._load()
        return {key: rows[key] for key in keys if key in rows}

    def rows(self) -> list[Place]:
        """Returns all remembered places, misses included, in the order of the file."""
        with holding(self.path):
            return list(self._load().values())

    def _load(self) -> dict[str, Place]:
        try:
            signature = _signature(self.path)
            if signature != self._signature:
                self._rows = _read(self.path)
                self._signature = signature
        except (FileNotFoundError, NotADirectoryError) as error:
            self._rows, self._signature = self._absent(error), ()
        except _BrokenError as error:
            raise CacheError(f"The geocode cache {self.path} {error}. {self._way_out}") from error
        except OSError as error:
            raise CacheError(
                f"The geocode cache {self.path} cannot be read ({_reason(error)}). "
                "Make it readable, or set ATLAS_CACHE_DIR to another folder."
            ) from error
        return self._rows

    def _absent(self, error: OSError) -> dict[str, Place]:
        raise CacheError(
            f"The file {self.path} that ships with the atlas is missing. Put it back; "
            f"an empty one has the single line {','.join(COLUMNS)}."
        ) from error


class FileCache(ShippedCache):
    """A CSV file that is filled; created with its folder when the first answer is saved."""

    _way_out = "Correct the file, or delete it to start afresh."

    def ready(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path.parent):
                pass
        except OSError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def claim(self, key: str, known: Place | None = None) -> Iterator[Place | None]:
        with holding((self.path, key)):
            news = self.get_many([key]).get(key)
            yield None if repr(news) == repr(known) else news

    def put(self, place: Place) -> None:
        with holding(self.path):
            rows = self._load() | {key_of(place.query): place}
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _replace(self.path, _csv(rows.values()))
                self._rows, self._signature = rows, _signature(self.path)
            except OSError as error:
                raise self._unwritable(error) from error

    def _absent(self, error: OSError) -> dict[str, Place]:
        return {}

    def _unwritable(self, error: OSError) -> CacheError:
        return CacheError(
            f"The cache folder {self.path.parent} cannot be written ({_reason(error)}). "
            "Set ATLAS_CACHE_DIR to a folder that can."
        )


def _signature(path: Path) -> tuple[int, ...]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=".places-", suffix=".tmp", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            # A temporary file is for its owner only; the cache keeps the rights that it had.
            Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(file.name, path)  # noqa: PTH105 - one step, and the seam of the crash tests
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _csv(places: Iterable[Place]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(place) for place in places)
    return text.getvalue()


def _cells(place: Place) -> tuple[str, ...]:
    numbers = (place.latitude, place.longitude, place.accuracy_m)
    texts = (place.query, place.geocoder, place.source_url)
    query, geocoder, source = (f"'{text}" if _FORMULA.match(text) else text for text in texts)
    shown = ("" if math.isnan(number) else format(number, ".15g") for number in numbers)
    return query, *shown, geocoder, source, place.retrieved.isoformat()


class _BrokenError(Exception):
    """What is wrong with a cache file, as the middle of a sentence."""


def _read(path: Path) -> dict[str, Place]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    except UnicodeDecodeError as error:
        raise _BrokenError(f"is not UTF-8 text (byte {error.start + 1})") from error
    except csv.Error as error:
        raise _BrokenError(f"is not a CSV file ({error})") from error
    except ValueError as error:
        raise _BrokenError("is empty, without even a header") from error
    if tuple(header) != COLUMNS:
        raise _BrokenError(f"has the header {','.join(header)[:200]!r} instead of {','.join(COLUMNS)!r}")
    rows: dict[str, Place] = {}
    for number, cells in enumerate(lines, start=2):
        if cells:
            place = _place(number, cells)
            name = key_of(place.query)
            if not name:
                raise _BrokenError(
                    f"has in row {number}, column query, the value {cells[0]!r}, which is no query"
                )
            if rows.setdefault(name, place) is not place:
                raise _BrokenError(
                    f"has in row {number}, column query, the value {place.query!r} a second time"
                )
    return rows


def _place(row: int, cells: Sequence[str]) -> Place:
    if len(cells) != len(COLUMNS):
        raise _BrokenError(f"has {len(cells)} columns in row {row} instead of {len(COLUMNS)}")
    named = {column: _text(cell) for column, cell in zip(COLUMNS, cells, strict=True)}

    def wrong(column: str, rule: str) -> _BrokenError:
        return _BrokenError(f"has in row {row}, column {column}, the value {named[column][:200]!r}, {rule}")

    numbers = {}
    for column, (low, high) in _RANGES.items():
        try:
            numbers[column] = _number(named[column], low, high)
        except ValueError as error:
            raise wrong(column, f"which is not a number from {low} to {high}") from error
    if math.isnan(numbers["latitude"]) != math.isnan(numbers["longitude"]):
        raise wrong("longitude", "but latitude and longitude are stated together or both left empty")
    try:
        retrieved = date.fromisoformat(named["retrieved"])
    except ValueError as error:
        raise wrong("retrieved", "which is not a date like 2026-02-01") from error
    return Place(
        query=named["query"],
        **numbers,
        geocoder=named["geocoder"],
        source_url=named["source_url"],
        retrieved=retrieved,
    )


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _number(cell: str, low: int, high: int) -> float:
    if cell == "":
        return math.nan
    if not _NUMBER.fullmatch(cell) or not low <= float(cell) <= high:
        raise ValueError(cell)
    return float(cell)
