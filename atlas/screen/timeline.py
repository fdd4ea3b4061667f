"""The page Timeline: find my car, the models in time, and output per year."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from atlas import language
from atlas.alfa import history, tables
from atlas.drawing import answer, cards, charts, told
from atlas.export import csv_file
from atlas.language import gettext, ngettext, number
from atlas.screen import address, download_menu, filter_widgets, page_parts, sources, state
from atlas.screen.page_parts import plain
from atlas.screen.plants import map_view
from atlas.screen.view import ALL_SITES, View

MAP_HEIGHT_PX = 300
CHARTS_A_ROW = 3
BRANDS, SCALE = "brands", "scale"
"""Parameters of the page's address."""
MAP_PAGE = "world_map.py"
MOST_CHARTS = 64
"""Charts that a table remembers: one takes a third of a second to specify, for the first visitor only."""


def all_runs(view: View) -> pd.DataFrame:
    """Returns the runs of all sites, whatever table is on show."""
    return told.all_runs(view.catalog)


def draw_heading(view: View) -> None:
    """Draws the title, and the shown plants that build today, or in the chosen year, with their models."""
    line = answer.builders_line(view.catalog, view.sheet, view.selection)
    page_parts.heading(gettext("Timeline"), view, line.words)
    if line.builders:
        st.html(cards.builders(line.builders))
    if line.elsewhere:
        st.html(cards.lead(line.elsewhere))


# ---- find my car -----------------------------------------------------------------------------------


def find_my_car(view: View, runs: pd.DataFrame) -> None:
    """Draws a box to type a model in, one to pick it from, and where it was built, in words and on a map."""
    models = history.models(runs)
    picked = [model for model in view.selection.values("model") if model in models]
    with st.container(border=True, key=state.FIND_MY_CAR):
        st.header(gettext("Find my car"), anchor=False)
        text_side, list_side = st.columns(2)
        with text_side:
            st.text_input(
                gettext("Type a model"),
                key=state.CAR_TEXT,
                placeholder=gettext("giulietta 940, gt, 33 …"),
                on_change=_model_typed,
                args=(models,),
            )
        st.session_state[state.CAR_READ] = st.session_state[state.CAR_TEXT]
        with list_side:
            state.put(state.CAR_PICKED, picked)
            st.multiselect(
                gettext("Or pick one"),
                models,
                key=state.CAR_PICKED,
                placeholder=gettext("{number} Alfa Romeos", number=number(len(models))),
                on_change=address.on_choice(state.CAR_PICKED, _models_picked),
            )
        _suggest(models, picked)
        if picked:
            _where_built(view, runs, picked)


def _suggest(models: Sequence[str], picked: Sequence[str]) -> None:
    """Draws what the typed text may mean besides what is picked; nothing for a text that is settled."""
    text = (st.session_state.get(state.CAR_TEXT) or "").strip()
    meant = history.find(models, text)
    is_picked = set(meant.models) == set(picked)
    if not text or (meant.models and is_picked and not meant.others):
        return
    if not meant.models:
        st.markdown(plain(history.nothing_found(text, meant)))
        _offer_models(meant.nearest)
    elif len(meant.models) > history.MOST_FOUND:
        fitting = number(len(meant.models))
        words = gettext(
            "{number} models fit “{text}”. Type more, or pick one.", number=fitting, text=text[:60]
        )
        st.markdown(plain(words))
    elif is_picked:
        st.caption(gettext("Or did you mean one of these?"))
        _offer_models(meant.others[: history.MOST_FOUND])


def _offer_models(models: Sequence[str]) -> None:
    with st.container(horizontal=True, gap="small"):
        for model in models:
            st.button(plain(model), key=f"{state.CAR_BUTTON}-{model}", on_click=_model_clicked, args=(model,))


def _where_built(view: View, runs: pd.DataFrame, picked: Sequence[str]) -> None:
    index = told.all_sources(view.catalog)
    words_side, map_side = st.columns([3, 2])
    with words_side:
        st.html(cards.answers([history.where_built(runs, model, index) for model in picked]))
    with map_side:
        if not view.result.is_empty:
            map_view.draw_map(view, height_px=MAP_HEIGHT_PX)


