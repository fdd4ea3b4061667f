"""Sources: the article's claims checked, where every fact comes from, and where sources disagree."""

import streamlit as st

from atlas.alfa import claims, facts, runs, tables
from atlas.drawing import cards
from atlas.screen import download_menu, page_parts, sources
from atlas.screen.page_parts import plain
from atlas.screen.plants.pickers import plant_picker
from atlas.screen.view import current_view

view = current_view()
about_alfa = view.catalog.about_alfa
remember = view.all_sites.memory.of
names, links = remember(
    "names and links", "", lambda: (tables.names(about_alfa), claims.map_links(about_alfa)), most=1
)
page_parts.heading(
    "Sources",
    view,
    "The article that the atlas starts from says that Alfa Romeos are made at five plants. We checked it.",
)
on_claims, on_facts, on_disagreements, on_data, on_scripts = sources.draw_tabs(view)

with on_claims:
    rows = about_alfa.claims
    st.markdown(plain(f"{claims.summary(rows)} “Now” means {tables.as_of()}."))
    verdict = sources.choose_verdict(view, rows)
    st.html(remember("claims", verdict, lambda: cards.claims_as_html(rows, verdict, names, links), most=8))

with on_facts:
    st.markdown(plain(sources.coverage(view)))
    plant_picker(view)
    if not view.selection.plant:
        st.caption("Pick a plant above to see the source of each of its facts.")
    else:
        rows = runs.facts_with_sources(about_alfa.sources, view.selection.plant)
        st.caption(f"{runs.coverage(rows)} Checked up to {tables.as_of()}.")
        st.dataframe(
            facts.facts_for_people(rows),
            hide_index=True,
            column_config=sources.source_columns(),
            alt="Facts with their sources",
        )

with on_disagreements:
    count = len(about_alfa.disagreements)
    st.markdown(f"Sources contradict each other on {count} points. For each, what they say and what we took.")
    disagreements = about_alfa.disagreements
    st.html(
        remember(
            "disagreements", "", lambda: cards.disagreements_as_html(disagreements, names, links), most=1
        )
    )

with on_data:
    st.markdown(f"""
**What “now” means.** Facts were checked up to {tables.as_of()}, mostly in stored copies of public pages.
Newer news is not in.

**Limits.** Positions are as sure as each card says: some come from a published coordinate, others are our own
estimates on a map or the centre of a town. The article is
[Where is Alfa Romeo made?](https://carglassadvisor.com/where-is-alfa-romeo-made/); its first part was read
again in November 2026, its questions and answers at the end were not.
Model years that no page confirmed are marked *low* confidence and have no link.

**Licences.** Code and our tables: MIT. Base map: Natural Earth, public domain. Towns: GeoNames and
SimpleMaps, CC BY 4.0.
Optional online layers: © OpenStreetMap contributors; Esri and its sources.

**Privacy.** This page asks nobody on the internet for anything: fonts, map and data come from this server.
Only if you turn on an online layer of the map does your browser ask that layer's server for pictures, which
tells it your address. Nothing about your visit is counted or passed on.
""")

with on_scripts:
    st.markdown(download_menu.for_scripts(view.sheet.index))
