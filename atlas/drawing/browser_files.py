"""Reads browser files: Leaflet from its installed package, our own JavaScript and CSS, the base map.

All files of the map are read here, compressed once and kept; nothing is fetched from anywhere. `version()`
changes with the content, so the routes may tell browsers to keep a URL for ever.
"""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from atlas import basemap
from atlas.drawing import basemap_parts, look
from atlas.errors import DataError
from atlas.paths import ASSETS

# In the order of loading: each script is a function that is called at once. It puts what others may use of it
# into a global (`window.AtlasGroups` for groups.js) and may use the globals of the scripts above it.
_SCRIPTS = (
    "map/words.js",  # the texts of all others
    "map/basemap.js",  # land and names
    "map/groups.js",  # which plants share a mark
    "map/table.js",  # positions and names of the plants
    "map/marks.js",  # elements and words for plants and groups
    "map/labels.js",  # names beside the marks
    "map/list.js",  # plants on one spot
    "map/lines.js",  # lines of distances
    "map/overview.js",  # what is out of view, and the way back
    "map/year.js",  # a year on the map
    "map/sight.js",  # where the visitor looks, in the address
    "map/plants.js",  # the plant layer, made of the nine above
    "map/map.js",  # what surrounds the plants: controls, legend, theme
)
_TYPES = {".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
_BASEMAP = "basemap/"


@dataclass(frozen=True)
class Asset:
    """A browser file: `gzipped` is its content compressed, `content` as it is."""

    media_type: str
    gzipped: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.gzipped)


def read(name: str) -> Asset:
    """Returns the file called `name`: "atlas.js", "page.css", "share.js" or "basemap/…json".

    Raises `KeyError` for any other name, `DataError` when a file that should be there cannot be read.
    """
    if name.startswith(_BASEMAP):
        return Asset(_TYPES[".json"], basemap_parts.read(name.removeprefix(_BASEMAP)))
    return _served()[name]


@cache
def version() -> str:
    """Returns the hash of all browser files, which is a part of their URLs."""
    digest = hashlib.sha256(basemap.version().encode())
    for name, asset in sorted(_served().items()):
        digest.update(name.encode() + asset.gzipped)
    return digest.hexdigest()[:16]


@cache
def _served() -> dict[str, Asset]:
    # The styles travel inside the script: a map that is drawn before its styles measures its labels wrong.
    style = f"const style = document.createElement('style'); style.textContent = {json.dumps(css())};"
    addition = f"{{{style} document.head.append(style);}}"
    leaflet = _leaflet("leaflet.js").decode()
    script = "\n".join([addition, leaflet, look.script(), *(own(name) for name in _SCRIPTS)])
    files = {
        "atlas.js": script,
        "page.css": page_css(),
        "share.js": own("page/share.js") + own("page/report.js"),
    }
    return {name: _packed(name, text) for name, text in files.items()}


def _packed(name: str, text: str) -> Asset:
    ending = name[name.rindex(".") :]
    return Asset(_TYPES[ending], gzip.compress(text.encode(), mtime=0))


def own(name: str) -> str:
    """Returns a browser file of ours as text; raises `DataError` when it cannot be read."""
    try:
        return (ASSETS / name).read_bytes().decode()
    except OSError as error:
        message = (
            f"The browser file atlas/drawing/browser/{name} cannot be read. Restore it from the project."
        )
        raise DataError(message) from error


@cache
def page_css() -> str:
    """Returns the styles of pages."""
    return own("page/page.css") + own("page/rows.css") + look.page_css()


@cache
def page_icon() -> str:
    """Returns the icon of the browser's tab as a data URL, which Streamlit passes on as it is."""
    icon = own("page/icon.svg").encode()
    return f"data:image/svg+xml;base64,{base64.b64encode(icon).decode()}"


def css() -> str:
    """Returns the map's styles, Leaflet's and ours, with the images that they name inside."""
    text = "\n".join([_leaflet("leaflet.css").decode(), look.map_css() + own("map/atlas.css")])
    return re.sub(r"url\((images/[\w-]+\.png)\)", lambda match: f"url({_data_url(match.group(1))})", text)


def _data_url(image: str) -> str:
    return f"data:image/png;base64,{base64.b64encode(_leaflet(image)).decode()}"


def _leaflet(name: str) -> bytes:
    try:
        return resources.files("xstatic.pkg.leaflet").joinpath("data", name).read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        message = f"Leaflet's {name} is missing. Install it: pip install -r requirements.txt"
        raise DataError(message) from error
