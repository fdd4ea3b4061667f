"""Filters: what is asked selects rows, counts options, says itself, and survives the address bar."""

import re
from urllib.parse import parse_qs, urlencode

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.catalog import filters
from atlas.catalog import index as index_
from atlas.catalog import selection as selection_
from atlas.catalog.filters import Selection
from atlas.catalog.index import index_of
from atlas.errors import SelectionError
from atlas.text import fold

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
INDEX = index_of(TABLE)
ALL = Selection("plants")


def chosen(q: str = "", plant: str = "", **choices: tuple[str, ...]) -> Selection:
    return Selection("plants", tuple(choices.items()), q, plant)


def shown(selection: Selection, table: pd.DataFrame = TABLE) -> list[str]:
    return table.loc[index_.mask(index_of(table), selection), "plant_id"].tolist()


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
    counts = index_.counts(INDEX, chosen(country=("Italy",), q="plant"))
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
    assert index_.counts(INDEX, ALL)["country"] == {"Brazil": 1, "Italy": 3, "México": 1, "not stated": 1}
    assert index_.counts(INDEX, ALL)["model"]["33"] == 2


@settings(max_examples=25)
@given(st.data())
def test_a_count_is_what_choosing_shows(data: st.DataObject) -> None:
    """Whatever is chosen: taking one option alone shows as many plants as its count says."""
    selection = data.draw(selections())
    for key, counts in index_.counts(INDEX, selection).items():
        others = tuple(pair for pair in selection.choices if pair[0] != key)
        for value, count in counts.items():
            alone = Selection("plants", (*others, (key, (value,))), selection.q)
            assert index_.mask(INDEX, alone).sum() == count


def test_a_table_without_optional_columns() -> None:
    """A table that lacks a filter's columns has no such filter; search looks at what is there."""
    table = TABLE[["plant_id", "name", "country"]]
    index = index_of(table)
    assert list(index.options) == ["country"]
    assert shown(chosen(q="xerem"), table) == ["xer"]
    assert shown(chosen(q="stellantis"), table) == []
    assert selection_.parse({"status": ["now"], "country": ["Italy"]}, index, table="plants") == (
        chosen(country=("Italy",)),
        [],
    )


def test_an_empty_table() -> None:
    """No rows: no options, an empty mask, no plant."""
    index = index_of(TABLE.iloc[:0])
    assert {key: options.values for key, options in index.options.items()} == {
        "country": (),
        "status": (),
        "model": (),
    }
    assert index_.mask(index, chosen(q="x")).tolist() == []
    assert selection_.parse({"country": ["Italy"]}, index, table="plants")[1] == [
        "Country: there is no “Italy” in this table; there is no value at all."
    ]


def test_counts_come_with_the_mask() -> None:
    """One search answers both questions, and alike."""
    selection = chosen(country=("Italy",), q="plant")
    mask, counts = index_.mask_and_counts(INDEX, selection)
    assert mask.tolist() == index_.mask(INDEX, selection).tolist() == [True, False, True, False, False, False]
    assert counts == index_.counts(INDEX, selection)


def test_the_row_of_a_plant() -> None:
    """By its id, letter for letter; no other text is a plant."""
    assert [INDEX.row_of(one) for one in TABLE["plant_id"]] == [0, 1, 2, 3, 4, 5]
    assert [INDEX.row_of(one) for one in ("", "CAS", "ca", "cas ", "not there")] == [None] * 5
    assert index_of(TABLE.iloc[:0]).row_of("cas") is None


def test_the_table_is_left_alone() -> None:
    """Nothing here changes the table."""
    table = TABLE.copy()
    index = index_of(table)
    index_.mask(index, chosen(q="a", country=("Italy",)))
    index_.counts(index, chosen(q="a", country=("Italy",)))
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
    ({"plant": ["x" * 200]}, ALL, [f"There is no plant “{'x' * 59}…” in this table."]),
    ({"unknown": ["ignored here"]}, ALL, []),
]


@pytest.mark.parametrize(("params", "selection", "problems"), PARSED)
def test_parameters_become_a_selection(
    params: dict[str, list[str]], selection: Selection, problems: list[str]
) -> None:
    """Case, accents, repeats and blanks do no harm; what does not exist is left out and named."""
    assert selection_.parse(params, INDEX, table="plants") == (selection, problems)


