"""Reads an operator's table once per content, and again when its server is due; knows what kept it from that.

Touches what `source` touches.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from atlas import settings
from atlas.errors import AtlasError, ConfigurationError, DataError
from atlas.importing import importer, source
from atlas.memory import give_back

RETRY_FAILED_S = 60


@dataclass(frozen=True, eq=False)
class Reading:
    """An operator's table as it is stated, and the notes on it; `stamp` changes with its files.

    `read_s`: the monotonic clock when it was read; `at`: the same for people.
    """

    stamp: object
    table: pd.DataFrame
    notes: tuple[str, ...]
    read_s: float
    at: datetime


class TableReader:
    """Reads an operator's table, once per content; keeps the newest `Reading` only, as it may be large.

    `problem` says why the newest is not the table of today, "" while it is.
    """

    def __init__(
        self,
        read: Callable[[str], importer.Imported],
        refresh_s: Callable[[], float | None],
        clock: Callable[[], float],
    ) -> None:
        self._read, self._refresh_s, self._clock = read, refresh_s, clock
        self.problem = ""
        self._last: Reading | None = None
        self._failed: tuple[str, DataError, float] | None = None

    def newest(self, path: str) -> Reading:
        """Returns the table, from memory while no file changes; a server that failed rests for a while."""
        if self._last and self._last.stamp == (path, changes_of(path)):
            return self._last
        if self._failed:
            failed_path, error, failed_s = self._failed
            if failed_path == path and self._clock() - failed_s < RETRY_FAILED_S:
                raise error
        self._last = None
        return self.keep(self.again(path))

    def again(self, path: str) -> Reading:
        """Returns the table as it is now, whatever was read before; raises `DataError`."""
        stamp = path, changes_of(path)
        self._failed = None
        try:
            read = self._read(path)
        except DataError as error:
            if settings.is_remote(path):
                self._failed = path, error, self._clock()
            raise
        # The cells of the file go now: for a million rows they are a third of all memory.
        table, notes = importer.shown(read), tuple(read.notes)
        del read
        give_back(len(table))
        return Reading(stamp, table, notes, self._clock(), datetime.now(UTC))

    def keep(self, reading: Reading) -> Reading:
        """Makes a reading the newest."""
        self._last, self.problem = reading, ""
        return reading

    def keep_old(self, error: AtlasError) -> str:
        """Notes that the table could not be read again, and returns the sentence on it."""
        if self._last:
            at = self._last.at
            self.problem = f"{error} What is on show was read at {at:%H:%M} UTC on {at.day} {at:%B %Y}."
        return self.problem

    def is_due(self, path: str) -> bool:
        """Tells whether a server's table is on show that was read, or tried, too long ago."""
        last = self._last
        if last is None or not settings.is_remote(path) or last.stamp != (path, changes_of(path)):
            return False
        try:
            every_s = self._refresh_s()
        except ConfigurationError:  # the health report says so
            return False
        tried_s = max(last.read_s, self._failed[2] if self._failed else 0.0)
        return every_s is not None and self._clock() - tried_s >= every_s


def changes_of(path: str) -> tuple[tuple[int, int], ...]:
    """Returns what changes with the files of an operator's table; nothing for a server's."""
    return tuple(changed(file) for file in source.files_of(path))


def changed(file: Path | os.DirEntry[str]) -> tuple[int, int]:
    """Returns what changes with a file: when it was written, and its bytes."""
    try:
        stat = file.stat()
    except OSError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_size)