def _model_typed(models: Sequence[str]) -> None:
    meant = history.find(models, st.session_state[state.CAR_TEXT])
    if 0 < len(meant.models) <= history.MOST_FOUND:
        _show_models(meant.models)


def _models_picked(models: Sequence[str]) -> None:
    """Callback: the picked models are shown; what comes with a typed text is the list from before it."""
    if st.session_state[state.CAR_TEXT] != st.session_state.get(state.CAR_READ):
        address.keep_widgets()
        return
    st.session_state[state.CAR_TEXT] = ""
    _show_models(tuple(models))


def _model_clicked(model: str) -> None:
    st.session_state[state.CAR_TEXT] = model
    _show_models((model,))


def _show_models(models: tuple[str, ...]) -> None:
    """Makes the models the filter, over all sites; other filters would hide where the car was built."""
    filter_widgets.choose(table=ALL_SITES, model=models, country=(), status=(), year=(), q=())


# ---- the models in time ----------------------------------------------------------------------------


def draw_models(view: View, plants: pd.DataFrame, runs: pd.DataFrame) -> None:
    """Draws the runs at the shown plants, out of those of all sites: a chart, its words and its table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        all_brands = _switch(gettext("Other brands too"), state.OTHER_BRANDS, BRANDS, "all", view)
        _offer_all_sites(view)
    remember, chosen = view.sheet.memory.of, (view.result.bits, all_brands)
    shown = remember("runs shown", chosen, lambda: _runs_at(plants, runs, all_brands), most=MOST_CHARTS)
    words = remember("runs in words", chosen, lambda: history.in_words(shown, plants), most=MOST_CHARTS)
    st.markdown(plain(words))
    if shown.empty:
        return
    st.html(cards.template("models_legend.html").render(as_of=tables.as_of()))
    picked = view.selection.values("model")
    chart = remember(
        "chart",
        (*chosen, view.year, picked),
        lambda: charts.as_sent(charts.timeline(shown, plants, year=view.year, picked=picked, words=words)),
        most=MOST_CHARTS,
    )
    with page_parts.place(chart["height"], "timeline"):
        st.vega_lite_chart(
            chart,
            key=state.TIMELINE_CHART,
            on_select=_chart_clicked,
            selection_mode=charts.CLICKED,
        )
    _say_selected(view)
    name = "models-of-all-brands" if all_brands else "models"
    file = remember("runs as a file", chosen, lambda: history.as_file(shown), most=MOST_CHARTS)
    _table_of_chart(view, file, name, gettext("The models as a table"))


def _runs_at(plants: pd.DataFrame, runs: pd.DataFrame, all_brands: bool) -> pd.DataFrame:
    return runs[runs["plant_id"].isin(plants["plant_id"]) & (runs["is_alfa"] | all_brands)]


def _chart_clicked() -> None:
    """Callback: the plant whose bar was clicked is selected; a click beside the bars changes nothing."""
    if clicked := st.session_state[state.TIMELINE_CHART]["selection"].get(charts.CLICKED):
        address.select(str(clicked[0]["plant_id"]))


def _say_selected(view: View) -> None:
    """Draws which plant is selected, and the way to its card."""
    row = view.selected_row
    if row is None:
        st.caption(gettext("Click a bar to select its plant."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            plain(gettext("Selected: {plant}.", plant=view.sheet.table["name"].iloc[row])), width="content"
        )
        st.page_link(
            MAP_PAGE, label=gettext("Show on the map"), icon=":material/map:", query_params=view.parameters
        )


def _offer_all_sites(view: View) -> None:
    if view.sheet.key != ALL_SITES:
        st.button(
            gettext("Show all {number} Alfa Romeo sites", number=number(len(view.all_sites.table))),
            key=state.ALL_SITES_BUTTON,
            icon=":material/add_location:",
            on_click=filter_widgets.choose,
            kwargs={"table": ALL_SITES},
        )


# ---- output ----------------------------------------------------------------------------------------


def draw_output(view: View, plants: pd.DataFrame) -> None:
    """Draws what each shown plant built per year: a chart each, what the looks mean, and the table."""
    built = view.sheet.memory.of(
        "output",
        view.result.bits,
        lambda: history.output(plants, view.catalog.about_alfa.output),
        most=MOST_CHARTS,
    )
    if built.empty:
        st.markdown(gettext("No figures per year are known for the plants shown."))
        return
    st.html(cards.template("output_legend.html").render())
    names = list(dict.fromkeys(built["plant"]))
    scale = charts.OutputScale(int(built["year"].min()), int(built["vehicles_built"].max()))
    if len(names) > 1 and _switch(
        gettext("A scale of its own for each plant"), state.OWN_SCALE, SCALE, "own", view
    ):
        scale = replace(scale, most=None)
    for start in range(0, len(names), CHARTS_A_ROW):
        for name, column in zip(names[start:], st.columns(CHARTS_A_ROW), strict=False):
            with column:
                _draw_output_of(view, name, built, scale)
    _table_of_chart(view, built, "output", gettext("The figures as a table"))


def _draw_output_of(view: View, plant: str, built: pd.DataFrame, scale: charts.OutputScale) -> None:
    title, chart = view.sheet.memory.of(
        "output chart", (plant, scale), lambda: _output_of(plant, built, scale), most=MOST_CHARTS
    )
    st.markdown(title)
    st.vega_lite_chart(chart)


def _output_of(plant: str, built: pd.DataFrame, scale: charts.OutputScale) -> tuple[str, dict[str, Any]]:
    rows = built[built["plant"] == plant]
    last = rows.iloc[-1]
    chart = charts.output(rows, scale, words=history.output_in_words(rows))
    counted = {"vehicles": number(int(last["vehicles_built"])), "year": str(last["year"])}
    newest = gettext("{vehicles} in {year}", **counted)
    return f"**{plain(plant)}**, {plain(newest)}", charts.as_sent(chart)


def _switch(label: str, key: str, parameter: str, value: str, view: View) -> bool:
    """Draws a switch that the page's address holds as `parameter=value`, and returns whether it is on."""
    state.put(key, view.page_parameters.get(parameter) == value)
    return st.toggle(
        label,
        key=key,
        on_change=lambda: address.set_page_parameters(**{parameter: value if st.session_state[key] else ""}),
    )


