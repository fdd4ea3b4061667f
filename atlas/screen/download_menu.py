"""What leaves a page as a file: the menu "Download" beside every page, and the files of single charts.

The menu's formats are links to the API, so a page makes no file and holds none: not for visitors who never
open the menu, not for a million rows, and not of a visitor's own table.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from atlas import site
from atlas.catalog.index import Index
from atlas.export import export, formats
from atlas.screen import state
from atlas.screen.page_parts import server_path
from atlas.screen.view import View
from atlas.words import count

WIDTH, HEIGHT_PX = "100%", 520
MOST_KEPT = 64
_ROW = Markup('<li><a href="{}" download>{}</a>{} <span>{}</span></li>')
_VARIANT = Markup(' · <a href="{}" download>{}</a>')


def draw(view: View, page: site.PageRow) -> None:
    """Draws the menu with the files of what a page shows, and addresses of it to copy."""
    plants, parameters = view.totals.plants, view.file_parameters
    label = f"Download {count('plant', plants)}"
    with st.popover(label, icon=":material/download:", disabled=not plants, width="stretch"):
        st.html(
            view.sheet.memory.of(
                "files",
                view.selection,
                lambda: files_as_html(parameters, server_path(), about_alfa=view.sheet.about_alfa),
                most=MOST_KEPT,
            )
        )
        if view.sheet.is_private:
            st.caption("Only you see this table, so there is no link to it that you could share.")
        else:
            _addresses(parameters, page)
            st.caption("To show this map in your own web page")
            st.code(snippet(_server_address(), parameters, title=view.words), language=None, wrap_lines=True)


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


def files_as_html(parameters: Mapping[str, Sequence[str]], base: str, *, about_alfa: bool) -> str:
    """Returns a link for each format, with the selection of the page; the browser saves what it leads to."""
    rows = []
    for form in formats.offered(about_alfa=about_alfa):
        others = [
            _VARIANT.format(_address(base, form, parameters, extra), words)
            for words, extra in form.variants.items()
        ]
        link = _address(base, form, parameters)
        rows.append(_ROW.format(link, form.label, Markup("").join(others), form.help))
    return Markup('<ul class="atlas-files">{}</ul>').format(Markup("").join(rows))


def _address(
    base: str, form: formats.Format, parameters: Mapping[str, Sequence[str]], extra: str = ""
) -> str:
    """Returns the address of a file; `extra` are parameters that are written already."""
    query = "&".join(filter(None, [urlencode(parameters, doseq=True), extra]))
    return f"{base}{form.path}" + (f"?{query}" if query else "")


def _server_address() -> str:
    """Returns the server's address as the browser sees it, which may be that of another server before it."""
    seen = urlsplit(st.context.url or "")
    return (f"{seen.scheme}://{seen.netloc}" if seen.netloc else "") + server_path()


def _addresses(parameters: Mapping[str, Sequence[str]], page: site.PageRow) -> None:
    """Draws the page's and the API's address, each with Streamlit's copy button."""
    root = _server_address()
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    st.caption("Link to this view")
    st.code(f"{root}/{page.url_path}" + (f"?{query}" if query else ""), language=None, wrap_lines=True)
    st.caption("For scripts: .csv may be .json, .geojson, .xlsx or .kml")
    st.code(_address(root, formats.FORMATS[0], parameters), language=None, wrap_lines=True)


def for_scripts(index: Index) -> str:
    """Returns the formats and parameters of the API as Markdown, from the rows that the API is made from."""
    files = [f"- `{form.path}`: {form.label}. {form.help}." for form in formats.FORMATS]
    words = {row.key: f"{row.label}. {row.help}" for row in index.filters}
    words |= {name: meaning for name, (meaning, _) in formats.OPTIONS.items()}
    parameters = [f"- `{name}`: {meaning}" for name, meaning in words.items()]
    example = "/api/plants.csv?country=Italy&status=now"
    opening = (
        "The shown rows are at addresses that take the same parameters as a page's own address, for "
        f"example `{example}`. In each page's menu Download there is the one for what it shows."
    )
    closing = (
        "`/api/openapi.json` describes all of it for programs, and `/api/health` says how the server is "
        "doing. A mistake is answered with a sentence that says what is allowed."
    )
    return "\n".join([opening, "", *files, "", "Parameters:", "", *parameters, "", closing])


def snippet(atlas_address: str, parameters: Mapping[str, Sequence[str]], *, title: str) -> str:
    """Returns HTML that shows the map of a selection in a page of another site."""
    query = urlencode({"embed": "true", **parameters}, doseq=True)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border: 0"></iframe>'
    )
    return str(frame.format(f"{atlas_address.rstrip('/')}/?{query}", title, WIDTH, HEIGHT_PX))
