"""What an operator can set in the environment: a row for each variable.

The readers, `python -m atlas check` and the table in docs/serving.md share the rows of `SETTINGS`. A new
setting is a row here and a line there.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

import platformdirs

from atlas import __version__
from atlas.errors import ConfigurationError

OURSELVES, NOBODY = "'self'", "'none'"
_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?/?", re.IGNORECASE)
_SHEET = re.compile(r"(.+\.xls[xm](?:\?[^#]*)?)#(.+)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?(/[\w.~-]+)*/?", re.IGNORECASE | re.ASCII
)
_MOST_SECONDS = 3600
Value = TypeVar("Value")


@dataclass(frozen=True)
class Setting(Generic[Value]):
    """One row: a variable and what it means.

    `parse`: name and text -> value, or a `ConfigurationError`. `default`: the text that counts when the
    variable is not set. `unset`: what happens then, in the words of the docs, where no text says it.
    """

    name: str
    help: str
    parse: Callable[[str, str], Value]
    default: str = ""
    unset: str = ""

    def read(self, environ: Mapping[str, str] = os.environ) -> Value:
        """Returns the value that the environment gives; raises `ConfigurationError` for a wrong text."""
        return self.parse(self.name, environ.get(self.name, "").strip() or self.default)


# ---- a text -> a value -----------------------------------------------------------------------------


def _text(_name: str, text: str) -> str:
    return text


def _plain_text(name: str, text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError(f"{name} is {text!r}; only plain ASCII text can be sent.")
    return text


def _whole_number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ConfigurationError(f"{name} is “{text[:60]}”; it must be a whole number from 1 on.")
    return int(text)


def _seconds_from(least: float) -> Callable[[str, str], float]:
    def seconds(name: str, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1
        if not least <= number <= _MOST_SECONDS:
            raise ConfigurationError(
                f"{name} is {text!r}; allowed are seconds from {least:g} to {_MOST_SECONDS}."
            )
        return number

    return seconds


def _folder(name: str, text: str) -> Path:
    if not text:
        return Path(platformdirs.user_data_dir("alfa-romeo-plant-atlas", appauthor=False))
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigurationError(f"{name} is {text!r}, but there is no such home folder.") from error


def _server_address(name: str, text: str) -> str:
    if text and not is_server_address(text):
        raise ConfigurationError(
            f"{name} is “{text[:60]}”; write an address such as https://atlas.example.org/plants."
        )
    return text.rstrip("/")


def _corrections(name: str, text: str) -> str:
    """Returns an address in which `{title}` and `{text}` stand for those of a report."""
    if text and not re.fullmatch(r"(https?://|mailto:)[^\s<>\"]+", text):
        raise ConfigurationError(
            f"{name} is “{text[:60]}”; write an address that begins with https:// or mailto:."
        )
    is_plain_mail = text.startswith("mailto:") and "?" not in text
    return f"{text}?subject={{title}}&body={{text}}" if is_plain_mail else text


def _frame_ancestors(name: str, text: str) -> str:
    """Returns sites as Content-Security-Policy writes them; `text` is `self`, `none`, `*` or addresses."""
    sources = [_frame_ancestor(name, word) for word in text.replace(",", " ").split()]
    if len(sources) > 1 and NOBODY in sources:
        raise ConfigurationError(f"{name} says none and names sites as well. Leave none out, or the sites.")
    return " ".join(dict.fromkeys(sources)) or OURSELVES


def _frame_ancestor(name: str, word: str) -> str:
    source = word.strip("'\"").lower()
    if source in ("self", "none"):
        return f"'{source}'"
    if source == "*" or _SITE.fullmatch(word):
        return source.rstrip("/")
    raise ConfigurationError(
        f"{name} has “{word[:60]}”; write self, none, * or sites such as https://example.org"
        " or https://*.example.org:8443, with spaces between them."
    )


# ---- the rows --------------------------------------------------------------------------------------

PLANTS = Setting("ATLAS_PLANTS", "your own plant table", _text, unset="the five plants")
TITLE = Setting(
    "ATLAS_TITLE", "what to call the site that shows it", _text, unset="made from the file's name"
)
CACHE_DIR = Setting(
    "ATLAS_CACHE_DIR",
    "folder for positions that were asked for on this machine",
    _folder,
    unset="your user data folder",
)
DATABASE_URL = Setting(
    "ATLAS_DATABASE_URL",
    "a PostgreSQL for them instead, shared by several machines",
    _text,
    unset="a file in that folder",
)
PUBLIC_URL = Setting(
    "ATLAS_PUBLIC_URL",
    "the address that people know the server by, for links",
    _server_address,
    unset="the address that was asked",
)
CORRECTIONS = Setting(
    "ATLAS_CORRECTIONS",
    "where reports of mistakes go: an address with `{title}` and `{text}` in it, or `mailto:`",
    _corrections,
    unset="visitors copy the report",
)
FRAME_ANCESTORS = Setting(
    "ATLAS_FRAME_ANCESTORS", "sites that may show the map in a frame", _frame_ancestors, "self"
)
UPLOADS_MB = Setting(
    "ATLAS_UPLOADS_MB", "memory for all visitors' own tables together", _whole_number, "1024"
)
GEOCODER = Setting(
    "ATLAS_GEOCODER",
    "geocoder for places that are not known yet: `gazetteer`, any service of geopy, or `none`",
    lambda _name, text: text.lower(),
    unset="`gazetteer`; with an `ATLAS_GEOCODER_URL` `nominatim`",
)
GEOCODER_URL = Setting(
    "ATLAS_GEOCODER_URL", "its address, for your own server", _text, unset="the service's public server"
)
GEOCODER_KEY = Setting("ATLAS_GEOCODER_KEY", "its key, where it needs one", _text)
GEOCODER_USER_AGENT = Setting(
    "ATLAS_GEOCODER_USER_AGENT",
    "the name that we give to it",
    _plain_text,
    f"alfa-romeo-plant-atlas/{__version__}",
)
GEOCODER_TIMEOUT_S = Setting(
    "ATLAS_GEOCODER_TIMEOUT_S", "seconds to wait for an answer", _seconds_from(0.01), "10"
)
GEOCODER_DELAY_S = Setting(
    "ATLAS_GEOCODER_DELAY_S", "least seconds between two requests", _seconds_from(0), "1"
)
SETTINGS: tuple[Setting[Any], ...] = (
    PLANTS, TITLE, CACHE_DIR, DATABASE_URL, PUBLIC_URL, CORRECTIONS, FRAME_ANCESTORS, UPLOADS_MB, GEOCODER,
    GEOCODER_URL, GEOCODER_KEY, GEOCODER_USER_AGENT, GEOCODER_TIMEOUT_S, GEOCODER_DELAY_S,
)  # fmt: skip


# ---- what they are used for ------------------------------------------------------------------------


def operators_table() -> str:
    """Returns the path or address of the table that an operator shows instead of ours; "" for none."""
    return PLANTS.read()


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder for positions that were asked for on this machine."""
    return CACHE_DIR.read(environ)


