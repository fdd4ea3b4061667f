"""What a cell of the tables in `data/` may hold: a schema for each table. Touches nothing."""

from collections.abc import Mapping

import pandera.pandas as pa

FIRST_YEAR, LAST_YEAR = 1850, 2100
_DAY = r"^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z"
VERDICTS = ("supported", "outdated", "contradicted", "not verifiable")
CONFIDENCES = ("high", "medium", "low")
PRECISIONS = ("exact", "rounded", "derived")


def _text(*, required: bool = False, unique: bool = False, like: str = "", error: str = "") -> pa.Column:
    checks = [pa.Check.str_matches(like, error=error)] if like else []
    return pa.Column("str", checks, nullable=not required, unique=unique, coerce=True)


def _whole(low: int, high: int, *, required: bool = False, unique: bool = False) -> pa.Column:
    check = pa.Check.in_range(low, high, error=f"must be a whole number from {low} to {high}")
    return pa.Column("Int64", check, nullable=not required, unique=unique, coerce=True)


def _choice(*values: str) -> pa.Column:
    return pa.Column("str", pa.Check.isin(values, error=f"must be one of: {', '.join(values)}"), coerce=True)


def _link(*, required: bool = False) -> pa.Column:
    error = "must be a web address that begins with http:// or https://"
    return _text(required=required, like=r"^https?://[^\s]+\Z", error=error)


def _identifier(*, unique: bool = False) -> pa.Column:
    return _text(
        required=True,
        unique=unique,
        like=r"^[a-z0-9][a-z0-9_-]*\Z",
        error="must be an id of small letters, digits, _ and -",
    )


_PLANT_COLUMNS = {
    "plant_id": _identifier(unique=True),
    "name": _text(required=True),
    "official_name": _text(),
    "address": _text(),
    "town": _text(),
    "region": _text(),
    "country": _text(required=True),
    "country_code": _text(like=r"^[A-Z]{2}\Z", error="must be a two-letter country code such as IT"),
    "opened_year": _whole(FIRST_YEAR, LAST_YEAR),
    "owner": _text(),
    "site_area_m2": _whole(1, 1_000_000_000),
    "employees": _whole(0, 10_000_000),
    "employees_year": _whole(FIRST_YEAR, LAST_YEAR),
    "role": _text(),
    "wikipedia_url": _link(),
}

SCHEMAS: Mapping[str, pa.DataFrameSchema] = {
    "plants": pa.DataFrameSchema(_PLANT_COLUMNS),
    "sites": pa.DataFrameSchema({**_PLANT_COLUMNS, "closed_year": _whole(FIRST_YEAR, LAST_YEAR)}),
    "production": pa.DataFrameSchema(
        {
            "plant_id": _identifier(),
            "brand": _text(required=True),
            "model": _text(required=True, like=r"^[^;]+\Z", error="must not hold a semicolon"),
            "start_year": _whole(FIRST_YEAR, LAST_YEAR, required=True),
            "end_year": _whole(FIRST_YEAR, LAST_YEAR),
            "note": _text(),
            "source_url": _link(),
        }
    ),
    "output": pa.DataFrameSchema(
        {
            "plant_id": _identifier(),
            "year": _whole(FIRST_YEAR, LAST_YEAR, required=True),
            "vehicles_built": _whole(0, 100_000_000, required=True),
            "precision": _choice(*PRECISIONS),
            "note": _text(),
            "source_url": _link(),
        }
    ),
    "claims": pa.DataFrameSchema(
        {
            "claim_id": _identifier(unique=True),
            "claim": _text(required=True),
            "verdict": _choice(*VERDICTS),
            "evidence": _text(required=True),
            "plant_ids": _text(),
            "source_url": _link(),
        }
    ),
    "sources": pa.DataFrameSchema(
        {
            "table": _choice("plants", "sites", "places", "production", "output", "claims"),
            "row_key": _text(required=True),
            "column": _text(required=True),
            "value": _text(required=True),
            "source_url": _link(),
            "read_from": _text(required=True),
            "confidence": _choice(*CONFIDENCES),
            "note": _text(),
        }
    ),
    "disagreements": pa.DataFrameSchema(
        {
            "topic": _text(required=True, unique=True),
            "plant_ids": _text(required=True),
            "sources_say": _text(required=True),
            "we_chose": _text(required=True),
        }
    ),
    "changes": pa.DataFrameSchema(
        {
            "date": _text(required=True, like=_DAY, error="must be a day such as 2026-11-25"),
            "table": _choice("plants", "sites", "places", "production", "output", "claims"),
            **{name: _text(required=True) for name in ("row_key", "column")},
            **{name: _text() for name in ("before", "after")},
            "source_url": _link(),
        }
    ),
    "story": pa.DataFrameSchema(
        {
            "step": _whole(1, 99, required=True, unique=True),
            "year": _whole(FIRST_YEAR, LAST_YEAR, required=True),
            "plant_id": _identifier(),
            "title": _text(required=True),
            "sentence": _text(required=True),
            "source_url": _link(required=True),
        }
    ),
}
