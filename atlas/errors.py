"""Everything that can go wrong on purpose, and what is said of everything else.

One base error and a handful of children. Each carries one sentence for a person: what is wrong
(file, row, column, value) and the way out. They are raised low, `from` their cause, and shown in
one place: a box on the page, a line on standard error, an `{"error": ...}` from the API. Strangers are told
names of files, not of folders (`for_strangers`).

Any other error is a mistake of ours, for the log. Its words may hold a cell of a visitor's table ("could not
convert string to float: ..."), so logs have its type and its place, not its words (`keep_words_out_of_logs`).
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

_FOLDERS = re.compile(r"(?<![\w/:.<])(?:[A-Za-z]:\\|~?[/\\])(?=\S)(?:[^\s/\\“”()\"',;:]+[/\\])*")


class AtlasError(Exception):
    """Base of all errors that the atlas raises on purpose; `str(error)` is a sentence for people."""


class DataError(AtlasError):
    """A file of the product or of an operator is missing, unreadable or has a wrong cell."""


class SelectionError(AtlasError):
    """A filter, parameter or value that does not exist was asked for."""


class NotHere(SelectionError):
    """What is one visitor's own was asked for and is gone, or lies with another process of the server."""


class ConfigurationError(AtlasError):
    """An environment variable has a value that cannot be used."""


class GeocoderUnavailable(AtlasError):
    """The geocoder gave no answer: no network, refused, out of quota, or garbage. Never "no such place"."""


class CacheError(AtlasError):
    """The geocode cache cannot be read or written."""


class Busy(AtlasError):
    """Too many ask for something expensive at the same time; `retry_s` says when to ask again."""

    def __init__(self, sentence: str, retry_s: int) -> None:
        super().__init__(sentence)
        self.retry_s = retry_s


def for_strangers(sentence: str, folders: tuple[str, ...] = ()) -> str:
    """Returns a sentence in which a path is the name of a file: where a server keeps it is nobody's business.

    `folders`: those that the sentence may name, as a pattern cannot tell where a name with spaces ends.
    """
    for folder in sorted(filter(None, folders), key=len, reverse=True):
        sentence = re.sub(re.escape(folder) + r"[/\\]", "", sentence).replace(folder, PurePath(folder).name)
    return _FOLDERS.sub("", sentence)


# ---- logs ------------------------------------------------------------------------------------------


def keep_words_out_of_logs() -> None:
    """Makes every log of this process name errors by type and place, those of all libraries too."""
    if logging.getLogRecordFactory() is not _record:
        logging.setLogRecordFactory(_record)
        sys.excepthook = lambda _kind, error, _traceback: _log_unforeseen(error)
        threading.excepthook = lambda told: _log_unforeseen(told.exc_value)


def _log_unforeseen(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, (KeyboardInterrupt, SystemExit)):
        logging.getLogger(__name__).error("Unforeseen error", exc_info=error)


def _record(*about: Any, **more: Any) -> logging.LogRecord:
    """Returns a log record without the words of the errors that it is about."""
    record = logging.LogRecord(*about, **more)
    told = record.exc_info[1] if record.exc_info else None
    arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
    errors = [told, sys.exc_info()[1], *(one for one in arguments if isinstance(one, BaseException))]
    links = [link for error in errors for link in _links(error)]
    words = {_text(text) for link in links for text in (repr(link), str(link), *link.args)}
    if words:
        message = record.getMessage()
        for text in sorted(words - {""}, key=len, reverse=True):
            message = message.replace(text, "…")
        record.msg, record.args = message, ()
    if told is not None:
        record.exc_text, record.exc_info = _place(told), None
    return record


def _text(value: object) -> str:
    """Returns a text, "" for anything else that an error may hold, such as a number of the system."""
    return value if isinstance(value, str) else ""


def _links(error: BaseException | None) -> Iterator[BaseException]:
    """Yields an error and what led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in error.exceptions:
                yield from _links(part)
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    """Returns where an error and what led to it were raised: files, lines and types."""
    lines = []
    for link in _links(error):
        lines.append(f"{type(link).__module__}.{type(link).__qualname__} (its words are left out) at:")
        steps = traceback.extract_tb(link.__traceback__)
        lines += [f"  {step.filename}:{step.lineno} in {step.name}" for step in steps]
    return "\n".join(lines)
