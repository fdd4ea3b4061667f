"""What the page Timeline is made of: find my car, the models in time, and output per year.

Knows Streamlit, like `parts`; apart from it so that only this page loads the library that draws charts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from atlas import site
from atlas.alfa import facts, history
from atlas.drawing import cards, charts
from atlas.export import csv_file, export
from atlas.memory import Kept
from atlas.screen import frame, map_view

MAP_HEIGHT_PX = 300
CHARTS_A_ROW = 2
_TEXT, _PICK = "atlas-car", "atlas-car-picked"
# A chart takes a third of a second to specify, so no visitor waits for what another has seen.
_CHARTS: Kept[dict[str, Any]] = Kept(64)
_RUNS: Kept[pd.DataFrame] = Kept(1)
_SOURCES: Kept[facts.Sources] = Kept(1)


def all_runs(current: frame.View) -> pd.DataFrame:
    """The runs of all sites, whatever table is on show."""
    every = current.known.sheet(map_view.ALL_SITES)
    production = current.known.about_alfa.production
    return _RUNS.of(every, "runs", lambda: history.runs(every.table, production))


def chosen_year(current: frame.View) -> int | None:
    """The year of the selection, if one is chosen."""
    values = current.selection.values("year")
    return int(values[0]) if values else None


# ---- find my car -----------------------------------------------------------------------------------


def find_my_car(current: frame.View, every: pd.DataFrame) -> None:
    """A box to type a model in and one to pick it from; then where it was built, in words and on a map."""
    known = history.models(every)
    picked = [model for model in current.selection.values("model") if model in known]
    with st.container(border=True, key="atlas-find"):
        st.subheader("Find my car", anchor=False)
        typed, chosen = st.columns(2)
        with typed:
            st.text_input(
                "Type a model",
                key=_TEXT,
                placeholder="giulietta 940, gt, 33 …",
                on_change=_typed,
                args=(known,),
            )
        with chosen:
            if st.session_state.get(_PICK) != picked:
                st.session_state[_PICK] = picked
            st.multiselect(
                "Or pick one",
                known,
                key=_PICK,
                placeholder=f"{len(known)} Alfa Romeos",
                on_change=_picked,
            )
        _suggest(known, picked)
        if picked:
            _answer(current, every, picked)


def _suggest(known: Sequence[str], picked: Sequence[str]) -> None:
    """What the typed text may mean besides what is picked; nothing for a text that is settled."""
    text = (st.session_state.get(_TEXT) or "").strip()
    found = history.find(known, text)
    if not text or (found.models and set(found.models) == set(picked) and not found.others):
        return
    if not found.models:
        st.markdown(frame.plain(history.nothing_found(text, found)))
        _offer(found.nearest)
    elif len(found.models) > history.MOST_FOUND:
        st.markdown(frame.plain(f"{len(found.models)} models fit “{text[:60]}”. Type more, or pick one."))
    elif set(found.models) == set(picked):
        st.caption("Or did you mean one of these?")
        _offer(found.others[: history.MOST_FOUND])


def _offer(models: Sequence[str]) -> None:
    with st.container(horizontal=True, gap="small"):
        for model in models:
            st.button(frame.plain(model), key=f"atlas-car-{model}", on_click=_find, args=(model,))


def _answer(current: frame.View, every: pd.DataFrame, picked: Sequence[str]) -> None:
    table = current.known.about_alfa.sources
    sources = _SOURCES.of(current.known.sheet(map_view.ALL_SITES), "sources", lambda: facts.index(table))
    words, place = st.columns([3, 2])
    with words:
        told = [history.where_built(every, model, sources) for model in picked]
        st.html(cards.answers(told))
    with place:
        if not current.result.is_empty:
            map_view.draw_map(current, height=MAP_HEIGHT_PX)


def _typed(known: Sequence[str]) -> None:
    found = history.find(known, st.session_state[_TEXT])
    if 0 < len(found.models) <= history.MOST_FOUND:
        _pick(found.models)


def _picked() -> None:
    st.session_state[_TEXT] = ""
    _pick(tuple(st.session_state[_PICK]))


def _find(model: str) -> None:
    st.session_state[_TEXT] = model
    _pick((model,))


def _pick(models: tuple[str, ...]) -> None:
    """The pick is the filter, over all sites; other filters would hide where the car was built."""
    frame.choose(table=map_view.ALL_SITES, model=models, country=(), status=(), year=(), q=())


# ---- the models in time ----------------------------------------------------------------------------


def draw_models(current: frame.View, plants: pd.DataFrame, every: pd.DataFrame) -> None:
    """The chart of the runs (of `every`) at the shown plants, with its words and its table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        all_brands = st.toggle("Other brands too", key="atlas-brands", on_change=frame.keep_widgets)
        _offer_all_sites(current)
    story = every[every["plant_id"].isin(plants["plant_id"]) & (every["is_alfa"] | all_brands)]
    words = history.in_words(story, len(plants))
    st.markdown(frame.plain(words))
    year, picked = chosen_year(current), current.selection.values("model")
    st.vega_lite_chart(
        _CHARTS.of(
            current.sheet,
            (current.result.bits, all_brands, year, picked),
            lambda: charts.timeline(story, plants, year=year, picked=picked, words=words).to_dict(),
        )
    )
    name = "models-of-all-brands" if all_brands else "models"
    _twin(current, history.as_file(story), name, "The models as a table")


