"""Filters: what is asked selects rows, counts options, says itself, and survives the address bar."""

from urllib.parse import parse_qs, urlencode

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas import filters
from atlas.errors import SelectionError
from atlas.filters import Selection

COLUMNS = ["plant_id", "name", "town", "country", "owner", "status", "models_now", "models_before"]
TABLE = pd.DataFrame(
    [
        ("cas", "Cassino Plant", "Piedimonte", "Italy", "Stellantis", "now", "Giulia; Stelvio", "Giulietta"),
        ("pom", "Pomigliano d'Arco", "Pomigliano", "Italy", "Stellantis", "now", "Tonale", "33; Giulietta"),
        ("mod", "Modena Plant", "Modena", "Italy", "Maserati", "before", "", "4C"),
        ("tol", "Toluca Plant", "Toluca", "México", "Stellantis", "none", "", ""),
        ("xer", "FNM Xerém", "Duque de Caxias", "Brazil", "", "before", "", "2300 (type B); 33"),
        ("sea", "Nowhere", "", "", "Łódź ﬁrm", "none", "", ""),
    ],
    columns=COLUMNS,
)
INDEX = filters.index(TABLE)
ALL = Selection("plants")


def chosen(q: str = "", plant: str = "", **choices: tuple[str, ...]) -> Selection:
    return Selection("plants", tuple(choices.items()), q, plant)


def shown(selection: Selection, table: pd.DataFrame = TABLE) -> list[str]:
    return table.loc[filters.mask(filters.index(table), selection), "plant_id"].tolist()


# --- what is shown ---

SHOWN = [
    (ALL, ["cas", "pom", "mod", "tol", "xer", "sea"]),
    (chosen(plant="mod"), ["cas", "pom", "mod", "tol", "xer", "sea"]),
    (chosen(country=("Italy",)), ["cas", "pom", "mod"]),
    (chosen(country=("Italy", "Brazil")), ["cas", "pom", "mod", "xer"]),
    (chosen(country=("not stated",)), ["sea"]),
    (chosen(status=("before",)), ["mod", "xer"]),
    (chosen(model=("Giulietta",)), ["cas", "pom"]),
    (chosen(model=("33",)), ["pom", "xer"]),
    (chosen(model=("4C", "Tonale")), ["pom", "mod"]),
    (chosen(country=("Italy",), status=("now",), model=("33",)), ["pom"]),
    (chosen(country=("Brazil",), status=("now",)), []),
    (chosen(q="plant"), ["cas", "mod", "tol"]),
    (chosen(q="PLANT mode"), ["mod"]),
    (chosen(q="plant nowhere"), []),
    (chosen(q="xerem"), ["xer"]),
    (chosen(q="XERÉM"), ["xer"]),
    (chosen(q="mexico"), ["tol"]),
    (chosen(q="méxico"), ["tol"]),
    (chosen(q="firm"), ["sea"]),
    (chosen(q="giulia"), ["cas"]),
    (chosen(q="maserati"), ["mod"]),
    (chosen(q="(type b)"), ["xer"]),
    (chosen(q=".*"), []),
    (chosen(q="[a-z"), []),
    (chosen(q="plant", country=("Italy",)), ["cas", "mod"]),
]


@pytest.mark.parametrize(("selection", "ids"), SHOWN)
def test_what_a_selection_shows(selection: Selection, ids: list[str]) -> None:
    """Values of one filter add up, filters and search words narrow down; accents and case do not matter."""
    assert shown(selection) == ids


def test_options_in_order() -> None:
    """Options are sorted for people: statuses as they are told, "not stated" last, accents ignored."""
    assert {key: options.values for key, options in INDEX.options.items()} == {
        "country": ("Brazil", "Italy", "México", "not stated"),
        "status": ("now", "before", "none"),
        "model": ("2300 (type B)", "33", "4C", "Giulia", "Giulietta", "Stelvio", "Tonale"),
    }


def test_counts_are_under_the_other_filters() -> None:
    """Beside an option stands what choosing it would show, given the other filters but not its own."""
    counts = filters.counts(INDEX, chosen(country=("Italy",), q="plant"))
    assert counts == {
        "country": {"Brazil": 0, "Italy": 2, "México": 1, "not stated": 0},
        "status": {"now": 1, "before": 1, "none": 0},
        "model": {
            "2300 (type B)": 0,
            "33": 0,
            "4C": 1,
            "Giulia": 1,
            "Giulietta": 1,
            "Stelvio": 1,
            "Tonale": 0,
        },
    }


def test_counts_without_filters() -> None:
    """With nothing chosen, the counts are those of the table."""
    assert filters.counts(INDEX, ALL)["country"] == {"Brazil": 1, "Italy": 3, "México": 1, "not stated": 1}
    assert filters.counts(INDEX, ALL)["model"]["33"] == 2