def _table_of_chart(view: View, rows: pd.DataFrame, name: str, title: str) -> None:
    """Draws the rows behind a chart, to read and to take along."""
    with st.expander(title):
        st.dataframe(
            view.sheet.memory.of(
                "rows of a chart", (name, view.result.bits), lambda: _as_arrow(rows), most=MOST_CHARTS
            ),
            hide_index=True,
            column_config=_column_config(),
            placeholder="–",
            alt=title,
        )
        label = ngettext("Download {number} row (CSV)", "Download {number} rows (CSV)", len(rows))
        download_menu.csv_button(
            view, label, lambda: csv_file.csv(_in_english(rows)), about=f"timeline-{name}", part=name
        )


def _in_english(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns rows for a file, which is the same in every language."""
    if "end_year" not in rows:
        return rows
    with language.spoken(language.ENGLISH):
        return rows.assign(years=history.years_in_words(rows))


def _as_arrow(rows: pd.DataFrame) -> pa.Table:
    """Returns rows as they travel, with empty cells missing."""
    return pa.Table.from_pandas(rows.drop(columns="plant_id").replace("", None), preserve_index=False)


def _column_config() -> dict[str, Any]:
    number_column = st.column_config.NumberColumn
    return {
        "plant": gettext("Plant"),
        "brand": gettext("Brand"),
        "model": gettext("Model"),
        "start_year": number_column(gettext("Start"), format="%d"),
        "end_year": number_column(gettext("End"), format="%d"),
        "years": gettext("Years"),
        "year": number_column(gettext("Year"), format="%d"),
        "vehicles_built": number_column(gettext("Vehicles built"), format="localized"),
        "precision": gettext("Precision"),
        "note": gettext("Note"),
        "source_url": sources.source_link(),
    }
