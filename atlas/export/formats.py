"""The files that a selection can leave as: a row for each, from which menu, API and description are made.

A new format is a writer (`Export` -> parts of a file) and a row of `FORMATS`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from atlas.errors import SelectionError
from atlas.export import csv_file, excel_file, json_files, kml_file, offline_map
from atlas.export.export import Export
from atlas.language import gettext, gettext_noop, number

PIECES, SWITCHES = ("limit", "offset", "pinned"), ("pinned", "bom")
OPTIONS: Mapping[str, tuple[str, int]] = {
    "limit": (
        gettext_noop("At most so many rows; the header Link leads to the pieces before and after."),
        100,
    ),
    "offset": (gettext_noop("Leave out so many rows at the beginning."), 0),
    "pinned": (gettext_noop("1: only the plants that `pin` names, whatever the filters leave."), 1),
    "bom": (gettext_noop("1: begin with a byte order mark, so that Excel takes the file for UTF-8."), 1),
}
"""What the API takes beside a selection: parameter -> meaning and an example."""


@dataclass(frozen=True)
class Format:
    """One row. `file`: its name in the API ("plants.csv"). `help`: what for. `write`: yields its bytes.
    `label`, `help` and the words of `variants` are in English; pages translate them.

    `most_rows`: the most that it can hold. `only_alfa`: it exists for our own tables only. `options`: names
    in `OPTIONS` that the API takes for it. `is_packed`: gzip would not make it smaller. `is_data`: for
    programs, the same in every language. `variants`: other forms of it, as words and parameters of the API.
    """

    file: str
    label: str
    media_type: str
    help: str
    write: Callable[[Export], Iterable[bytes]]
    most_rows: int | None = None
    only_alfa: bool = False
    options: tuple[str, ...] = PIECES
    is_packed: bool = False
    is_data: bool = True
    variants: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Returns its address below the server's own: "/api/plants.csv"."""
        return f"/api/{self.file}"

    def name(self, export: Export) -> str:
        """Returns the name of the file on a visitor's disk."""
        what, _, ending = self.file.rpartition(".")
        return export.file_name(ending if what == "plants" else f"{what}.{ending}")

    def parts(self, export: Export) -> Iterable[bytes]:
        """Returns the file in parts; raises `SelectionError` where it cannot hold the rows."""
        if self.only_alfa and not export.sheet.about_alfa:
            raise SelectionError(
                gettext("{file}: there is none for this table, which is not ours.", file=gettext(self.label))
            )
        count = len(export.rows)
        if self.most_rows is not None and count > self.most_rows:
            raise SelectionError(
                gettext(
                    "{file} holds {most} plants at most, and this is {number}. Choose CSV, or filter first.",
                    file=gettext(self.label),
                    most=number(self.most_rows),
                    number=number(count),
                )
            )
        return self.write(export)


def _offline_map(export: Export) -> Iterable[bytes]:
    catalog = export.catalog.with_own(export.sheet) if export.sheet.is_private else export.catalog
    return offline_map.parts(catalog, export.selection, site=export.site, today=export.today)


FORMATS: tuple[Format, ...] = (
    Format(
        "plants.csv",
        "CSV",
        csv_file.CSV_TYPE,
        gettext_noop("Text that every program reads"),
        csv_file.write_csv,
        options=(*PIECES, "bom"),
        variants={gettext_noop("for Excel"): "bom=1"},
    ),
    Format(
        "plants.xlsx",
        "Excel",
        excel_file.MEDIA_TYPE,
        gettext_noop("A workbook with links and a sheet about it"),
        excel_file.write,
        most_rows=excel_file.MOST_ROWS,
        is_packed=True,
        is_data=False,
    ),
    Format(
        "plants.geojson",
        "GeoJSON",
        "application/geo+json",
        gettext_noop("For QGIS, Observable and other maps"),
        json_files.write_geojson,
    ),
    Format(
        "plants.kml",
        "KML",
        "application/vnd.google-earth.kml+xml",
        gettext_noop("For Google Earth, coloured by status"),
        kml_file.write_kml,
    ),
    Format(
        "plants.html",
        gettext_noop("Offline map"),
        offline_map.MEDIA_TYPE,
        gettext_noop("One page with map, cards and search that needs no internet"),
        _offline_map,
        most_rows=offline_map.MOST_PLANTS,
        options=(),
        is_data=False,
    ),
    Format(
        "plants.json", "JSON", "application/json", gettext_noop("Rows for scripts"), json_files.write_json
    ),
    Format(
        "sources.csv",
        gettext_noop("Sources (CSV)"),
        csv_file.CSV_TYPE,
        gettext_noop("Where each fact about these plants comes from"),
        csv_file.write_sources,
        only_alfa=True,
        options=("bom",),
    ),
)


def offered(*, about_alfa: bool) -> list[Format]:
    """Returns the formats that a table can leave as."""
    return [form for form in FORMATS if about_alfa or not form.only_alfa]
