"""Makes what `st_folium` sends of a table and a choice; Folium is only the carrier, our JavaScript draws.

Two calls of our scripts travel to the browser, each with data as JSON: `AtlasMap.start` in the map, which
never changes, so that the browser keeps it; and `AtlasPlants.update` in the plant layer, a feature group
that st_folium replaces in place with each run. Folium makes both scripts once for a table; a run puts what
has changed into the second (see `screen.internals`).

Plant text must never reach a template or a stock Folium class: Folium compiles what a template printed
as a template *again*, on the server, so a plant called "{{ ... }}" would run. All data goes through
`literal`, a JavaScript string in which every character that has a meaning in templates, HTML or
JavaScript is an escape.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import folium
import numpy as np
import numpy.typing as npt
import pandas as pd
import xyzservices.providers as tile_providers
from branca.element import MacroElement
from folium.template import Template

from atlas import earth, language
from atlas.alfa import runs, tables
from atlas.catalog import figures, points, sheets
from atlas.catalog.results import Result
from atlas.drawing import browser_files
from atlas.language import gettext, gettext_noop
from atlas.place_columns import CERTAINTIES, CERTAINTY, UNSURE

EMBEDDED = gettext_noop("Built-in map")
# The server's own address, as seen from the page that streamlit-folium shows the map in.
ROOT = "../.."
ASSETS = f"{ROOT}/assets"
MOST_INLINE = 300  # plants that travel with the page; of larger tables the browser fetches them
FITTED = 3
MAIN = 0
"""The category that counts most in tables about Alfa Romeos: plants that build them now."""
LATER = "later"
"""What stands in a layer for the changing part, so that Folium makes its script once for a table."""
_TEMPLATE_CHARACTERS = re.compile(r"""[{}<>&'_`$%#;\u2028\u2029]""")


@dataclass(frozen=True)
class OnlineLayer:
    """An optional layer from the internet, off until chosen; `has_names`: its tiles show place names.

    `key` names it in the address.
    """

    key: str
    name: str
    url: str
    attribution: str
    max_zoom: int
    has_names: bool


def online_layers() -> tuple[OnlineLayer, ...]:
    """Returns streets and satellite; addresses and attributions are those of the package xyzservices."""
    chosen = (
        ("streets", gettext("Streets (online)"), tile_providers.OpenStreetMap.Mapnik, True),
        ("satellite", gettext("Satellite (online)"), tile_providers.Esri.WorldImagery, False),
    )
    return tuple(
        OnlineLayer(
            key,
            name,
            url=tiles.build_url(x="{x}", y="{y}", z="{z}"),
            attribution=tiles.html_attribution,
            max_zoom=tiles.get("max_zoom", 18),
            has_names=has_names,
        )
        for key, name, tiles, has_names in chosen
    )


class AtlasMap(folium.Map):
    """The map for `st_folium`: the call that starts it, and browser files from our own routes only.

    `highlight` are the codes of countries that stand out, `statuses` the words of the legend; with `fills`
    the map is as high as its frame.
    """

    def __init__(
        self,
        *,
        highlight: Sequence[str],
        online: Sequence[OnlineLayer],
        statuses: Sequence[str],
        fills: bool = False,
    ) -> None:
        super().__init__(
            location=(25, 5),
            zoom_start=2,
            tiles=None,
            control_scale=False,
            maxZoom=18,
            minZoom=1,
            worldCopyJump=True,
            maxBoundsViscosity=1.0,
        )
        root = f"{ASSETS}/{browser_files.version()}"
        self.default_js = [("atlas", f"{root}/atlas.js")]
        self.default_css = []
        settings = {
            "basemap": f"{root}/basemap/",
            "embedded": gettext(EMBEDDED),
            "highlight": list(highlight),
            "online": [asdict(layer) for layer in online],
            "statuses": list(statuses),
            "words": language.for_browser(),
            "fills": fills,
        }
        self.add_child(_Script("AtlasMap.start", literal(settings)))

    def render(self, **kwargs: Any) -> str:
        """Returns nothing: st_folium takes the scripts alone and drops the page.

        Folium compiles a dozen templates for a page; that was more than half of a run of the Map page.
        """
        return ""


class PlantLayer(folium.FeatureGroup):
    """The plants, for `st_folium(feature_group_to_add=...)`.

    `fixed` is the `literal` of `fixed_config`; `changing` is a `changing_config`, or `LATER`.
    """

    def __init__(self, fixed: str, changing: Mapping[str, Any] | str) -> None:
        super().__init__(name="Plants", control=False)
        self.add_child(_Script("AtlasPlants.update", fixed, literal(changing)))

    def render(self, **kwargs: Any) -> str:
        """Returns nothing, as `AtlasMap.render`."""
        return ""


class _Script(MacroElement):
    """A call of our JavaScript: `function(map, data, ...)`; `data` are literals."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this.function }}({{ this.map_name() }}"
        "{% for text in this.data %}, JSON.parse({{ text }}){% endfor %});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, *data: str) -> None:
        super().__init__()
        self._name = "AtlasScript"
        self.function = function
        self.data = data

    def map_name(self) -> str:
        """Returns the name of the JavaScript variable that holds the map."""
        element: Any = self._parent
        while not isinstance(element, folium.Map):
            element = element._parent
        return str(element.get_name())


def literal(data: object) -> str:
    """Returns `data` as a JavaScript string literal of its JSON, safe in templates, HTML and scripts."""
    quoted = json.dumps(json.dumps(data, ensure_ascii=True, allow_nan=False))
    return _TEMPLATE_CHARACTERS.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def fixed_config(sheet: sheets.Sheet) -> dict[str, Any]:
    """Returns what plants.js needs to know once about a table; its header explains the fields.

    Positions and names of a small table are inline; for a large one the browser gets their addresses.
    """
    fields: dict[str, Any] = {
        "version": sheet.version,
        "size": len(sheet.points),
        "statuses": list(sheet.statuses),
        "main": MAIN if sheet.about_alfa else None,
        "points": None,
        "about": None,
        "points_url": None,
        "names_url": None,
    }
    if not points_path(sheet):
        all_points = np.arange(len(sheet.points))
        return fields | {"points": points.text(sheet.points.packed), "about": about(sheet, all_points)}
    names = f"{ROOT}/api/points/{sheet.version}/names"
    return fields | {"points_url": f"{ROOT}{points_path(sheet)}", "names_url": names}


def points_path(sheet: sheets.Sheet) -> str:
    """Returns where the points of a large table are below the server's own address; "" for a small table."""
    return f"/api/points/{sheet.version}.bin" if len(sheet.points) > MOST_INLINE else ""


def about(sheet: sheets.Sheet, numbers: Sequence[int] | npt.NDArray[np.int64]) -> dict[str, list[Any]]:
    """Returns id, name, place and accuracy (m; None: not known) of points, in the order of `numbers`.

    In tables about Alfa Romeos also the models of today, which stand below the name; where positions were
    looked up, also how sure they are, in words.
    """
    rows = sheet.table.iloc[sheet.points.rows[numbers]]
    more = {"models": _models(rows)} if "models_now" in rows else {}
    if CERTAINTY in rows:
        more["doubts"] = [gettext(CERTAINTIES[value]) if value in UNSURE else "" for value in rows[CERTAINTY]]
    return more | {
        "ids": rows["plant_id"].tolist(),
        "names": rows["name"].tolist(),
        "places": figures.places_in_words(rows),
        "accuracy_m": [None if pd.isna(value) else float(value) for value in rows["accuracy_m"]],
    }


def _models(rows: pd.DataFrame) -> list[str]:
    """Returns "Giulia, Stelvio" for each row; "" where none is built."""
    return [", ".join(runs.without_codes(text.split(tables.BETWEEN_MODELS))) for text in rows["models_now"]]


@dataclass(frozen=True)
class Year:
    """A year to draw: `models` by plant_id, and the mask of the plants that the other filters show."""

    year: int
    models: Mapping[str, Sequence[str]]
    ghosts: str | None


@dataclass(frozen=True)
class Legend:
    """A legend that filters: the codes of the chosen statuses, and how many plants each status would show.

    `counts` are given only where a status is chosen: else the map counts what it shows.
    """

    chosen: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines from a start (latitude, longitude) to placed plants: `rows` in the table, the nearest first.

    `name` stands beside the start. The view is fitted to the start and the first `FITTED` plants.
    """

    name: str
    start: tuple[float, float]
    rows: npt.NDArray[np.int32]


def changing_config(
    sheet: sheets.Sheet,
    result: Result,
    *,
    plant: str,
    fit_key: str,
    words: str,
    lines: Lines | None = None,
    home: list[list[float]] | None = None,
    year: Year | None = None,
    pins: Sequence[str] = (),
    legend: Legend | None = None,
) -> dict[str, Any]:
    """Returns what plants.js draws of a table: a mask of the shown plants, the selected one, the view to fit.

    `fit_key` names the filters: the view is fitted when it changes, and at no other time; to `home`, if that
    is given, else to all that is shown. `words` are the map in words for screen readers. `pins`: ids of
    plants that wear a pin.
    """
    row = sheet.index.row_of(plant)
    return {
        "version": sheet.version,
        "mask": result.mask,
        "selected": sheet.points.place_of(row) if row is not None and result.shows(row) else -1,
        "fit": _fit(fit_key, home, result.bounds),
        "text": words,
        **({"year": _year(sheet, year)} if year else {}),
        **({"pins": _pinned_places(sheet, result, pins)} if pins else {}),
        **({"legend": asdict(legend)} if legend else {}),
        **(_with_lines(sheet, fit_key, lines) if lines else {}),
    }


def _pinned_places(sheet: sheets.Sheet, result: Result, pins: Sequence[str]) -> list[int]:
    rows = [sheet.index.row_of(plant_id) for plant_id in pins]
    places = [sheet.points.place_of(row) for row in rows if row is not None and result.shows(row)]
    return [place for place in places if place >= 0]


def _fit(key: str, home: list[list[float]] | None, shown: list[list[float]] | None) -> dict[str, Any]:
    is_home = {"all": shown, "is_home": True} if home else {}
    return {"key": key, "bounds": home or shown} | is_home


def _year(sheet: sheets.Sheet, year: Year) -> dict[str, Any]:
    places = {plant_id: sheet.points.place_of(sheet.index.row_of(plant_id) or 0) for plant_id in year.models}
    return {
        "year": year.year,
        "words": gettext("Built Alfa Romeos in {year}", year=str(year.year)),
        "models": {places[plant_id]: ", ".join(models) for plant_id, models in year.models.items()},
        "ghosts": year.ghosts,
    }


def _with_lines(sheet: sheets.Sheet, fit_key: str, lines: Lines) -> dict[str, Any]:
    places = np.searchsorted(sheet.points.rows, lines.rows).tolist()
    near = sheet.table[["latitude", "longitude"]].iloc[lines.rows[:FITTED]]
    corners = pd.concat([near, pd.DataFrame([lines.start], columns=near.columns)])
    bounds = earth.bounds(corners, np.arange(len(corners), dtype=np.int32))
    return {
        "lines": {"name": lines.name, "here": list(lines.start), "places": places},
        "fit": {"key": f"{fit_key} from {lines.start}", "bounds": bounds, "is_first": True},
    }
