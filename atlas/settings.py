"""What an operator can set, from the environment."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import platformdirs

from atlas.errors import ConfigurationError


def title_of(source: str) -> str:
    """What to call a table on screen, from the name of its file: "power plants"."""
    name = Path(re.split(r"[?#]", source)[0] if is_address(source) else source).stem
    return re.sub(r"[\s_-]+", " ", unquote(name)).strip() or "plants"


def is_address(source: str) -> bool:
    """Whether a source is a web address; else it is a path."""
    return source.startswith(("https://", "http://"))


def path_of(source: str) -> Path:
    """A path, also one that begins with ~; one whose user does not exist stays as it is."""
    try:
        return Path(source).expanduser()
    except RuntimeError:
        return Path(source)


PLANTS_VARIABLE = "ATLAS_PLANTS"


def operators_table() -> str:
    """Path or address of the table that an operator shows instead of ours; "" for none."""
    return os.environ.get(PLANTS_VARIABLE, "").strip()


FRAMES_VARIABLE = "ATLAS_FRAME_ANCESTORS"

OURSELVES, NOBODY = "'self'", "'none'"

_SITE = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?/?", re.IGNORECASE)


def frame_ancestors(environ: Mapping[str, str] = os.environ) -> str:
    """Who may show our pages in a frame, as Content-Security-Policy says it.

    Raises `ConfigurationError` for anything that is neither `self`, `none`, `*` nor the address of a site.
    """
    words = environ.get(FRAMES_VARIABLE, "").replace(",", " ").split()
    if not words:
        return OURSELVES
    sources = [_source(word) for word in words]
    if len(sources) > 1 and NOBODY in sources:
        raise ConfigurationError(
            f"{FRAMES_VARIABLE} says none and names sites as well. Leave none out, or the sites."
        )
    return " ".join(dict.fromkeys(sources))


def safe_frame_ancestors(environ: Mapping[str, str] = os.environ) -> str:
    """`frame_ancestors`; only our own pages where the value is wrong (`python -m atlas check` says it)."""
    try:
        return frame_ancestors(environ)
    except ConfigurationError:
        return OURSELVES


def _source(word: str) -> str:
    name = word.strip("'\"").lower()
    if name in ("self", "none"):
        return f"'{name}'"
    if name == "*" or _SITE.fullmatch(word):
        return name.rstrip("/")
    raise ConfigurationError(
        f"{FRAMES_VARIABLE} has “{word[:60]}”; write self, none, * or sites such as https://example.org"
        " or https://*.example.org:8443, with spaces between them."
    )


ADDRESS_VARIABLE = "ATLAS_PUBLIC_URL"

_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?(/[\w.~-]+)*/?", re.IGNORECASE | re.ASCII
)


def public_url(environ: Mapping[str, str] = os.environ) -> str:
    """The address that people know this server by, without a slash; "" where nobody said it.

    Raises `ConfigurationError` for anything but a web address.
    """
    text = environ.get(ADDRESS_VARIABLE, "").strip()
    if text and not _ADDRESS.fullmatch(text):
        raise ConfigurationError(
            f"{ADDRESS_VARIABLE} is “{text[:60]}”; write an address such as https://atlas.example.org/plants."
        )
    return text.rstrip("/")


def is_server_address(text: str) -> bool:
    """Returns whether a text is the address of a server, such as https://atlas.example.org/plants."""
    return bool(_ADDRESS.fullmatch(text))


def cache_folder(env: Mapping[str, str] = os.environ) -> Path:
    """The folder of the user's own cache: `ATLAS_CACHE_DIR`, else the user's data directory."""
    folder = env.get("ATLAS_CACHE_DIR", "").strip()
    if not folder:
        return Path(platformdirs.user_data_dir("alfa-romeo-plant-atlas", appauthor=False))
    try:
        return Path(folder).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigurationError(
            f"ATLAS_CACHE_DIR is {folder!r}, but there is no such home folder."
        ) from error