def _offer_all_sites(current: frame.View) -> None:
    if current.sheet.key != map_view.ALL_SITES:
        count = len(current.known.sheet(map_view.ALL_SITES).table)
        st.button(
            f"Show all {count} Alfa Romeo sites",
            key="atlas-all-sites",
            icon=":material/add_location:",
            on_click=frame.choose,
            kwargs={"table": map_view.ALL_SITES},
        )


# ---- output ----------------------------------------------------------------------------------------


def draw_output(current: frame.View, plants: pd.DataFrame) -> None:
    """What each shown plant built per year: a chart each, what the looks mean, and the table."""
    built = history.output(plants, current.known.about_alfa.output)
    if built.empty:
        st.markdown("No figures per year are known for the plants shown.")
        return
    st.html(cards.template("legend.html").render())
    names = list(dict.fromkeys(built["plant"]))
    for start in range(0, len(names), CHARTS_A_ROW):
        for name, column in zip(names[start:], st.columns(CHARTS_A_ROW), strict=False):
            with column:
                _draw_plant(current, name, built[built["plant"] == name])
    _twin(current, built, "output", "The figures as a table")


def _draw_plant(current: frame.View, name: str, rows: pd.DataFrame) -> None:
    words = history.output_in_words(rows)
    st.markdown(f"**{frame.plain(name)}**")
    st.vega_lite_chart(
        _CHARTS.of(current.sheet, ("output", name), lambda: charts.output(rows, words=words).to_dict())
    )
    st.caption(frame.plain(words))


def _twin(current: frame.View, rows: pd.DataFrame, name: str, title: str) -> None:
    """The rows behind a chart, to read and to take along."""
    with st.expander(title):
        st.dataframe(
            rows.drop(columns="plant_id").replace("", None),
            hide_index=True,
            column_config=_labels(),
            placeholder="–",
            alt=title,
        )
        today = datetime.now(UTC).date()
        stem = f"{site.current().file_stem}-timeline-{name}"
        st.download_button(
            f"Download {len(rows)} {'row' if len(rows) == 1 else 'rows'} (CSV)",
            data=lambda: csv_file.csv(rows),
            file_name=export.file_name(current.selection, today, "csv", stem=stem),
            mime="text/csv",
            key=f"atlas-csv-{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def _labels() -> dict[str, Any]:
    year = st.column_config.NumberColumn
    return {
        "plant": "Plant",
        "brand": "Brand",
        "model": "Model",
        "start_year": year("Start", format="%d"),
        "end_year": year("End", format="%d"),
        "years": "Years",
        "year": year("Year", format="%d"),
        "vehicles_built": year("Vehicles built", format="localized"),
        "precision": "Precision",
        "note": "Note",
        "source_url": map_view.source_columns()["source_url"],
    }
