"""Placed table and selection -> a Folium map: the embedded base map and one plant layer.

The map itself never changes, so that the browser keeps it; what does change (points, mask, selected
plant, the view to fit) travels in the plant layer, a feature group that is replaced in place.

Plant text must never reach a template or a stock Folium class: Folium's machinery compiles what a
template printed as a template *again*, on the server, so a plant called "{{ ... }}" would run. All
data goes through `literal`, a JavaScript string in which every character that some template,
HTML or JavaScript syntax knows is written as an escape.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import folium
import numpy as np
import pandas as pd
import xyzservices.providers as tile_providers
from branca.element import MacroElement
from folium.template import Template

from atlas import bundle, points
from atlas.filters import Mask
from atlas.tables import STATUSES

EMBEDDED = "Built-in map"
ASSETS = "../../assets"  # seen from the page that streamlit-folium shows the map in
_TEMPLATE_CHARACTERS = re.compile(r"""[{}<>&'_`$%#;\u2028\u2029]""")


@dataclass(frozen=True)
class OnlineLayer:
    """An optional layer from the internet, off until chosen; `has_names`: it shows names of its own."""

    name: str
    url: str
    attribution: str
    max_zoom: int
    has_names: bool


def online_layers() -> tuple[OnlineLayer, ...]:
    """Streets and satellite: addresses and attributions as the package xyzservices keeps them."""
    chosen = (
        ("Streets (online)", tile_providers.OpenStreetMap.Mapnik, True),
        ("Satellite (online)", tile_providers.Esri.WorldImagery, False),
    )
    return tuple(
        OnlineLayer(
            name,
            url=tiles.build_url(x="{x}", y="{y}", z="{z}"),
            attribution=tiles.html_attribution,
            max_zoom=tiles.get("max_zoom", 18),
            has_names=has_names,
        )
        for name, tiles, has_names in chosen
    )


class AtlasMap(folium.Map):
    """A Folium map whose browser files come from our own routes: no request to anyone else."""

    def __init__(self, *, highlight: Sequence[str], online: Sequence[OnlineLayer]) -> None:
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
        root = f"{ASSETS}/{bundle.version()}"
        self.default_js = [("atlas", f"{root}/atlas.js")]
        self.default_css = []
        settings = {
            "basemap": f"{root}/basemap/",
            "embedded": EMBEDDED,
            "highlight": list(highlight),
            "online": [asdict(layer) for layer in online],
            "statuses": list(STATUSES.values()),
        }
        self.add_child(_Script("AtlasMap.start", settings))


class PlantLayer(folium.FeatureGroup):
    """The plants, for `st_folium(feature_group_to_add=...)`."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(name="Plants", control=False)
        self.add_child(_Script("AtlasPlants.update", config))


class _Script(MacroElement):
    """One call of our JavaScript: `function(map, data)`."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this.function }}({{ this.map_name() }}, JSON.parse({{ this.data }}));"
        "{% endmacro %}"
    )

    def __init__(self, function: str, data: object) -> None:
        super().__init__()
        self._name = "AtlasScript"
        self.function = function
        self.data = literal(data)

    def map_name(self) -> str:
        element: Any = self._parent
        while not isinstance(element, folium.Map):
            element = element._parent
        return str(element.get_name())


def literal(data: object) -> str:
    """`data` as a JavaScript string literal of its JSON, safe in templates, HTML and scripts."""
    quoted = json.dumps(json.dumps(data, ensure_ascii=True, allow_nan=False))
    return _TEMPLATE_CHARACTERS.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def plant_layer_config(
    table: pd.DataFrame,
    packed: points.Points,
    shown: Mask,
    *,
    version: str,
    plant: str,
    fit_key: str,
    words: str,
    announce: bool = False,
) -> dict[str, Any]:
    """What plants.js draws: all points once, a mask of those shown, the selected one, the area to fit.

    `fit_key` names the filters: the view is fitted when it changes, and at no other time. With `announce`
    the layer tells the page once that the plants are drawn.
    """
    drawn = table.iloc[packed.rows]
    ids = drawn["plant_id"].tolist()
    return {
        "version": version,
        "size": len(drawn),
        "points": points.text(packed.packed),
        "mask": points.mask(packed, shown),
        "ids": ids,
        "names": drawn["name"].tolist(),
        "places": [
            _place(town, country) for town, country in zip(drawn["town"], drawn["country"], strict=True)
        ],
        "accuracy_m": [None if pd.isna(value) else float(value) for value in drawn["accuracy_m"]],
        "statuses": list(STATUSES.values()),
        "selected": next(
            (place for place, one in enumerate(ids) if one == plant and shown[packed.rows[place]]), -1
        ),
        "fit": {"key": fit_key, "bounds": bounds(table, shown)},
        "text": words,
        "announce": announce,
    }


def bounds(table: pd.DataFrame, shown: Mask) -> list[list[float]] | None:
    """South-west and north-east corner of the shown rows as [[latitude, longitude], ...]; None for no row."""
    latitude, longitude = (table[name].to_numpy()[shown] for name in ("latitude", "longitude"))
    if np.isnan(latitude).all():
        return None
    return [
        [float(np.nanmin(latitude)), float(np.nanmin(longitude))],
        [float(np.nanmax(latitude)), float(np.nanmax(longitude))],
    ]


def _place(town: str, country: str) -> str:
    return ", ".join(part for part in (town, country) if part)
