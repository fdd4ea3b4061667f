"""The dashboard that people write first: Folium's `FastMarkerCluster`, `st_folium`, a table, a CSV button.

Run by `naive_server.py`, which also serves the map's browser files. Two things here are kinder than
life, on purpose: the files come from this machine instead of four servers on the internet, and those
that this map does not need (Bootstrap, Awesome Markers, Font Awesome) are left out; and there are no map
tiles. `BENCHMARK_TABLE` names the CSV file, `BENCHMARK_ASSETS` where the browser finds the map's files.
"""

import os

import folium
import pandas as pd
import streamlit as st
from folium.plugins import FastMarkerCluster
from streamlit_folium import st_folium

assets = os.environ["BENCHMARK_ASSETS"]
WITH_NAME = f"""
function (row) {{
    L.Icon.Default.imagePath = "{assets}/images/";
    var marker = L.marker(new L.LatLng(row[0], row[1]));
    marker.bindPopup(row[2] + "<br>" + row[3]);
    return marker;
}};
"""


@st.cache_data
def load(path: str) -> pd.DataFrame:
    return pd.read_csv(path)


folium.Map.default_js = [("leaflet", f"{assets}/leaflet.js"), ("jquery", f"{assets}/jquery.min.js")]
folium.Map.default_css = [("leaflet_css", f"{assets}/leaflet.css")]
FastMarkerCluster.default_js = [("markerclusterjs", f"{assets}/leaflet.markercluster.js")]
FastMarkerCluster.default_css = [
    ("markerclustercss", f"{assets}/MarkerCluster.css"),
    ("markerclusterdefaultcss", f"{assets}/MarkerCluster.Default.css"),
]

st.set_page_config(page_title="Plants", layout="wide")
st.title("Plants of the world")

plants = load(os.environ["BENCHMARK_TABLE"])
countries = st.sidebar.multiselect("Country", sorted(plants["country"].unique()))
shown = plants[plants["country"].isin(countries)] if countries else plants
st.write(f"{len(shown):,} plants")

placed = shown.dropna(subset=["latitude", "longitude"])
plant_map = folium.Map(location=[25, 5], zoom_start=2, tiles=None, maxZoom=18)
FastMarkerCluster(
    placed[["latitude", "longitude", "name", "town"]].to_numpy().tolist(), callback=WITH_NAME
).add_to(plant_map)
st_folium(plant_map, height=560, use_container_width=True)

st.dataframe(shown)
st.sidebar.download_button("Download CSV", shown.to_csv(index=False), "plants.csv", "text/csv")
