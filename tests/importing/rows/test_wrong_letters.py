"""Wrongly decoded cells: proposed, and mended only if that is wanted."""

from atlas.importing import importer

FILE = "Werk;Ort;LÃ¤nge;Breite\nFÃ¡brica;LuleÃ¥;22,15;65,58\nSÃO JOÃO;Porto;-8,61;41,15\n".encode()


def test_they_are_proposed() -> None:
    """The table has the cells of the file; the report has what they were."""
    imported = importer.read(FILE, "werke.csv")
    lines = imported.report[["row", "column", "kind", "fix"]].to_numpy().tolist()
    assert lines == [[2, "Werk", "letters", "Fábrica"], [2, "Ort", "letters", "Luleå"]]
    assert imported.table["name"].tolist() == ["FÃ¡brica", "SÃO JOÃO"]
    assert imported.placed == 2, "the header is understood all the same"


def test_they_are_mended_if_wanted() -> None:
    """Before anything is made of them, so that ids and towns are right, too."""
    imported = importer.read(FILE, "werke.csv", apply=["letters"])
    assert imported.table["name"].tolist() == ["Fábrica", "SÃO JOÃO"]
    assert imported.table["town"].tolist() == ["Luleå", "Porto"]
    assert imported.table["plant_id"].tolist() == ["fabrica", "sao-joao"]
    assert imported.reported == 0