@settings(max_examples=25)
@given(st.data())
def test_a_count_is_what_choosing_shows(data: st.DataObject) -> None:
    """Whatever is chosen: taking one option alone shows as many plants as its count says."""
    selection = data.draw(selections())
    for key, counts in filters.counts(INDEX, selection).items():
        others = tuple(pair for pair in selection.choices if pair[0] != key)
        for value, count in counts.items():
            alone = Selection("plants", (*others, (key, (value,))), selection.q)
            assert filters.mask(INDEX, alone).sum() == count


def test_a_table_without_optional_columns() -> None:
    """A table that lacks a filter's columns has no such filter; search looks at what is there."""
    table = TABLE[["plant_id", "name", "country"]]
    index = filters.index(table)
    assert list(index.options) == ["country"]
    assert shown(chosen(q="xerem"), table) == ["xer"]
    assert shown(chosen(q="stellantis"), table) == []
    assert filters.parse({"status": ["now"], "country": ["Italy"]}, index, table="plants") == (
        chosen(country=("Italy",)),
        [],
    )


def test_an_empty_table() -> None:
    """No rows: no options, an empty mask, no plant."""
    index = filters.index(TABLE.iloc[:0])
    assert {key: options.values for key, options in index.options.items()} == {
        "country": (),
        "status": (),
        "model": (),
    }
    assert filters.mask(index, chosen(q="x")).tolist() == []
    assert filters.parse({"country": ["Italy"]}, index, table="plants")[1] == [
        "Country: there is no “Italy” in this table; there is no value at all."
    ]


def test_the_table_is_left_alone() -> None:
    """Nothing here changes the table."""
    table = TABLE.copy()
    index = filters.index(table)
    filters.mask(index, chosen(q="a", country=("Italy",)))
    filters.counts(index, chosen(q="a", country=("Italy",)))
    pd.testing.assert_frame_equal(table, TABLE)


# --- the address bar ---

PARSED = [
    ({}, ALL, []),
    ({"country": ["italy"]}, chosen(country=("Italy",)), []),
    ({"country": ["ITALY "]}, chosen(country=("Italy",)), []),
    ({"country": ["mexico"]}, chosen(country=("México",)), []),
    ({"country": ["México"]}, chosen(country=("México",)), []),
    ({"country": ["Italy", "brazil", "Italy"]}, chosen(country=("Italy", "Brazil")), []),
    ({"country": ["", " "]}, ALL, []),
    ({"country": ["Not Stated"]}, chosen(country=("not stated",)), []),
    (
        {"country": ["Narnia", "Italy"]},
        chosen(country=("Italy",)),
        ["Country: there is no “Narnia” in this table; there is Brazil, Italy, México, not stated."],
    ),
    (
        {"status": ["closed"]},
        ALL,
        ["Status: there is no “closed” in this table; there is now, before, none."],
    ),
    ({"model": ["2300 (TYPE B)"]}, chosen(model=("2300 (type B)",)), []),
    ({"q": ["  Giulia  "]}, chosen(q="Giulia"), []),
    ({"q": [""]}, ALL, []),
    ({"plant": ["tol"]}, chosen(plant="tol"), []),
    ({"plant": ["", "tol"]}, chosen(plant="tol"), []),
    ({"plant": ["TOL"]}, ALL, ["There is no plant “TOL” in this table."]),
    ({"plant": ["x" * 200]}, ALL, [f"There is no plant “{'x' * 57}…” in this table."]),
    ({"unknown": ["ignored here"]}, ALL, []),
]


@pytest.mark.parametrize(("params", "selection", "problems"), PARSED)
def test_parameters_become_a_selection(
    params: dict[str, list[str]], selection: Selection, problems: list[str]
) -> None:
    """Case, accents, repeats and blanks do no harm; what does not exist is left out and named."""
    assert filters.parse(params, INDEX, table="plants") == (selection, problems)


def test_many_known_values_are_cut_short() -> None:
    """The sentence about an unknown value names twelve known ones and counts the rest."""
    table = pd.DataFrame({"plant_id": map(str, range(20)), "country": [f"Land {n:02}" for n in range(20)]})
    _, problems = filters.parse({"country": ["Narnia"]}, filters.index(table), table="plants")
    assert problems == [
        "Country: there is no “Narnia” in this table; there is "
        + ", ".join(f"Land {n:02}" for n in range(12))
        + " and 8 more."
    ]


def test_values_that_differ_in_accents_only() -> None:
    """ "México" in the address is México, also where the table spells another row "Mexico"."""
    table = pd.DataFrame({"plant_id": ["a", "b"], "country": ["Mexico", "México"]})
    index = filters.index(table)
    for value in ("Mexico", "México"):
        selection, problems = filters.parse({"country": [value]}, index, table="plants")
        assert (selection.values("country"), problems) == ((value,), [])


def selections() -> st.SearchStrategy[Selection]:
    """Every selection that the page can make from `TABLE`."""
    words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(lambda text: text.strip())
    values = {
        key: st.lists(st.sampled_from(options.values), unique=True).map(tuple)
        for key, options in INDEX.options.items()
    }
    return st.builds(
        lambda choices, q, plant: Selection(
            "plants", tuple((key, choices[key]) for key in INDEX.options if choices[key]), q, plant
        ),
        st.fixed_dictionaries(values),
        words,
        st.sampled_from(["", *INDEX.row_of]),
    )


