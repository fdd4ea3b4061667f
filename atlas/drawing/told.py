"""What the Map page tells beside its rows, by parameters of its address: where a car was born, or a story.

    /?car=1975 Alfetta    where that car was built (see `alfa.born`)
    /?story=3             the third step of the story (see `alfa.story`)

Both select a plant where the address selects none. The page, its first HTML and its preview picture ask here,
so all three say the same. Nothing is worked out for an address without such a parameter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from atlas.alfa import born, facts, history, story
from atlas.catalog import filters, sheets
from atlas.language import gettext

CAR, STORY = "car", "story"
"""Parameters of the Map page's address."""
MOST_KEPT = 256


@dataclass(frozen=True)
class Told:
    """What is told: its parameter and value, a subject for titles ("" for none), a sentence, and plants."""

    parameter: str
    value: str
    subject: str
    sentence: str
    plant_ids: tuple[str, ...]


def told(catalog: sheets.Catalog, values: Mapping[str, str]) -> Told | None:
    """Returns what an address with these values tells; None for nothing, also where a value is wrong."""
    if catalog.tables is None or not (values.get(STORY) or values.get(CAR)):
        return None
    step = story_step(catalog, values.get(STORY, ""))
    if step is not None:
        subject = f"{step.year}: {gettext(step.title)}"
        return Told(STORY, values[STORY], subject, gettext(step.sentence), (step.plant_id,))
    if text := values.get(CAR, "").strip()[: born.MOST_LETTERS]:
        answer = born_answer(catalog, text)
        return Told(CAR, text, answer.subject, answer.sentence, answer.plant_ids)
    return None


def with_plant(
    catalog: sheets.Catalog, parameters: Mapping[str, Sequence[str]], tells: Told | None
) -> Mapping[str, Sequence[str]]:
    """Returns the parameters of a selection with the first plant that is told of, where they select none.

    A table that does not have the plant becomes that of all sites.
    """
    if tells is None or not tells.plant_ids or any(parameters.get(filters.PLANT, ())):
        return parameters
    return {**parameters, **selecting(catalog, parameters, tells.plant_ids[0])}


def selecting(
    catalog: sheets.Catalog, parameters: Mapping[str, Sequence[str]], plant_id: str
) -> dict[str, Sequence[str]]:
    """Returns the parameters that select a plant, and all sites where the table of `parameters` lacks it."""
    key = next(iter(parameters.get(filters.TABLE, ())), sheets.DEFAULT_SHEET)
    sheet = catalog.sheets.get(key)
    if sheet is not None and sheet.index.row_of(plant_id) is not None:
        return {filters.PLANT: [plant_id]}
    return {filters.TABLE: [sheets.ALL_SITES], filters.PLANT: [plant_id]}


# ---- what is remembered of all sites ---------------------------------------------------------------


def born_answer(catalog: sheets.Catalog, text: str) -> born.BornAnswer:
    """Returns where the car that a text names was built, remembered with the table of all sites."""
    sites = catalog.sheet(sheets.ALL_SITES)
    return sites.memory.of(
        "born",
        text,
        lambda: born.answer(all_runs(catalog), sites.table, text, all_sources(catalog)),
        most=MOST_KEPT,
    )


def story_steps(catalog: sheets.Catalog) -> Mapping[str, story.StoryStep]:
    """Returns number as text -> step of the story."""
    memory = catalog.sheet(sheets.ALL_SITES).memory
    return memory.of("story", "", lambda: story.steps(catalog.about_alfa.story), most=1)


def story_step(catalog: sheets.Catalog, number: str) -> story.StoryStep | None:
    """Returns a step of the story by its number in an address; None where there is none."""
    return story_steps(catalog).get(number) if number else None


def all_runs(catalog: sheets.Catalog) -> pd.DataFrame:
    """Returns the runs of all sites, whatever table is on show."""
    sites, production = catalog.sheet(sheets.ALL_SITES), catalog.about_alfa.production
    return sites.memory.of("runs", "", lambda: history.runs(sites.table, production), most=1)


def all_sources(catalog: sheets.Catalog) -> facts.Sources:
    """Returns the sources of all cells, for look-ups."""
    rows = catalog.about_alfa.sources
    return catalog.sheet(sheets.ALL_SITES).memory.of("sources", "", lambda: facts.index(rows), most=1)
