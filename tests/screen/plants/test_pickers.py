"""Plants picked by name, to stand side by side."""

from pathlib import Path

from tests.screen.conftest import Edit, Show
from tests.screen.page import PLANTS, is_sound, opened, sees, unescaped, widget


def test_plants_side_by_side() -> None:
    """Two or more chosen plants stand beside each other."""
    app = opened(PLANTS)
    assert sees(app, "Choose two or more plants to see their facts beside each other.")
    (compare,) = [one for one in app.main.multiselect if one.label == "Plants to compare"]
    compare.select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    table = app.table[0].value
    assert [unescaped(str(name)) for name in table.columns] == ["Melfi Plant", "Modena Plant"]
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["Site area (m²)"] == ["2,700,000", "51,000"]
    assert cells["Alfa Romeos before"] == ["none known", "8C Competizione; 8C Spider; 4C / 4C Spider"]


def test_plants_with_gaps_side_by_side(edited: Path, edit: Edit) -> None:
    """Plants of which one states a number and another does not can be compared."""
    edit("plants.csv", ",51000,750,2025,", ",,,,")
    app = opened(PLANTS)
    (compare,) = [one for one in app.main.multiselect if one.label == "Plants to compare"]
    compare.select("Melfi Plant").select("Modena Plant").run()
    assert is_sound(app)
    cells = {str(name): row.tolist() for name, row in app.table[0].value.iterrows()}
    assert cells["Employees"] == ["4,619", "not stated"]


def test_somebody_elses_plants_side_by_side(show: Show) -> None:
    """Facts under the names of their columns."""
    show()
    app = opened(PLANTS)
    widget(app, "multiselect", "Plants to compare").select("Bursa").select("Cordoba").run()
    table = app.table[0].value
    cells = {unescaped(str(name)): [unescaped(cell) for cell in row] for name, row in table.iterrows()}
    assert cells["Fuel"] == ["gas", "coal"]
    assert cells["Status"] == ["running", "closed"]
    assert cells["Capacity (MW)"] == ["1,500", "not stated"]


def test_the_address_holds_the_plants_to_compare() -> None:
    """A link shows them beside each other in its order, also those that the filters leave out."""
    app = opened(PLANTS, country="Mexico", compare="melfi,toluca,nonsense")
    assert is_sound(app)
    box = widget(app, "multiselect", "Plants to compare")
    assert box.value == ["melfi", "toluca"]
    assert app.table[0].value.columns.tolist() == ["Melfi Plant", "Toluca Plant"]
    box.set_value(["toluca"]).run()
    assert app.query_params["compare"] == "toluca"
