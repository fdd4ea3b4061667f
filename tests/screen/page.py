"""A page as its visitor meets it, through the front door: open it by a link, read it, find its widgets."""

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from atlas import site

FRAME = Path(__file__).parent.parent.parent / "pages" / "frame.py"
MAP, PLANTS, TIMELINE = "world_map.py", "plant_table.py", "timeline.py"
DISTANCES, YOURS, SOURCES = "distances.py", "your_plants.py", "sources.py"
TIMEOUT_S = 60
# What Streamlit reads as Markdown, where no backslash stands before it
MARKUP = re.compile(r"(?<!\\)[<\[*$`]|(?<!\\):\w+\[")


def arriving(page: str = MAP, /, **query: str | list[str]) -> AppTest:
    """The app just before its first run for a visitor who followed a link with `query` to `page`."""
    app = AppTest.from_file(str(FRAME), default_timeout=TIMEOUT_S)
    (path,) = [row.url_path for row in site.PAGES if row.script == page]
    if path:
        app._page_hash = calc_hash(path)  # `switch_page` would need a run of the Map page first
    for name, value in query.items():
        app.query_params[name] = value
    return app


def opened(page: str = MAP, /, **query: str | list[str]) -> AppTest:
    """The app after a visitor followed a link with `query` to `page`."""
    return arriving(page, **query).run()


# ---- what is read ----------------------------------------------------------------------------------


def unescaped(markdown: str) -> str:
    """Markdown without the backslashes that make text of it."""
    return re.sub(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\1", markdown)


def html(app: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(element.proto.body for element in app.get("html"))


def texts(app: AppTest) -> list[str]:
    """Titles, sentences and notes as they are read; no tables."""
    kinds = (
        app.title,
        app.header,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
    )
    bodies = re.sub(r"<(style|p class='atlas-site')\b.*?</(style|p)>", "", html(app), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", "\n", bodies).replace("&#39;", "'").replace("&amp;", "&")
    shown = [unescaped(element.value) for kind in kinds for element in kind]
    return [line.strip() for text in [*shown, plain] for line in text.splitlines() if line.strip()]


def sees(app: AppTest, words: str) -> bool:
    """Whether the words stand in one of the texts."""
    return any(words in text for text in texts(app))


def says(app: AppTest) -> str:
    """All texts in one, for sentences in which HTML marks words."""
    return " ".join(" ".join(texts(app)).split())


def is_sound(app: AppTest) -> bool:
    """No traceback and no error box."""
    return not app.exception and not app.error


def names(app: AppTest) -> list[str]:
    """The plants in the page's table, or in its rows of HTML."""
    if app.dataframe:
        return app.dataframe[0].value.iloc[:, 0].tolist()
    found = re.findall(r'<th scope="row"[^>]*>.*?<a [^>]*>(.*?)</a>', html(app), re.DOTALL)
    return [unescape(name) for name in found]


def pages_of(app: AppTest) -> list[str]:
    """The captions that say which rows of how many are on show."""
    return [unescaped(one.value) for one in app.caption if "Rows " in one.value or "first" in one.value]


# ---- the map ---------------------------------------------------------------------------------------


def sent_to_map(app: AppTest) -> dict[str, Any]:
    """What the page sends to the map's component."""
    (component,) = [element for element in app.main if getattr(element.proto, "json_args", "")]
    return {**json.loads(component.proto.json_args), "component": component.proto.id}


def plant_layer(app: AppTest) -> dict[str, Any]:
    """The plants that the map draws, as the browser reads them: what is fixed and what changes, in one."""
    parse = r'JSON\.parse\(("(?:[^"\\]|\\.)*")\)'
    update = re.search(rf"AtlasPlants\.update\(\w+, {parse}, {parse}\);", sent_to_map(app)["feature_group"])
    assert update
    fixed, changing = (json.loads(json.loads(text)) for text in update.groups())
    assert fixed["version"] == changing["version"]
    return {**fixed, **(fixed["about"] or {}), **changing}


# ---- widgets ---------------------------------------------------------------------------------------


def widget(app: AppTest, kind: str, label: str) -> Any:
    """The one widget with this label."""
    (only,) = [element for element in getattr(app, kind) if unescaped(element.label) == label]
    return only


def button(app: AppTest, label: str) -> Any:
    """The one button with this label."""
    return widget(app, "button", label)


def picker(app: AppTest) -> Any:
    """The box that names the selected plant."""
    return widget(app, "selectbox", "Selected plant")


def buttons(app: AppTest) -> list[str]:
    """The labels of the buttons of the page itself."""
    return [unescaped(element.label) for element in app.main.button]


@dataclass(frozen=True)
class Menu:
    """The menu of files: its label, and whether it cannot be opened."""

    label: str
    disabled: bool


def menus(app: AppTest) -> str:
    """The menus at the top of the page as HTML."""
    (body,) = [
        element.proto.body for element in app.get("html") if 'class="atlas-menus"' in element.proto.body
    ]
    return body


def download(app: AppTest) -> Menu:
    """What leaves the page with one click."""
    ((tag, label),) = re.findall(
        r"<(a|span) class=\"[^\"]*atlas-download[^>]*><span>(Download [\d,]+ plants?)(?: as CSV)?<",
        menus(app),
    )
    return Menu(unescape(label), tag == "span")


def files(app: AppTest) -> list[str]:
    """The addresses that the menu links to."""
    return [unescape(link) for link in re.findall(r'<a href="([^"]*)" download>', menus(app))]


def copied(app: AppTest) -> list[str]:
    """The texts that the menus offer to copy."""
    return [unescape(text) for text in re.findall(r"<textarea[^>]*>(.*?)</textarea>", menus(app))]
