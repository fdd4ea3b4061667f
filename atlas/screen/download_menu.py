"""The menu "Download" beside every page, and what the page Sources says to those who write scripts.

The formats are links to the API, so a page makes no file and holds none: not for visitors who never open
the menu, not for a million rows, and not of a visitor's own table. Knows Streamlit, as `screen` does.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from atlas.catalog import sheets
from atlas.catalog.index import Index
from atlas.export import formats

_ROW = Markup('<li><a href="{}" download>{}</a>{} <span>{}</span></li>')
_VARIANT = Markup(' · <a href="{}" download>{}</a>')


def draw(
    sheet: sheets.Sheet, query: Mapping[str, Sequence[str]], *, plants: int, page: str, words: str
) -> None:
    """The menu for what a page shows, in `words`; `query`: the parameters of its files, `page`: its path."""
    noun = "plant" if plants == 1 else "plants"
    with st.popover(
        f"Download {plants:,} {noun}", icon=":material/download:", disabled=not plants, width="stretch"
    ):
        st.html(files_as_html(query, base_path(), about_alfa=sheet.about_alfa))
        if sheet.is_private:
            st.caption("Only you see this table, so there is no link to it that you could share.")
        else:
            _addresses(query, page)
            st.caption("To show this map in your own web page")
            st.code(snippet(_root(), query, title=words), language=None, wrap_lines=True)


def base_path() -> str:
    """The path that the server runs below: "" or "/atlas"."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def files_as_html(query: Mapping[str, Sequence[str]], base: str, *, about_alfa: bool) -> str:
    """A link for each format, with the selection of the page; a browser saves what it leads to."""
    rows = []
    for form in formats.offered(about_alfa=about_alfa):
        others = [
            _VARIANT.format(_address(base, form, query, extra), words)
            for words, extra in form.variants.items()
        ]
        rows.append(_ROW.format(_address(base, form, query), form.label, Markup("").join(others), form.help))
    return Markup('<ul class="atlas-files">{}</ul>').format(Markup("").join(rows))


def _address(base: str, form: formats.Format, query: Mapping[str, Sequence[str]], extra: str = "") -> str:
    parameters = "&".join(filter(None, [urlencode(query, doseq=True), extra]))
    return f"{base}{form.path}" + (f"?{parameters}" if parameters else "")


def _root() -> str:
    """The server's address as the browser sees it, which may be that of another before it."""
    seen = urlsplit(st.context.url or "")
    return (f"{seen.scheme}://{seen.netloc}" if seen.netloc else "") + base_path()


def _addresses(query: Mapping[str, Sequence[str]], page: str) -> None:
    """The page's and the API's address, each with Streamlit's copy button; they can be marked as well."""
    root = _root()
    shown = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    here = f"{root}/{page}" + (f"?{urlencode(shown)}" if shown else "")
    st.caption("Link to this view")
    st.code(here, language=None, wrap_lines=True)
    st.caption("For scripts: .csv may be .json, .geojson, .xlsx or .kml")
    st.code(_address(root, formats.FORMATS[0], query), language=None, wrap_lines=True)


def for_scripts(index: Index) -> str:
    """The formats and parameters of the API as Markdown, from the rows that it is made from."""
    files = [f"- `{form.path}`: {form.label}. {form.help}." for form in formats.FORMATS]
    words = {row.key: f"{row.label}. {row.help}" for row in index.rows}
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


WIDTH, HEIGHT_PX = "100%", 520


def snippet(site: str, parameters: Mapping[str, Sequence[str]], *, title: str) -> str:
    """HTML that shows the map of a selection in another page: `site` is the atlas's own address."""
    query = urlencode({"embed": "true", **parameters}, doseq=True)
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" style="border: 0"></iframe>'
    )
    return str(frame.format(f"{site.rstrip('/')}/?{query}", title, WIDTH, HEIGHT_PX))