@given(selections())
def test_a_selection_survives_its_address(selection: Selection) -> None:
    """Selection -> address -> selection is the same selection, whatever was chosen or typed."""
    address = urlencode(filters.query(selection, default_table="plants"), doseq=True)
    params = parse_qs(address, keep_blank_values=True)
    assert filters.parse(params, INDEX, table="plants") == (selection, [])


def test_the_address_stays_clean() -> None:
    """Defaults are not in the address; another table is."""
    assert filters.query(ALL, default_table="plants") == {}
    assert filters.query(Selection("sites"), default_table="plants") == {"table": ["sites"]}
    assert filters.query(
        chosen(country=("Italy", "Brazil"), q="a b", plant="cas"), default_table="plants"
    ) == {"country": ["Italy", "Brazil"], "q": ["a b"], "plant": ["cas"]}


def test_unknown_parameters() -> None:
    """A parameter that is no filter is refused with the list of those that exist."""
    filters.check_names(["table", "country", "status", "model", "q", "plant"])
    filters.check_names(["format"], also=["format"])
    with pytest.raises(SelectionError) as caught:
        filters.check_names(["country", "planet"])
    assert str(caught.value) == (
        "There is no parameter “planet”; allowed are: table, country, status, model, q, plant."
    )


# --- words ---

SENTENCES = [
    (ALL, 5, 2, "5 plants in 2 countries"),
    (ALL, 1, 1, "1 plant in 1 country"),
    (ALL, 4, 1, "4 plants in 1 country"),
    (ALL, 0, 0, "No plant"),
    (ALL, 35908, 167, "35,908 plants in 167 countries"),
    (chosen(country=("Italy",)), 4, 1, "4 plants in Italy"),
    (chosen(country=("Italy", "Brazil")), 4, 2, "4 plants in Italy or Brazil"),
    (chosen(status=("now",)), 2, 1, "2 plants building Alfa Romeos now"),
    (
        chosen(status=("now", "before")),
        1,
        1,
        "1 plant building Alfa Romeos now or that built Alfa Romeos before",
    ),
    (chosen(status=("none",)), 2, 2, "2 plants with no Alfa Romeo known"),
    (chosen(model=("Tonale",)), 1, 1, "1 plant where the Tonale was built"),
    (chosen(model=("Tonale", "33")), 2, 1, "2 plants where the Tonale or the 33 was built"),
    (chosen(q="x{}y"), 0, 0, "No plant matching “x{}y”"),
    (
        chosen(country=("{0}",), status=("now",), q="giulia"),
        1,
        1,
        "1 plant in {0} building Alfa Romeos now matching “giulia”",
    ),
]


@pytest.mark.parametrize(("selection", "plants", "countries", "sentence"), SENTENCES)
def test_a_selection_says_itself(selection: Selection, plants: int, countries: int, sentence: str) -> None:
    """The sentence above the table, also for nothing and for one."""
    assert filters.describe(selection, plants, countries) == sentence


SLUGS = [
    (ALL, "all"),
    (chosen(plant="cas"), "all"),
    (chosen(country=("Italy",), status=("now",)), "country-italy_status-now"),
    (chosen(country=("Italy", "South Africa")), "country-italy-south-africa"),
    (chosen(country=("México",)), "country-mexico"),
    (chosen(country=("not stated",)), "country-not-stated"),
    (chosen(q="Pomigliano d'Arco"), "search-pomigliano-d-arco"),
    (chosen(q="../../etc/passwd"), "search-etc-passwd"),
    (chosen(q='"; rm -rf\r\n'), "search-rm-rf"),
    (chosen(q="מפעל"), "search"),
    (chosen(q="x" * 100), "search-" + "x" * 33),
]


@pytest.mark.parametrize(("selection", "slug"), SLUGS)
def test_a_selection_in_a_file_name(selection: Selection, slug: str) -> None:
    """Small letters, digits and hyphens only, whatever was typed."""
    assert filters.slug(selection) == slug


def test_fold() -> None:
    """Accents, case and compatibility forms are no difference."""
    cases = {"Xerém": "xerem", "MÉXICO": "mexico", "ﬁrm": "firm", "Straße": "strasse", "Plant 1": "plant 1"}
    assert {text: filters.fold(text) for text in cases} == cases


def test_every_filter_can_speak() -> None:
    """Each row of FILTERS has a label, a help and a phrase with a place for its value."""
    assert [row.key for row in filters.FILTERS] == ["country", "status", "model", "q"]
    assert [row.key for row in filters.FILTERS if not (row.label and row.help and "{}" in row.phrase)] == []
    assert filters.FILTERS[1].label_of("now") == "Builds Alfa Romeos now"
    assert filters.FILTERS[0].label_of("Italy") == "Italy"
