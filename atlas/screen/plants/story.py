"""The story of the plants on the Map page, step by step: a year, a plant on the map, a sentence, its source.

The step is the parameter `story` of the page's address; each step selects its plant.
"""

import streamlit as st

from atlas.drawing import cards, told
from atlas.language import gettext, number
from atlas.screen import address, filter_widgets, own_table, state
from atlas.screen.page_parts import plain
from atlas.screen.view import View


def is_told(view: View) -> bool:
    """Tells whether the address names a step of the story."""
    number = view.page_parameters.get(told.STORY, "")
    return bool(number) and told.story_step(view.catalog, number) is not None


def offer(view: View) -> None:
    """Draws the quiet link that begins the story, where there is one."""
    steps = len(told.story_steps(view.catalog))
    if not steps:
        return
    st.button(
        gettext("The story in {number} steps", number=number(steps)),
        key=f"{state.STORY_BUTTON}-begin",
        type="tertiary",
        icon=":material/auto_stories:",
        on_click=begin,
    )


def draw(view: View) -> None:
    """Draws the step of the address, with ways to the one before, the next, and out."""
    steps = told.story_steps(view.catalog)
    numbers = list(steps)
    step = steps[view.page_parameters[told.STORY]]
    at = numbers.index(str(step.number))
    with st.container(border=True, key=state.STORY, horizontal=True, vertical_alignment="center"):
        st.html(cards.story_step(step, place=at + 1, places=len(numbers)))
        _go("previous", gettext("Previous"), "Left", numbers[:at][-1:])
        _go("next", gettext("Next"), "Right", numbers[at + 1 :][:1])
        st.button(gettext("Leave"), key=f"{state.STORY_BUTTON}-end", shortcut="Esc", on_click=leave)


def _go(way: str, label: str, key: str, numbers: list[str]) -> None:
    """Draws a button to the step in `numbers`; it does nothing where there is none."""
    st.button(
        plain(label),
        key=f"{state.STORY_BUTTON}-{way}",
        type="primary" if way == "next" and numbers else "secondary",
        shortcut=key,
        disabled=not numbers,
        on_click=_show,
        args=tuple(numbers),
    )


def begin() -> None:
    """Callback: shows the first step."""
    _show(next(iter(told.story_steps(own_table.visible_tables()))))


def leave() -> None:
    """Callback: shows the page as it opens without an address."""
    address.set_page_parameters(**{told.STORY: ""})
    address.url_to_widgets({}, own_table.visible_tables())
    address.touch()


def _show(number: str = "") -> None:
    """Callback: shows a step and its plant."""
    step = told.story_step(own_table.visible_tables(), number)
    if step is not None:
        address.set_page_parameters(**{told.STORY: number, told.CAR: ""})
        filter_widgets.show_plant(step.plant_id)