def safe_frame_ancestors(environ: Mapping[str, str] = os.environ) -> str:
    """Returns the sites that may show our pages in a frame: only our own where the setting is wrong."""
    try:
        return FRAME_ANCESTORS.read(environ)
    except ConfigurationError:
        return OURSELVES  # `python -m atlas check` says what is wrong


def is_server_address(text: str) -> bool:
    """Returns whether a text is the address of a server, such as https://atlas.example.org/plants."""
    return bool(_ADDRESS.fullmatch(text))


def is_address(source: str) -> bool:
    """Returns whether a source of a table is a web address; else it is a path."""
    return source.startswith(("https://", "http://"))


def with_sheet(source: str) -> tuple[str, str]:
    """Returns a source of a table without its sheet, and the sheet: "plants.xlsx#2024"; "" for none."""
    named = _SHEET.fullmatch(source)
    return (named[1], unquote(named[2]) if is_address(source) else named[2]) if named else (source, "")


def path_of(source: str) -> Path:
    """Returns a source as a path, without a sheet; ~ is expanded unless that user does not exist."""
    file, _ = with_sheet(source)
    try:
        return Path(file).expanduser()
    except RuntimeError:
        return Path(file)


def title_of(source: str) -> str:
    """Returns what to call a table on screen, from the name of its file: "power plants"."""
    file, _ = with_sheet(source)
    name = Path(re.split(r"[?#]", file)[0] if is_address(file) else file).stem
    return re.sub(r"[\s_-]+", " ", unquote(name)).strip() or "plants"
