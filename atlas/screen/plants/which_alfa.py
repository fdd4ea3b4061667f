"""The box of the Map page for the model of a visitor; choosing it shows where the model was built."""

import streamlit as st

from atlas.alfa import runs
from atlas.screen import address, filter_widgets, state
from atlas.screen.view import ALL_SITES, View

_MODEL = "model"


def draw(view: View) -> None:
    """Draws the box; nothing for a table that is not about Alfa Romeos."""
    with st.container():
        if not view.sheet.about_alfa:
            return
        production = view.catalog.about_alfa.production
        labels = view.all_sites.memory.of("models", "", lambda: runs.with_years(production), most=1)
        chosen = view.selection.values(_MODEL)
        whole = _holds_all(view)
        state.put(state.WHICH_ALFA, chosen[0] if len(chosen) == 1 and chosen[0] in labels else None)
        st.selectbox(
            "Which Alfa do you have?",
            list(labels),
            format_func=lambda model: labels.get(model, model),
            index=None,
            key=state.WHICH_ALFA,
            placeholder="Which Alfa do you have? 147, Spider, Giulia …",
            label_visibility="collapsed",
            on_change=address.on_choice(state.WHICH_ALFA, lambda model: _chosen(model, whole)),
        )


def _holds_all(view: View) -> frozenset[str]:
    """Returns the models whose plants are all in the table on show."""
    return view.sheet.memory.of("whole models", "", lambda: _whole_models(view), most=1)


def _whole_models(view: View) -> frozenset[str]:
    return frozenset(
        model
        for model, count in _plants_by_model(view, ALL_SITES).items()
        if _plants_by_model(view, view.sheet.key).get(model) == count
    )


def _plants_by_model(view: View, key: str) -> dict[str, int]:
    sheet = view.catalog.sheets[key]
    options = sheet.index.options[_MODEL]
    counts = options.counts(view.catalog.sheets[key].table["plant_id"].notna().to_numpy(bool))
    return dict(zip(options.values, counts.tolist(), strict=True))


def _chosen(model: str | None, whole: frozenset[str]) -> None:
    """Callback: the model is the filter, in a table that has all of its plants; other filters go."""
    if model is None:
        filter_widgets.choose(model=())
        return
    table = None if model in whole else ALL_SITES
    filter_widgets.choose(table=table, model=(model,), country=(), status=(), year=(), q=(), plant=())
