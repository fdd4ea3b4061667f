"""Sources: the article's claims checked, and where every fact comes from."""

import streamlit as st

from atlas import catalog, claims, columns, figures, parts, screen, tables

view = screen.view()
known = view.known.about_alfa
screen.heading(
    "Sources",
    view,
    "The article that the atlas starts from says that Alfa Romeos are made at five plants. We checked it.",
)
on_claims, on_facts, on_data = st.tabs(["The article, checked", "Facts and sources", "Data and privacy"])

with on_claims:
    st.markdown(screen.plain(claims.summary(known.claims)))
    verdict = st.pills(
        "Verdict", claims.options(known.claims), format_func=claims.label(known.claims), key="verdict"
    )
    st.html(claims.as_html(known.claims, verdict, catalog.names(known)))

with on_facts:
    parts.plant_picker(view)
    if not view.selection.plant:
        st.caption("Pick a plant above to see the source of each of its facts.")
    else:
        facts = figures.facts_with_sources(known.sources, view.sheet.key, view.selection.plant)
        st.caption(figures.coverage(facts))
        st.dataframe(
            columns.facts_for_people(facts),
            hide_index=True,
            column_config=parts.source_columns(),
            alt="Facts with their sources",
        )

with on_data:
    st.markdown(f"""
**What “now” means.** Facts were checked up to {tables.AS_OF}, mostly in stored copies of public pages.
Newer news is not in.

**Limits.** Positions are as sure as each card says: some come from a published coordinate, two are our own
estimates on a map. Where sources disagree, the file `data/README.md` of the project names both and says which
one we took and why. The article has no public address that we know of.
Model years that no page confirmed are marked *low* confidence and have no link.

**Licences.** Code and our tables: MIT. Base map: Natural Earth, public domain. Towns: GeoNames, CC BY 4.0.
Optional online layers: © OpenStreetMap contributors; Esri and its sources.

**Privacy.** This page asks nobody on the internet for anything: fonts, map and data come from this server.
Only if you turn on an online layer of the map does your browser ask that layer's server for pictures, which
tells it your address. Nothing about your visit is counted or passed on.

**For scripts.** `/api/plants.csv` gives the rows of the Plants page and takes the same parameters as a page's
address, for example `/api/plants.csv?country=Italy&status=now`. `/api/health` says how the server is doing.
""")
