"""Plants picked by name, to stand side by side."""

from pathlib import Path

from tests.screen.conftest import Edit, Show
from tests.screen.page import PLANTS, is_sound, opened, sees, unescaped, widget

PINNED = "Pinned plants"


def test_plants_side_by_side() -> None:
    """Two or more chosen plants stand beside each other."""
    app = opened(PLANTS)
    assert sees(app, "Pin two or more plants, here or on their cards, to see their facts beside each other.")
    widget(app, "multiselect", PINNED).select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    table = app.table[0].value
    assert [unescaped(str(name)) for name in table.columns] == ["Melfi Plant", "Modena Plant"]
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["≠ Site area (m²)"] == ["2,700,000", "51,000"]
    assert cells["≠ Alfa Romeos before"] == ["none known", "8C Competizione; 8C Spider; 4C / 4C Spider"]


def test_plants_with_gaps_side_by_side(edited: Path, edit: Edit) -> None:
    """Plants of which one states a number and another does not can be compared."""
    edit("plants.csv", ",51000,750,2025,", ",,,,")
    app = opened(PLANTS)
    widget(app, "multiselect", PINNED).select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    cells = {str(name): row.tolist() for name, row in app.table[0].value.iterrows()}
    assert cells["≠ Employees"] == ["4,619", "not stated"]


def test_somebody_elses_plants_side_by_side(show: Show) -> None:
    """Facts under the names of their columns."""
    show()
    app = opened(PLANTS)
    widget(app, "multiselect", PINNED).select("Bursa").select("Cordoba").run()
    table = app.table[0].value
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["≠ Fuel"] == ["gas", "coal"]
    assert cells["≠ Status"] == ["running", "closed"]
    assert cells["≠ Capacity (MW)"] == ["1,500", "not stated"]


def test_the_address_holds_the_pins() -> None:
    """A link shows them beside each other in its order, also those that the filters leave out."""
    app = opened(PLANTS, country="Mexico", pin="melfi,toluca,nonsense")
    assert is_sound(app)
    assert sees(app, "There is no plant “nonsense” in this table to pin. It was left out.")
    box = widget(app, "multiselect", PINNED)
    assert box.value == ["melfi", "toluca"]
    assert app.table[0].value.columns.tolist() == ["Melfi Plant", "Toluca Plant"]
    box.set_value(["toluca"]).run()
    assert app.query_params["pin"] == "toluca"


def test_an_older_link_to_compare_pins() -> None:
    """Its plants stand beside each other; after the next change the address has the new name."""
    app = opened(PLANTS, compare="melfi,toluca")
    assert app.table[0].value.columns.tolist() == ["Melfi Plant", "Toluca Plant"]
    widget(app, "multiselect", PINNED).set_value(["melfi"]).run()
    assert (app.query_params["pin"], "compare" in app.query_params) == ("melfi", False)


def test_what_differs_is_marked() -> None:
    """Cassino and Pomigliano stand in one country and opened in one year."""
    (table,) = opened(PLANTS, pin="cassino,pomigliano").table
    facts = [unescaped(str(name)) for name in table.value.index]
    assert {"Country", "Opened", "≠ Town", "≠ Employees"} <= set(facts)


def test_pins_stay_from_page_to_page() -> None:
    """Every link of the navigation holds them."""
    app = opened(pin="melfi,toluca")
    app.switch_page(PLANTS).run()
    assert widget(app, "multiselect", PINNED).value == ["melfi", "toluca"]
