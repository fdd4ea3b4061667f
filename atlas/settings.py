"""What an operator can set in the environment: a row for each variable.

The readers, `python -m atlas check` and the table in docs/serving.md share the rows of `SETTINGS`. A new
setting is a row here and a line there.
"""

import os
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import platformdirs

from atlas import __version__
from atlas.errors import ConfigurationError

OURSELVES, NOBODY = "'self'", "'none'"
_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?/?", re.IGNORECASE)
_SHEET = re.compile(r"(.+\.xls[xm](?:\?[^#]*)?)#(.+)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?(/[\w.~-]+)*/?", re.IGNORECASE | re.ASCII
)
_DATABASE = re.compile(r"(?!https?:|file:)[a-z][a-z0-9_]+(\+[a-z0-9_]+)?://", re.IGNORECASE)
_HOUR_S, _DAY_S = 3600, 86_400
_SHORTEST_KEY = 16
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


def _seconds_from(least: float, most: int = _HOUR_S) -> Callable[[str, str], float]:
    def seconds(name: str, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1
        if not least <= number <= most:
            raise ConfigurationError(f"{name} is {text!r}; allowed are seconds from {least:g} to {most}.")
        return number

    return seconds


def _seconds_or_never(name: str, text: str) -> float | None:
    return _seconds_from(1, _DAY_S)(name, text) if text else None


def _secret(name: str, text: str) -> str:
    """Returns a key as it is; a message about a wrong key does not repeat it."""
    if text and not (len(text) >= _SHORTEST_KEY and text.isascii() and text.isprintable()):
        raise ConfigurationError(f"{name} must be plain ASCII text of at least {_SHORTEST_KEY} characters.")
    return text


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
REFRESH_S = Setting(
    "ATLAS_REFRESH_S",
    "seconds after which a table from a database or a web address is read again",
    _seconds_or_never,
    unset="never; files show their changes at once",
)
REFRESH_KEY = Setting(
    "ATLAS_REFRESH_KEY",
    "the key with which `POST /api/refresh` has the table read again",
    _secret,
    unset="nobody may",
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
    PLANTS, TITLE, REFRESH_S, REFRESH_KEY, CACHE_DIR, DATABASE_URL, PUBLIC_URL, CORRECTIONS, FRAME_ANCESTORS,
    UPLOADS_MB, GEOCODER, GEOCODER_URL, GEOCODER_KEY, GEOCODER_USER_AGENT, GEOCODER_TIMEOUT_S,
    GEOCODER_DELAY_S,
)  # fmt: skip


# ---- what they are used for ------------------------------------------------------------------------


def operators_table() -> str:
    """Returns the path or address of the table that an operator shows instead of ours; "" for none."""
    return PLANTS.read()


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder for positions that were asked for on this machine."""
    return CACHE_DIR.read(environ)


def private_folders() -> tuple[str, ...]:
    """Returns the folders that sentences may name and that are nobody's business but the operator's."""
    source = PLANTS.read()
    path = path_of(source)
    folders = (
        [] if is_remote(source) or not source else [path, path.parent] if path.is_dir() else [path.parent]
    )
    with suppress(ConfigurationError):
        folders.append(cache_folder())
    return tuple(str(folder) for folder in folders if folder.is_absolute() and folder != Path(folder.anchor))


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
    """Returns whether a source of a table is a web address."""
    return source.startswith(("https://", "http://"))


def is_database(source: str) -> bool:
    """Returns whether a source of a table is a database: "postgresql://…", "sqlite:///…"."""
    return bool(_DATABASE.match(source))


def is_remote(source: str) -> bool:
    """Returns whether nothing but reading tells if a source has changed; else it is files."""
    return is_address(source) or is_database(source)


def trust_of(sslmode: str) -> ssl.SSLContext | None:
    """Returns how to check the server of a database, None for not at all.

    `sslmode`: as PostgreSQL's addresses state it; an unknown one checks like the strictest.
    """
    if sslmode in ("disable", "allow", "prefer"):
        return None
    trust = ssl.create_default_context()
    if sslmode == "require":
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    return trust


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
    """Returns what to call a table on screen, from the name of its file or table: "power plants"."""
    name = _table_named(source) if is_database(source) else _file_named(source)
    return re.sub(r"[\s_-]+", " ", unquote(name)).strip(" *.") or "plants"


def _table_named(source: str) -> str:
    """Returns the table, else the database that an address names; never a part of its password."""
    parts = urlsplit(source)
    table = parse_qs(parts.query).get("table", [""])[0].rpartition(".")[2]
    name = table or Path(parts.path).stem
    return "" if "@" in name else name


def _file_named(source: str) -> str:
    file, _ = with_sheet(source)
    path = Path(re.split(r"[?#]", file)[0] if is_address(file) else file)
    return path.parent.name if set("*?") & set(path.stem) else path.stem
