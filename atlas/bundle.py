"""Browser files: Leaflet from its installed package, our own JavaScript and CSS, the base map.

Everything a map needs is read here, compressed once and kept; nothing is fetched from anywhere.
`version()` changes with the content, so the routes may promise browsers that a URL never changes.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath

from atlas import basemap
from atlas.errors import DataError

_OWN_FOLDER = Path(__file__).parent / "assets"
_SCRIPTS = ("basemap.js", "plants.js", "map.js")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".json": "application/json"}
_BASEMAP = "basemap/"


@dataclass(frozen=True)
class Asset:
    """One browser file; `gzipped` is its content compressed, `content` as it is (small images only)."""

    media_type: str
    gzipped: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.gzipped)


def read(name: str) -> Asset:
    """The file called `name`: "atlas.js", "atlas.css", "images/…png" or "basemap/…json".

    Raises `KeyError` for any other name, `DataError` when a file that should be there cannot be read.
    """
    if name.startswith(_BASEMAP):
        return Asset(_TYPES[".json"], basemap.read(name.removeprefix(_BASEMAP)))
    return _own()[name]


@cache
def version() -> str:
    """Hash of all browser files, as a part of their URLs."""
    digest = hashlib.sha256(basemap.version().encode())
    for name, asset in sorted(_own().items()):
        digest.update(name.encode() + asset.gzipped)
    return digest.hexdigest()[:16]


@cache
def _own() -> dict[str, Asset]:
    files = {
        "atlas.js": b"\n".join([_leaflet("leaflet.js"), *(_mine(name) for name in _SCRIPTS)]),
        "atlas.css": b"\n".join([_leaflet("leaflet.css"), _mine("atlas.css")]),
        "images/layers.png": _leaflet("images/layers.png"),
        "images/layers-2x.png": _leaflet("images/layers-2x.png"),
    }
    return {
        name: Asset(_TYPES[PurePosixPath(name).suffix], gzip.compress(content, mtime=0))
        for name, content in files.items()
    }


def _mine(name: str) -> bytes:
    try:
        return (_OWN_FOLDER / name).read_bytes()
    except OSError as error:
        message = f"The browser file atlas/assets/{name} cannot be read. Restore it from the project."
        raise DataError(message) from error


def _leaflet(name: str) -> bytes:
    try:
        return resources.files("xstatic.pkg.leaflet").joinpath("data", name).read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        message = f"Leaflet's {name} is missing. Install it: pip install -r requirements.txt"
        raise DataError(message) from error