def test_many_known_values_are_cut_short() -> None:
    """The sentence about an unknown value names twelve known ones and counts the rest."""
    table = pd.DataFrame({"plant_id": map(str, range(20)), "country": [f"Land {n:02}" for n in range(20)]})
    _, problems = selection_.parse({"country": ["Narnia"]}, index_of(table), table="plants")
    assert problems == [
        "Country: there is no “Narnia” in this table; there is "
        + ", ".join(f"Land {n:02}" for n in range(12))
        + " and 8 more."
    ]


def test_values_that_differ_in_accents_only() -> None:
    """ "Léon" in the address is Léon, also where the table spells another row "Leon"."""
    table = pd.DataFrame({"plant_id": ["a", "b"] * 2, "name": ["P"] * 4, "area": ["Leon", "Léon"] * 2})
    index = index_of(table, filters.rows_for(table.astype("str")))
    for value in ("Leon", "Léon"):
        selection, problems = selection_.parse({"area": [value]}, index, table="plants")
        assert (selection.values("area"), problems) == ((value,), [])


COUNTRIES = ["Côte d'Ivoire", "Côte d'Ivoire", "Ivory Coast", "USA", "U.S.A.", "United States", "Utopia", ""]


def test_a_country_is_one_value() -> None:
    """However its rows spell it; the cells stay as they are."""
    table = own_table().iloc[[0] * 8].assign(plant_id=[*"abcdefgh"], country=COUNTRIES).astype("str")
    index = index_of(table, filters.rows_for(table))
    assert index.options["country"].values == ("Côte d'Ivoire", "United States", "Utopia", "not stated")
    assert [*index_.counts(index, ALL)["country"].values()] == [3, 3, 1, 1]


@pytest.mark.parametrize("asked", ["Cote d’Ivoire", "Côte d’Ivoire", "CI", "ivory coast", "Costa d’Avorio"])
def test_a_country_in_another_spelling(asked: str) -> None:
    """A curly apostrophe, a code or another language in the address names the same country."""
    index = index_of(pd.DataFrame({"plant_id": ["a", "b"], "country": ["Côte d'Ivoire", "Ghana"]}))
    selection, problems = selection_.parse({"country": [asked]}, index, table="plants")
    assert (selection.values("country"), problems) == (("Côte d'Ivoire",), [])


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
        st.sampled_from(["", *TABLE["plant_id"]]),
    )


@given(selections())
def test_a_selection_survives_its_address(selection: Selection) -> None:
    """Selection -> address -> selection is the same selection, whatever was chosen or typed."""
    address = urlencode(selection_.query(selection, default_table="plants"), doseq=True)
    params = parse_qs(address, keep_blank_values=True)
    assert selection_.parse(params, INDEX, table="plants") == (selection, [])


def test_the_address_stays_clean() -> None:
    """Defaults are not in the address; another table is."""
    assert selection_.query(ALL, default_table="plants") == {}
    assert selection_.query(Selection("sites"), default_table="plants") == {"table": ["sites"]}
    assert selection_.query(
        chosen(country=("Italy", "Brazil"), q="a b", plant="cas"), default_table="plants"
    ) == {"country": ["Italy", "Brazil"], "q": ["a b"], "plant": ["cas"]}


PINS = [
    (["m,b"], ("m", "b"), []),
    (["m", "b"], ("m", "b"), []),
    ([" m ,, m,b "], ("m", "b"), []),
    (["m,nobody"], ("m",), ["There is no plant “nobody” in this table to pin."]),
    (["x, y"], ("x, y",), []),
    (["abcdefgh"], (), ["There is no plant “abcdefgh” in this table to pin."]),
    (
        ["a,b,c,d,e,f,g,h"],
        tuple("abcdef"),
        [
            "6 plants can be pinned, so “g” is one too many.",
            "6 plants can be pinned, so “h” is one too many.",
        ],
    ),
]


