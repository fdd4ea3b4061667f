"""Which of Streamlit's files a page needs, read from the installed Streamlit.

A page loads Streamlit's scripts in two waves: those that `index.html` names and, once the server has said
what is on the page, a chunk for each kind of element with all that the chunk imports. The names of chunks
change with every version, so a chunk is found by what it holds: the name by which Streamlit's own tests find
the element in a page (`data-testid`). An element that is not found is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from importlib import resources
from itertools import chain
from pathlib import Path

MAP_COMPONENT = "streamlit_folium.st_folium"
MAP_FRAME = "stCustomComponentV1"
# The map, and what stands around it: menu, links, card and filters.
ON_THE_MAP_PAGE = (
    MAP_FRAME,
    "stHtml",
    "stPageLink",
    "stButton",
    "stRadio",
    "stButtonGroup",
    "stMultiSelect",
    "stSelectbox",
    "stCheckbox",
    "stTextInput",
)
_LINK = re.compile(r'(?:href|src)="\./(static/[^"]+)"')
_SCRIPT = re.compile(r'src="\./([^"]+\.js)"')
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'`]\./([\w.-]+\.js)["'`]""")
_LAZY_IMPORT = re.compile(r"""\bimport\(\s*["'`]\./([\w.-]+\.js)["'`]""")
_SCRIPTS = "static/js/"


class StreamlitFiles:
    """The files in Streamlit's folder `static`; paths are relative to it, such as `static/js/a.js`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def shell(self) -> str:
        """The HTML that every page starts with."""
        return (self._folder / "index.html").read_text(encoding="utf-8")

    @cached_property
    def linked(self) -> list[str]:
        """The files that the shell names: the first wave."""
        return _LINK.findall(self.shell)

    def of_a_page(self) -> list[str]:
        """Returns the paths of all that every page loads, as in `/static/js/a.js`."""
        paths = [*self.linked, *map_component(), *self.chunks(ON_THE_MAP_PAGE)]
        return [f"/{path}" for path in paths]

    def chunks(self, elements: Sequence[str]) -> list[str]:
        """Returns the scripts that a page with these elements loads in the second wave, in their order."""
        mark = re.compile(rf"""["'`]({"|".join(map(re.escape, elements))})["'`]""")
        holders: dict[str, list[str]] = {element: [] for element in elements}
        for name in self._lazy():
            for element in set(mark.findall(self._text(name))):
                holders[element].append(name)
        paths = (_SCRIPTS + name for name in self._with_imports(chain(*holders.values())))
        return [path for path in paths if path not in self.linked]

    def _lazy(self) -> list[str]:
        """Returns the scripts that those of the first wave load when an element needs them."""
        first = (self._text(path.removeprefix(_SCRIPTS)) for path in self.linked if path.endswith(".js"))
        return sorted({name for text in first for name in _LAZY_IMPORT.findall(text)})

    def _with_imports(self, starts: Iterable[str]) -> Iterator[str]:
        """Yields the scripts and all that they import, each once."""
        waiting, seen = list(starts), set[str]()
        while waiting:
            name = waiting.pop(0)
            if name not in seen and (self._folder / _SCRIPTS / name).is_file():
                seen.add(name)
                yield name
                waiting += _IMPORT.findall(self._text(name))

    def _text(self, name: str) -> str:
        return (self._folder / _SCRIPTS / name).read_text(encoding="utf-8")


@cache
def map_component() -> list[str]:
    """Returns the paths that the map's frame loads of its component, its page first."""
    folder = f"component/{MAP_COMPONENT}/"
    page = resources.files("streamlit_folium").joinpath("frontend", "build", "index.html")
    return [f"{folder}index.html", *(folder + path for path in _SCRIPT.findall(page.read_text("utf-8")))]
