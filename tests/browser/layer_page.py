"""A page with the map's plant layer and nothing else, and a server for it that a test can break.

`Layer` draws tables on a page of the browser as the dashboard does, with `AtlasPlants.update`, and answers
its requests by itself: no dashboard runs, no socket is opened.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page, Route

from atlas.drawing import browser_files
from tests.browser.visit import WAIT_MS

WORLD = 2**32
ORIGIN = "http://layer.test"
_HTML = """<!doctype html><meta charset="utf-8"><script src="/atlas.js"></script>
<div id="map" style="width: {width}px; height: {height}px"></div>
<script>
    const map = L.map("map", {{ maxZoom: 18, minZoom: 1, worldCopyJump: true }}).setView([25, 5], 2);
    const fired = [];
    map.on("atlas:select atlas:drawn atlas:notice", ({{ type, plant, sentence }}) =>
        fired.push({{ type, plant, sentence }}));
    const load = () => new Promise(() => {{}}); // land and sea, which others test, never come
    AtlasMap.start(map, {{ embedded: "Built-in map", highlight: [], online: [], theme: "light", load }});
    const state = () => AtlasPlants.states.get(map);
</script>"""


@dataclass(frozen=True)
class Plants:
    """A table as the layer knows it: positions in 2^32 steps around the world, status codes."""

    x: npt.NDArray[np.uint32]
    y: npt.NDArray[np.uint32]
    status: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def packed(self) -> bytes:
        return self.x.astype("<u4").tobytes() + self.y.astype("<u4").tobytes() + self.status.tobytes()


def plants(x: Any, y: Any, status: Any = 0) -> Plants:
    """Plants at fractions of the world (0, 0 is the north-west corner); whole turns are taken off x."""
    x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    steps = [np.floor(part * WORLD) for part in (x % 1, np.clip(y, 0, 1))]
    return Plants(
        *(np.minimum(part, WORLD - 1).astype(np.uint32) for part in steps),
        np.broadcast_to(status, len(x)).astype(np.uint8),
    )


def at(*places: tuple[float, float], status: Any = 0) -> Plants:
    """Plants at (latitude, longitude)."""
    latitude, longitude = np.array(places).reshape(-1, 2).T
    phi = np.radians(latitude)
    return plants((longitude + 180) / 360, 0.5 - np.log(np.tan(np.pi / 4 + phi / 2)) / (2 * np.pi), status)


def scattered(count: int, seed: int = 0, statuses: int = 3) -> Plants:
    """Plants all over the inhabited world."""
    random = np.random.default_rng(seed)
    return plants(random.random(count), 0.2 + 0.5 * random.random(count), random.integers(0, statuses, count))


def mask(shown: Any) -> str:
    return base64.b64encode(np.packbits(np.asarray(shown, bool)).tobytes()).decode()


def about(rows: Sequence[int]) -> dict[str, list[Any]]:
    """What the server tells of plants: plant 7 is "Plant 7" in "Town 7", known to 7 km."""
    return {
        "ids": [f"id-{row}" for row in rows],
        "names": [f"Plant {row}" for row in rows],
        "places": [f"Town {row}" for row in rows],
        "accuracy_m": [1000.0 * row or None for row in rows],
    }


@dataclass
class Layer:
    """The page and its server. `asked` are the paths that were asked for, page and script left out.

    `fails` says which paths are answered with an error; `holds` which are not answered before `release`.
    """

    page: Page
    tables: dict[str, Plants] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    held: list[Route] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    fails: Callable[[str], bool] = lambda path: False
    holds: Callable[[str], bool] = lambda path: False
    size: tuple[int, int] = (1280, 560)
    told: dict[str, Any] = field(default_factory=dict)
    showing: dict[str, Any] = field(default_factory=dict)

    def open(self, width: int = 1280, height: int = 560) -> "Layer":
        self.size = (width, height)
        self.page.set_viewport_size({"width": width + 16, "height": height + 16})
        self.page.goto(ORIGIN)
        return self

    def reload(self) -> None:
        self.page.goto(ORIGIN)

    def draw(
        self,
        table: Plants,
        version: str = "v1",
        *,
        statuses: Sequence[str] = ("Works", "Worked", "Never"),
        inline: bool | None = None,
        after_move: tuple[float, float, int] | None = None,
        **showing: Any,
    ) -> None:
        """Tell the layer what to draw; a table of up to 300 plants goes inline, as folium_map.py does it.

        `after_move`: latitude, longitude and zoom to go to at once before.
        """
        self.tables[version] = table
        told: dict[str, Any] = {"version": version, "size": len(table), "statuses": list(statuses)}
        told |= dict.fromkeys(("points", "about", "points_url", "names_url"))
        if len(table) <= 300 if inline is None else inline:
            told["points"] = base64.b64encode(table.packed).decode()
            told["about"] = about(range(len(table)))
        else:
            told |= {"points_url": f"/points/{version}.bin", "names_url": f"/points/{version}/names"}
        self.told = told
        self.showing = {
            "version": version,
            "mask": None,
            "selected": -1,
            "fit": {"key": "", "bounds": None},
            "text": "Some plants.",
        }
        self.show(after_move=after_move, **showing)

    def show(self, *, after_move: tuple[float, float, int] | None = None, **showing: Any) -> None:
        """Tell the layer what else to show of the table that it has been told of."""
        self.showing |= showing
        move = "if (view) { map.setView([view[0], view[1]], view[2], { animate: false }); }"
        update = f"([told, showing, view]) => {{ {move} AtlasPlants.update(map, told, showing); }}"
        self.js(update, [self.told, self.showing, after_move])

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path in ("/", "/atlas.js"):
            self._answer_file(route, path)
            return
        self.asked.append(path)
        if self.fails(path):
            route.fulfill(status=503)
        elif self.holds(path):
            self.held.append(route)
        else:
            self._answer_plants(route, path)

    def until_held(self, requests: int = 1) -> None:
        """Wait until so many requests are held."""
        while len(self.held) < requests:
            self.page.wait_for_timeout(10)

    def release(self) -> None:
        """Answer what was held."""
        held, self.held = self.held, []
        for route in held:
            self._answer_plants(route, route.request.url.removeprefix(ORIGIN))

    def _answer_file(self, route: Route, path: str) -> None:
        if path == "/":
            width, height = self.size
            route.fulfill(content_type="text/html", body=_HTML.format(width=width, height=height))
        else:
            route.fulfill(content_type="text/javascript", body=browser_files.read("atlas.js").content)

    def _answer_plants(self, route: Route, path: str) -> None:
        parts = urlsplit(path)
        version = parts.path.split("/")[2].removesuffix(".bin")
        if version not in self.tables:
            route.fulfill(status=404)  # a late question of the page that was open before
        elif path.endswith(".bin"):
            route.fulfill(body=self.tables[version].packed)
        else:
            rows = [int(row) for row in parts.query.removeprefix("rows=").split(",")]
            known = len(rows) <= 500 and max(rows) < len(self.tables[version])
            route.fulfill(json=about(rows)) if known else route.fulfill(status=400)

    @property
    def names_asked(self) -> list[list[int]]:
        """The rows of each request for names."""
        return [
            [int(row) for row in path.split("rows=")[1].split(",")] for path in self.asked if "rows=" in path
        ]

    def wait(self, what: str, arg: Any = None) -> None:
        """Until a JavaScript function says true."""
        self.page.wait_for_function(what, arg=arg, polling=20, timeout=WAIT_MS)

    def js(self, what: str, arg: Any = None) -> Any:
        return self.page.evaluate(what, arg)

    def look_at(self, latitude: float, longitude: float, zoom: int) -> None:
        self.js("([lat, lng, zoom]) => { map.setView([lat, lng], zoom, { animate: false }); }", [
            latitude, longitude, zoom,
        ])  # fmt: skip

    def groups(self) -> list[dict[str, Any]]:
        """What is drawn: count, row, copy and so on of each mark."""
        return list(self.js("() => [...state().marks.values()].map((mark) => mark.group)"))

    def labels(self) -> list[str]:
        """What the marks say to those who cannot see them."""
        every = (
            "() => [...document.querySelectorAll('.atlas-plant, .atlas-group')].map((one) => one.ariaLabel)"
        )
        return sorted(self.js(every))

    def fired(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.js("() => fired") if event["type"] == f"atlas:{kind}"]


LARGE = scattered(5_000)


def total(layer: Layer) -> int:
    return sum(group["count"] for group in layer.groups())


def distinct_total(layer: Layer) -> int:
    """Plants in view, those on a second copy of the world left out."""
    return sum({group["place"]: group["count"] for group in layer.groups()}.values())


def singles(layer: Layer) -> list[int]:
    return sorted({group["row"] for group in layer.groups() if group["count"] == 1})


def named(layer: Layer) -> None:
    layer.wait("() => [...state().marks.values()].every((mark) => mark.isNamed !== false)")
