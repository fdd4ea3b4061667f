"""What leaves a page: "Share" and "Download" at its top, and the files of single charts.

The rows leave as CSV with one click; a menu beside it has the other formats.

The menus are HTML: the browser opens them without a run, and the keyboard goes from their button into them.
Formats are links to the API, so a page makes no file and holds none: not for visitors who never open the
menu, not for a million rows, and not of a visitor's own table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from atlas import language, site
from atlas.catalog import filters, sheets
from atlas.catalog.index import Index
from atlas.drawing import cards
from atlas.export import export, formats
from atlas.language import gettext, ngettext
from atlas.screen import state
from atlas.screen.page_parts import server_path
from atlas.screen.view import View

WIDTH, HEIGHT_PX = "100%", 520
MOST_KEPT = 64
PINNED_FILES = ("plants.csv", "plants.xlsx")


def draw(view: View, page: site.PageRow) -> None:
    """Draws the menus at the top of a page: addresses of what it shows to copy, and its files."""
    root = server_address()
    link = _page_address(root, page)
    key = (view.selection, link, sheets.YOURS in view.catalog.sheets)
    with st.container(key=state.MENUS):
        st.html(view.sheet.memory.of("menus", key, lambda: _menus(view, root, link), most=MOST_KEPT))


def _menus(view: View, root: str, link: str) -> str:
    plants, parameters = view.totals.plants, view.file_parameters
    return cards.template("menus.html").render(
        language=language.current().code,
        is_private=view.sheet.is_private,
        has_own=sheets.YOURS in view.catalog.sheets,
        plants=plants,
        download=ngettext("Download {number} plant as CSV", "Download {number} plants as CSV", plants)
        if plants
        else gettext("Download 0 plants"),
        files=files(parameters, server_path(), about_alfa=view.sheet.about_alfa),
        pinned=pinned_files(parameters, server_path()) if view.selection.pins else (),
        pinned_label=ngettext("{number} pinned plant", "{number} pinned plants", len(view.selection.pins)),
        link=link,
        frame=snippet(root, parameters, title=view.words),
        script=_address(root, formats.FORMATS[0], parameters),
    )


def csv_button(view: View, label: str, make: Callable[[], bytes], *, about: str, part: str) -> None:
    """Draws a button for the CSV file of a part of a page; the file is made when it is clicked.

    `about` goes into the name of the file, `part` tells the button from others on the page.
    """
    stem = f"{site.current().file_stem}-{about}"
    st.download_button(
        label,
        data=make,
        file_name=export.file_name(view.selection, datetime.now(UTC).date(), "csv", stem=stem),
        mime="text/csv",
        key=f"{state.CSV_BUTTON}-{part}",
        icon=":material/download:",
        on_click="ignore",
    )


@dataclass(frozen=True)
class File:
    """A line of the menu: a format with its address, and its variants with theirs."""

    label: str
    address: str
    help: str
    variants: tuple[tuple[str, str], ...]


def files(parameters: Mapping[str, Sequence[str]], base: str, *, about_alfa: bool) -> list[File]:
    """Returns a line for each format, with the selection of the page."""
    return [
        File(
            gettext(form.label),
            _address(base, form, parameters),
            gettext(form.help),
            tuple(
                (gettext(words), _address(base, form, parameters, extra))
                for words, extra in form.variants.items()
            ),
        )
        for form in formats.offered(about_alfa=about_alfa)
    ]


def pinned_files(parameters: Mapping[str, Sequence[str]], base: str) -> list[tuple[str, str]]:
    """Returns the name and the address of each file that pinned plants leave as."""
    names = (filters.TABLE, filters.PINS)
    some = {name: parameters[name] for name in names if name in parameters}
    forms = [form for form in formats.FORMATS if form.file in PINNED_FILES]
    return [(gettext(form.label), _address(base, form, some, "pinned=1")) for form in forms]


def _address(
    base: str, form: formats.Format, parameters: Mapping[str, Sequence[str]], extra: str = ""
) -> str:
    """Returns the address of a file; `extra` are parameters that are written already."""
    query = "&".join(filter(None, [urlencode(parameters, doseq=True), extra]))
    return f"{base}{form.path}" + (f"?{query}" if query else "")


def server_address() -> str:
    """Returns the server's address as the browser sees it, which may be that of another server before it."""
    seen = urlsplit(st.context.url or "")
    return (f"{seen.scheme}://{seen.netloc}" if seen.netloc else "") + server_path()


def _page_address(root: str, page: site.PageRow) -> str:
    """Returns the page's address, as it stands in the browser."""
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    return f"{root}/{page.url_path}" + (f"?{query}" if query else "")


def for_scripts(index: Index) -> str:
    """Returns the formats and parameters of the API as Markdown, from the rows that the API is made from."""
    files = [f"- `{form.path}`: {gettext(form.label)}. {gettext(form.help)}." for form in formats.FORMATS]
    words = {row.key: f"{row.label}. {row.help}" for row in index.filters}
    words |= {name: gettext(meaning) for name, (meaning, _) in formats.OPTIONS.items()}
    parameters = [f"- `{name}`: {meaning}" for name, meaning in words.items()]
    example = "/api/plants.csv?country=Italy&status=now"
    opening = gettext(
        "The shown rows are at addresses that take the same parameters as a page's own address, for "
        "example {address}. In each page's menu Download there is the one for what it shows.",
        address=f"`{example}`",
    )
    closing = gettext(
        "{description} describes all of it for programs, and {health} says how the server is doing. A "
        "mistake is answered with a sentence that says what is allowed.",
        description="`/api/openapi.json`",
        health="`/api/health`",
    )
    return "\n".join([opening, "", *files, "", gettext("Parameters:"), "", *parameters, "", closing])


def snippet(atlas_address: str, parameters: Mapping[str, Sequence[str]], *, title: str) -> str:
    """Returns HTML that shows the map of a selection in a page of another site."""
    query = urlencode({"embed": "true", **parameters}, doseq=True)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border: 0"></iframe>'
    )
    return str(frame.format(f"{atlas_address.rstrip('/')}/?{query}", title, WIDTH, HEIGHT_PX))
