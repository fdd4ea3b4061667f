"""Errors: sentences that strangers may read, and logs that hold no word of an unforeseen error."""

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from atlas.errors import for_strangers

CELL = "Stabilimento segreto"
SENTENCES = [
    ("/srv/data/plants.csv cannot be read.", "plants.csv cannot be read."),
    ("The cache folder /root/.local/share/atlas cannot", "The cache folder atlas cannot"),
    ("The place cache (/var/x/places.sqlite) is", "The place cache (places.sqlite) is"),
    (r"C:\data\my\plants.csv cannot", "plants.csv cannot"),
    ("~/plants.csv and “/a/b.csv”", "plants.csv and “b.csv”"),
    ("/srv/my data/plants.csv, row 2", "plants.csv, row 2"),
    ("The folder /srv/my data has", "The folder my data has"),
    ("https://example.org/a/plants.csv cannot", "https://example.org/a/plants.csv cannot"),
    ("5/6 and and/or 1950..1980", "5/6 and and/or 1950..1980"),
]


@pytest.mark.parametrize(("sentence", "told"), SENTENCES)
def test_strangers_hear_of_files_not_of_folders(sentence: str, told: str) -> None:
    """Folders with spaces are known by name, all others by their form."""
    assert for_strangers(sentence, ("/srv/my data", "")) == told


# ---- logs ------------------------------------------------------------------------------------------


def fail() -> None:
    """What a mistake of ours would do: an error that holds a cell, because of another one."""
    try:
        float(CELL)
    except ValueError as error:
        raise KeyError(CELL) from error


def log_with_traceback() -> None:
    try:
        fail()
    except KeyError:
        logging.getLogger("streamlit").exception("Uncaught app execution")


def log_as_argument() -> None:
    try:
        fail()
    except KeyError as error:
        logging.getLogger("x").warning("went wrong: %s, %r", error, error.__cause__)


def log_within_a_text() -> None:
    try:
        fail()
    except KeyError as error:
        logging.getLogger("x").error(f"went wrong: {error} as {error.__cause__!r}")


def log_a_group() -> None:
    group = ExceptionGroup(CELL, [ValueError(CELL), KeyError(CELL)])
    logging.getLogger("x").error("went wrong", exc_info=group)


def fail_in_a_thread() -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def fail_at_the_top() -> None:
    try:
        fail()
    except KeyError as error:
        sys.excepthook(KeyError, error, None)


WAYS = [
    log_with_traceback,
    log_as_argument,
    log_within_a_text,
    log_a_group,
    fail_in_a_thread,
    fail_at_the_top,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_log_names_an_error_by_type_and_place(
    way: Callable[[], None], guarded: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever writes it, and however."""
    way()
    said = guarded.text + "".join(capfd.readouterr())
    assert CELL not in said
    if way not in (log_as_argument, log_within_a_text):
        assert "builtins.KeyError (its words are left out) at:" in said
        assert "ValueError" in said
    if way not in (log_as_argument, log_within_a_text, log_a_group):
        assert "test_errors.py:" in said
        assert "in fail" in said


def test_other_lines_stay_as_they_are(guarded: pytest.LogCaptureFixture) -> None:
    """Also such as are written while an error is handled."""
    log = logging.getLogger("x")
    log.warning("%s of %d", "one", 2)
    with suppress(ZeroDivisionError):
        try:
            _ = 1 / 0
        finally:
            log.warning("%(a)s", {"a": "three"})
    assert guarded.messages == ["one of 2", "three"]
