"""A plant table as people read it."""

from collections.abc import Sequence

import pandas as pd

from atlas import country_names, language
from atlas.alfa import tables
from atlas.columns import BY_NAME, COLUMNS, as_text, distinct, is_empty, of
from atlas.language import gettext, gettext_noop

DIFFERS = "≠"
DIFFERS_IN_WORDS = gettext_noop(
    "“≠” stands before what differs; facts that none of them states are left out."
)


def for_people(table: pd.DataFrame) -> pd.DataFrame:
    """Returns a copy to look at: codes are words, and empty cells are missing (pages show "not stated")."""
    texts = [name for name in table.columns if table[name].dtype == "str" and of(str(name)).if_empty]
    shown = table.assign(**{name: table[name].replace("", None) for name in texts})
    if "country" in shown and language.current().code != language.ENGLISH:
        shown = shown.assign(country=shown["country"].map(country_names.in_language, na_action="ignore"))
    if "geocoder" in shown:
        words = {how: gettext(how) for how in shown["geocoder"].dropna().unique()}
        shown = shown.assign(geocoder=shown["geocoder"].replace(words))
    return tables.in_words(shown)


def side_by_side(table: pd.DataFrame, plant_ids: Sequence[str]) -> pd.DataFrame:
    """Returns chosen plants as columns, facts as rows, cells as text; facts that none state are left out.

    `DIFFERS` stands before the facts in which the plants differ.
    """
    chosen = for_people(table[table["plant_id"].isin(plant_ids)]).set_index("plant_id").loc[list(plant_ids)]
    names = [column.name for column in COLUMNS if column.name in chosen.columns and column.name != "name"]
    names += [str(name) for name in chosen.columns if name not in BY_NAME]
    stated = [name for name in names if not chosen[name].map(is_empty).all()]
    cells = [[as_text(of(name, value), value) for value in chosen[name]] for name in stated]
    labels = distinct([of(name).label for name in stated])
    marked = [
        f"{DIFFERS} {label}" if len(set(row)) > 1 else label for label, row in zip(labels, cells, strict=True)
    ]
    headers = distinct(chosen["name"].tolist())
    return pd.DataFrame(cells, index=pd.Index(marked), columns=pd.Index(headers, name=gettext("Fact")))