@pytest.mark.parametrize(("texts", "pins", "problems"), PINS)
def test_pins_of_an_address(texts: list[str], pins: tuple[str, ...], problems: list[str]) -> None:
    """Ids with commas between them; each that cannot be pinned gets a sentence. They leave the rows alone."""
    ids = [*"abcdefgh", "m", "x, y"]
    table = pd.DataFrame({"plant_id": ids, "name": ids}, dtype="str")
    index = index_of(table, filters.rows_for(table))
    selection, found = selection_.parse({"pin": texts}, index, table="plants")
    assert (selection.pins, found) == (pins, problems)
    assert index_.mask(index, selection).all()
    again = selection_.parse(selection_.query(selection, default_table="plants"), index, table="plants")
    assert again == (selection, [])


def test_unknown_parameters() -> None:
    """A parameter that is no filter is refused with the list of those that exist."""
    selection_.check_names(["table", "country", "status", "model", "q", "plant"], INDEX)
    selection_.check_names(["format"], INDEX, also=["format"])
    with pytest.raises(SelectionError) as caught:
        selection_.check_names(["country", "planet"], INDEX)
    assert str(caught.value) == (
        "There is no parameter “planet”; allowed are: table, country, status, model, q, plant, pin."
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
    (chosen(model=("Tonale", "33")), 2, 1, "2 plants where the Tonale or 33 was built"),
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
    assert selection_.describe(INDEX.filters, selection, plants, countries) == sentence


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
    assert selection_.slug(selection) == slug


def test_fold() -> None:
    """Accents, case and compatibility forms are no difference."""
    cases = {"Xerém": "xerem", "MÉXICO": "mexico", "ﬁrm": "firm", "Straße": "strasse", "Plant 1": "plant 1"}
    assert {text: fold(text) for text in cases} == cases


def test_every_filter_can_speak() -> None:
    """Each row of FILTERS has a label, a help and a phrase with a place for its value."""
    assert [row.key for row in filters.FILTERS] == ["country", "status", "model", "year", "q"]
    assert [row.key for row in filters.FILTERS if not (row.label and row.help and "{}" in row.phrase)] == []
    assert filters.FILTERS[1].label_of("now") == "Builds Alfa Romeos now"
    assert filters.FILTERS[0].label_of("Italy") == "Italy"


# --- a table that is not about Alfa Romeos ---


def own_table(**more: list[str]) -> pd.DataFrame:
    """Six plants with an id and a name, and columns of somebody else."""
    known = {"plant_id": [*"abcdef"], "name": [f"Plant {letter}" for letter in "abcdef"]}
    return pd.DataFrame({**known, **more}).astype("str")


def test_columns_become_filters() -> None:
    """Country first, then every text column with few values under its own name, then search."""
    table = own_table(
        fuel_type=["gas", "coal", "gas", "", "coal", "gas"],
        remark=["one", "two", "three", "four", "five", "six"],
        country=["Italy", "Peru", "Italy", "Italy", "", "Fiji"],
        planned=["yes"] * 6,
    ).assign(capacity=[1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
    rows = filters.rows_for(table)
    assert [(row.key, row.label, row.kind, row.columns) for row in rows] == [
        ("country", "Country", "choice", ("country",)),
        ("fuel_type", "Fuel type", "choice", ("fuel_type",)),
        ("q", "Search", "search", ("plant_id", "name", "fuel_type", "remark", "country", "planned")),
    ]
    index = index_of(table, rows)
    assert index.options["fuel_type"].values == ("coal", "gas", "not stated")
    assert index.parameters == ("table", "country", "fuel_type", "q", "plant", "pin")
    for fuel, ids in {"gas": "acf", "coal": "be", "not stated": "d"}.items():
        assert "".join(table["plant_id"][index_.mask(index, chosen(fuel_type=(fuel,)))]) == ids
    assert "".join(table["plant_id"][index_.mask(index, chosen(q="gas three"))]) == "c"
    assert index_.counts(index, chosen(country=("Italy",)))["fuel_type"] == {
        "coal": 0,
        "gas": 2,
        "not stated": 1,
    }


OWN_SENTENCES = [
    (chosen(), "5 plants in 2 countries"),
    (chosen(fuel_type=("gas",)), "5 plants with fuel type gas"),
    (chosen(fuel_type=("gas", "coal")), "5 plants with fuel type gas or coal"),
    (chosen(fuel_type=("not stated",)), "5 plants with no fuel type stated"),
    (chosen(fuel_type=("gas", "not stated")), "5 plants with fuel type gas or not stated"),
    (
        chosen(country=("Italy",), fuel_type=("{}",), q="x"),
        "5 plants in Italy with fuel type {} matching “x”",
    ),
]


@pytest.mark.parametrize(("selection", "sentence"), OWN_SENTENCES)
def test_derived_filters_say_themselves(selection: Selection, sentence: str) -> None:
    """A sentence for whatever a column is called."""
    rows = filters.rows_for(own_table(fuel_type=["gas", "coal"] * 3, country=["Italy"] * 6))
    assert selection_.describe([row.spoken for row in rows], selection, 5, 2) == sentence


FEW = [
    (["a", "b"] * 3, True),
    (["a"] * 6, False),
    ([""] * 6, False),
    (["a", "a", "a", "", "", ""], False),
    (["a", "b", "c", "a", "b", "c"], True),
    (["a", "b", "c", "d", "a", "b"], False),
]


@pytest.mark.parametrize(("cells", "is_filter"), FEW)
def test_which_columns_become_filters(cells: list[str], is_filter: bool) -> None:
    """Two values or more, each standing for two plants on average; names of plants are none."""
    rows = filters.rows_for(own_table(mood=cells))
    assert ("mood" in [row.key for row in rows]) is is_filter


def test_many_values_are_no_filter() -> None:
    """Fifty values are a filter, fifty-one are not, wherever in the table the last of them stands."""
    for count, is_filter in ((50, True), (51, False)):
        cells = [f"v{n % 50}" for n in range(3000)] + [f"v{n}" for n in range(count)]
        table = pd.DataFrame({"plant_id": map(str, range(len(cells))), "mood": cells}).astype("str")
        assert ("mood" in [row.key for row in filters.rows_for(table)]) is is_filter


def test_at_most_eight_filters_of_their_own() -> None:
    """The first eight columns in the order of the table, beside country and search."""
    more = {f"c{n}": [*f"{n + 1:06b}"] for n in range(20)}
    keys = [row.key for row in filters.rows_for(own_table(**more, country=["x"] * 6))]
    assert keys == ["country", *(f"c{n}" for n in range(8)), "q"]


def test_parameters_of_odd_columns() -> None:
    """Whatever a column is called, its parameter is short, new and no word of our own addresses."""
    names = ["q", "Plant", "embed options", "Größe (m)", "grosse m", "工場", "% !"]
    more: dict[str, list[str]] = {name: [*f"{n + 1:06b}"] for n, name in enumerate(names)}
    rows = filters.rows_for(own_table(**more))
    keys = [row.key for row in rows]
    assert keys == ["q_", "plant_", "embed_options_", "grosse_m", "grosse_m_", "column", "column_", "q"]
    assert [row.label for row in rows[:-1]] == [
        "Q",
        "Plant",
        "Embed options",
        "Größe (m)",
        "Grosse (m)",
        "工場",
        "% !",
    ]


def test_links_and_ways_of_placing_are_not_searched() -> None:
    """Search looks in what people read: no web addresses, not how a position was found."""
    table = own_table(wikipedia_url=["https://x.org/gas"] * 6, geocoder=["given in the table"] * 6)
    assert filters.rows_for(table)[-1].columns == ("plant_id", "name")


def test_a_table_of_names_only() -> None:
    """It can be searched and has no other filter."""
    rows = filters.rows_for(own_table())
    assert [row.key for row in rows] == ["q"]
    index = index_of(own_table(), rows)
    assert selection_.parse({"country": ["Italy"]}, index, table="plants") == (chosen(), [])
    assert selection_.describe(rows, chosen(), 6, 0) == "6 plants"


def test_values_that_differ_in_what_nobody_sees() -> None:
    """A count is what choosing shows, also where one value is another with a NUL behind it."""
    table = own_table(mood=["x", "x\x00"] * 3)
    index = index_of(table, filters.rows_for(table))
    for value, ids in (("x", "ace"), ("x\x00", "bdf")):
        assert "".join(table["plant_id"][index_.mask(index, chosen(mood=(value,)))]) == ids
        assert index_.counts(index, chosen())["mood"][value] == 3


def test_hostile_columns_and_values(hostile: str) -> None:
    """Names that break other programs are filters like any other, and their links work."""
    table = own_table(**{hostile: [hostile, "other"] * 3})
    rows = filters.rows_for(table)
    index = index_of(table, rows)
    (row,) = rows[:-1]
    selection, problems = selection_.parse({row.key: [hostile]}, index, table="plants")
    assert (problems, row.columns) == ([], (hostile,))
    assert "".join(table["plant_id"][index_.mask(index, selection)]) == "ace"
    assert re.fullmatch(r"[a-z0-9_]+", row.key)
    assert hostile in selection_.describe(index.filters, selection, 3, 0)


# --- numbers and twins ---


def measured() -> pd.DataFrame:
    """Six plants with years, amounts and codes."""
    return own_table().assign(
        opened_year=pd.array([1950, 1960, 1970, 1980, None, 2000], dtype="Int64"),
        capacity_mw=[1.5, 20.0, 300.0, 4_000.0, 5.0, float("nan")],
        meter_code=[17, 18, 19, 20, 21, 22],
        latitude=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    )


def test_numbers_become_ranges() -> None:
    """Years and amounts; codes and positions do not. The help says how many state none."""
    rows = [row for row in filters.rows_for(measured()) if row.kind == "range"]
    assert [(row.key, row.label) for row in rows] == [
        ("opened_year", "Opened"),
        ("capacity_mw", "Capacity (MW)"),
    ]
    assert rows[0].spoken.help == "The column opened_year. 1 plant without it is left out."


RANGES = [
    ({"opened_year": ["1960..1980"]}, "bcd", "1960..1980", "3 plants opened 1960 to 1980"),
    ({"opened_year": ["1960-1980"]}, "bcd", "1960..1980", "3 plants opened 1960 to 1980"),
    ({"opened_year": ["1980..1960"]}, "bcd", "1960..1980", "3 plants opened 1960 to 1980"),
    ({"opened_year": ["1980.."]}, "df", "1980..", "2 plants opened at least 1980"),
    ({"opened_year": ["1960"]}, "b", "1960..1960", "1 plant opened 1960 to 1960"),
    ({"capacity_mw": ["..20"]}, "abe", "..20", "3 plants with capacity (MW) at most 20"),
]


@pytest.mark.parametrize(("asked", "wanted", "written", "words"), RANGES)
def test_a_range(asked: dict[str, list[str]], wanted: str, written: str, words: str) -> None:
    """It leaves out what lies beyond and what states nothing; address and sentence say it."""
    table = measured()
    rows = filters.rows_for(table)
    index = index_of(table, rows)
    selection, problems = selection_.parse(asked, index, table="plants")
    assert problems == []
    assert "".join(table.loc[index_.mask(index, selection), "plant_id"]) == wanted
    assert selection_.query(selection, default_table="plants") == {next(iter(asked)): [written]}
    assert selection_.describe(index.filters, selection, len(wanted), 0) == words


@pytest.mark.parametrize("text", ["many", "..", "1990..x"])
def test_no_range(text: str) -> None:
    """The sentence says how to write it."""
    index = index_of(measured(), filters.rows_for(measured()))
    selection, (problem,) = selection_.parse({"opened_year": [text]}, index, table="plants")
    assert not selection.is_filtered
    assert problem == f"Opened: “{text}” is no range; write it as 1950..2000."


def test_a_column_that_says_the_same_is_no_second_filter() -> None:
    """Codes of countries, and statuses with capitals; a column that says more is."""
    table = own_table(
        country=["Italy", "Peru", "Italy", "Fiji", "Peru", "Fiji"],
        country_code=["IT", "PE", "IT", "FJ", "PE", "FJ"],
        status=["op", "closed", "op", "closed", "op", "op"],
        **{"Status display": ["Operating", "Closed", "Operating", "Closed", "Operating", "Operating"]},
        fuel=["gas", "coal", "gas", "gas", "coal", "coal"],
    )
    assert [row.key for row in filters.rows_for(table)] == ["country", "status", "fuel", "q"]


def test_statuses_in_the_order_of_their_meaning() -> None:
    """What operates comes first, whatever the alphabet says."""
    table = own_table(status=["closed", "planned", "running", "closed", "planned", "running"])
    index = index_of(table, filters.rows_for(table))
    assert index.options["status"].values == ("running", "planned", "closed")
