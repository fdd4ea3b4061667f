"""The catalogues of languages: complete, up to date, with the same names in braces."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from atlas import language
from data.build import languages

ROOT = Path(__file__).parent.parent
CODES = [code for code in language.languages() if code != language.ENGLISH]
FOUND = languages.messages()
SPEAKS = {"gettext", "ngettext", "pgettext", "gettext_noop"}
NOT_FOR_VISITORS = {
    "atlas/__main__.py": "the command line",
    "atlas/cli": "the command line",
    "atlas/settings.py": "for operators",
    "atlas/web/health.py": "for operators",
    "atlas/web/openapi.py": "for programs",
    "atlas/alfa/changes.py": "the feed of changes, an entry of which must not change with its reader",
    "atlas/alfa/tables.py": "for operators: the data folder",
    "atlas/alfa/schemas.py": "for operators: the data folder",
    "atlas/country_names.py": "names in all spellings, to be recognised",
    "atlas/basemap.py": "for operators: the data folder",
    "atlas/drawing/browser_files.py": "for operators: the installation",
    "atlas/drawing/preview_text.py": "for operators: the installation",
    "atlas/geocoding/csv_cache.py": "for operators: the cache",
    "atlas/geocoding/database.py": "for operators: the cache",
    "atlas/geocoding/leases.py": "for operators: log lines",
    "atlas/geocoding/shelves.py": "for operators: the data folder",
    "atlas/importing/source.py": "for operators: their table",
    "atlas/importing/database_table.py": "for operators: their table",
    "atlas/importing/table_reader.py": "for operators: their table",
    "atlas/errors.py": "log lines",
}
"""Module or package -> why its texts stay English."""
NO_SENTENCES = {
    "Alfa Romeo {}": "a brand and a model",
    "W kW MW": "units",
    "{% macro": "a template",
    "TownQuery | None": "a type",
    "ATLAS_": "for operators: settings",
    "{} plants have no position yet. Run": "for operators",
    "The data folder ": "for operators",
    "The geocoder ": "for operators: settings",
    "Nobody may do this here": "for operators: reading the table again",
    "Send the key in the header": "for operators: reading the table again",
    "This address does something": "for operators: reading the table again",
    "CSV parse error": "a library's words",
}
"""How a text begins that is not for translation, and why."""


def catalogue(code: str) -> Any:
    with (languages.FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def forms(message: Any) -> list[str]:
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return list(strings)


def sources(message: Any) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_the_messages_that_there_are(code: str) -> None:
    """`python -m data.build languages` brings it up to date."""
    wanted = {(message.context, *sources(message)) for message in FOUND if message.id}
    assert {(message.context, *sources(message)) for message in catalogue(code) if message.id} == wanted


@pytest.mark.parametrize("code", CODES)
def test_every_message_has_a_translation(code: str) -> None:
    """None is missing, none is a guess of a tool."""
    lacking = [message.id for message in catalogue(code) if message.id and not all(forms(message))]
    assert lacking == []
    assert [message.id for message in catalogue(code) if message.id and message.fuzzy] == []


@pytest.mark.parametrize("code", CODES)
def test_names_in_braces_are_the_same(code: str) -> None:
    """A translation may put them in another order; it neither loses nor makes one."""
    wrong = []
    for message in catalogue(code):
        if not message.id:
            continue
        wanted = set(re.findall(r"\{\w*\}", sources(message)[-1]))
        for text in forms(message):
            # The singular may say "one" instead of the number.
            if not text:
                continue  # missing altogether, which another test tells
            missing = wanted - set(re.findall(r"\{\w*\}", text)) - {"{number}"}
            odd = set(re.findall(r"\{\w*\}", text)) - wanted
            ends = [text[:1] == " ", text[-1:] == " ", text.count("**") % 2 == 1, text.count("\n")]
            same = [part[:1] == " " for part in sources(message)[:1]] + [sources(message)[0][-1:] == " "]
            if missing or odd or ends[:2] != same or ends[2] or ends[3] != sources(message)[0].count("\n"):
                wrong.append(text)
    assert wrong == []


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Texts that are neither marked nor docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            known.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SPEAKS:
            known |= set(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in known:
            known |= set(ast.walk(node)) - {node}
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in known:
            yield node.lineno, node.value


def is_sentence(text: str) -> bool:
    looks_so = re.match(r"[A-Z“{].*[a-z]{2} .*[a-z]{2}", text) and "://" not in text
    return bool(looks_so) and not text.startswith(tuple(NO_SENTENCES))


MODULES = [
    path
    for path in sorted([*(ROOT / "atlas").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
    if not any(path.relative_to(ROOT).as_posix().startswith(name) for name in NOT_FOR_VISITORS)
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_sentence_is_left_out(path: Path) -> None:
    """What looks like a sentence is marked for the catalogues, or stands here with its reason."""
    assert [f"{line}: {text}" for line, text in literals(path) if is_sentence(text)] == []


def marked(path: Path) -> Iterator[str]:
    """The messages that a file hands to `gettext` and its siblings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        calls = re.findall(r"\bn?gettext\(\s*(\"(?:[^\"\\]|\\.)*\")", text)
        yield from (ast.literal_eval(literal) for literal in calls)
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPEAKS:
            message = node.args[1 if getattr(node.func, "id", "") == "pgettext" else 0]
            if isinstance(message, ast.Constant):
                yield str(message.value)


BROWSER = ROOT / "atlas" / "drawing" / "browser"
FILES = [*MODULES, *sorted([*BROWSER.rglob("*.js"), *BROWSER.rglob("*.html")])]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_marked_message_is_found(path: Path) -> None:
    """Babel does not look into f-strings and arguments: such a message has its own line."""
    known = {sources(message)[0] for message in FOUND}
    assert [message for message in marked(path) if message not in known] == []
