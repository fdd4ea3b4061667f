"""Who wins, the address or the widgets: the whole rule, without Streamlit."""

import pytest

from atlas.screen.address import LATE_S, PageAddress, Remembered, Winner, Winners, decide

ALL: dict[str, list[str]] = {}
ITALY = {"country": ["Italy"]}
MEXICO = {"country": ["Mexico"]}
NOW_S = 1000.0


def at(path: str, selection: dict[str, list[str]], **page_parameters: str) -> PageAddress:
    return PageAddress(path, selection, page_parameters)


def after_a_change(path: str = "", seconds_ago: float = 0.2) -> Remembered:
    """What is remembered after a widget chose Italy on the page `path`, where all was shown before."""
    return Remembered().after(at(path, ALL), at(path, ITALY), now_s=NOW_S - seconds_ago)


# What is remembered, the address that arrives, whether a widget was touched; who says the selection
SELECTIONS: dict[str, tuple[Remembered, PageAddress, bool, Winner]] = {
    "a first visit": (Remembered(), at("", ALL), False, "address"),
    "a first visit by a link": (Remembered(), at("", ITALY), False, "address"),
    "a rerun with nothing new": (Remembered(at("", ITALY)), at("", ITALY), False, "widgets"),
    "a widget, in the address of the last run": (Remembered(at("", ITALY)), at("", ITALY), True, "widgets"),
    "a widget, before the browser has the last address": (after_a_change(), at("", ALL), True, "widgets"),
    "the back button": (Remembered(at("", ITALY)), at("", ALL), False, "address"),
    "another link to the same page": (Remembered(at("", ITALY)), at("", MEXICO), False, "address"),
    "a link to another page with the selection": (
        Remembered(at("", ITALY)),
        at("plants", ITALY),
        False,
        "widgets",
    ),
    "a link to another page with another selection": (
        Remembered(at("", ITALY)),
        at("plants", MEXICO),
        False,
        "address",
    ),
    "a link whose click committed a search word": (after_a_change(), at("plants", ALL), False, "widgets"),
    "as late, from a page that was reached by a link": (
        after_a_change().after(at("plants", ITALY), at("plants", ITALY), now_s=NOW_S),
        at("timeline", ALL),
        False,
        "widgets",
    ),
    "the same address later": (after_a_change(seconds_ago=LATE_S), at("plants", ALL), False, "address"),
    "the same address on the same page": (after_a_change("plants"), at("plants", ALL), False, "address"),
    "another address, as soon": (after_a_change(), at("plants", MEXICO), False, "address"),
    "a widget that changes a page's parameters": (
        Remembered(at("distances", ITALY)),
        at("distances", ITALY, unit="miles"),
        True,
        "widgets",
    ),
}


@pytest.mark.parametrize(
    ("remembered", "arriving", "touched", "winner"), SELECTIONS.values(), ids=[*SELECTIONS]
)
def test_who_says_the_selection(
    remembered: Remembered, arriving: PageAddress, touched: bool, winner: Winner
) -> None:
    """A new address counts, unless a widget is newer."""
    assert decide(remembered, arriving, touched=touched, now_s=NOW_S).selection == winner


HERE = at("distances", ITALY, unit="miles")
PAGE_PARAMETERS: dict[str, tuple[Remembered, PageAddress, bool, Winner]] = {
    "a first visit": (Remembered(), HERE, False, "address"),
    "a rerun with nothing new": (Remembered(HERE), HERE, False, "widgets"),
    "a widget": (Remembered(HERE), at("distances", ITALY), True, "widgets"),
    "the back button": (Remembered(HERE), at("distances", ITALY), False, "address"),
    "a link to the same page": (Remembered(HERE), at("distances", ITALY, unit="km"), False, "address"),
    "another page": (Remembered(HERE), at("", ITALY), False, "address"),
    "another page, by a click that touched a widget": (Remembered(HERE), at("", ITALY), True, "address"),
    "another filter": (Remembered(HERE), at("distances", MEXICO, unit="miles"), False, "widgets"),
}


@pytest.mark.parametrize(
    ("remembered", "arriving", "touched", "winner"), PAGE_PARAMETERS.values(), ids=[*PAGE_PARAMETERS]
)
def test_who_says_the_parameters_of_a_page(
    remembered: Remembered, arriving: PageAddress, touched: bool, winner: Winner
) -> None:
    """Each page begins with those of its address; then, what is newer counts."""
    assert decide(remembered, arriving, touched=touched, now_s=NOW_S).page_parameters == winner


def test_what_is_remembered() -> None:
    """The address that a run left, and the newest selection that a run replaced, with the time."""
    first = Remembered().after(at("", ALL), at("", ITALY), now_s=1.0)
    assert first == Remembered(at("", ITALY), ALL, 1.0)
    second = first.after(at("plants", ITALY), at("plants", ITALY), now_s=2.0)
    assert second == Remembered(at("plants", ITALY), ALL, 1.0)
    third = second.after(at("plants", MEXICO, unit="?"), at("plants", ALL), now_s=3.0)
    assert third == Remembered(at("plants", ALL), MEXICO, 3.0)


def test_a_first_visit_takes_all_from_the_address() -> None:
    """Even when a widget of an earlier, broken run was touched: there is nothing else to show."""
    assert decide(Remembered(), HERE, touched=True, now_s=NOW_S) == Winners("address", "address")
