"""Sources: the article's claims checked, where every fact comes from, and where sources disagree."""

import streamlit as st

from atlas.alfa import claims, facts, runs, tables
from atlas.drawing import cards
from atlas.language import gettext, ngettext
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
    gettext("Sources"),
    view,
    gettext(
        "The article that the atlas starts from says that Alfa Romeos are made at five plants. We checked it."
    ),
)
on_claims, on_facts, on_disagreements, on_data, on_scripts = sources.draw_tabs(view)

with on_claims:
    rows = about_alfa.claims
    now = gettext("“Now” means {month}.", month=tables.as_of())
    st.markdown(plain(f"{claims.summary(rows)} {now}"))
    verdict = sources.choose_verdict(view, rows)
    st.html(remember("claims", verdict, lambda: cards.claims_as_html(rows, verdict, names, links), most=8))

with on_facts:
    st.markdown(plain(sources.coverage(view)))
    plant_picker(view)
    if not view.selection.plant:
        st.caption(gettext("Pick a plant above to see the source of each of its facts."))
    else:
        rows = runs.facts_with_sources(about_alfa.sources, view.selection.plant)
        checked = gettext("Checked up to {month}.", month=tables.as_of())
        st.caption(f"{runs.coverage(rows)} {checked}")
        st.dataframe(
            facts.facts_for_people(rows),
            hide_index=True,
            column_config=sources.source_columns(),
            alt=gettext("Facts with their sources"),
        )

with on_disagreements:
    count = len(about_alfa.disagreements)
    st.markdown(
        ngettext(
            "Sources contradict each other on {number} point, with what they say and what we took.",
            "Sources contradict each other on {number} points. For each, what they say and what we took.",
            count,
        )
    )
    disagreements = about_alfa.disagreements
    st.html(
        remember(
            "disagreements", "", lambda: cards.disagreements_as_html(disagreements, names, links), most=1
        )
    )

with on_data:
    st.markdown("\n\n".join(sources.about_the_data()))

with on_scripts:
    st.markdown(download_menu.for_scripts(view.sheet.index))
